import type { Month } from './month.ts';
import { sumOf, type Lot } from './posting.ts';

/** Takes points from the lots that expire first; less than asked for where there is less. Lots are in order of expiry. */
export function takeEarliest(lots: readonly Lot[], points: number): Lot[] {
  const taken: Lot[] = [];
  let missing = points;
  for (const lot of lots) {
    if (missing === 0) break;
    const part = Math.min(lot.points, missing);
    taken.push({ expiryMonth: lot.expiryMonth, points: part });
    missing -= part;
  }
  return taken;
}

/** Takes from one lot what it has, then from the others by earliest expiry. */
export function takeOwnFirst(lots: readonly Lot[], own: Month, points: number): Lot[] {
  const first = takeEarliest(
    lots.filter(({ expiryMonth }) => expiryMonth === own),
    points,
  );
  const others = lots.filter(({ expiryMonth }) => expiryMonth !== own);
  return [...first, ...takeEarliest(others, points - sumOf(first))];
}

/** Lots with points added to one month, or with negative points taken from it; empty lots are gone. */
export function changeLot(lots: readonly Lot[], { expiryMonth, points }: Lot): Lot[] {
  const before = lots.find((lot) => lot.expiryMonth === expiryMonth)?.points ?? 0;
  const after = before + points;
  if (after < 0) throw new Error(`The lot ${expiryMonth} has ${before} points; ${-points} cannot be taken.`);
  const rest = lots.filter((lot) => lot.expiryMonth !== expiryMonth);
  if (after === 0) return rest;
  const place = rest.findIndex((lot) => lot.expiryMonth > expiryMonth);
  return rest.toSpliced(place < 0 ? rest.length : place, 0, { expiryMonth, points: after });
}
