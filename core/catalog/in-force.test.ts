import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { inForce, nextSaleCrossing } from './in-force.ts';
import type { ExistingHolders, InForceRow } from './in-force.ts';

const day = (n: number) => new Date(Date.UTC(2026, 0, n));
const before = (instant: Date) => new Date(instant.getTime() - 1);
const NEVER: ExistingHolders = { mode: 'never' };

function row(no: number, more: Partial<InForceRow> = {}): InForceRow {
  return { no, recordedSeq: 1, approvedSeq: 1, saleFrom: day(1), existing: NEVER, ...more };
}
const buyer = (rows: InForceRow[], at: Date, knownSeq = 100) => inForce(rows, { at, knownSeq })?.no;
const holder = (
  rows: InForceRow[],
  at: Date,
  { boughtNo = 1, renewals = [] as Date[], knownSeq = 100 } = {},
) => inForce(rows, { at, knownSeq, holder: { boughtNo, renewals } })?.no;

describe('a buyer', () => {
  const scheduled = [
    row(1, { saleUntil: day(20) }),
    row(2, { saleFrom: day(10), saleUntil: day(15) }),
    row(3, { saleFrom: day(30) }),
  ];
  test.each([
    ['just before the first start', before(day(1)), undefined],
    ['at the first start', day(1), 1],
    ['just before the second start', before(day(10)), 1],
    ['at the second start, though the first still sells', day(10), 2],
    ['just before the second ends', before(day(15)), 2],
    ['at the end of the second, back to the first', day(15), 1],
    ['just before the first ends', before(day(20)), 1],
    ['at the end of the first, with a gap behind it', day(20), undefined],
    ['just before the third starts', before(day(30)), undefined],
    ['at the start of the third', day(30), 3],
    ['long after', day(3000), 3],
  ])('%s', (_when, at, expected) => expect(buyer(scheduled, at)).toBe(expected));

  test('gets the greater number of two that start together', () => {
    expect(buyer([row(2), row(1)], day(1))).toBe(2);
  });
  test('gets the later start even when it has the lower number', () => {
    expect(buyer([row(2), row(1, { saleFrom: day(5) })], day(5))).toBe(1);
  });

  const recorded = row(1, { recordedSeq: 5, approvedSeq: 7, retractedSeq: 9 });
  test.each([
    [4, undefined],
    [5, undefined],
    [6, undefined],
    [7, 1],
    [8, 1],
    [9, undefined],
    [10, undefined],
  ])('recorded at 5, approved at 7, retracted at 9, seen as of %i gives %p', (knownSeq, expected) => {
    expect(buyer([recorded], day(2), knownSeq)).toBe(expected);
  });
  test('never gets a row that nobody approved', () => {
    const { approvedSeq: _none, ...draft } = row(1);
    expect(buyer([draft], day(2))).toBeUndefined();
  });
  test('gets nothing from an empty window', () => {
    expect(buyer([row(1, { saleUntil: day(1) })], day(1))).toBeUndefined();
  });
});

describe('a holder', () => {
  test('keeps what was bought after its sale ended and after it was retracted', () => {
    const rows = [row(1, { saleUntil: day(2), retractedSeq: 3 }), row(2, { saleFrom: day(2) })];
    expect(holder(rows, day(40))).toBe(1);
  });
  test('holds nothing that was not recorded yet', () => {
    expect(holder([row(1, { recordedSeq: 5, approvedSeq: 5 })], day(2), { knownSeq: 4 })).toBeUndefined();
  });
  test('is not moved by a row with a lower number', () => {
    expect(
      holder([row(1, { existing: { mode: 'date', from: day(1) } }), row(2)], day(9), { boughtNo: 2 }),
    ).toBe(2);
  });

  const byDate = [row(1), row(2, { existing: { mode: 'date', from: day(10) } })];
  test.each([
    [before(day(10)), 1],
    [day(10), 2],
    [day(11), 2],
  ])('switches by date at its instant: %p', (at, expected) => expect(holder(byDate, at)).toBe(expected));

  const byRenewal = [row(1), row(2, { existing: { mode: 'renewal', from: day(10) } })];
  test.each([
    ['no renewal yet', day(20), [], 1],
    ['a renewal just before it applies', day(20), [before(day(10))], 1],
    ['a renewal at the very instant', day(20), [day(10)], 2],
    ['just before the renewal that takes it', before(day(12)), [day(12)], 1],
    ['at the renewal that takes it', day(12), [day(12)], 2],
    ['an early and a late renewal, out of order', day(20), [day(12), day(2)], 2],
  ])('switches at the first renewal: %s', (_when, at, renewals, expected) => {
    expect(holder(byRenewal, at, { renewals })).toBe(expected);
  });

  test('skips "never" and takes what comes behind it', () => {
    const rows = [row(1), row(2), row(3, { existing: { mode: 'date', from: day(5) } })];
    expect(holder(rows, day(4))).toBe(1);
    expect(holder(rows, day(5))).toBe(3);
  });
  test('who got a later row by date is not moved by an earlier one at a later renewal', () => {
    const rows = [
      row(1),
      row(2, { existing: { mode: 'renewal', from: day(2) } }),
      row(3, { existing: { mode: 'date', from: day(5) } }),
    ];
    expect(holder(rows, day(9), { renewals: [day(8)] })).toBe(3);
  });
  test('takes a change before its sale begins when the change says so', () => {
    const rows = [row(1), row(2, { saleFrom: day(30), existing: { mode: 'date', from: day(5) } })];
    expect(holder(rows, day(6))).toBe(2);
    expect(buyer(rows, day(6))).toBe(1);
  });
});

describe('whatever the rows', () => {
  const instant = fc.integer({ min: 1, max: 12 }).map(day);
  const seq = fc.integer({ min: 1, max: 6 });
  const existing: fc.Arbitrary<ExistingHolders> = fc.oneof(
    fc.constant(NEVER),
    instant.map((from): ExistingHolders => ({ mode: 'date', from })),
    instant.map((from): ExistingHolders => ({ mode: 'renewal', from })),
  );
  const rows = fc
    .array(
      fc.record(
        {
          recordedSeq: seq,
          approvedSeq: seq,
          retractedSeq: seq,
          saleFrom: instant,
          saleUntil: instant,
          existing,
        },
        { requiredKeys: ['recordedSeq', 'saleFrom', 'existing'] },
      ),
      { minLength: 1, maxLength: 7 },
    )
    .map((list) => list.map((one, index): InForceRow => ({ no: index + 1, ...one })));
  const view = fc.record({
    boughtNo: fc.integer({ min: 1, max: 3 }),
    renewals: fc.array(instant, { maxLength: 4 }),
  });
  const asked = fc.record(
    { at: instant, knownSeq: fc.integer({ min: 0, max: 7 }), holder: view },
    { requiredKeys: ['at', 'knownSeq'] },
  );

  test('the order of the rows does not matter', () => {
    fc.assert(
      fc.property(rows, asked, fc.infiniteStream(fc.nat()), (list, query, keys) => {
        const shuffled = list
          .map((one) => ({ one, key: keys.next().value as number }))
          .sort((a, b) => a.key - b.key)
          .map(({ one }) => one);
        expect(inForce(shuffled, query)).toBe(inForce(list, query));
      }),
    );
  });

  test('a retraction undoes: from its sequence on, a buyer and earlier holders are as if the row had never been', () => {
    fc.assert(
      fc.property(rows, asked, fc.nat(6), (list, query, pick) => {
        const target = list[pick % list.length]!;
        fc.pre(query.holder?.boughtNo !== target.no);
        const retracted = list.map((one) =>
          one === target ? { ...one, retractedSeq: query.knownSeq } : one,
        );
        const without = list.filter((one) => one !== target);
        expect(inForce(retracted, query)).toEqual(inForce(without, query));
      }),
    );
  });

  test('what was answered for a known sequence stays the answer whatever is recorded later', () => {
    fc.assert(
      fc.property(rows, rows, asked, (list, more, query) => {
        const later = more.map((one, index) => ({
          ...one,
          no: list.length + index + 1,
          recordedSeq: query.knownSeq + 1,
        }));
        expect(inForce([...list, ...later], query)).toBe(inForce(list, query));
      }),
    );
  });

  test('as time goes by a holder never jumps back', () => {
    fc.assert(
      fc.property(rows, view, instant, instant, (list, holderView, one, other) => {
        const [early, late] = one <= other ? [one, other] : [other, one];
        const at = (when: Date) => inForce(list, { at: when, knownSeq: 7, holder: holderView })?.no ?? 0;
        expect(at(late)).toBeGreaterThanOrEqual(at(early));
      }),
    );
  });

  test('between two crossings a buyer gets the same', () => {
    fc.assert(
      fc.property(rows, instant, seq, (list, at, knownSeq) => {
        const next = nextSaleCrossing(list, { at, knownSeq }) ?? day(1000);
        expect(next > at).toBe(true);
        expect(buyer(list, before(next), knownSeq)).toBe(buyer(list, at, knownSeq));
      }),
    );
  });
});
