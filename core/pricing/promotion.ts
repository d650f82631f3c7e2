import { z } from 'zod';
import { isOnSale } from '../catalog/in-force.ts';
import type { InForceRow } from '../catalog/in-force.ts';
import { schemaProblems } from '../explain/rule-data.ts';
import { BILLINGS, CURRENCIES, inForceFields, scopeSchema } from './price-row.ts';
import type { Billing, Checked, Currency, PriceRow, RowScope } from './price-row.ts';
import type { PriceAsk } from './precedence.ts';
import { scopeMismatch } from './scopes.ts';
import type { PriceScopes, ScopeMismatch } from './scopes.ts';

export type PromotionEffect =
  /** Off the line, in hundredths of a per cent: 2000 is 20 %. */
  | { readonly kind: 'PERCENT'; readonly offBasisPoints: number }
  /** Off the line, in minor units of the promotion's currency; never below zero. */
  | { readonly kind: 'FIXED'; readonly offMinor: number }
  /** The first periods cost nothing; only for rows billed by period. */
  | { readonly kind: 'FREE_PERIOD'; readonly periods: number };

/** A reduction that applies after the price was found. It shares the window and approval of price rows. */
export interface Promotion extends InForceRow {
  readonly id: string;
  /** Absent: every product. */
  readonly productIds?: readonly string[];
  readonly scope: RowScope;
  readonly channel?: string;
  readonly currency?: Currency;
  readonly billing?: Billing;
  readonly quantityFrom: number;
  readonly effect: PromotionEffect;
  /** A bundle: only together with all of these in one order. */
  readonly withProductIds?: readonly string[];
  /** Stackable ones apply one after the other; one that is not stands alone. */
  readonly stackable: boolean;
  /** Stackable ones apply by rising priority, then by id. */
  readonly priority: number;
  readonly limits?: { readonly perClient?: number; readonly total?: number };
}

export interface PromotionContext {
  /** How often each promotion was used, by this client and by all. */
  readonly used?: Readonly<Record<string, { readonly byClient: number; readonly total: number }>>;
  /** Products in the same order or already held, for bundles. */
  readonly basketProductIds?: readonly string[];
}

export type PromotionSkip =
  | 'PROMOTION_NOT_APPROVED'
  | 'PROMOTION_NOT_YET'
  | 'PROMOTION_OVER'
  | 'PROMOTION_OTHER_PRODUCT'
  | 'PROMOTION_OTHER_CHANNEL'
  | 'PROMOTION_OTHER_CURRENCY'
  | 'PROMOTION_OTHER_BILLING'
  | 'PROMOTION_QUANTITY_TOO_SMALL'
  | 'PROMOTION_NOT_BY_PERIOD'
  | 'PROMOTION_BUNDLE_INCOMPLETE'
  | 'PROMOTION_LIMIT_CLIENT'
  | 'PROMOTION_LIMIT_TOTAL'
  | 'PROMOTION_OTHER_BETTER'
  | 'PROMOTION_NO_EFFECT'
  | ScopeMismatch;

export interface PromotionTrace {
  readonly promotionId: string;
  readonly outcome: 'APPLIED' | 'SKIPPED';
  /** Why it was skipped; absent when applied. */
  readonly reason?: PromotionSkip;
  readonly offMinor: number;
  readonly freePeriods: number;
}

export interface Reduced {
  readonly payMinor: number;
  readonly freePeriods: number;
  readonly promotions: readonly PromotionTrace[];
}

const NONE: Reduced['promotions'] = [];

/**
 * Applies promotions to a line of `lineMinor`. Either all stackable ones or one that is not stackable, whichever leaves
 * the client to pay less (then the more free periods, then the stackable ones, then priority and id).
 */
export function applyPromotions(
  promotions: readonly Promotion[],
  row: PriceRow,
  lineMinor: number,
  ask: PriceAsk & PromotionContext,
  scopes: PriceScopes,
): Reduced {
  if (promotions.length === 0) return { payMinor: lineMinor, freePeriods: 0, promotions: NONE };
  const ordered = [...promotions].sort((a, b) => a.priority - b.priority || (a.id < b.id ? -1 : 1));
  const skips = new Map<string, PromotionSkip>();
  const fitting: Promotion[] = [];
  for (const promotion of ordered) {
    const skip = promotionSkip(promotion, row, ask, scopes);
    if (skip === undefined) fitting.push(promotion);
    else skips.set(promotion.id, skip);
  }
  const choices = [
    fitting.filter((one) => one.stackable),
    ...fitting.filter((one) => !one.stackable).map((one) => [one]),
  ];
  let best = reduce([], lineMinor);
  for (const choice of choices) {
    const reduced = reduce(choice, lineMinor);
    if (
      reduced.payMinor < best.payMinor ||
      (reduced.payMinor === best.payMinor && reduced.freePeriods > best.freePeriods)
    ) {
      best = reduced;
    }
  }
  const beaten = best.promotions.length === 0 ? 'PROMOTION_NO_EFFECT' : 'PROMOTION_OTHER_BETTER';
  const applied = new Map(best.promotions.map((trace) => [trace.promotionId, trace]));
  const trace = ordered.map((one) => applied.get(one.id) ?? skipped(one.id, skips.get(one.id) ?? beaten));
  return { payMinor: best.payMinor, freePeriods: best.freePeriods, promotions: trace };
}

/**
 * What remains after `offBasisPoints`, rounded half up to a whole minor unit (so a half is the firm's, never more than
 * half a unit). BigInt, because amount × 10,000 leaves the safe integers long before an amount does.
 */
export function afterPercent(amountMinor: number, offBasisPoints: number): number {
  return Number((BigInt(amountMinor) * BigInt(10_000 - offBasisPoints) + 5_000n) / 10_000n);
}

function reduce(choice: readonly Promotion[], lineMinor: number): Reduced {
  let payMinor = lineMinor;
  let freePeriods = 0;
  const promotions: PromotionTrace[] = [];
  for (const { id, effect } of choice) {
    const left =
      effect.kind === 'PERCENT'
        ? afterPercent(payMinor, effect.offBasisPoints)
        : effect.kind === 'FIXED'
          ? Math.max(0, payMinor - effect.offMinor)
          : payMinor;
    const free = effect.kind === 'FREE_PERIOD' && lineMinor > 0 ? effect.periods : 0;
    if (left === payMinor && free === 0) {
      promotions.push(skipped(id, 'PROMOTION_NO_EFFECT'));
      continue;
    }
    promotions.push({ promotionId: id, outcome: 'APPLIED', offMinor: payMinor - left, freePeriods: free });
    payMinor = left;
    freePeriods += free;
  }
  return { payMinor, freePeriods, promotions };
}

function skipped(promotionId: string, reason: PromotionSkip): PromotionTrace {
  return { promotionId, outcome: 'SKIPPED', reason, offMinor: 0, freePeriods: 0 };
}

function promotionSkip(
  promotion: Promotion,
  row: PriceRow,
  ask: PriceAsk & PromotionContext,
  scopes: PriceScopes,
): PromotionSkip | undefined {
  const { approvedSeq, retractedSeq } = promotion;
  if (promotion.recordedSeq > ask.knownSeq || approvedSeq === undefined || approvedSeq > ask.knownSeq) {
    return 'PROMOTION_NOT_APPROVED';
  }
  if (retractedSeq !== undefined && retractedSeq <= ask.knownSeq) return 'PROMOTION_OVER';
  if (!isOnSale(promotion, ask.at))
    return promotion.saleFrom > ask.at ? 'PROMOTION_NOT_YET' : 'PROMOTION_OVER';
  if (promotion.productIds !== undefined && !promotion.productIds.includes(row.productId)) {
    return 'PROMOTION_OTHER_PRODUCT';
  }
  if (promotion.channel !== undefined && promotion.channel !== ask.channel) return 'PROMOTION_OTHER_CHANNEL';
  if (promotion.currency !== undefined && promotion.currency !== row.currency)
    return 'PROMOTION_OTHER_CURRENCY';
  if (promotion.billing !== undefined && promotion.billing !== row.billing) return 'PROMOTION_OTHER_BILLING';
  if (promotion.quantityFrom > ask.quantity) return 'PROMOTION_QUANTITY_TOO_SMALL';
  if (promotion.effect.kind === 'FREE_PERIOD' && row.billing === 'ONCE') return 'PROMOTION_NOT_BY_PERIOD';
  const basket = ask.basketProductIds ?? [];
  if (promotion.withProductIds?.some((id) => !basket.includes(id))) return 'PROMOTION_BUNDLE_INCOMPLETE';
  return scopeMismatch(promotion.scope, ask.client, scopes) ?? limitReached(promotion, ask);
}

function limitReached(promotion: Promotion, ask: PriceAsk & PromotionContext): PromotionSkip | undefined {
  const { perClient, total } = promotion.limits ?? {};
  const used = ask.used?.[promotion.id];
  if (total !== undefined && (used?.total ?? 0) >= total) return 'PROMOTION_LIMIT_TOTAL';
  if (perClient === undefined) return undefined;
  if (ask.client === undefined) return 'NO_CLIENT';
  return (used?.byClient ?? 0) >= perClient ? 'PROMOTION_LIMIT_CLIENT' : undefined;
}

const ids = z.array(z.string().min(1)).min(1).max(500);

export const promotionSchema = z
  .strictObject({
    id: z.string().min(1).max(100),
    productIds: ids.optional(),
    scope: scopeSchema,
    channel: z.string().min(1).max(50).optional(),
    currency: z.enum(CURRENCIES).optional(),
    billing: z.enum(BILLINGS).optional(),
    quantityFrom: z.int().min(1),
    effect: z.discriminatedUnion('kind', [
      z.strictObject({ kind: z.literal('PERCENT'), offBasisPoints: z.int().min(1).max(10_000) }),
      z.strictObject({ kind: z.literal('FIXED'), offMinor: z.int().min(1) }),
      z.strictObject({ kind: z.literal('FREE_PERIOD'), periods: z.int().min(1).max(120) }),
    ]),
    withProductIds: ids.optional(),
    stackable: z.boolean(),
    priority: z.int(),
    limits: z
      .strictObject({ perClient: z.int().min(1).optional(), total: z.int().min(1).optional() })
      .optional(),
    ...inForceFields,
  })
  .superRefine((promotion, ctx) => {
    if (promotion.saleUntil !== undefined && promotion.saleUntil <= promotion.saleFrom) {
      ctx.addIssue({
        code: 'custom',
        path: ['saleUntil'],
        message: 'the promotion must end after it starts',
      });
    }
    // Ten yuan off and ten points off are different promotions.
    if (promotion.effect.kind === 'FIXED' && promotion.currency === undefined) {
      ctx.addIssue({
        code: 'custom',
        path: ['currency'],
        message: 'a fixed reduction must say in which currency',
      });
    }
  });

/** A promotion from outside, checked field by field. */
export function checkPromotion(input: unknown): Checked<Promotion> {
  const parsed = promotionSchema.safeParse(input);
  return parsed.success
    ? { ok: true, value: parsed.data as Promotion }
    : { ok: false, problems: schemaProblems(parsed.error) };
}
