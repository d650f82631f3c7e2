import { describe, expect, test } from '@jest/globals';
import { quote } from './quote.ts';
import type { QuoteAsk } from './quote.ts';
import type { PriceRow } from './price-row.ts';
import { CORE_SCOPES_ONLY, priceScopes } from './scopes.ts';
import { winningRows } from './precedence.ts';

const day = (n: number) => new Date(Date.UTC(2026, 2, n));

function row(id: string, more: Partial<PriceRow> = {}): PriceRow {
  return {
    id,
    productId: 'depth-quotes',
    no: 1,
    recordedSeq: 1,
    approvedSeq: 1,
    saleFrom: day(1),
    existing: { mode: 'never' },
    scope: { kind: 'everyone' },
    currency: 'CNY',
    amountMinor: 3800,
    billing: 'MONTH',
    quantityFrom: 1,
    ...more,
  };
}
const lin = {
  id: 'lin',
  tier: 'gold',
  clubs: [
    { code: 'lake', rank: 2 },
    { code: 'voyager', rank: 1 },
  ],
};
const ask = (more: Partial<QuoteAsk> = {}): QuoteAsk => ({
  client: lin,
  channel: 'app',
  quantity: 1,
  at: day(10),
  knownSeq: 10,
  ...more,
});
const everyone = row('everyone');
const tier = row('tier', { scope: { kind: 'tier', ref: 'gold' } });
const club = row('club', { scope: { kind: 'club', ref: 'lake' } });
const named = row('named', { scope: { kind: 'client', ref: 'lin' } });

/** The winner of the monthly CNY line and why, then each loser with its reason. */
function story(rows: PriceRow[], more: Partial<QuoteAsk> = {}) {
  const { trace } = quote(rows, ask(more));
  return trace.map(
    (one) => `${one.rowId} ${one.outcome} ${one.reason}${one.against ? ` ${one.against}` : ''}`,
  );
}

describe('the precedence', () => {
  test.each([
    [
      'a named client goes before a club',
      [club, named],
      ['named WON MORE_SPECIFIC_SCOPE', 'club LOST LESS_SPECIFIC_SCOPE named'],
    ],
    [
      'a club goes before a tier',
      [tier, club],
      ['club WON MORE_SPECIFIC_SCOPE', 'tier LOST LESS_SPECIFIC_SCOPE club'],
    ],
    [
      'a tier goes before everyone',
      [everyone, tier],
      ['tier WON MORE_SPECIFIC_SCOPE', 'everyone LOST LESS_SPECIFIC_SCOPE tier'],
    ],
    [
      'a club of higher rank goes first',
      [row('v', { scope: { kind: 'club', ref: 'voyager' } }), club],
      ['club WON HIGHER_CLUB_RANK', 'v LOST LOWER_CLUB_RANK club'],
    ],
    [
      'the scope decides before the channel',
      [tier, row('app', { channel: 'app' })],
      ['tier WON MORE_SPECIFIC_SCOPE', 'app LOST LESS_SPECIFIC_SCOPE tier'],
    ],
    [
      'a channel goes before any channel',
      [everyone, row('app', { channel: 'app' })],
      ['app WON CHANNEL_ROW', 'everyone LOST ANY_CHANNEL app'],
    ],
    [
      'the channel decides before the quantity',
      [row('app', { channel: 'app' }), row('ten', { quantityFrom: 10 })],
      ['app WON CHANNEL_ROW', 'ten LOST ANY_CHANNEL app'],
    ],
    [
      'the greatest quantity step reached goes first',
      [everyone, row('ten', { quantityFrom: 10 }), row('hundred', { quantityFrom: 100 })],
      [
        'ten WON GREATER_QUANTITY_STEP',
        'everyone LOST LOWER_QUANTITY_STEP ten',
        'hundred LOST QUANTITY_TOO_SMALL',
      ],
    ],
    [
      'the quantity decides before the start',
      [row('ten', { quantityFrom: 10 }), row('late', { saleFrom: day(9) })],
      ['ten WON GREATER_QUANTITY_STEP', 'late LOST LOWER_QUANTITY_STEP ten'],
    ],
    [
      'the later start goes first',
      [everyone, row('late', { saleFrom: day(9) })],
      ['late WON LATER_START', 'everyone LOST EARLIER_START late'],
    ],
    ['a lone row wins as the only one', [everyone], ['everyone WON ONLY_ROW']],
  ])('%s', (_name, rows, expected) => {
    expect(story(rows, { quantity: 10 })).toEqual(expected);
    expect(story([...rows].reverse(), { quantity: 10 }).sort()).toEqual([...expected].sort());
  });

  test('the winner is explained against the rival that came nearest', () => {
    expect(story([everyone, tier, row('tier-app', { scope: tier.scope, channel: 'app' })])[0]).toBe(
      'tier-app WON CHANNEL_ROW',
    );
  });
});

describe('a row that cannot win says why', () => {
  const { approvedSeq: _none, ...draft } = row('x');
  test.each<[string, PriceRow, Partial<QuoteAsk>]>([
    ['NOT_YET_KNOWN', row('x', { recordedSeq: 11 }), {}],
    ['NOT_APPROVED', draft, {}],
    ['NOT_APPROVED', row('x', { approvedSeq: 11 }), {}],
    ['RETRACTED', row('x', { retractedSeq: 10 }), {}],
    ['NOT_YET_IN_FORCE', row('x', { saleFrom: new Date(day(10).getTime() + 1) }), {}],
    ['NO_LONGER_IN_FORCE', row('x', { saleUntil: day(10) }), {}],
    ['OTHER_CHANNEL', row('x', { channel: 'branch' }), {}],
    ['QUANTITY_TOO_SMALL', row('x', { quantityFrom: 2 }), {}],
    ['NO_CLIENT', tier, { client: undefined } as unknown as Partial<QuoteAsk>],
    ['OTHER_CLIENT', row('x', { scope: { kind: 'client', ref: 'wu' } }), {}],
    ['OTHER_CLUB', row('x', { scope: { kind: 'club', ref: 'salon' } }), {}],
    ['OTHER_TIER', row('x', { scope: { kind: 'tier', ref: 'silver' } }), {}],
    ['UNKNOWN_SCOPE', row('x', { scope: { kind: 'stage', ref: 'growing' } }), {}],
  ])('%s', (reason, one, more) => {
    const result = quote([one], ask(more));
    expect(result.trace).toMatchObject([{ outcome: 'LOST', reason }]);
    expect(result).toMatchObject({ outcome: 'NO_PRICE', lines: [{ outcome: 'NO_PRICE', reason }] });
  });

  test('and the line gives the reason of the row that came nearest', () => {
    const rows = [
      row('a', { saleUntil: day(2) }),
      row('b', { channel: 'branch' }),
      row('c', { recordedSeq: 99 }),
    ];
    expect(quote(rows, ask()).lines).toMatchObject([{ reason: 'OTHER_CHANNEL' }]);
  });
});

describe('a quote', () => {
  test('has one line for each currency and billing period', () => {
    const rows = [
      everyone,
      row('points', { currency: 'POINTS', amountMinor: 3800 }),
      row('year', { billing: 'YEAR' }),
    ];
    expect(quote(rows, ask()).lines.map((line) => `${line.currency} ${line.billing}`)).toEqual([
      'CNY MONTH',
      'CNY YEAR',
      'POINTS MONTH',
    ]);
  });
  test('without any row has no price', () => {
    expect(quote([], ask())).toMatchObject({ outcome: 'NO_PRICE', lines: [], free: false });
  });
  test('for a currency and period that no row has says so', () => {
    expect(quote([everyone], ask({ currency: 'CNY', billing: 'YEAR' })).lines).toEqual([
      { outcome: 'NO_PRICE', currency: 'CNY', billing: 'YEAR', reason: 'NO_ROWS' },
    ]);
  });
  test('multiplies by the quantity', () => {
    expect(quote([everyone], ask({ quantity: 3 })).lines).toMatchObject([
      { unitMinor: 3800, listMinor: 11_400, payMinor: 11_400 },
    ]);
  });
  test('refuses an amount that cannot be counted exactly', () => {
    const dear = row('dear', { amountMinor: Number.MAX_SAFE_INTEGER });
    expect(quote([dear], ask({ quantity: 2 }))).toMatchObject({
      outcome: 'NO_PRICE',
      lines: [{ reason: 'AMOUNT_TOO_LARGE' }],
    });
  });
  test('carries how much may be paid in points', () => {
    expect(quote([row('mixed', { pointsShareMaxPct: 50 })], ask()).lines).toMatchObject([
      { pointsShareMaxPct: 50 },
    ]);
  });
  test('with a zero price in any currency is free, even where the other currency was asked for', () => {
    const rows = [
      everyone,
      row('zero', { currency: 'POINTS', amountMinor: 0, scope: { kind: 'club', ref: 'lake' } }),
    ];
    expect(quote(rows, ask()).free).toBe(true);
    const asked = quote(rows, ask({ currency: 'CNY' }));
    expect(asked.free).toBe(true);
    expect(asked.trace).toContainEqual(
      expect.objectContaining({ rowId: 'zero', outcome: 'WON', reason: 'MAKES_FREE' }),
    );
    expect(quote(rows, ask({ client: { ...lin, clubs: [] } })).free).toBe(false);
  });
  test('never chooses between two rows that tie', () => {
    const result = quote([row('a'), row('b'), row('c', { saleFrom: day(0) })], ask());
    expect(result.lines).toMatchObject([{ outcome: 'NO_PRICE', reason: 'AMBIGUOUS' }]);
    expect(result.trace.filter((one) => one.reason === 'AMBIGUOUS').map((one) => one.rowId)).toEqual([
      'a',
      'b',
    ]);
  });
  test.each([0, -1, 1.5, NaN, 2 ** 53])('for a quantity of %p is thrown back', (quantity) => {
    expect(() => quote([everyone], ask({ quantity }))).toThrow(/quantity must be a whole number from 1/);
  });
  test('over rows of two products is thrown back', () => {
    expect(() => quote([everyone, row('stray', { productId: 'other' })], ask())).toThrow(
      /stray is not a row of/,
    );
  });
  test('is plain data', () => {
    const result = quote([everyone, tier], ask());
    expect(JSON.parse(JSON.stringify(result))).toEqual({ ...result, at: result.at.toISOString() });
  });
});

describe('a scope that a plugin adds', () => {
  const stage = {
    code: 'stage',
    rank: 150,
    matches: (client: { facts?: Readonly<Record<string, unknown>> }, params: Record<string, unknown>) =>
      client.facts?.['stage'] === params['is'],
  };
  const growing = row('growing', { scope: { kind: 'stage', params: { is: 'growing' } } });
  const scopes = priceScopes([stage]);

  test('takes its place by its rank', () => {
    const client = { ...lin, facts: { stage: 'growing' } };
    const winner = (rows: PriceRow[]) => winningRows(rows, ask({ client }), scopes).winner.find(Boolean)?.id;
    expect(winner([tier, growing])).toBe('growing');
    expect(winner([growing, club])).toBe('club');
  });
  test('that does not match says so', () => {
    expect(quote([growing], ask(), { scopes }).trace).toMatchObject([{ reason: 'SCOPE_NOT_MATCHED' }]);
  });
  test.each([
    [{ ...stage, rank: 100 }, /tier and stage share rank 100/],
    [{ ...stage, code: 'club' }, /club is declared twice/],
  ])('is refused when it clashes with another', (clashing, message) => {
    expect(() => priceScopes([clashing])).toThrow(message);
    expect(() => priceScopes([stage, stage])).toThrow(/declared twice/);
  });
});

test('the winners without a trace are those of the quote', () => {
  const rows = [everyone, tier, club, named, row('points', { currency: 'POINTS' })];
  const { winner } = winningRows(rows, ask(), CORE_SCOPES_ONLY);
  const lines = quote(rows, ask()).lines.flatMap((line) => (line.outcome === 'PRICE' ? [line.rowId] : []));
  expect(winner.flatMap((one) => (one ? [one.id] : []))).toEqual(lines);
});
