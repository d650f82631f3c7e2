import { startOfBusinessDate } from '../../../core/time/business-day.ts';
import { changeLot } from './lots.ts';
import { endOfMonth, type Month } from './month.ts';
import type { ClientPosting, Lot, Posting } from './posting.ts';

/** Points that become available on a day (待生效). */
export interface Maturing extends Lot {
  readonly releaseDay: string;
}

export interface Balance {
  /** Can be spent now; the sum of all lots. */
  readonly available: number;
  /** Held by redemptions that are neither confirmed nor released. */
  readonly reserved: number;
  /** Earned, and available from a later day. */
  readonly pending: number;
  /** Debt from a clawback, repaid first by whatever becomes available. */
  readonly owed: number;
}

/** One client's points of one type: everything that a decision about them needs. */
export interface Account extends Balance {
  /** `PARTY:POINT_TYPE`. */
  readonly id: string;
  readonly partyId: string;
  readonly pointType: string;
  /** How many entries the account has; the number of the last one. */
  readonly seq: number;
  /** Hash of the last entry; empty before the first. */
  readonly head: string;
  /** When the last entry was posted; time never goes back for an account. */
  readonly lastAt: Date;
  /** By expiry month, earliest first, none empty. */
  readonly lots: readonly Lot[];
  /** By release day and month, none empty. */
  readonly maturing: readonly Maturing[];
}

export function accountId(partyId: string, pointType: string): string {
  return `${partyId}:${pointType}`;
}

export function openAccount(partyId: string, pointType: string): Account {
  return {
    id: accountId(partyId, pointType),
    partyId,
    pointType,
    seq: 0,
    head: '',
    lastAt: new Date(0),
    available: 0,
    reserved: 0,
    pending: 0,
    owed: 0,
    lots: [],
    maturing: [],
  };
}

export function balanceOf({ available, reserved, pending, owed }: Account): Balance {
  return { available, reserved, pending, owed };
}

/**
 * The account after these postings: the only way in which its buckets change.
 * @throws Error where a bucket or lot would fall below zero: a fault of the program, never an answer to a client
 */
export function applyPostings(account: Account, postings: readonly Posting[]): Account {
  const after = { ...account };
  for (const posting of postings) {
    if (posting.account !== 'CLIENT') continue;
    const { bucket, points } = posting;
    switch (bucket) {
      case 'AVAILABLE':
        after.available += points;
        after.lots = changeLot(after.lots, { expiryMonth: month(posting), points });
        break;
      case 'PENDING':
        after.pending += points;
        after.maturing = changeMaturing(after.maturing, posting);
        break;
      case 'RESERVED':
        after.reserved += points;
        break;
      case 'OWED':
        after.owed -= points;
        break;
    }
    const least = Math.min(after.available, after.reserved, after.pending, after.owed);
    if (least < 0) throw new Error(`${bucket} of account ${account.id} would fall to ${least} points.`);
  }
  return after;
}

/** The next instant at which something of the account matures or expires; undefined where nothing will. */
export function dueAt({ lots, maturing }: Account): Date | undefined {
  const instants = [
    ...maturing.slice(0, 1).map(({ releaseDay }) => startOfBusinessDate(releaseDay)),
    ...lots.slice(0, 1).map(({ expiryMonth }) => endOfMonth(expiryMonth)),
  ].filter((instant) => instant !== undefined);
  return instants.sort((a, b) => a.getTime() - b.getTime())[0];
}

function changeMaturing(maturing: readonly Maturing[], posting: ClientPosting): Maturing[] {
  const expiryMonth = month(posting);
  const { releaseDay } = posting;
  if (releaseDay === undefined) throw new Error('A posting to PENDING names no release day.');
  const ofDay = maturing.filter((part) => part.releaseDay === releaseDay);
  const changed = changeLot(ofDay, { expiryMonth, points: posting.points });
  const others = maturing.filter((part) => part.releaseDay !== releaseDay);
  const place = others.findIndex((part) => part.releaseDay > releaseDay);
  const parts = changed.map((lot) => ({ releaseDay, expiryMonth: lot.expiryMonth, points: lot.points }));
  return others.toSpliced(place < 0 ? others.length : place, 0, ...parts);
}

function month(posting: ClientPosting): Month {
  if (posting.expiryMonth === undefined)
    throw new Error(`A posting to ${posting.bucket} names no expiry month.`);
  return posting.expiryMonth;
}
