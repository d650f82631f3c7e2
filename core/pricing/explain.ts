import { decimalOfMinor, sayLine } from '../explain/line.ts';
import type { ExplainLine, Language, Messages } from '../explain/line.ts';
import { PRICE_MESSAGES_EN } from './messages.en.ts';
import { PRICE_MESSAGES_ZH } from './messages.zh.ts';
import type { Currency } from './price-row.ts';
import type { PromotionTrace } from './promotion.ts';
import type { PricedLine, Quote } from './quote.ts';

export const PRICE_MESSAGES: Readonly<Record<Language, Messages>> = {
  en: PRICE_MESSAGES_EN,
  zh: PRICE_MESSAGES_ZH,
};

/** Why the price is what it is: the result first, then each row and promotion with its reason. */
export function explainPrice(quote: Quote): ExplainLine[] {
  const lines: ExplainLine[] = [];
  if (quote.outcome === 'NO_PRICE') lines.push({ key: 'price.none', params: {} });
  if (quote.free) lines.push({ key: 'price.free', params: {} });
  for (const line of quote.lines) {
    const { currency, billing } = line;
    if (line.outcome === 'NO_PRICE')
      lines.push({ key: `price.no.${line.reason}`, params: { currency, billing } });
    else lines.push(...pricedLines(line));
  }
  for (const { rowId, scope, reason, against = '' } of quote.trace) {
    lines.push({ key: `price.row.${reason}`, params: { row: rowId, scope, against } });
  }
  for (const line of quote.lines) {
    if (line.outcome !== 'PRICE') continue;
    for (const trace of line.promotions) lines.push(promotionLine(trace, line.currency));
  }
  return lines;
}

/** The explanation in words, one text a line. */
export function explainPriceText(quote: Quote, language: Language): string[] {
  const messages = PRICE_MESSAGES[language];
  return explainPrice(quote).map(({ key, params }) => {
    const { billing } = params;
    const words =
      billing === undefined
        ? params
        : { ...params, billing: sayLine({ key: `price.billing.${billing}`, params: {} }, messages) };
    return sayLine({ key, params: words }, messages);
  });
}

function pricedLines({
  currency,
  billing,
  payMinor,
  pointsShareMaxPct,
  freePeriods,
}: PricedLine): ExplainLine[] {
  const lines: ExplainLine[] =
    payMinor === 0
      ? [{ key: 'price.line.free', params: { billing } }]
      : [{ key: `price.line.${currency}`, params: { amount: amountText(payMinor, currency), billing } }];
  if (pointsShareMaxPct !== undefined)
    lines.push({ key: 'price.line.mixed', params: { share: pointsShareMaxPct } });
  if (freePeriods > 0) lines.push({ key: 'price.line.freePeriods', params: { periods: freePeriods } });
  return lines;
}

function promotionLine(trace: PromotionTrace, currency: Currency): ExplainLine {
  const promotion = trace.promotionId;
  if (trace.outcome === 'SKIPPED') return { key: `price.promotion.${trace.reason}`, params: { promotion } };
  return trace.freePeriods > 0
    ? { key: 'price.promotion.FREE_PERIODS', params: { promotion, periods: trace.freePeriods } }
    : {
        key: `price.promotion.APPLIED.${currency}`,
        params: { promotion, off: amountText(trace.offMinor, currency) },
      };
}

function amountText(amountMinor: number, currency: Currency): string {
  return currency === 'CNY' ? decimalOfMinor(amountMinor) : String(amountMinor);
}
