import { z } from 'zod';
import { RuleDataError, schemaProblems } from '../explain/rule-data.ts';

/** What an incentive may be tied to that the law watches (CSRC order 204 of 2023; rules on the sale of funds). */
export const INCENTIVE_BASES = ['COMMISSION', 'FUND_PURCHASE'] as const;
export type IncentiveBasis = (typeof INCENTIVE_BASES)[number];

export const BASIS_WORDS: Readonly<Record<IncentiveBasis, { readonly zh: string; readonly en: string }>> = {
  COMMISSION: { zh: '交易佣金', en: 'commission' },
  FUND_PURCHASE: { zh: '购买基金', en: 'buying a fund' },
};

/** Classes of goods that points can buy, by how the law looks at them. */
export const GOODS_CLASSES = ['SECURITIES_SERVICE', 'EDUCATION', 'GIFT'] as const;
export type GoodsClass = (typeof GOODS_CLASSES)[number];

export const incentivePolicyShape = z.strictObject({
  id: z.string().min(1).max(60),
  version: z.int().min(1),
  title: z.strictObject({ zh: z.string(), en: z.string() }),
  /** The rule that the pack follows, by name and number. */
  source: z.string().min(1).max(500),
  /** What points may be earned by although the law watches it; none by default. */
  allowedBases: z.array(z.enum(INCENTIVE_BASES)),
  allowedGoods: z.array(z.enum(GOODS_CLASSES)),
});

export type IncentivePolicy = z.infer<typeof incentivePolicyShape>;

/** @throws RuleDataError */
export function loadIncentivePolicy(data: unknown): IncentivePolicy {
  const parsed = incentivePolicyShape.safeParse(data);
  if (!parsed.success) throw new RuleDataError('The incentive policy', schemaProblems(parsed.error));
  return parsed.data;
}
