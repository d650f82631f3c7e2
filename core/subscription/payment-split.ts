import type { Currency } from '../pricing/price-row.ts';

/** How a client pays: in one currency, or a CNY price in part by points. */
export interface SplitAsk {
  readonly currency: Currency;
  readonly amountMinor: number;
  /** At most this share of the amount may be paid in points, in per cent; absent: none. */
  readonly pointsShareMaxPct?: number;
  /** How many points the client wants to give beside money. */
  readonly points?: number;
  /** 分 that one point is worth beside money; absent: no method says so. */
  readonly pointWorthMinor?: number;
}

export type SplitRefusal = 'POINTS_PART_NOT_OFFERED' | 'POINTS_PART_TOO_LARGE';

/** What is to be paid in each currency; both are above 0 or absent. The split is fixed on the order. */
export type Split =
  | { readonly CNY?: number; readonly POINTS?: number }
  | { readonly refused: SplitRefusal; readonly pointsMax: number };

/** Divides an amount among currencies; no amount, no leg. */
export function splitPayment(ask: SplitAsk): Split {
  const { currency, amountMinor, points = 0 } = ask;
  if (points === 0) return amountMinor === 0 ? {} : { [currency]: amountMinor };
  const { pointsShareMaxPct, pointWorthMinor } = ask;
  if (currency !== 'CNY' || pointsShareMaxPct === undefined || pointWorthMinor === undefined)
    return { refused: 'POINTS_PART_NOT_OFFERED', pointsMax: 0 };
  const pointsMax = Number(
    (BigInt(amountMinor) * BigInt(pointsShareMaxPct)) / 100n / BigInt(pointWorthMinor),
  );
  if (points > pointsMax) return { refused: 'POINTS_PART_TOO_LARGE', pointsMax };
  const left = amountMinor - points * pointWorthMinor;
  return { POINTS: points, ...(left === 0 ? {} : { CNY: left }) };
}

/**
 * What of each leg is paid back when `left` of `of` was not used: points are rounded down and money up, so that the
 * client never loses by the rounding of what they paid in money. Never more than the leg.
 */
export function refundOf(
  legs: readonly { readonly ref: string; readonly currency: Currency; readonly amountMinor: number }[],
  { left, of }: { readonly left: number; readonly of: number },
): Readonly<Record<string, number>> {
  return Object.fromEntries(
    legs.map(({ ref, currency, amountMinor }) => {
      // BigInt: an amount times milliseconds leaves the safe integers long before an amount does.
      const part = BigInt(amountMinor) * BigInt(left);
      const rounded = currency === 'CNY' ? (part + BigInt(of) - 1n) / BigInt(of) : part / BigInt(of);
      return [ref, Number(rounded)];
    }),
  );
}
