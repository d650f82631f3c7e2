import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { POOLS, barChanges, barsOf, moveReasons, reviewDue, type Pool } from './pool.ts';

const from = fc.option(fc.constantFrom(...POOLS), { nil: undefined });
const to = fc.constantFrom(...POOLS);

describe('a pool', () => {
  test.each<[Pool | undefined, readonly string[]]>([
    [undefined, []],
    ['BASE', []],
    ['CANDIDATE', []],
    ['CORE', []],
    ['WATCH', []],
    ['FORBIDDEN', ['list', 'sell']],
    ['OUT', ['sell']],
  ])('%s bars %j', (pool, bars) => expect(barsOf(pool)).toEqual(bars));

  test('leaves exactly its own bars behind, wherever a fund comes from', () => {
    fc.assert(
      fc.property(from, to, (before, after) => {
        const { place, lift } = barChanges(before, after);
        const bars = new Set(barsOf(before));
        for (const bar of lift) expect(bars.delete(bar)).toBe(true);
        for (const bar of place) bars.add(bar);
        expect([...bars].sort()).toEqual([...barsOf(after)].sort());
      }),
    );
  });
});

describe('a move', () => {
  /** Rows: from; columns: to, in the order of POOLS. */
  const allowed: Record<string, string> = {
    none: 'base candidate watch forbidden',
    BASE: 'candidate watch forbidden out',
    CANDIDATE: 'base core watch forbidden out',
    CORE: 'base candidate watch forbidden out',
    WATCH: 'base candidate core forbidden out',
    FORBIDDEN: 'base out',
    OUT: 'base candidate watch forbidden',
  };
  const cells = Object.entries(allowed).flatMap(([row, targets]) =>
    POOLS.map((target) => [row, target, targets.split(' ').includes(target.toLowerCase())] as const),
  );

  test.each(cells)('from %s to %s is allowed: %s', (row, target, expected) => {
    const reasons = moveReasons('000001', row === 'none' ? undefined : (row as Pool), target);
    expect(reasons.length === 0).toBe(expected);
    for (const reason of reasons)
      expect(reason).toMatchObject({
        path: '000001',
        text: { zh: expect.any(String), en: expect.any(String) },
      });
  });
});

describe('the next review', () => {
  test.each<[Pool, string, string | undefined]>([
    ['CORE', '2026-01-31T00:00:00.000Z', '2026-04-30T00:00:00.000Z'],
    ['CORE', '2026-11-24T08:00:00.000Z', '2027-02-24T08:00:00.000Z'],
    ['CANDIDATE', '2026-08-31T00:00:00.000Z', '2027-02-28T00:00:00.000Z'],
    ['BASE', '2026-01-31T00:00:00.000Z', undefined],
    ['FORBIDDEN', '2026-01-31T00:00:00.000Z', undefined],
  ])('of %s since %s is due %s', (pool, since, due) => {
    expect(reviewDue(pool, new Date(since))?.toISOString()).toBe(due);
  });
});
