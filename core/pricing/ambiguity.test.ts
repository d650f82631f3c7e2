import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { findAmbiguities } from './ambiguity.ts';
import { checkPriceRow } from './price-row.ts';
import type { PriceRow } from './price-row.ts';
import { quote } from './quote.ts';
import { priceScopes } from './scopes.ts';

const day = (n: number) => new Date(Date.UTC(2026, 2, n));
function row(id: string, more: Partial<PriceRow> = {}): PriceRow {
  return {
    id,
    productId: 'p',
    no: 1,
    recordedSeq: 1,
    approvedSeq: 1,
    saleFrom: day(1),
    existing: { mode: 'never' },
    scope: { kind: 'everyone' },
    currency: 'CNY',
    amountMinor: 100,
    billing: 'MONTH',
    quantityFrom: 1,
    ...more,
  };
}
const clubRanks = { lake: 2, voyager: 1, salon: 1 };
const tier = (ref: string) => ({ kind: 'tier', ref });
const club = (ref: string) => ({ kind: 'club', ref });
function pending(id: string, more: Partial<PriceRow> = {}): PriceRow {
  const { approvedSeq: _none, ...rest } = row(id, more);
  return rest;
}

describe('two rows', () => {
  test.each<[string, PriceRow, PriceRow, string | undefined]>([
    ['alike in everything', row('a'), row('b', { amountMinor: 5 }), 'SAME_KEY_AND_START'],
    [
      'for the same tier',
      row('a', { scope: tier('gold') }),
      row('b', { scope: tier('gold') }),
      'SAME_KEY_AND_START',
    ],
    ['for two tiers', row('a', { scope: tier('gold') }), row('b', { scope: tier('basic') }), undefined],
    [
      'for two clubs of one rank',
      row('a', { scope: club('voyager') }),
      row('b', { scope: club('salon') }),
      'CLUBS_OF_EQUAL_RANK',
    ],
    [
      'for two clubs of two ranks',
      row('a', { scope: club('voyager') }),
      row('b', { scope: club('lake') }),
      undefined,
    ],
    [
      'for a club of unknown rank',
      row('a', { scope: club('new') }),
      row('b', { scope: club('lake') }),
      'CLUBS_OF_EQUAL_RANK',
    ],
    [
      'for two clients',
      row('a', { scope: { kind: 'client', ref: 'x' } }),
      row('b', { scope: { kind: 'client', ref: 'y' } }),
      undefined,
    ],
    ['for a tier and for everyone', row('a', { scope: tier('gold') }), row('b'), undefined],
    ['of two channels', row('a', { channel: 'app' }), row('b', { channel: 'web' }), undefined],
    ['of a channel and any', row('a', { channel: 'app' }), row('b'), undefined],
    ['of one channel', row('a', { channel: 'app' }), row('b', { channel: 'app' }), 'SAME_KEY_AND_START'],
    ['of two currencies', row('a', { currency: 'POINTS' }), row('b'), undefined],
    ['of two billing periods', row('a', { billing: 'YEAR' }), row('b'), undefined],
    ['of two quantity steps', row('a', { quantityFrom: 2 }), row('b'), undefined],
    ['of two starts', row('a', { saleFrom: day(2) }), row('b'), undefined],
    ['of two products', row('a', { productId: 'q' }), row('b'), undefined],
    [
      'one retracted before the other was approved',
      row('a', { retractedSeq: 4 }),
      row('b', { recordedSeq: 4, approvedSeq: 4 }),
      undefined,
    ],
    [
      'one retracted after the other was approved',
      row('a', { retractedSeq: 5 }),
      row('b', { recordedSeq: 4, approvedSeq: 4 }),
      'SAME_KEY_AND_START',
    ],
    ['one a proposal', row('a'), pending('b', { recordedSeq: 7 }), 'SAME_KEY_AND_START'],
    ['one a proposal that retracts the other', row('a'), pending('b', { retracts: 'a' }), undefined],
    ['one a proposal that was withdrawn', row('a'), pending('b', { retractedSeq: 8 }), undefined],
    [
      'one approved that failed to retract the other',
      row('a'),
      row('b', { retracts: 'a' }),
      'SAME_KEY_AND_START',
    ],
  ])('%s', (_name, a, b, why) => {
    const expected =
      why === undefined ? [] : [{ code: 'AMBIGUOUS_PRICE_ROWS', productId: 'p', rowIds: ['a', 'b'], why }];
    expect(findAmbiguities([a, b], { clubRanks })).toEqual(expected);
    expect(findAmbiguities([b, a], { clubRanks })).toEqual(expected);
  });

  test('of a plugin scope may overlap unless the scope says that they cannot', () => {
    const [a, b] = ['young', 'old'].map((age) => row(age, { scope: { kind: 'age', params: { age } } }));
    const scope = { code: 'age', rank: 50, matches: () => true };
    const rows = [a!, b!];
    expect(findAmbiguities(rows, { clubRanks, scopes: priceScopes([scope]) })).toMatchObject([
      { rowIds: ['old', 'young'], why: 'SCOPES_MAY_OVERLAP' },
    ]);
    const exact = { ...scope, disjoint: (x: object, y: object) => JSON.stringify(x) !== JSON.stringify(y) };
    expect(findAmbiguities(rows, { clubRanks, scopes: priceScopes([exact]) })).toEqual([]);
  });
});

describe('whatever the price book', () => {
  const refs = { tier: ['gold', 'basic'], club: ['lake', 'voyager', 'salon'], client: ['lin', 'wu'] };
  const scope = fc.oneof(
    fc.constant({ kind: 'everyone' }),
    ...Object.entries(refs).map(([kind, names]) => fc.constantFrom(...names).map((ref) => ({ kind, ref }))),
  );
  const seq = fc.constantFrom(1, 1, 1, 2, 3);
  // Dense on purpose: few different keys, so that most books hold rivals.
  const rows = fc
    .array(
      fc
        .record({
          scope,
          channel: fc.option(fc.constantFrom('app', 'web')),
          currency: fc.constantFrom('CNY' as const, 'CNY' as const, 'POINTS' as const),
          quantityFrom: fc.integer({ min: 1, max: 2 }),
          saleFrom: fc.integer({ min: 1, max: 2 }).map(day),
          saleUntil: fc.option(fc.integer({ min: 3, max: 6 }).map(day)),
          recordedSeq: seq,
          approvedSeq: fc.option(seq, { freq: 8 }),
          retractedSeq: fc.option(fc.integer({ min: 2, max: 4 }), { freq: 1 }),
        })
        // A missing field is left out, as in storage, not stored as null.
        .map((one) => Object.fromEntries(Object.entries(one).filter(([, value]) => value !== null))),
      { minLength: 1, maxLength: 14 },
    )
    .map((list) => list.map((one, index) => ({ ...pending(`r${index}`), ...one }) as PriceRow));
  const ask = fc.record({
    client: fc.record({
      id: fc.constantFrom(...refs.client, 'nobody'),
      tier: fc.constantFrom(...refs.tier),
      clubs: fc
        .subarray(refs.club)
        .map((codes) => codes.map((code) => ({ code, rank: clubRanks[code as 'lake'] }))),
    }),
    channel: fc.constantFrom('app', 'web', 'branch'),
    quantity: fc.integer({ min: 1, max: 4 }),
    at: fc.integer({ min: 1, max: 6 }).map(day),
    knownSeq: fc.integer({ min: 1, max: 5 }),
  });
  /** Adds row by row what keeps the book free of ambiguity, as saving one after the other would. */
  const accepted = (list: PriceRow[]) =>
    list.reduce<PriceRow[]>((book, one) => {
      const next = [...book, one];
      return findAmbiguities(next, { clubRanks }).length === 0 ? next : book;
    }, []);

  test('what passes has one winner for everyone, whatever the order of the rows', () => {
    let priced = 0;
    fc.assert(
      fc.property(rows, ask, (list, asked) => {
        const book = accepted(list);
        const forward = quote(book, asked);
        expect(forward.trace.filter((one) => one.reason === 'AMBIGUOUS')).toEqual([]);
        expect(quote([...book].reverse(), asked).lines).toEqual(forward.lines);
        expect(forward.trace).toHaveLength(book.length);
        if (forward.outcome === 'PRICED') priced += 1;
      }),
      { numRuns: 600 },
    );
    // Else the property would hold of empty books.
    expect(priced).toBeGreaterThan(60);
  });

  test('a tie at quote time is one that the check would have refused', () => {
    fc.assert(
      fc.property(rows, ask, (list, asked) => {
        const tied = quote(list, asked).trace.filter((one) => one.reason === 'AMBIGUOUS');
        const refused = new Set(findAmbiguities(list, { clubRanks }).flatMap((one) => one.rowIds));
        for (const one of tied) expect(refused).toContain(one.rowId);
      }),
    );
  });
});

describe('a price row from outside', () => {
  const good = { ...row('a'), saleFrom: '2026-03-01T00:00:00+08:00' };
  test('is taken with its instants as dates', () => {
    expect(checkPriceRow(good)).toMatchObject({
      ok: true,
      value: { saleFrom: new Date('2026-02-28T16:00:00Z') },
    });
  });
  test.each([
    ['amountMinor', { amountMinor: -1 }],
    ['amountMinor', { amountMinor: 1.5 }],
    ['amountMinor', { amountMinor: NaN }],
    ['amountMinor', { amountMinor: 2 ** 53 }],
    ['amountMinor', { amountMinor: '1e3' }],
    ['quantityFrom', { quantityFrom: 0 }],
    ['currency', { currency: 'USD' }],
    ['billing', { billing: 'WEEK' }],
    ['scope.ref', { scope: { kind: 'club' } }],
    ['scope.ref', { scope: { kind: 'everyone', ref: 'gold' } }],
    ['pointsShareMaxPct', { currency: 'POINTS', pointsShareMaxPct: 50 }],
    ['pointsShareMaxPct', { pointsShareMaxPct: 101 }],
    ['saleUntil', { saleUntil: good.saleFrom }],
    ['existing.mode', { existing: { mode: 'sometimes' } }],
    ['(whole)', { colour: 'red' }],
  ])('with a wrong %s is refused, naming it', (path, more) => {
    expect(checkPriceRow({ ...good, ...more })).toMatchObject({ ok: false, problems: [{ path }] });
  });
});
