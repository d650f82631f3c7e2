import { readFileSync } from 'node:fs';
import { describe, expect, test } from '@jest/globals';
import { fromRoot } from '../paths.ts';
import type { SchemeRecord } from './records.ts';
import { clubRanks, isCoreClient, schemeAt, schemeProblems, tierRank } from './tiers.ts';

const rules = JSON.parse(
  readFileSync(fromRoot('core', 'customer', 'rules', 'customer-scheme@1.json'), 'utf8'),
) as Pick<SchemeRecord, 'tiers' | 'clubs' | 'coreFromTier'>;

function scheme(version: number, from: string, change: Partial<SchemeRecord> = {}): SchemeRecord {
  return {
    ...rules,
    _id: `customer-scheme@${version}`,
    version,
    inForceFrom: new Date(from),
    seq: version,
    ...change,
  };
}

describe('tiers and clubs', () => {
  test('core clients begin at the configured tier, and an unknown tier ranks below all', () => {
    const one = scheme(1, '2026-01-01');
    expect(['BASIC', 'SILVER', 'GOLD', 'PLATINUM', 'DIAMOND'].map((tier) => isCoreClient(one, tier))).toEqual(
      [false, false, true, true, true],
    );
    expect(isCoreClient(scheme(1, '2026-01-01', { coreFromTier: 'DIAMOND' }), 'PLATINUM')).toBe(false);
    expect(tierRank(one, 'GONE')).toBeLessThan(tierRank(one, 'BASIC'));
  });

  test('the newest version that has begun is in force, from its very instant', () => {
    const both = [scheme(2, '2026-06-01T00:00:00Z'), scheme(1, '2026-01-01T00:00:00Z')];
    expect(schemeAt(both, new Date('2025-12-31T23:59:59.999Z'))).toBeUndefined();
    expect(schemeAt(both, new Date('2026-05-31T23:59:59.999Z'))?.version).toBe(1);
    expect(schemeAt(both, new Date('2026-06-01T00:00:00.000Z'))?.version).toBe(2);
  });

  test('the scheme that ships has nothing wrong with it', () => expect(schemeProblems(rules)).toEqual([]));

  const club = (code: string, rank: number) =>
    ({ code, rank, name: { zh: code, en: code }, admission: 'INVITATION' }) as const;
  test.each([
    ['no tiers', { tiers: [] }, /at least one tier/],
    ['an unknown core tier', { coreFromTier: 'GONE' }, /unknown tier "GONE"/],
    ['a lowest tier above nothing', { tiers: rules.tiers.slice(1) }, /SILVER must begin at 0/],
    ['tiers of one rank', { tiers: rules.tiers.map((tier) => ({ ...tier, rank: 1 })) }, /share rank 1/],
    [
      'a higher tier for less',
      { tiers: rules.tiers.map((tier) => ({ ...tier, rank: -tier.rank })) },
      /must begin/,
    ],
    ['clubs of one rank', { clubs: [club('A', 1), club('B', 1)] }, /A and B share rank 1/],
    ['a club twice', { clubs: [club('A', 1), club('A', 2)] }, /share the code A/],
    [
      'a club by tier without tier',
      { clubs: [{ ...club('A', 1), admission: 'TIER' as const }] },
      /names the tier/,
    ],
  ])('%s is refused', (_, change, problem) =>
    expect(schemeProblems({ ...rules, ...change }).join(' ')).toMatch(problem),
  );

  test('the price book learns the rank of every club', () =>
    expect(clubRanks(scheme(1, '2026-01-01', { clubs: [club('A', 3), club('B', 7)] }))).toEqual({
      A: 3,
      B: 7,
    }));
});
