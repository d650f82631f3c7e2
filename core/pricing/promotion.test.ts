import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { afterPercent, checkPromotion } from './promotion.ts';
import type { Promotion } from './promotion.ts';
import { quote } from './quote.ts';
import type { QuoteAsk } from './quote.ts';
import type { PriceRow } from './price-row.ts';

const day = (n: number) => new Date(Date.UTC(2026, 2, n));
const window = {
  no: 1,
  recordedSeq: 1,
  approvedSeq: 1,
  saleFrom: day(1),
  existing: { mode: 'never' } as const,
};
const monthly: PriceRow = {
  ...window,
  id: 'row',
  productId: 'depth-quotes',
  scope: { kind: 'everyone' },
  currency: 'CNY',
  amountMinor: 3800,
  billing: 'MONTH',
  quantityFrom: 1,
};
function promotion(id: string, more: Partial<Promotion> = {}): Promotion {
  return {
    ...window,
    id,
    scope: { kind: 'everyone' },
    quantityFrom: 1,
    effect: { kind: 'PERCENT', offBasisPoints: 2000 },
    stackable: true,
    priority: 1,
    ...more,
  };
}
const fixed = (offMinor: number) => ({ kind: 'FIXED', offMinor }) as const;
const free = (periods: number) => ({ kind: 'FREE_PERIOD', periods }) as const;
function priced(promotions: Promotion[], more: Partial<QuoteAsk> = {}, row: Partial<PriceRow> = {}) {
  const ask = {
    client: { id: 'lin', clubs: [] },
    channel: 'app',
    quantity: 1,
    at: day(10),
    knownSeq: 10,
    ...more,
  };
  const line = quote([{ ...monthly, ...row }], ask, { promotions }).lines[0];
  if (line?.outcome !== 'PRICE') throw new Error('the test row must have a price');
  return line;
}

describe('what a promotion does', () => {
  test.each<[string, Promotion[], number, number]>([
    ['20 % off', [promotion('a')], 3040, 0],
    ['five yuan off', [promotion('a', { effect: fixed(500) })], 3300, 0],
    ['more off than it costs', [promotion('a', { effect: fixed(5000) })], 0, 0],
    ['two free months', [promotion('a', { effect: free(2) })], 3800, 2],
    [
      'stacked by priority: percent, then fixed',
      [promotion('b', { priority: 2, effect: fixed(500) }), promotion('a')],
      2540,
      0,
    ],
    [
      'stacked by priority: fixed, then percent',
      [promotion('b', { priority: 0, effect: fixed(500) }), promotion('a')],
      2640,
      0,
    ],
    [
      'stacked with free months',
      [promotion('a'), promotion('b', { effect: free(1) }), promotion('c', { effect: free(2) })],
      3040,
      3,
    ],
    [
      'one that stands alone beats a lesser stack',
      [
        promotion('a', { effect: fixed(100) }),
        promotion('b', { effect: fixed(100) }),
        promotion('solo', { stackable: false }),
      ],
      3040,
      0,
    ],
    [
      'a stack beats a lesser one that stands alone',
      [promotion('a'), promotion('b'), promotion('solo', { stackable: false })],
      2432,
      0,
    ],
    ['none', [], 3800, 0],
  ])('%s', (_name, promotions, payMinor, freePeriods) => {
    expect(priced(promotions)).toMatchObject({ listMinor: 3800, payMinor, freePeriods });
    expect(priced([...promotions].reverse())).toMatchObject({ payMinor, freePeriods });
  });
  test('everything off makes it free', () => {
    const ask = { channel: 'app', quantity: 1, at: day(10), knownSeq: 10 };
    const all = promotion('a', { effect: { kind: 'PERCENT', offBasisPoints: 10_000 } });
    expect(quote([monthly], ask, { promotions: [all] }).free).toBe(true);
  });
  test('it applies to the whole line, so that rounding happens once', () => {
    const third = promotion('a', { effect: { kind: 'PERCENT', offBasisPoints: 3333 } });
    expect(priced([third], { quantity: 3 }, { amountMinor: 1 }).payMinor).toBe(2);
  });
});

describe('a promotion that does not apply says why', () => {
  const { approvedSeq: _none, ...unapproved } = promotion('x');
  test.each<[string, Promotion, Partial<QuoteAsk>, Partial<PriceRow>]>([
    ['PROMOTION_NOT_APPROVED', unapproved, {}, {}],
    ['PROMOTION_NOT_YET', promotion('x', { saleFrom: day(11) }), {}, {}],
    ['PROMOTION_OVER', promotion('x', { saleUntil: day(10) }), {}, {}],
    ['PROMOTION_OVER', promotion('x', { retractedSeq: 9 }), {}, {}],
    ['PROMOTION_OTHER_PRODUCT', promotion('x', { productIds: ['other'] }), {}, {}],
    ['PROMOTION_OTHER_CHANNEL', promotion('x', { channel: 'branch' }), {}, {}],
    ['PROMOTION_OTHER_CURRENCY', promotion('x', { currency: 'POINTS' }), {}, {}],
    ['PROMOTION_OTHER_BILLING', promotion('x', { billing: 'YEAR' }), {}, {}],
    ['PROMOTION_QUANTITY_TOO_SMALL', promotion('x', { quantityFrom: 2 }), {}, {}],
    ['PROMOTION_NOT_BY_PERIOD', promotion('x', { effect: free(1) }), {}, { billing: 'ONCE' }],
    ['PROMOTION_BUNDLE_INCOMPLETE', promotion('x', { withProductIds: ['morning'] }), {}, {}],
    ['OTHER_TIER', promotion('x', { scope: { kind: 'tier', ref: 'gold' } }), {}, {}],
    [
      'PROMOTION_LIMIT_TOTAL',
      promotion('x', { limits: { total: 5 } }),
      { used: { x: { byClient: 0, total: 5 } } },
      {},
    ],
    [
      'PROMOTION_LIMIT_CLIENT',
      promotion('x', { limits: { perClient: 1 } }),
      { used: { x: { byClient: 1, total: 1 } } },
      {},
    ],
    ['PROMOTION_NO_EFFECT', promotion('x'), {}, { amountMinor: 0 }],
    ['PROMOTION_NO_EFFECT', promotion('x', { effect: free(3) }), {}, { amountMinor: 0 }],
  ])('%s', (reason, one, ask, row) => {
    expect(priced([one], ask, row).promotions).toEqual([
      { promotionId: 'x', outcome: 'SKIPPED', reason, offMinor: 0, freePeriods: 0 },
    ]);
  });
  test('PROMOTION_OTHER_BETTER', () => {
    expect(
      priced([promotion('a'), promotion('x', { stackable: false, effect: fixed(1) })]).promotions,
    ).toMatchObject([
      { promotionId: 'a', outcome: 'APPLIED', offMinor: 760 },
      { promotionId: 'x', outcome: 'SKIPPED', reason: 'PROMOTION_OTHER_BETTER' },
    ]);
  });
  test('a bundle applies with its other products, and a limit until it is reached', () => {
    expect(
      priced([promotion('x', { withProductIds: ['morning'] })], { basketProductIds: ['morning'] }).payMinor,
    ).toBe(3040);
    expect(
      priced([promotion('x', { limits: { perClient: 2 } })], { used: { x: { byClient: 1, total: 9 } } })
        .payMinor,
    ).toBe(3040);
  });
});

describe('whatever the amounts', () => {
  const amount = fc.oneof(fc.nat({ max: 100_000 }), fc.maxSafeNat());
  test('a percentage is rounded half up, exactly, however great the amount', () => {
    expect([afterPercent(1, 5000), afterPercent(3, 5000), afterPercent(10, 9550)]).toEqual([1, 2, 0]);
    fc.assert(
      fc.property(amount, fc.integer({ min: 0, max: 10_000 }), (minor, off) => {
        const paid = afterPercent(minor, off);
        const twice = 2n * (BigInt(paid) * 10_000n - BigInt(minor) * BigInt(10_000 - off));
        expect(twice > -10_000n && twice <= 10_000n).toBe(true);
      }),
    );
  });
  test('promotions never raise a price, never pass zero, and their trace adds up', () => {
    const effect = fc.oneof(
      fc
        .integer({ min: 1, max: 10_000 })
        .map((offBasisPoints) => ({ kind: 'PERCENT' as const, offBasisPoints })),
      fc.integer({ min: 1, max: 5000 }).map(fixed),
      fc.integer({ min: 1, max: 12 }).map(free),
    );
    const some = fc
      .array(fc.record({ effect, stackable: fc.boolean(), priority: fc.nat(3) }), { maxLength: 6 })
      .map((list) => list.map((one, index) => promotion(`p${index}`, one)));
    fc.assert(
      fc.property(amount, some, (amountMinor, promotions) => {
        const line = priced(promotions, {}, { amountMinor });
        const off = line.promotions.reduce((sum, one) => sum + one.offMinor, 0);
        expect(line.payMinor).toBe(line.listMinor - off);
        expect(line.payMinor).toBeGreaterThanOrEqual(0);
        expect(line.promotions).toHaveLength(promotions.length);
        expect(priced([...promotions].reverse(), {}, { amountMinor })).toEqual(line);
      }),
    );
  });
});

test.each([
  ['effect.offBasisPoints', { effect: { kind: 'PERCENT', offBasisPoints: 10_001 } }],
  ['effect.offMinor', { effect: { kind: 'FIXED', offMinor: 1.5 }, currency: 'CNY' }],
  ['currency', { effect: fixed(100) }],
  ['saleUntil', { saleUntil: day(1) }],
  ['scope.ref', { scope: { kind: 'tier' } }],
])('a promotion with a wrong %s is refused by name', (path, more) => {
  const checked = checkPromotion({ ...promotion('x'), ...more });
  expect(checked).toMatchObject({ ok: false, problems: [{ path }] });
  expect(checkPromotion(promotion('x')).ok).toBe(true);
});
