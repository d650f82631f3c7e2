import { addDays, businessDate } from '../../../core/time/business-day.ts';
import type { Adjust, Command, Decision, Earn, Refusal, Situation } from './command.ts';
import { confirm, refund, release, reserve } from './hold.ts';
import { Book, type Poster } from './journal.ts';
import { takeEarliest } from './lots.ts';
import { addMonths } from './month.ts';
import { BALANCE_MAX, refuseBadPoints } from './points.ts';
import { expiryMonth, PENDING_DAYS_MAX, type PointsPolicy } from './policy.ts';
import { available, type ClientPosting } from './posting.ts';
import { reverse } from './reverse.ts';
import { repayDebt, settle } from './settle.ts';

/** What is the same for every command of one transaction. */
export interface Circumstances {
  readonly at: Date;
  readonly by: Poster;
  readonly policy: PointsPolicy;
}

/**
 * What a command does to an account: the entries to write, or why not. Pure. The account is settled first and its debt
 * repaid last; a refusal writes nothing at all.
 * @throws AMOUNT_INVALID for points that are none
 */
export function decide(situation: Situation, command: Command, circumstances: Circumstances): Decision {
  refuseBadCommand(command);
  const { policy, at, by } = circumstances;
  const book = new Book(situation.account, at, by);
  settle(book, policy);
  const outcome = act(book, situation, command, policy);
  if ('refusal' in outcome) return outcome;
  repayDebt(book, policy);
  return { account: book.account, journals: book.journals, ...outcome };
}

/** What a command brings about beside the entries in the book. */
type Outcome = Partial<Pick<Extract<Decision, { journals: unknown }>, 'entry' | 'redemption' | 'reversal'>>;

function act(
  book: Book,
  situation: Situation,
  command: Command,
  policy: PointsPolicy,
): Outcome | { refusal: Refusal } {
  switch (command.type) {
    case 'settle':
      return {};
    case 'earn':
      return earn(book, command, policy);
    case 'adjust':
      return adjust(book, command, policy);
    case 'reserve':
      return reserve(book, situation.redemption, command);
    case 'confirm':
      return confirm(book, situation.redemption, command);
    case 'cancel':
    case 'time-out':
      return release(book, situation.redemption, command, policy);
    case 'refund':
      return refund(book, situation.redemption, command, policy);
    case 'reverse':
      return reverse(book, situation, command, policy);
  }
}

function earn(
  book: Book,
  { points, pendingDays = 0, cause }: Earn,
  policy: PointsPolicy,
): Outcome | { refusal: Refusal } {
  if (overflows(book, points)) return { refusal: { code: 'BALANCE_LIMIT' } };
  const month = expiryMonth(policy, book.at);
  let posting: ClientPosting = available({ expiryMonth: month, points }, 1);
  if (pendingDays > 0) {
    const releaseDay = businessDate(addDays(book.at, pendingDays));
    // Whatever the policy says, points outlive the month in which they can first be spent.
    const least = addMonths(releaseDay.slice(0, 7), 1);
    const lasting = month < least ? least : month;
    posting = { account: 'CLIENT', bucket: 'PENDING', releaseDay, expiryMonth: lasting, points };
  }
  return { entry: book.post('EARNED', [posting, { account: 'ISSUER', points: -points }], cause) };
}

function adjust(book: Book, { points, cause }: Adjust, policy: PointsPolicy): Outcome | { refusal: Refusal } {
  if (points > 0) {
    if (overflows(book, points)) return { refusal: { code: 'BALANCE_LIMIT' } };
    const lot = { expiryMonth: expiryMonth(policy, book.at), points };
    return {
      entry: book.post('ADJUSTED', [available(lot, 1), { account: 'ISSUER', points: -points }], cause),
    };
  }
  const { account } = book;
  if (account.available < -points)
    return { refusal: { code: 'INSUFFICIENT_POINTS', available: account.available } };
  const taken = takeEarliest(account.lots, -points).map((lot) => available(lot, -1));
  return { entry: book.post('ADJUSTED', [...taken, { account: 'ISSUER', points: -points }], cause) };
}

function overflows({ account }: Book, points: number): boolean {
  return account.available + account.reserved + account.pending + points > BALANCE_MAX;
}

/** Checked before anything is looked up: what comes in is data from outside. */
export function refuseBadCommand(command: Command): void {
  switch (command.type) {
    case 'earn':
      refuseBadPoints(command.points);
      if (command.pendingDays !== undefined && command.pendingDays !== 0)
        refuseBadPoints(command.pendingDays, 'pendingDays', PENDING_DAYS_MAX);
      return;
    case 'adjust':
      refuseBadPoints(typeof command.points === 'number' ? Math.abs(command.points) : command.points);
      return;
    case 'reserve':
      refuseBadPoints(command.points);
      return;
    case 'refund':
    case 'reverse':
      if (command.points !== undefined) refuseBadPoints(command.points);
      return;
    default:
  }
}
