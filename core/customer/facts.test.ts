import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { CompactFacts } from './compact-facts.ts';
import { factsAt, fullYears, type StoredFacts } from './facts.ts';
import { RISK_CATEGORIES } from '../risk/levels.ts';
import { CLIENT_STAGES, type SchemeRecord } from './records.ts';

const scheme: SchemeRecord = {
  _id: 'customer-scheme@1',
  version: 1,
  inForceFrom: new Date(0),
  tiers: [{ code: 'GOLD', name: { zh: '黄金', en: 'Gold' }, rank: 30, assetsFromMinor: 0 }],
  clubs: [{ code: 'LAKE', name: { zh: '澄湖会', en: 'Lake Club' }, rank: 5, admission: 'INVITATION' }],
  coreFromTier: 'GOLD',
  seq: 1,
};

const instant = fc.integer({ min: 0, max: 4_000_000_000_000 }).map((ms) => new Date(ms));
const stored: fc.Arbitrary<StoredFacts> = fc.record(
  {
    partyId: fc.string({ minLength: 16, maxLength: 16 }),
    customerNo: fc.integer({ min: 0, max: 40 }).map((no) => `C${no}`),
    segment: fc.record(
      {
        orgPath: fc.constantFrom('/', '/east/riverside'),
        region: fc.constantFrom('CN', 'HK'),
        tier: fc.constantFrom('GOLD', 'BASIC'),
        clubs: fc.subarray(['LAKE', 'VOYAGER']),
        stage: fc.constantFrom(...CLIENT_STAGES),
        professional: fc.record({ until: instant, evidenceId: fc.string() }),
        eligibility: fc.constant({}),
        permissions: fc.subarray(['star-market', 'margin']),
        preferences: fc.record(
          { term: fc.constantFrom('SHORT' as const, 'LONG' as const) },
          { requiredKeys: [] },
        ),
        personalisation: fc.boolean(),
        consents: fc.subarray(['MARKETING_SMS']),
      },
      {
        requiredKeys: [
          'orgPath',
          'region',
          'tier',
          'clubs',
          'stage',
          'eligibility',
          'permissions',
          'preferences',
          'personalisation',
          'consents',
        ],
      },
    ),
    riskProfile: fc.record({
      no: fc.integer({ min: 1, max: 1000 }),
      level: fc.constantFrom(...RISK_CATEGORIES),
      lowestCategory: fc.boolean(),
      assessedAt: instant,
      validUntil: instant,
    }),
    birthDay: fc.integer({ min: -40_000, max: 20_000 }),
  },
  { requiredKeys: ['partyId', 'customerNo', 'segment'] },
);

function memoryAfterCollection(): number {
  setFlagsFromString('--expose-gc');
  (runInNewContext('gc') as () => void)();
  const { heapUsed, arrayBuffers } = process.memoryUsage();
  return heapUsed + arrayBuffers;
}

describe('facts of a client', () => {
  test.each([
    ['1960-11-24', '2025-11-23T15:59:59.999Z', 64],
    ['1960-11-24', '2025-11-23T16:00:00.000Z', 65],
    ['2000-02-29', '2026-02-28T12:00:00.000Z', 25],
    ['2000-02-29', '2026-02-28T16:00:00.000Z', 26],
    ['1950-01-01', '2025-12-31T15:00:00.000Z', 75],
  ])('born %s, the age at %s is %i: birthdays begin at midnight in Shanghai', (born, at, years) =>
    expect(fullYears(Date.parse(`${born}T00:00:00Z`) / 86_400_000, new Date(at))).toBe(years),
  );

  test('clubs that the scheme does not know give nothing, tiers that it does not know are no core clients', () => {
    const segment = {
      orgPath: '/',
      region: 'CN',
      tier: 'GOLD',
      clubs: ['GONE', 'LAKE'],
      stage: 'MATURE',
      eligibility: {},
      permissions: [],
      preferences: {},
      personalisation: true,
      consents: [],
    } as const;
    const at = new Date('2026-11-24T00:00:00Z');
    const facts = factsAt({ partyId: 'p', customerNo: 'C1', segment }, scheme, at);
    expect(facts).toMatchObject({ id: 'p', clubs: [{ code: 'LAKE', rank: 5 }], core: true, tierRank: 30 });
    expect('ageYears' in facts).toBe(false);
    const other = factsAt(
      { partyId: 'p', customerNo: 'C1', segment: { ...segment, tier: 'GONE' } },
      scheme,
      at,
    );
    expect(other.core).toBe(false);
  });
});

describe('facts of many clients in memory', () => {
  test('the compact form gives back what was put in, whatever is put, replaced and removed', () => {
    const operation = fc.oneof(
      { weight: 4, arbitrary: stored },
      fc.integer({ min: 0, max: 40 }).map((no) => `C${no}`),
    );
    fc.assert(
      fc.property(fc.array(operation, { maxLength: 120 }), (operations) => {
        const compact = new CompactFacts(1000);
        const model = new Map<string, StoredFacts>();
        for (const operation of operations) {
          if (typeof operation === 'string') {
            compact.delete(operation);
            model.delete(operation);
          } else {
            compact.set(operation);
            model.set(operation.customerNo, operation);
          }
        }
        expect(compact.size).toBe(model.size);
        for (let no = 0; no <= 40; no++) expect(compact.get(`C${no}`)).toEqual(model.get(`C${no}`));
      }),
    );
  });

  test('beyond its capacity the oldest make room', () => {
    const compact = new CompactFacts(3);
    const [one] = fc.sample(stored, 1);
    for (let no = 1; no <= 5; no++) compact.set({ ...one!, customerNo: `C${no}` });
    expect(compact.size).toBe(3);
    expect([1, 2, 3, 4, 5].map((no) => compact.get(`C${no}`) !== undefined)).toEqual([
      false,
      false,
      true,
      true,
      true,
    ]);
  });

  test('200,000 clients take less than 250 bytes each', () => {
    const samples = fc.sample(stored, { numRuns: 500, seed: 7 });
    const compact = new CompactFacts(250_000);
    const before = memoryAfterCollection();
    for (let no = 0; no < 200_000; no++)
      compact.set({
        ...samples[no % samples.length]!,
        partyId: `p${no}`.padEnd(16, '0'),
        customerNo: `C${no}`,
      });
    const used = memoryAfterCollection() - before;
    expect(compact.size).toBe(200_000);
    expect(used / 200_000).toBeLessThan(250);
  });
});
