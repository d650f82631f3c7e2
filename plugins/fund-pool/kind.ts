import type { ProductKindDeclaration } from '../../core/plugin/contract.ts';

const text = (zh: string, en: string, group: string, more: Record<string, unknown> = {}) => ({
  type: 'string',
  maxLength: 80,
  'x-title': { zh, en },
  'x-group': group,
  ...more,
});

/** Fees are parts per million, so that 1.2 % is the whole number 12,000. */
const fee = (zh: string, en: string) => ({
  type: 'integer',
  minimum: 0,
  maximum: 100_000,
  'x-title': { zh, en },
  'x-group': 'fees',
  'x-unit': 'ppm',
});

/**
 * A mutual fund (公募基金). To be listed it needs code, Chinese name, a zero-priced row and a rating derived from its
 * type; an English name and a category are welcome and not asked for.
 */
export const fundKind: ProductKindDeclaration = {
  code: 'fund',
  name: { zh: '公募基金', en: 'Mutual fund' },
  nature: 'FINANCIAL',
  requiredToList: ['PRICE', 'RISK_RATING'],
  attributes: {
    type: 'object',
    additionalProperties: false,
    properties: {
      fundType: text('基金类型', 'Fund type', 'identity', {
        'x-required-to-list': true,
        'x-filterable': true,
      }),
      company: text('基金公司', 'Fund company', 'identity', { 'x-filterable': true, 'x-searchable': true }),
      inceptionDate: text('成立日期', 'Inception date', 'identity', { format: 'date' }),
      term: text('投资期限', 'Term', 'suitability', { enum: ['SHORT', 'MEDIUM', 'LONG'] }),
      investmentKind: text('投资品种', 'Kind of investment', 'suitability', { 'x-filterable': true }),
      managementFeePpm: fee('管理费率', 'Management fee a year'),
      custodyFeePpm: fee('托管费率', 'Custody fee a year'),
      salesServiceFeePpm: fee('销售服务费率', 'Sales service fee a year'),
      purchaseFeeMaxPpm: fee('最高申购费率', 'Purchase fee at most'),
      redemptionFeeMaxPpm: fee('最高赎回费率', 'Redemption fee at most'),
    },
  },
};
