import type { Account } from './account.ts';
import type { Cause, Journal } from './journal.ts';
import type { Lot } from './posting.ts';

export const REDEMPTION_STATES = ['RESERVED', 'CONFIRMED', 'CANCELLED', 'EXPIRED', 'REFUNDED'] as const;
/** EXPIRED: the hold timed out; REFUNDED: every point came back after the confirmation. */
export type RedemptionState = (typeof REDEMPTION_STATES)[number];

/** Points of one lot that a redemption holds or has taken. */
export interface Slice extends Lot {
  /** How many of them came back after the confirmation. */
  readonly refunded: number;
}

/** Points for a product (兑换): held, then confirmed or released, and perhaps refunded. */
export interface Redemption {
  readonly id: string;
  readonly accountId: string;
  readonly partyId: string;
  readonly pointType: string;
  readonly state: RedemptionState;
  readonly points: number;
  /** By expiry month, earliest first; slices do not expire while they are held. */
  readonly slices: readonly Slice[];
  /** From here on the hold may be released; it stays until somebody does. Absent: only who reserved it ends it. */
  readonly expiresAt?: Date;
  /** Who is paid in points; the firm itself where absent. */
  readonly merchantId?: string;
  readonly cause: Cause;
  readonly reservedAt: Date;
}

/** How much of an entry was taken back so far. */
export interface Reversal {
  readonly journalId: string;
  readonly accountId: string;
  /** What the entry brought or took. */
  readonly points: number;
  /** Never more than `points`. */
  readonly taken: number;
}

export interface Earn {
  readonly type: 'earn';
  readonly points: number;
  /** Days until the points can be spent, 0 for at once. */
  readonly pendingDays?: number;
  readonly cause: Cause & { readonly ruleId: string; readonly ruleVersion: number };
}

export interface Reserve {
  readonly type: 'reserve';
  readonly redemptionId: string;
  readonly points: number;
  /** Absent: the hold never times out. */
  readonly expiresAt?: Date;
  readonly merchantId?: string;
  readonly cause: Cause;
}

/** Confirm: the points are spent. Cancel: they come back. Time out: the same, once the hold has run out. */
export interface EndHold {
  readonly type: 'confirm' | 'cancel' | 'time-out';
  readonly cause: Cause;
}

export interface Refund {
  readonly type: 'refund';
  /** Absent: all that did not come back yet. */
  readonly points?: number;
  readonly cause: Cause;
}

/** Takes back (回收) what an earlier entry gave, or gives back what an adjustment took. */
export interface Reverse {
  readonly type: 'reverse';
  /** Absent: all that was not taken back yet. */
  readonly points?: number;
  readonly cause: Cause;
}

export interface Adjust {
  readonly type: 'adjust';
  /** Positive gives, negative takes. */
  readonly points: number;
  readonly cause: Cause & { readonly approvalId: string };
}

/** Does what time alone brings about: matures, repays, expires. */
export interface Settle {
  readonly type: 'settle';
}

export type Command = Earn | Reserve | EndHold | Refund | Reverse | Adjust | Settle;

/** What a command is decided on, all read in the transaction that writes the decision. */
export interface Situation {
  readonly account: Account;
  /** Of confirm, cancel, time-out and refund. */
  readonly redemption?: Redemption | undefined;
  /** Of reverse: the entry that is taken back. */
  readonly original?: Journal | undefined;
  /** Of reverse: what of it was taken back before. */
  readonly reversal?: Reversal | undefined;
}

export const REFUSAL_CODES = [
  'INSUFFICIENT_POINTS',
  'BALANCE_LIMIT',
  'REDEMPTION_UNKNOWN',
  'REDEMPTION_EXISTS',
  'REDEMPTION_STATE',
  'HOLD_NOT_OVER',
  'REFUND_TOO_MUCH',
  'JOURNAL_UNKNOWN',
  'NOT_REVERSIBLE',
  'ALREADY_REVERSED',
] as const;
export type RefusalCode = (typeof REFUSAL_CODES)[number];

/** Why nothing was posted; an answer like any other. */
export interface Refusal {
  readonly code: RefusalCode;
  readonly available?: number;
  readonly state?: RedemptionState;
  /** How much could still be refunded or taken back. */
  readonly rest?: number;
}

export interface Decided {
  readonly account: Account;
  /** In the order of their numbers; the command's own is `entry`, the others are what had to happen with it. */
  readonly journals: readonly Journal[];
  readonly entry?: Journal;
  readonly redemption?: Redemption;
  readonly reversal?: Reversal;
}

export type Decision = Decided | { readonly refusal: Refusal };
