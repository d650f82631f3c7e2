import type { Actor } from '../../core/access/actor.ts';
import type { Tx } from '../../core/db/database.ts';
import { serviceToken } from '../../core/plugin/service.ts';
import type { Account } from './ledger/account.ts';
import type { Redemption } from './ledger/command.ts';
import type { Cause, Journal } from './ledger/journal.ts';
import type { CounterAccount } from './ledger/posting.ts';
import type { PointType } from './policy.ts';
import type { PointsAnswer } from './store/posting.ts';

/**
 * How a command reaches the ledger: in a transaction that is open, so that points stand or fall with what they are for
 * (the transaction's actor is who asked); or by itself, under a key with which a repeat gets the first answer.
 */
export type Via = Tx | { readonly actor: Actor; readonly key: string };

export interface StatementPage {
  /** Newest first. */
  readonly journals: readonly Journal[];
  readonly hasNextPage: boolean;
}

/**
 * The points ledger (积分账), for plugins that require `loyalty`. All amounts are whole points of at least 1; anything
 * else is thrown as AMOUNT_INVALID. What is refused for a reason of the business is an answer, `posted: false`.
 * Clients are named by their random party id. `pointType` is `POINTS` where it is left out.
 */
export interface Ledger {
  /** Gives points by a rule (生成); `pendingDays` later they can be spent, 0 to 92. */
  earn(
    via: Via,
    input: {
      readonly partyId: string;
      readonly pointType?: string;
      readonly points: number;
      readonly pendingDays?: number;
      readonly cause: Cause & { readonly ruleId: string; readonly ruleVersion: number };
    },
  ): Promise<PointsAnswer>;
  /**
   * Holds points for a redemption. Refused: INSUFFICIENT_POINTS, REDEMPTION_EXISTS.
   * `expiresAt`: from then on the hold is released by a job unless it was confirmed; absent: it never is.
   */
  reserve(
    via: Via,
    input: {
      readonly partyId: string;
      readonly pointType?: string;
      readonly points: number;
      /** Drawn by the ledger where absent. */
      readonly redemptionId?: string;
      readonly expiresAt?: Date;
      readonly merchantId?: string;
      readonly cause: Cause;
    },
  ): Promise<PointsAnswer>;
  /** The held points are spent. Refused: REDEMPTION_UNKNOWN, REDEMPTION_STATE. */
  confirm(via: Via, redemptionId: string, cause: Cause): Promise<PointsAnswer>;
  /** The held points come back. Refused: REDEMPTION_UNKNOWN, REDEMPTION_STATE. */
  cancel(via: Via, redemptionId: string, cause: Cause): Promise<PointsAnswer>;
  /** Spent points come back, all that did not yet where `points` is absent. Refused also: REFUND_TOO_MUCH. */
  refund(
    via: Via,
    redemptionId: string,
    input: { readonly points?: number; readonly cause: Cause },
  ): Promise<PointsAnswer>;
  /** Takes back what an entry gave (回收), or gives back what an adjustment took. Refused: JOURNAL_UNKNOWN, NOT_REVERSIBLE, ALREADY_REVERSED. */
  reverse(
    via: Via,
    journalId: string,
    input: { readonly points?: number; readonly cause: Cause },
  ): Promise<PointsAnswer>;
  /** A change by staff that two people decided; negative takes. Refused: INSUFFICIENT_POINTS. */
  adjust(
    via: Via,
    input: {
      readonly partyId: string;
      readonly pointType?: string;
      readonly points: number;
      readonly cause: Cause & { readonly approvalId: string };
    },
  ): Promise<PointsAnswer>;
  /** Releases a hold that has run out. Refused also: HOLD_NOT_OVER. */
  timeOut(actor: Actor, redemptionId: string, cause: Cause): Promise<PointsAnswer>;
  /** Matures and expires what is due. */
  settle(actor: Actor, partyId: string, pointType?: string): Promise<PointsAnswer>;

  pointTypes(): readonly PointType[];
  /** As last posted, an empty one where nothing ever was; pass the transaction where a decision is taken on it. */
  account(partyId: string, pointType?: string, tx?: Tx): Promise<Account>;
  /** All accounts of a client. */
  accounts(partyId: string): Promise<Account[]>;
  /** Entries in the order of their numbers, newest first, below `before` where it is given. */
  statement(
    partyId: string,
    page: { readonly pointType?: string; readonly first: number; readonly before?: number },
  ): Promise<StatementPage>;
  journal(journalId: string): Promise<Journal | undefined>;
  redemption(redemptionId: string, tx?: Tx): Promise<Redemption | undefined>;
  /** The firm's, a merchant's or the expired points: the last fold and what is not folded yet, as of one instant. */
  counterBalance(account: CounterAccount, pointType?: string): Promise<number>;
}

export const ledgerService = serviceToken<Ledger>('loyalty', 'ledger');
