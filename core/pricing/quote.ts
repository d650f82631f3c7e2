import { BILLINGS, CURRENCIES } from './price-row.ts';
import type { Billing, Currency, PriceRow } from './price-row.ts';
import { LOST_BY, groupOf, notApplicable, precedence, winningRows } from './precedence.ts';
import type { NotApplicable, PriceAsk } from './precedence.ts';
import { applyPromotions } from './promotion.ts';
import type { Promotion, PromotionContext, PromotionTrace } from './promotion.ts';
import { CORE_SCOPES_ONLY } from './scopes.ts';
import type { PriceScopes } from './scopes.ts';

export interface QuoteAsk extends PriceAsk, PromotionContext {
  /** Only this currency or billing period; absent: all. */
  readonly currency?: Currency;
  readonly billing?: Billing;
}

export interface QuoteRules {
  readonly promotions?: readonly Promotion[];
  readonly scopes?: PriceScopes;
}

export type LostReason = NotApplicable | (typeof LOST_BY)[number] | 'OTHER_CURRENCY' | 'OTHER_BILLING';
export type WonReason =
  | 'ONLY_ROW'
  | 'MORE_SPECIFIC_SCOPE'
  | 'HIGHER_CLUB_RANK'
  | 'CHANNEL_ROW'
  | 'GREATER_QUANTITY_STEP'
  | 'LATER_START'
  /** Of a currency or period that was not asked for, but its zero price makes the product free. */
  | 'MAKES_FREE';
export type NoPriceReason = 'NO_ROWS' | 'AMOUNT_TOO_LARGE' | 'AMBIGUOUS' | NotApplicable;

/** What became of one row. Its scope and channel are repeated so that the trace can be read alone. */
export interface RowTrace {
  readonly rowId: string;
  readonly currency: Currency;
  readonly billing: Billing;
  readonly scope: string;
  readonly channel?: string;
  readonly amountMinor: number;
  readonly outcome: 'WON' | 'LOST';
  readonly reason: WonReason | LostReason;
  /** The row that it lost against. */
  readonly against?: string;
}

export interface PricedLine {
  readonly outcome: 'PRICE';
  readonly currency: Currency;
  readonly billing: Billing;
  readonly rowId: string;
  readonly unitMinor: number;
  readonly quantity: number;
  /** unit × quantity, before promotions. */
  readonly listMinor: number;
  /** What is to be paid for each billing period. */
  readonly payMinor: number;
  /** So many first periods cost nothing. */
  readonly freePeriods: number;
  readonly pointsShareMaxPct?: number;
  readonly promotions: readonly PromotionTrace[];
}

export interface UnpricedLine {
  readonly outcome: 'NO_PRICE';
  readonly currency: Currency;
  readonly billing: Billing;
  /** The reason of the row that came nearest to winning. */
  readonly reason: NoPriceReason;
}

export interface Quote {
  /** NO_PRICE: no line has a price, so the product cannot be bought. */
  readonly outcome: 'PRICED' | 'NO_PRICE';
  readonly lines: readonly (PricedLine | UnpricedLine)[];
  /** A zero price, in any currency and whatever was asked for, makes the product free. */
  readonly free: boolean;
  readonly trace: readonly RowTrace[];
  readonly at: Date;
  readonly knownSeq: number;
}

/**
 * What one product costs this client here and now, per currency and billing period, with the trace of every row.
 * `rows` are those of one product. Throws on a quantity that is not a whole number from 1, and on mixed products.
 */
export function quote(rows: readonly PriceRow[], ask: QuoteAsk, rules: QuoteRules = {}): Quote {
  refuseUnusable(rows, ask);
  const scopes = rules.scopes ?? CORE_SCOPES_ONLY;
  const { winner, tiedWith } = winningRows(rows, ask, scopes);
  const lines: (PricedLine | UnpricedLine)[] = [];
  const trace: RowTrace[] = [];
  let free = false;
  let priced = false;
  for (const currency of CURRENCIES) {
    for (const billing of BILLINGS) {
      const group = groupOf({ currency, billing });
      const inGroup = rows.filter((row) => groupOf(row) === group);
      const notAsked = notAskedFor(currency, billing, ask);
      if (inGroup.length === 0) {
        const asked = ask.currency === currency && ask.billing === billing;
        if (asked) lines.push({ outcome: 'NO_PRICE', currency, billing, reason: 'NO_ROWS' });
        continue;
      }
      const won = tiedWith[group] === undefined ? winner[group] : undefined;
      const line = won && priceLine(won, ask, rules.promotions ?? [], scopes);
      const makesFree = line?.outcome === 'PRICE' && line.payMinor === 0;
      free ||= makesFree;
      if (notAsked !== undefined) {
        traceNotAsked(trace, inGroup, makesFree ? won : undefined, notAsked);
        continue;
      }
      traceGroup(trace, inGroup, winner[group], tiedWith[group] !== undefined, ask, scopes);
      lines.push(line ?? unpriced(inGroup, currency, billing, trace));
      priced ||= line?.outcome === 'PRICE';
    }
  }
  return {
    outcome: priced || free ? 'PRICED' : 'NO_PRICE',
    lines,
    free,
    trace,
    at: ask.at,
    knownSeq: ask.knownSeq,
  };
}

function refuseUnusable(rows: readonly PriceRow[], ask: QuoteAsk): void {
  if (!Number.isSafeInteger(ask.quantity) || ask.quantity < 1) {
    throw new RangeError(`quantity must be a whole number from 1, not ${ask.quantity}`);
  }
  const productId = rows[0]?.productId;
  const stray = rows.find((row) => row.productId !== productId);
  if (stray)
    throw new Error(`A quote takes the rows of one product: ${stray.id} is not a row of ${productId}`);
}

function notAskedFor(currency: Currency, billing: Billing, ask: QuoteAsk) {
  if (ask.currency !== undefined && ask.currency !== currency) return 'OTHER_CURRENCY';
  return ask.billing !== undefined && ask.billing !== billing ? 'OTHER_BILLING' : undefined;
}

function priceLine(
  row: PriceRow,
  ask: QuoteAsk,
  promotions: readonly Promotion[],
  scopes: PriceScopes,
): PricedLine | UnpricedLine {
  const { currency, billing } = row;
  const listMinor = row.amountMinor * ask.quantity;
  if (!Number.isSafeInteger(listMinor))
    return { outcome: 'NO_PRICE', currency, billing, reason: 'AMOUNT_TOO_LARGE' };
  return {
    outcome: 'PRICE',
    currency,
    billing,
    rowId: row.id,
    unitMinor: row.amountMinor,
    quantity: ask.quantity,
    listMinor,
    ...applyPromotions(promotions, row, listMinor, ask, scopes),
    ...(row.pointsShareMaxPct === undefined ? {} : { pointsShareMaxPct: row.pointsShareMaxPct }),
  };
}

function traceNotAsked(
  trace: RowTrace[],
  inGroup: readonly PriceRow[],
  freeRow: PriceRow | undefined,
  reason: 'OTHER_CURRENCY' | 'OTHER_BILLING',
): void {
  for (const row of inGroup) {
    trace.push(row === freeRow ? traceOf(row, 'WON', 'MAKES_FREE') : traceOf(row, 'LOST', reason));
  }
}

function traceGroup(
  trace: RowTrace[],
  inGroup: readonly PriceRow[],
  best: PriceRow | undefined,
  tied: boolean,
  ask: PriceAsk,
  scopes: PriceScopes,
): void {
  // The winner is explained against the runner-up: the step at which the nearest rival fell behind.
  let nearest = 0;
  const losers: RowTrace[] = [];
  for (const row of inGroup) {
    if (row === best && !tied) continue;
    const unfit = notApplicable(row, ask, scopes);
    if (unfit !== undefined || best === undefined) {
      losers.push(traceOf(row, 'LOST', unfit ?? 'AMBIGUOUS'));
      continue;
    }
    const step = precedence(best, row, ask.client, scopes);
    nearest = Math.max(nearest, step);
    losers.push(traceOf(row, 'LOST', LOST_BY[step] ?? 'AMBIGUOUS', row === best ? undefined : best.id));
  }
  if (best !== undefined && !tied) trace.push(traceOf(best, 'WON', WON_BY[nearest] ?? 'ONLY_ROW'));
  trace.push(...losers);
}

/** Beside `LOST_BY`: what the winner had over the rival that lost at that step. */
const WON_BY: readonly WonReason[] = [
  'ONLY_ROW',
  'MORE_SPECIFIC_SCOPE',
  'HIGHER_CLUB_RANK',
  'CHANNEL_ROW',
  'GREATER_QUANTITY_STEP',
  'LATER_START',
];

function traceOf(
  row: PriceRow,
  outcome: RowTrace['outcome'],
  reason: RowTrace['reason'],
  against?: string,
): RowTrace {
  return {
    rowId: row.id,
    currency: row.currency,
    billing: row.billing,
    scope: row.scope.ref === undefined ? row.scope.kind : `${row.scope.kind}:${row.scope.ref}`,
    ...(row.channel === undefined ? {} : { channel: row.channel }),
    amountMinor: row.amountMinor,
    outcome,
    reason,
    ...(against === undefined ? {} : { against }),
  };
}

/** From farthest to nearest: a row that fails late came nearer to being the price than one that fails early. */
export const NO_PRICE_ORDER: readonly NoPriceReason[] = [
  'NOT_YET_KNOWN',
  'NOT_APPROVED',
  'RETRACTED',
  'NO_LONGER_IN_FORCE',
  'NOT_YET_IN_FORCE',
  'OTHER_CHANNEL',
  'QUANTITY_TOO_SMALL',
  'UNKNOWN_SCOPE',
  'SCOPE_NOT_MATCHED',
  'OTHER_CLIENT',
  'OTHER_CLUB',
  'OTHER_TIER',
  'NO_CLIENT',
  'AMBIGUOUS',
];

function unpriced(
  inGroup: readonly PriceRow[],
  currency: Currency,
  billing: Billing,
  trace: readonly RowTrace[],
): UnpricedLine {
  const ids = new Set(inGroup.map((row) => row.id));
  let reason: NoPriceReason = 'NOT_YET_KNOWN';
  for (const entry of trace) {
    if (!ids.has(entry.rowId)) continue;
    const candidate = entry.reason as NoPriceReason;
    if (NO_PRICE_ORDER.indexOf(candidate) > NO_PRICE_ORDER.indexOf(reason)) reason = candidate;
  }
  return { outcome: 'NO_PRICE', currency, billing, reason };
}
