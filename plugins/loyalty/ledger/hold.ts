import type { EndHold, Redemption, Refund, Refusal, Reserve, Slice } from './command.ts';
import type { Book, Journal } from './journal.ts';
import { takeEarliest } from './lots.ts';
import { returnMonth, type PointsPolicy } from './policy.ts';
import { available, reserved, sumOf, type CounterAccount } from './posting.ts';

type HoldOutcome =
  { readonly entry: Journal; readonly redemption: Redemption } | { readonly refusal: Refusal };

/** Holds points for a redemption: slices of the lots that expire first move out of the account's reach. */
export function reserve(book: Book, known: Redemption | undefined, command: Reserve): HoldOutcome {
  if (known) return { refusal: { code: 'REDEMPTION_EXISTS', state: known.state } };
  const { account, at } = book;
  const { redemptionId, points, expiresAt, merchantId } = command;
  if (account.available < points)
    return { refusal: { code: 'INSUFFICIENT_POINTS', available: account.available } };
  const lots = takeEarliest(account.lots, points);
  const cause = { ...command.cause, redemptionId, ...(merchantId === undefined ? {} : { merchantId }) };
  const postings = lots.flatMap((lot) => [available(lot, -1), reserved(lot, 1)]);
  const entry = book.post('RESERVED', postings, cause);
  const redemption: Redemption = {
    id: redemptionId,
    accountId: account.id,
    partyId: account.partyId,
    pointType: account.pointType,
    state: 'RESERVED',
    points,
    slices: lots.map((lot) => ({ ...lot, refunded: 0 })),
    ...(expiresAt === undefined ? {} : { expiresAt }),
    ...(merchantId === undefined ? {} : { merchantId }),
    cause: command.cause,
    reservedAt: at,
  };
  return { entry, redemption };
}

/** The held points are spent. A hold that has run out may still be confirmed as long as nobody released it. */
export function confirm(book: Book, redemption: Redemption | undefined, command: EndHold): HoldOutcome {
  const against = unlessIn('RESERVED', redemption);
  if (!redemption || against) return { refusal: against! };
  const postings = redemption.slices.map((slice) => reserved(slice, -1));
  const entry = book.post(
    'CONFIRMED',
    [...postings, { account: paidTo(redemption), points: redemption.points }],
    causeOf(redemption, command),
  );
  return { entry, redemption: { ...redemption, state: 'CONFIRMED' } };
}

/** Gives the held points back. A time-out is permitted by the expiry of the hold and not caused by it. */
export function release(
  book: Book,
  redemption: Redemption | undefined,
  command: EndHold,
  policy: PointsPolicy,
): HoldOutcome {
  const against = unlessIn('RESERVED', redemption);
  if (!redemption || against) return { refusal: against! };
  const timesOut = command.type === 'time-out';
  if (timesOut && !(redemption.expiresAt && redemption.expiresAt.getTime() <= book.at.getTime()))
    return { refusal: { code: 'HOLD_NOT_OVER', state: 'RESERVED' } };
  const postings = redemption.slices.flatMap((slice) => [
    reserved(slice, -1),
    available({ ...slice, expiryMonth: returnMonth(policy, slice.expiryMonth, book.at) }, 1),
  ]);
  const entry = book.post(timesOut ? 'TIMED_OUT' : 'CANCELLED', postings, causeOf(redemption, command));
  return { entry, redemption: { ...redemption, state: timesOut ? 'EXPIRED' : 'CANCELLED' } };
}

/** Points that were spent come back, those that live longest first, so that a partial refund is worth most. */
export function refund(
  book: Book,
  redemption: Redemption | undefined,
  command: Refund,
  policy: PointsPolicy,
): HoldOutcome {
  const against = unlessIn('CONFIRMED', redemption);
  if (!redemption || against) return { refusal: against! };
  const rest = sumOf(redemption.slices) - refundedOf(redemption);
  const points = command.points ?? rest;
  if (points > rest) return { refusal: { code: 'REFUND_TOO_MUCH', rest } };
  const slices: Slice[] = [];
  let missing = points;
  for (const slice of redemption.slices.toReversed()) {
    const part = Math.min(slice.points - slice.refunded, missing);
    slices.unshift({ ...slice, refunded: slice.refunded + part });
    missing -= part;
  }
  const parts = slices
    .map(({ expiryMonth, refunded }, index) => ({
      expiryMonth: returnMonth(policy, expiryMonth, book.at),
      points: refunded - redemption.slices[index]!.refunded,
    }))
    .filter((part) => part.points > 0);
  const entry = book.post(
    'REFUNDED',
    [...parts.map((part) => available(part, 1)), { account: paidTo(redemption), points: -points }],
    causeOf(redemption, command),
  );
  return { entry, redemption: { ...redemption, slices, state: points === rest ? 'REFUNDED' : 'CONFIRMED' } };
}

export function refundedOf({ slices }: Redemption): number {
  return slices.reduce((sum, { refunded }) => sum + refunded, 0);
}

/** The counter account that a redemption's points go to and come back from. */
export function paidTo({ merchantId }: Redemption): CounterAccount {
  return merchantId === undefined ? 'ISSUER' : `MERCHANT:${merchantId}`;
}

function unlessIn(state: 'RESERVED' | 'CONFIRMED', redemption: Redemption | undefined): Refusal | undefined {
  if (!redemption) return { code: 'REDEMPTION_UNKNOWN' };
  return redemption.state === state ? undefined : { code: 'REDEMPTION_STATE', state: redemption.state };
}

function causeOf(redemption: Redemption, { cause }: EndHold | Refund) {
  const { id, merchantId } = redemption;
  return { ...cause, redemptionId: id, ...(merchantId === undefined ? {} : { merchantId }) };
}
