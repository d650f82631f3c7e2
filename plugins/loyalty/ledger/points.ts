import { PlatformError } from '../../../core/errors.ts';

/** The most that one entry moves: far above any award, far below where whole numbers end (2^53). */
export const POINTS_MAX = 1_000_000_000;
/** The most that one account holds over all of its buckets. */
export const BALANCE_MAX = 1_000_000_000_000;

/**
 * Points (积分) are whole and at least 1; everything else is refused before anything is looked up.
 * @param what names the field to whoever sent it
 * @throws AMOUNT_INVALID
 */
export function refuseBadPoints(
  points: unknown,
  what = 'points',
  most = POINTS_MAX,
): asserts points is number {
  if (Number.isSafeInteger(points) && (points as number) >= 1 && (points as number) <= most) return;
  throw new PlatformError(
    'AMOUNT_INVALID',
    `${what}: ${shown(points)} is no whole number from 1 to ${most}.`,
    { details: { field: what } },
  );
}

function shown(value: unknown): string {
  return typeof value === 'number' ? String(value) : `a ${typeof value}`;
}
