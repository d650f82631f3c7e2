import type { ProductAt } from '../catalog/reading.ts';
import type { Channel, VersionRecord } from '../catalog/records.ts';
import { priceRow } from '../catalog/snapshot/load.ts';
import { suitabilityProduct } from '../catalog/suitability-product.ts';
import type { DecisionClient } from '../customer/decision-client.ts';
import type { Reason } from '../plugin/contract.ts';
import { quote, type PricedLine } from '../pricing/quote.ts';
import type { Billing, Currency } from '../pricing/price-row.ts';
import { decide, type Decision } from '../suitability/decide.ts';
import { dimensionLine, eligibilityLine, sayReason } from '../suitability/explain.ts';
import type { Policy } from '../suitability/policy.ts';
import type { BoughtTerms } from './records.ts';
import { NOT_FOR_SALE, NOT_PURCHASABLE_NOW, choosePrice, noPrice, saleBlocked } from './refusals.ts';

/** What a client wants, as far as price and suitability go. */
export interface SaleAsk {
  readonly channel: Channel;
  readonly quantity: number;
  readonly currency?: Currency;
  readonly billing?: Billing;
}

export interface Assessed {
  readonly decision: Decision;
  readonly terms: BoughtTerms;
  readonly version: VersionRecord;
  readonly pointsShareMaxPct?: number;
}

export type Assessment = Assessed | { readonly refused: readonly Reason[]; readonly decision?: Decision };

/**
 * Whether this client may buy this product here and now, and at which price: listing, bars, suitability and price by one
 * set of facts. WARN_REQUIRED is no refusal; its duties hold the order.
 */
export function assessSale(
  product: ProductAt | undefined,
  client: DecisionClient,
  ask: SaleAsk,
  policy: Policy,
  at: Date,
): Assessment {
  const channel = product?.channels.find(({ listing }) => listing.channel === ask.channel);
  const { version, kind } = product ?? {};
  // A suspended product is still shown; what may not even be shown is not said to exist.
  const shown =
    product &&
    channel &&
    version &&
    kind &&
    (channel.visible || product.sale === 'SUSPENDED') &&
    !product.product.blocks.some(({ scope }) => scope === 'list');
  if (!shown) return { refused: [NOT_FOR_SALE] };
  const decision = decide(policy, client, suitabilityProduct(product, kind, version), {
    at,
    channel: ask.channel,
  });
  if (!decision.visible) return { refused: [NOT_FOR_SALE] };
  const bar = product.product.blocks.find(({ scope }) => scope === 'sell');
  if (bar) return { refused: [saleBlocked(bar.reason)], decision };
  if (!channel.purchasable) return { refused: [NOT_PURCHASABLE_NOW], decision };
  const against = unsuitable(decision, policy);
  if (against.length > 0) return { refused: against, decision };
  const priced = priceFor(product, client, ask, at);
  if ('refused' in priced) return { ...priced, decision };
  return {
    decision,
    version,
    terms: { versionNo: version.no, ...priced.terms },
    ...(priced.line.pointsShareMaxPct === undefined
      ? {}
      : { pointsShareMaxPct: priced.line.pointsShareMaxPct }),
  };
}

/** The dimensions and conditions that bar the sale, each in words; nothing where it may go on. */
function unsuitable(decision: Decision, policy: Policy): Reason[] {
  if (decision.outcome === 'MATCH' || decision.outcome === 'WARN_REQUIRED') return [];
  const bars = [
    ...decision.dimensions.map((one) => ({ outcome: one.outcome, path: one.code, line: dimensionLine(one) })),
    ...decision.eligibility.map((one) => ({
      outcome: one.outcome,
      path: `eligibility.${one.code}`,
      line: eligibilityLine(one),
    })),
  ].filter(({ outcome }) => outcome !== 'MATCH' && outcome !== 'WARN_REQUIRED');
  return bars.map(({ outcome, path, line }) => ({
    ...UNSUITABLE[outcome as keyof typeof UNSUITABLE],
    text: { zh: sayReason(line, policy, 'zh'), en: sayReason(line, policy, 'en') },
    path,
  }));
}

const UNSUITABLE = {
  FORBIDDEN: { code: 'SUITABILITY_FORBIDDEN' },
  INCOMPLETE: { code: 'SUITABILITY_INCOMPLETE' },
  EXPIRED: { code: 'SUITABILITY_EXPIRED' },
} as const;

function priceFor(
  { prices, knownSeq }: ProductAt,
  client: DecisionClient,
  { channel, quantity, currency, billing }: SaleAsk,
  at: Date,
):
  | { readonly terms: Omit<BoughtTerms, 'versionNo'>; readonly line: PricedLine }
  | { readonly refused: readonly Reason[] } {
  const rows = prices.map(priceRow);
  const quoted = quote(rows, {
    client,
    channel,
    quantity,
    at,
    knownSeq,
    ...(currency ? { currency } : {}),
    ...(billing ? { billing } : {}),
  });
  const lines = quoted.lines.filter((line): line is PricedLine => line.outcome === 'PRICE');
  if (lines.length === 0)
    return {
      refused: [
        noPrice(quoted.lines.map((line) => ('reason' in line ? line.reason : '')).join() || 'NO_ROWS'),
      ],
    };
  // A zero price, in any currency, makes it free: then there is nothing to choose.
  const line = lines.length === 1 ? lines[0] : lines.find(({ payMinor }) => payMinor === 0);
  if (!line)
    return { refused: [choosePrice(lines.map((one) => `${one.currency} ${one.payMinor}/${one.billing}`))] };
  const row = rows.find(({ id }) => id === line.rowId)!;
  return {
    line,
    terms: {
      priceRowId: line.rowId,
      priceRowNo: row.no,
      currency: line.currency,
      billing: line.billing,
      amountMinor: line.freePeriods > 0 ? 0 : line.payMinor,
      listMinor: line.listMinor,
    },
  };
}
