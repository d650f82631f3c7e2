import type { Billing } from '../pricing/price-row.ts';
import { businessDate, startOfBusinessDate } from '../time/business-day.ts';

const MONTHS: Readonly<Record<Exclude<Billing, 'ONCE'>, number>> = { MONTH: 1, QUARTER: 3, YEAR: 12 };

/**
 * The instant at which the n-th period after `anchor` ends: so many calendar months later in Shanghai, at the same time of
 * day; a day that the month does not have is its last. Counted from the anchor, so that a 31st does not wear off to a
 * 28th. Undefined for what is bought once.
 */
export function periodEnd(anchor: Date, billing: Billing, periods = 1): Date | undefined {
  if (billing === 'ONCE') return undefined;
  const date = businessDate(anchor);
  const timeOfDayMs = anchor.getTime() - startOfBusinessDate(date).getTime();
  const [year, month, day] = date.split('-').map(Number) as [number, number, number];
  const count = year * 12 + (month - 1) + MONTHS[billing] * periods;
  const toYear = Math.floor(count / 12);
  const toMonth = (count % 12) + 1;
  const lastDay = new Date(Date.UTC(toYear, toMonth, 0)).getUTCDate();
  const to = `${toYear}-${pad(toMonth)}-${pad(Math.min(day, lastDay))}`;
  return new Date(startOfBusinessDate(to).getTime() + timeOfDayMs);
}

function pad(part: number): string {
  return String(part).padStart(2, '0');
}

/** What of a period is left at an instant, as a fraction of whole milliseconds; nothing of what has no end. */
export function leftOf(
  { from, until }: { readonly from: Date; readonly until?: Date },
  at: Date,
): { readonly left: number; readonly of: number } {
  if (until === undefined) return { left: 0, of: 1 };
  const of = until.getTime() - from.getTime();
  return { left: Math.min(of, Math.max(0, until.getTime() - at.getTime())), of };
}
