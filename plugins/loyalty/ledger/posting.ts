import type { Month } from './month.ts';

export type Bucket = 'AVAILABLE' | 'RESERVED' | 'PENDING' | 'OWED';

/**
 * The other side of what clients get and give. ISSUER: the firm, which issues and takes back; WRITTEN_OFF: what a
 * clawback could not get back; EXPIRED; and one account per merchant. None is updated while points are posted: folds
 * add them up later.
 */
export type CounterAccount = 'ISSUER' | 'WRITTEN_OFF' | 'EXPIRED' | `MERCHANT:${string}`;

/** Points into (positive) or out of (negative) a bucket of the client or a counter account. */
export type Posting = ClientPosting | CounterPosting;

export interface ClientPosting {
  readonly account: 'CLIENT';
  readonly bucket: Bucket;
  readonly points: number;
  /** Of AVAILABLE, RESERVED and PENDING: which lot. */
  readonly expiryMonth?: Month;
  /** Of PENDING: the Shanghai date on which the points become available. */
  readonly releaseDay?: string;
}

export interface CounterPosting {
  readonly account: CounterAccount;
  readonly points: number;
}

/** Points of one expiry month. */
export interface Lot {
  readonly expiryMonth: Month;
  readonly points: number;
}

export function available({ expiryMonth, points }: Lot, sign: 1 | -1): ClientPosting {
  return { account: 'CLIENT', bucket: 'AVAILABLE', expiryMonth, points: sign * points };
}

export function reserved({ expiryMonth, points }: Lot, sign: 1 | -1): ClientPosting {
  return { account: 'CLIENT', bucket: 'RESERVED', expiryMonth, points: sign * points };
}

/** OWED is a debit bucket: a debt of 70 is a posting of −70. */
export function owed(points: number): ClientPosting {
  return { account: 'CLIENT', bucket: 'OWED', points };
}

/** Invariant 1: what is posted sums to zero. */
export function sumOf(postings: readonly { readonly points: number }[]): number {
  return postings.reduce((sum, { points }) => sum + points, 0);
}

export function isCounter(posting: Posting): posting is CounterPosting {
  return posting.account !== 'CLIENT';
}
