import { businessDate } from '../../../core/time/business-day.ts';
import type { Account } from './account.ts';
import type { Book, Cause } from './journal.ts';
import { changeLot, takeEarliest } from './lots.ts';
import { monthOf } from './month.ts';
import type { PointsPolicy } from './policy.ts';
import { available, owed, sumOf, type Lot, type Posting } from './posting.ts';

/**
 * Brings an account to an instant: what is due matures, debt is repaid from it, lots whose month is over expire. Runs
 * before every posting; running it more often changes no balance, since each step is taken as of its own instant.
 */
export function settle(book: Book, policy: PointsPolicy): void {
  const { matured, repaid, expired } = dueUntil(book.account, book.at);
  const cause = policyCause(policy);
  post(book, 'MATURED', matured, cause);
  post(book, 'REPAID', repay(repaid), cause);
  post(book, 'EXPIRED', expire(expired), cause);
}

/** Debt is repaid by whatever has become available, before it can be spent. */
export function repayDebt(book: Book, policy: PointsPolicy): void {
  const { account } = book;
  post(book, 'REPAID', repay(takeEarliest(account.lots, account.owed)), policyCause(policy));
}

interface Due {
  readonly matured: Posting[];
  readonly repaid: Lot[];
  readonly expired: Lot[];
}

/** Day by day: a debt is repaid by what matured on a day before that can expire in a later month. */
function dueUntil(account: Account, at: Date): Due {
  const due: Due = { matured: [], repaid: [], expired: [] };
  let { lots, owed: debt } = account;
  const expireBefore = (month: string) => {
    due.expired.push(...lots.filter(({ expiryMonth }) => expiryMonth < month));
    lots = lots.filter(({ expiryMonth }) => expiryMonth >= month);
  };
  const today = businessDate(at);
  for (const { releaseDay, expiryMonth, points } of account.maturing) {
    if (releaseDay > today) break;
    expireBefore(releaseDay.slice(0, 7));
    const lot = { expiryMonth, points };
    due.matured.push(
      { account: 'CLIENT', bucket: 'PENDING', releaseDay, expiryMonth, points: -points },
      available(lot, 1),
    );
    lots = changeLot(lots, lot);
    const repaid = takeEarliest(lots, debt);
    for (const part of repaid) lots = changeLot(lots, { ...part, points: -part.points });
    due.repaid.push(...repaid);
    debt -= sumOf(repaid);
  }
  expireBefore(monthOf(at));
  return due;
}

function repay(lots: readonly Lot[]): Posting[] {
  return lots.length === 0 ? [] : [...lots.map((lot) => available(lot, -1)), owed(sumOf(lots))];
}

function expire(lots: readonly Lot[]): Posting[] {
  if (lots.length === 0) return [];
  return [...lots.map((lot) => available(lot, -1)), { account: 'EXPIRED', points: sumOf(lots) }];
}

function post(book: Book, kind: 'MATURED' | 'REPAID' | 'EXPIRED', postings: Posting[], cause: Cause): void {
  if (postings.length > 0) book.post(kind, postings, cause);
}

function policyCause({ version }: PointsPolicy): Cause {
  return { type: 'policy', id: version };
}
