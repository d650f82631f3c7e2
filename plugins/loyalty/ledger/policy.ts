import { addMonths, monthOf, NEVER, type Month } from './month.ts';

/** When points expire, counted from when they are posted. */
export type ExpiryRule =
  /** At the end of the year that many years after; 2: posted in 2026, spendable until the end of 2028. */
  | { readonly kind: 'END_OF_YEAR'; readonly yearsAfter: number }
  /** At the end of the month that many months after. */
  | { readonly kind: 'END_OF_MONTH'; readonly monthsAfter: number }
  | { readonly kind: 'NEVER' };

/** What a firm decides about one type of points. */
export interface PointsPolicy {
  /** Id and version of the rule data, e.g. `points-policy@1`: left on what the policy caused. */
  readonly version: string;
  readonly expiry: ExpiryRule;
  /** How much a client may owe after a clawback; what goes beyond is written off. */
  readonly owedMax: number;
  /** A released or refunded slice whose month has passed lives until the end of this many months later. */
  readonly returnedMonths: number;
}

/** How long points may be held back before they can be spent. */
export const PENDING_DAYS_MAX = 92;

/** The last month in which points posted now may be spent. */
export function expiryMonth({ expiry }: PointsPolicy, at: Date): Month {
  switch (expiry.kind) {
    case 'NEVER':
      return NEVER;
    case 'END_OF_YEAR':
      return `${Number(monthOf(at).slice(0, 4)) + expiry.yearsAfter}-12`;
    case 'END_OF_MONTH':
      return addMonths(monthOf(at), expiry.monthsAfter);
  }
}

/** The month under which a slice comes back: its own while that lasts, else a later one so that it can be used. */
export function returnMonth({ returnedMonths }: PointsPolicy, month: Month, at: Date): Month {
  const now = monthOf(at);
  return month >= now ? month : addMonths(now, returnedMonths);
}
