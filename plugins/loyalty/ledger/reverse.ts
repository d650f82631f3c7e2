import type { Refusal, Reversal, Reverse, Situation } from './command.ts';
import type { Book, Cause, Journal } from './journal.ts';
import { takeOwnFirst } from './lots.ts';
import { returnMonth, type PointsPolicy } from './policy.ts';
import { available, owed, sumOf, type ClientPosting, type Lot, type Posting } from './posting.ts';

type ReverseOutcome =
  { readonly entry: Journal; readonly reversal: Reversal } | { readonly refusal: Refusal };

/**
 * Takes back what an entry gave, in whole or in part, or gives back what an adjustment took, in whole; never more than
 * the entry moved. Names the entry (invariant 3).
 */
export function reverse(
  book: Book,
  situation: Situation,
  command: Reverse,
  policy: PointsPolicy,
): ReverseOutcome {
  const { original } = situation;
  if (!original || original.accountId !== book.account.id) return { refusal: { code: 'JOURNAL_UNKNOWN' } };
  const moved = movedBy(original);
  if (moved === undefined) return { refusal: { code: 'NOT_REVERSIBLE' } };
  const reversal = situation.reversal ?? {
    journalId: original.id,
    accountId: original.accountId,
    points: sumOf(moved.lots),
    taken: 0,
  };
  const rest = reversal.points - reversal.taken;
  const points = command.points ?? rest;
  if (rest === 0 || points > rest) return { refusal: { code: 'ALREADY_REVERSED', rest } };
  if (!moved.given && points < reversal.points) return { refusal: { code: 'NOT_REVERSIBLE', rest } };
  const postings = moved.given
    ? clawBack(book, moved.lots[0]!, points, policy)
    : giveBack(book, moved.lots, points, policy);
  const cause: Cause = { ...command.cause, reversesJournalId: original.id };
  const entry = book.post('REVERSED', postings, cause);
  return { entry, reversal: { ...reversal, taken: reversal.taken + points } };
}

interface Moved {
  /** True where the client got the points, false where an adjustment took them. */
  readonly given: boolean;
  readonly lots: readonly (Lot & { readonly releaseDay?: string })[];
}

function movedBy({ kind, postings }: Journal): Moved | undefined {
  if (kind !== 'EARNED' && kind !== 'ADJUSTED') return undefined;
  const moved = postings.filter((posting): posting is ClientPosting => posting.account === 'CLIENT');
  const given = moved[0]!.points > 0;
  const lots = moved.map(({ expiryMonth, points, releaseDay }) => ({
    expiryMonth: expiryMonth!,
    points: Math.abs(points),
    ...(releaseDay === undefined ? {} : { releaseDay }),
  }));
  return { given, lots };
}

/** Its own pending, its own lot, other available points, then debt up to the policy's limit; the rest is written off. */
function clawBack(
  { account }: Book,
  own: Moved['lots'][number],
  points: number,
  { owedMax }: PointsPolicy,
): Posting[] {
  const ownPending = account.maturing.find(
    ({ releaseDay, expiryMonth }) => releaseDay === own.releaseDay && expiryMonth === own.expiryMonth,
  );
  const pending = Math.min(ownPending?.points ?? 0, points);
  const lots = takeOwnFirst(account.lots, own.expiryMonth, points - pending);
  const uncovered = points - pending - sumOf(lots);
  const debt = Math.min(uncovered, Math.max(owedMax - account.owed, 0));
  const writtenOff = uncovered - debt;
  return [
    ...(pending > 0 ? [pendingPosting(own, -pending)] : []),
    ...lots.map((lot) => available(lot, -1)),
    ...(debt > 0 ? [owed(-debt)] : []),
    ...(writtenOff > 0 ? [{ account: 'WRITTEN_OFF' as const, points: -writtenOff }] : []),
    { account: 'ISSUER', points },
  ];
}

function pendingPosting({ releaseDay, expiryMonth }: Moved['lots'][number], points: number): ClientPosting {
  return { account: 'CLIENT', bucket: 'PENDING', releaseDay: releaseDay!, expiryMonth, points };
}

function giveBack(book: Book, lots: readonly Lot[], points: number, policy: PointsPolicy): Posting[] {
  const back = lots.map((lot) =>
    available({ ...lot, expiryMonth: returnMonth(policy, lot.expiryMonth, book.at) }, 1),
  );
  return [...back, { account: 'ISSUER', points: -points }];
}
