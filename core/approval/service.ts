import type { Actor } from '../access/actor.ts';
import { collectionOf } from '../db/collection.ts';
import type { Tx } from '../db/database.ts';
import { BusyError, PlatformError } from '../errors.ts';
import {
  afterTimeCursor,
  readTimeCursor,
  toConnection,
  type Connection,
  type PageArgs,
} from '../graphql/connection.ts';
import { newId } from '../ids.ts';
import type { ApprovalDiffLine, ApprovalSubject, ApprovedChange, Declared } from '../plugin/contract.ts';
import type { CoreHost } from '../plugin/host.ts';
import { serviceToken } from '../plugin/service.ts';
import {
  APPROVAL_NOT_FOUND,
  SUBJECT_CHANGED,
  changeRefused,
  refusalOf,
  type ApprovalRefusal,
  type Intent,
} from './decision.ts';
import { APPROVALS, type ApprovalRecord, type ApprovalState } from './records.ts';

export interface Proposal {
  readonly type: string;
  /** What the change is about; bounded, so a bulk change of many things is many approvals. */
  readonly subjectIds: readonly string[];
  readonly change: Readonly<Record<string, unknown>>;
  readonly reason: string;
  readonly expectedRevisions?: Readonly<Record<string, number>>;
}

export interface ApprovalDecision {
  readonly decision: 'APPROVE' | 'REJECT';
  /** Needed for a rejection. */
  readonly comment?: string;
}

export interface ApprovalFilter {
  readonly state?: ApprovalState;
  readonly type?: string;
  readonly subjectId?: string;
}

/** The approval as it is after the decision, or why the decision was not taken. */
export type ApprovalOutcome =
  | { readonly ok: true; readonly approval: ApprovalRecord }
  | { readonly ok: false; readonly refusal: ApprovalRefusal };

/** Maker and checker, one mechanism for every feature. */
export interface ApprovalService {
  /**
   * Proposes a change inside the feature's own transaction, so that the subject's state and the proposal stand or fall
   * together.
   * @returns the approval's id
   * @throws NOT_PERMITTED, REASON_MISSING, APPROVAL_TOO_LARGE
   */
  propose(tx: Tx, proposal: Proposal): Promise<string>;
  decide(actor: Actor, id: string, decision: ApprovalDecision): Promise<ApprovalOutcome>;
  /** Each in a transaction of its own, with an outcome of its own, in the order given. */
  decideMany(
    actor: Actor,
    ids: readonly string[],
    decision: ApprovalDecision,
  ): Promise<readonly { readonly id: string; readonly outcome: ApprovalOutcome }[]>;
  /** By the maker alone, with a reason. */
  withdraw(actor: Actor, id: string, reason: string): Promise<ApprovalOutcome>;
  /**
   * Closes a waiting approval of which nothing is left, its feature having taken the subjects out of it one by one, in
   * the transaction that took the last.
   */
  closeEmptied(tx: Tx, id: string, state: 'REJECTED' | 'WITHDRAWN', comment: string): Promise<void>;
  find(id: string): Promise<ApprovalRecord | undefined>;
  list(filter: ApprovalFilter, page: PageArgs): Promise<Connection<ApprovalRecord>>;
  count(filter: ApprovalFilter): Promise<number>;
  /** Field by field, old and new, as the subject's feature tells it. */
  diff(approval: ApprovalRecord): Promise<readonly ApprovalDiffLine[]>;
}

export const approvalService = serviceToken<ApprovalService>('core', 'approval');

/** How many things one approval may change. */
export const SUBJECTS_MAX = 500;
export const DECISIONS_MAX = 500;

/** Ends the transaction of a decision that is not taken, so that nothing of it stays. */
class Refused extends Error {
  readonly refusal: ApprovalRefusal;

  constructor(refusal: ApprovalRefusal) {
    super(refusal.code);
    this.refusal = refusal;
  }
}

export class RecordApprovalService implements ApprovalService {
  readonly #host: CoreHost;

  constructor(host: CoreHost) {
    this.#host = host;
  }

  async propose(tx: Tx, proposal: Proposal): Promise<string> {
    const subject = this.#subject(proposal.type);
    refuseBadProposal(tx.actor, proposal, subject);
    const approval: ApprovalRecord = {
      _id: newId(),
      ...proposal,
      maker: { id: tx.actor.id, name: tx.actor.name, at: tx.at },
      state: 'WAITING',
      proposedAt: tx.at,
    };
    await this.#approvals.insertOne(approval, { session: tx.session });
    tx.trace({
      action: 'approval.proposed',
      subject: { type: 'Approval', id: approval._id },
      reason: proposal.reason,
      details: { type: proposal.type, subjectIds: proposal.subjectIds, change: proposal.change },
    });
    return approval._id;
  }

  decide(actor: Actor, id: string, { decision, comment = '' }: ApprovalDecision): Promise<ApprovalOutcome> {
    return this.#settle(actor, id, decision, comment);
  }

  async decideMany(actor: Actor, ids: readonly string[], decision: ApprovalDecision) {
    if (ids.length > DECISIONS_MAX)
      throw new PlatformError(
        'APPROVAL_TOO_LARGE',
        `At most ${DECISIONS_MAX} approvals are decided at once, not ${ids.length}. Send them in parts.`,
      );
    const outcomes: { id: string; outcome: ApprovalOutcome }[] = [];
    for (const id of ids) outcomes.push({ id, outcome: await this.#decideOne(actor, id, decision) });
    return outcomes;
  }

  withdraw(actor: Actor, id: string, reason: string): Promise<ApprovalOutcome> {
    return this.#settle(actor, id, 'WITHDRAW', reason);
  }

  /** Contention over one is told as its own outcome: what was decided before it must still be told. */
  async #decideOne(actor: Actor, id: string, decision: ApprovalDecision): Promise<ApprovalOutcome> {
    try {
      return await this.decide(actor, id, decision);
    } catch (error) {
      if (!(error instanceof BusyError)) throw error;
      return { ok: false, refusal: changeRefused(error.code, error.message) };
    }
  }

  async closeEmptied(tx: Tx, id: string, state: 'REJECTED' | 'WITHDRAWN', comment: string): Promise<void> {
    const decided = { id: tx.actor.id, name: tx.actor.name, at: tx.at };
    await this.#approvals.updateOne(
      { _id: id, state: 'WAITING' },
      { $set: { state, comment, decided } },
      { session: tx.session },
    );
    tx.trace({
      action: `approval.${state.toLowerCase()}`,
      subject: { type: 'Approval', id },
      reason: comment,
      details: { emptied: true },
    });
  }

  async find(id: string): Promise<ApprovalRecord | undefined> {
    return (await this.#approvals.findOne({ _id: id })) ?? undefined;
  }

  async list(filter: ApprovalFilter, { first, after }: PageArgs): Promise<Connection<ApprovalRecord>> {
    const found = await this.#approvals
      .find({ ...toQuery(filter), ...afterTimeCursor('proposedAt', readTimeCursor(after)) })
      .sort({ proposedAt: -1, _id: 1 })
      .limit(first + 1)
      .toArray();
    return toConnection(found, first, (approval) => approval.proposedAt);
  }

  count(filter: ApprovalFilter): Promise<number> {
    return this.#approvals.countDocuments(toQuery(filter));
  }

  diff(approval: ApprovalRecord): Promise<readonly ApprovalDiffLine[]> {
    const subject = this.#subject(approval.type);
    return subject.diff(toChange(approval), this.#host.hostOf(subject.owner));
  }

  async #settle(actor: Actor, id: string, intent: Intent, comment: string): Promise<ApprovalOutcome> {
    try {
      const approval = await this.#host.transact(actor, (tx) => this.#settleIn(tx, id, intent, comment));
      return { ok: true, approval };
    } catch (error) {
      if (error instanceof Refused) return { ok: false, refusal: error.refusal };
      throw error;
    }
  }

  async #settleIn(tx: Tx, id: string, intent: Intent, comment: string): Promise<ApprovalRecord> {
    const approval = await this.#approvals.findOne({ _id: id }, { session: tx.session });
    if (!approval) throw new Refused(APPROVAL_NOT_FOUND);
    const subject = this.#subject(approval.type);
    const refusal = refusalOf(approval, tx.actor, intent, subject.permissions.decide, comment);
    if (refusal) throw new Refused(refusal);
    const state = STATE_AFTER[intent];
    // The state is asked again in the write: of two checkers at once, one transaction is made to start anew.
    const settled = await this.#approvals.findOneAndUpdate(
      { _id: id, state: 'WAITING' },
      { $set: { state, comment, decided: { id: tx.actor.id, name: tx.actor.name, at: tx.at } } },
      { session: tx.session, returnDocument: 'after' },
    );
    if (!settled) throw new Error(`The approval "${id}" changed inside its own transaction.`);
    await this.#apply(tx, settled, subject);
    tx.trace({
      action: `approval.${state.toLowerCase()}`,
      subject: { type: 'Approval', id },
      ...(comment === '' ? {} : { reason: comment }),
      details: { type: approval.type, subjectIds: approval.subjectIds, makerId: approval.maker.id },
    });
    return settled;
  }

  /** What the feature refuses in words of the platform is an outcome; anything else is a surprise. */
  async #apply(tx: Tx, approval: ApprovalRecord, subject: Declared<ApprovalSubject>): Promise<void> {
    const host = this.#host.hostOf(subject.owner);
    try {
      if (approval.state === 'APPROVED') await subject.apply(tx, toChange(approval), host);
      else if (approval.state !== 'WAITING')
        await subject.close?.(tx, toChange(approval), approval.state, host);
    } catch (error) {
      if (!(error instanceof PlatformError) || error.status >= 500) throw error;
      throw new Refused(
        error.code === SUBJECT_CHANGED.code ? SUBJECT_CHANGED : changeRefused(error.code, error.message),
      );
    }
  }

  #subject(type: string): Declared<ApprovalSubject> {
    const subject = this.#host.declared('approvalSubjects').find((declared) => declared.type === type);
    if (!subject)
      throw new PlatformError(
        'APPROVAL_TYPE_UNKNOWN',
        `No installed plugin declares the approval subject "${type}". Install its plugin again to go on.`,
        { status: 409 },
      );
    return subject;
  }

  get #approvals() {
    return collectionOf<ApprovalRecord>(this.#host, APPROVALS);
  }
}

const STATE_AFTER: Readonly<Record<Intent, ApprovalState>> = {
  APPROVE: 'APPROVED',
  REJECT: 'REJECTED',
  WITHDRAW: 'WITHDRAWN',
};

function refuseBadProposal(actor: Actor, proposal: Proposal, subject: ApprovalSubject): void {
  if (!actor.permissions.has(subject.permissions.propose))
    throw new PlatformError(
      'NOT_PERMITTED',
      `Proposing "${proposal.type}" needs the permission "${subject.permissions.propose}".`,
      { status: 403 },
    );
  if (proposal.reason.trim() === '')
    throw new PlatformError('REASON_MISSING', `A proposal of "${proposal.type}" needs a reason. Say why.`);
  if (proposal.subjectIds.length === 0 || proposal.subjectIds.length > SUBJECTS_MAX)
    throw new PlatformError(
      'APPROVAL_TOO_LARGE',
      `One approval changes 1 to ${SUBJECTS_MAX} things, not ${proposal.subjectIds.length}. Propose in parts.`,
    );
}

function toChange(approval: ApprovalRecord): ApprovedChange {
  const { _id: id, type, subjectIds, change, maker, reason, expectedRevisions, comment } = approval;
  return {
    id,
    type,
    subjectIds,
    change,
    maker: { id: maker.id, name: maker.name },
    reason,
    ...(expectedRevisions === undefined ? {} : { expectedRevisions }),
    ...(comment ? { comment } : {}),
  };
}

function toQuery({ state, type, subjectId }: ApprovalFilter) {
  return {
    ...(state === undefined ? {} : { state }),
    ...(type === undefined ? {} : { type }),
    ...(subjectId === undefined ? {} : { subjectIds: subjectId }),
  };
}
