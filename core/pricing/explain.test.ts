import { describe, expect, test } from '@jest/globals';
import { explainPrice, explainPriceText, PRICE_MESSAGES } from './explain.ts';
import type { PriceRow } from './price-row.ts';
import type { Promotion, PromotionSkip } from './promotion.ts';
import { NO_PRICE_ORDER, quote } from './quote.ts';
import type { NoPriceReason, RowTrace } from './quote.ts';

// Written out so that the compiler demands a line here for every new reason, and the test a text for every line.
const rowReasons: Record<RowTrace['reason'], true> = {
  ONLY_ROW: true,
  MORE_SPECIFIC_SCOPE: true,
  HIGHER_CLUB_RANK: true,
  CHANNEL_ROW: true,
  GREATER_QUANTITY_STEP: true,
  LATER_START: true,
  MAKES_FREE: true,
  NOT_YET_KNOWN: true,
  NOT_APPROVED: true,
  RETRACTED: true,
  NOT_YET_IN_FORCE: true,
  NO_LONGER_IN_FORCE: true,
  OTHER_CHANNEL: true,
  QUANTITY_TOO_SMALL: true,
  NO_CLIENT: true,
  OTHER_CLIENT: true,
  OTHER_CLUB: true,
  OTHER_TIER: true,
  SCOPE_NOT_MATCHED: true,
  UNKNOWN_SCOPE: true,
  OTHER_CURRENCY: true,
  OTHER_BILLING: true,
  AMBIGUOUS: true,
  LESS_SPECIFIC_SCOPE: true,
  LOWER_CLUB_RANK: true,
  ANY_CHANNEL: true,
  LOWER_QUANTITY_STEP: true,
  EARLIER_START: true,
};
const noPriceReasons: Record<NoPriceReason, true> = {
  NO_ROWS: true,
  AMOUNT_TOO_LARGE: true,
  AMBIGUOUS: true,
  NOT_YET_KNOWN: true,
  NOT_APPROVED: true,
  RETRACTED: true,
  NOT_YET_IN_FORCE: true,
  NO_LONGER_IN_FORCE: true,
  OTHER_CHANNEL: true,
  QUANTITY_TOO_SMALL: true,
  NO_CLIENT: true,
  OTHER_CLIENT: true,
  OTHER_CLUB: true,
  OTHER_TIER: true,
  SCOPE_NOT_MATCHED: true,
  UNKNOWN_SCOPE: true,
};
const promotionReasons: Record<PromotionSkip, true> = {
  PROMOTION_NOT_APPROVED: true,
  PROMOTION_NOT_YET: true,
  PROMOTION_OVER: true,
  PROMOTION_OTHER_PRODUCT: true,
  PROMOTION_OTHER_CHANNEL: true,
  PROMOTION_OTHER_CURRENCY: true,
  PROMOTION_OTHER_BILLING: true,
  PROMOTION_QUANTITY_TOO_SMALL: true,
  PROMOTION_NOT_BY_PERIOD: true,
  PROMOTION_BUNDLE_INCOMPLETE: true,
  PROMOTION_LIMIT_CLIENT: true,
  PROMOTION_LIMIT_TOTAL: true,
  PROMOTION_OTHER_BETTER: true,
  PROMOTION_NO_EFFECT: true,
  NO_CLIENT: true,
  OTHER_CLIENT: true,
  OTHER_CLUB: true,
  OTHER_TIER: true,
  SCOPE_NOT_MATCHED: true,
  UNKNOWN_SCOPE: true,
};

describe.each(['en', 'zh'] as const)('in %s', (language) => {
  test('every reason has a text', () => {
    const keys = [
      ...Object.keys(rowReasons).map((code) => `price.row.${code}`),
      ...Object.keys(noPriceReasons).map((code) => `price.no.${code}`),
      ...Object.keys(promotionReasons).map((code) => `price.promotion.${code}`),
    ];
    expect(keys.filter((key) => !PRICE_MESSAGES[language][key])).toEqual([]);
  });
});

test('both languages have the same keys with the same places', () => {
  const places = (text: string) => [...new Set(text.match(/\{\w+\}/g))].sort();
  const shape = (language: 'en' | 'zh') =>
    Object.entries(PRICE_MESSAGES[language])
      .map(([key, text]) => `${key} ${places(text)}`)
      .sort();
  expect(shape('zh')).toEqual(shape('en'));
});

test('every reason for no price has its place in the order of nearness', () => {
  const own = new Set<string>(['NO_ROWS', 'AMOUNT_TOO_LARGE']);
  expect([...NO_PRICE_ORDER].sort()).toEqual(
    Object.keys(noPriceReasons)
      .filter((code) => !own.has(code))
      .sort(),
  );
});

const window = {
  no: 1,
  recordedSeq: 1,
  approvedSeq: 1,
  saleFrom: new Date('2026-03-01T00:00:00Z'),
  existing: { mode: 'never' } as const,
};
const everyone: PriceRow = {
  ...window,
  id: 'r1',
  productId: 'p',
  scope: { kind: 'everyone' },
  currency: 'CNY',
  amountMinor: 3805,
  billing: 'MONTH',
  quantityFrom: 1,
};
const gold: PriceRow = {
  ...everyone,
  id: 'r2',
  scope: { kind: 'tier', ref: 'gold' },
  amountMinor: 2800,
  pointsShareMaxPct: 50,
};
const ask = {
  client: { id: 'c', tier: 'gold', clubs: [] },
  channel: 'app',
  quantity: 1,
  at: new Date('2026-03-09T00:00:00Z'),
  knownSeq: 9,
};
const spring: Promotion = {
  ...window,
  id: 'spring',
  scope: { kind: 'everyone' },
  quantityFrom: 1,
  effect: { kind: 'PERCENT', offBasisPoints: 2000 },
  stackable: true,
  priority: 1,
};

test('a quote is told in plain words', () => {
  const told = quote([everyone, gold], ask, { promotions: [spring] });
  expect(explainPriceText(told, 'en')).toEqual([
    '¥22.40 a month',
    'At most 50 % of the amount may be paid in points',
    'Price row r2 (tier:gold) applies: it is for the client more specifically',
    'Row r1 (everyone) stands behind row r2: it is for the client less specifically',
    'Promotion spring takes ¥5.60 off',
  ]);
  expect(explainPriceText(told, 'zh')).toEqual([
    '每月 22.40 元',
    '最多 50% 可用积分支付',
    '适用价格行 r2（tier:gold）：客户范围更具体',
    '价格行 r1（everyone）排在 r2 之后：客户范围较宽',
    '优惠 spring 减 5.60 元',
  ]);
});

test('so is one without a price, and one that is free', () => {
  const { client: _client, ...visitor } = ask;
  expect(explainPriceText(quote([gold], visitor), 'en')).toEqual([
    'No price applies, so the product cannot be bought',
    'No price (CNY, a month): only for known clients',
    'Row r2 (tier:gold) does not apply: the client is not known',
  ]);
  expect(explainPrice(quote([{ ...everyone, amountMinor: 0 }], ask))[0]).toEqual({
    key: 'price.free',
    params: {},
  });
});
