import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { comparePlaces } from '../snapshot/orders.ts';
import { indexOfPlace, selectRows, type Condition, type DeskFacts, type DeskTest } from './selection.ts';

const KINDS = 3;
const NODES = 2;

/** Small columns, so that conditions meet and miss one another often. */
const factsArb = fc.integer({ min: 0, max: 40 }).chain((size) => {
  const column = (min: number, max: number) =>
    fc.array(fc.integer({ min, max }), { minLength: size, maxLength: size });
  return fc
    .record({
      kind: column(0, KINDS - 1),
      lifecycle: column(0, 8),
      review: column(0, 4),
      channels: column(0, 63),
      level: column(0, 5),
      category: column(-1, NODES - 1),
      brand: column(-1, NODES - 1),
    })
    .map((columns): DeskFacts => ({
      size,
      kind: Int32Array.from(columns.kind),
      lifecycle: Uint8Array.from(columns.lifecycle),
      review: Uint8Array.from(columns.review),
      channels: Uint8Array.from(columns.channels),
      level: Uint8Array.from(columns.level),
      category: Int32Array.from(columns.category),
      brand: Int32Array.from(columns.brand),
    }));
});

const wantedArb = fc.record({
  kinds: fc.option(fc.uniqueArray(fc.integer({ min: 0, max: KINDS - 1 }))),
  riskLevels: fc.option(fc.uniqueArray(fc.integer({ min: 0, max: 5 }))),
  brands: fc.option(fc.uniqueArray(fc.integer({ min: 0, max: NODES - 1 }))),
});

type Wanted = { [K in 'kinds' | 'riskLevels' | 'brands']: number[] | null };

function testsOf(facts: DeskFacts, wanted: Wanted): DeskTest[] {
  const columns = { kinds: facts.kind, riskLevels: facts.level, brands: facts.brand };
  return (Object.keys(columns) as (keyof Wanted)[]).flatMap((condition) => {
    const values = wanted[condition];
    if (!values) return [];
    return [{ condition, holds: (slot: number) => values.includes(columns[condition][slot]!) }];
  });
}

const SIZES = { kinds: KINDS, categories: NODES, brands: NODES };
const slotsOf = (facts: DeskFacts, tests: readonly DeskTest[]) =>
  Array.from({ length: facts.size }, (_, slot) => slot).filter((slot) =>
    tests.every(({ holds }) => holds(slot)),
  );

describe('a selection of the staff’s list', () => {
  test('finds exactly what holds every test', () => {
    fc.assert(
      fc.property(factsArb, wantedArb, (facts, wanted) => {
        const tests = testsOf(facts, wanted);
        const { found, count } = selectRows(facts, tests, SIZES);
        const slots = slotsOf(facts, tests);
        expect([...found.keys()].filter((slot) => found[slot] === 1)).toEqual(slots);
        expect(count).toBe(slots.length);
      }),
    );
  });

  test('says of each condition what would be found without it', () => {
    fc.assert(
      fc.property(factsArb, wantedArb, (facts, wanted) => {
        const tests = testsOf(facts, wanted);
        const { without } = selectRows(facts, tests, SIZES);
        for (const { condition } of tests) {
          const others = tests.filter((one) => one.condition !== condition);
          expect(without.get(condition as Condition)).toBe(slotsOf(facts, others).length);
        }
      }),
    );
  });

  test('counts the values of a condition as if that condition were not set', () => {
    fc.assert(
      fc.property(factsArb, wantedArb, (facts, wanted) => {
        const tests = testsOf(facts, wanted);
        const { facets } = selectRows(facts, tests, SIZES);
        const others = tests.filter(({ condition }) => condition !== 'kinds');
        const counts = new Array<number>(KINDS).fill(0);
        for (const slot of slotsOf(facts, others)) counts[facts.kind[slot]!]!++;
        expect([...facets.kinds]).toEqual(counts);
      }),
    );
  });

  test('is not excused by a test that is no condition of its own', () => {
    const facts = fc.sample(
      factsArb.filter(({ size }) => size > 5),
      { numRuns: 1, seed: 1 },
    )[0]!;
    const { count, without } = selectRows(facts, [{ holds: () => false }], SIZES);
    expect([count, without.size]).toEqual([0, 0]);
  });
});

test('a place in an order is found although its product has gone, in both directions', () => {
  const placesArb = fc.uniqueArray(
    fc.record({ key: fc.integer({ min: 0, max: 3 }), code: fc.string({ minLength: 1, maxLength: 2 }) }),
    { selector: ({ key, code }) => `${key} ${code}` },
  );
  fc.assert(
    fc.property(
      placesArb,
      fc.boolean(),
      fc.record({ key: fc.integer(), code: fc.string() }),
      (places, descending, stray) => {
        const sorted = [...places].sort(
          (a, b) => comparePlaces(a.key, a.code, b.key, b.code) * (descending ? -1 : 1),
        );
        const slots = Int32Array.from(sorted.keys());
        const index = (place: typeof stray, side: 'after' | 'at') =>
          indexOfPlace(slots, (slot) => sorted[slot]!, place, { descending, side });
        for (const [slot, place] of sorted.entries())
          expect([index(place, 'at'), index(place, 'after')]).toEqual([slot, slot + 1]);
        const before = sorted.filter(
          (place) => comparePlaces(place.key, place.code, stray.key, stray.code) * (descending ? -1 : 1) < 0,
        );
        expect(index(stray, 'at')).toBe(before.length);
      },
    ),
  );
});
