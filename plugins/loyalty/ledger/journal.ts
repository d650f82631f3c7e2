import { createHash } from 'node:crypto';
import { canonicalJson } from '../../../core/trace/record.ts';
import { applyPostings, balanceOf, type Account, type Balance } from './account.ts';
import { sumOf, type Posting } from './posting.ts';

export const JOURNAL_KINDS = [
  'EARNED',
  'MATURED',
  'EXPIRED',
  'REPAID',
  'RESERVED',
  'CONFIRMED',
  'CANCELLED',
  'TIMED_OUT',
  'REFUNDED',
  'REVERSED',
  'ADJUSTED',
] as const;
export type JournalKind = (typeof JOURNAL_KINDS)[number];

/** Why points moved (invariant 7): enough to explain every point without asking anybody else. */
export interface Cause {
  /** What kind of thing caused it, e.g. `order`, `event`, `policy`, `adjustment`. */
  readonly type: string;
  readonly id: string;
  readonly ruleId?: string;
  readonly ruleVersion?: number;
  readonly campaign?: string;
  readonly budget?: string;
  readonly approvalId?: string;
  readonly eventId?: string;
  readonly orderId?: string;
  readonly merchantId?: string;
  readonly redemptionId?: string;
  readonly reversesJournalId?: string;
}

/** On whose behalf: an account of staff, an API client or the platform itself, never a client. */
export interface Poster {
  readonly kind: string;
  readonly id: string;
  readonly name: string;
  readonly requestId?: string;
}

/** One entry of a client's account, with all of its postings; never changed and never removed. */
export interface Journal {
  /** `ACCOUNT:SEQ`, so that no number of an account can be taken twice. */
  readonly id: string;
  readonly accountId: string;
  readonly partyId: string;
  readonly pointType: string;
  /** 1, 2, 3 … without gaps within the account. */
  readonly seq: number;
  readonly kind: JournalKind;
  readonly at: Date;
  readonly postings: readonly Posting[];
  readonly cause: Cause;
  readonly by: Poster;
  /** The account's buckets after this entry. */
  readonly after: Balance;
  /** Hash of the account's entry before; empty for the first. */
  readonly prevHash: string;
  readonly hash: string;
}

/** The entries that one decision writes to one account, each on top of the one before. */
export class Book {
  account: Account;
  readonly journals: Journal[] = [];
  readonly at: Date;
  readonly #by: Poster;

  constructor(account: Account, at: Date, by: Poster) {
    this.account = account;
    // Clocks of two processes differ: time never goes back for an account.
    this.at = at.getTime() < account.lastAt.getTime() ? account.lastAt : at;
    this.#by = by;
  }

  /** @throws Error where the postings do not sum to zero or a bucket would fall below zero */
  post(kind: JournalKind, postings: readonly Posting[], cause: Cause): Journal {
    const sum = sumOf(postings);
    if (sum !== 0 || postings.length < 2)
      throw new Error(`Postings of ${kind} sum to ${sum} points and not to zero.`);
    const account = applyPostings(this.account, postings);
    const seq = account.seq + 1;
    const entry = {
      id: `${account.id}:${seq}`,
      accountId: account.id,
      partyId: account.partyId,
      pointType: account.pointType,
      seq,
      kind,
      at: this.at,
      postings,
      cause,
      by: this.#by,
      after: balanceOf(account),
      prevHash: account.head,
    };
    const journal = { ...entry, hash: hashOf(entry) };
    this.account = { ...account, seq, head: journal.hash, lastAt: this.at };
    this.journals.push(journal);
    return journal;
  }
}

/** Covers everything of an entry, the hash of the one before included; marks that are set later are outside. */
export function hashOf(entry: Omit<Journal, 'hash'>): string {
  const { id, accountId, partyId, pointType, seq, kind, at, postings, cause, by, after, prevHash } = entry;
  const covered = {
    id,
    accountId,
    partyId,
    pointType,
    seq,
    kind,
    at,
    postings,
    cause,
    by,
    after,
    prevHash,
  };
  return createHash('sha256').update(canonicalJson(covered), 'utf8').digest('hex');
}
