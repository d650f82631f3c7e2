import type { Actor } from '../../../core/access/actor.ts';
import { collectionOf } from '../../../core/db/collection.ts';
import type { Tx } from '../../../core/db/database.ts';
import type { Host } from '../../../core/plugin/contract.ts';
import { POINTS_POSTED } from '../events.ts';
import { accountId, balanceOf, openAccount, type Account, type Balance } from '../ledger/account.ts';
import type { Command, Decision, Redemption, Refusal, Reversal } from '../ledger/command.ts';
import { decide } from '../ledger/decide.ts';
import type { Journal } from '../ledger/journal.ts';
import type { PointsPolicy } from '../ledger/policy.ts';
import {
  ACCOUNTS,
  JOURNALS,
  REDEMPTIONS,
  REVERSALS,
  type AccountRecord,
  type JournalRecord,
  type RedemptionRecord,
  type ReversalRecord,
} from '../model.ts';
import {
  fromAccountRecord,
  fromJournalRecord,
  fromRedemptionRecord,
  fromReversalRecord,
  toAccountRecord,
  toJournalRecord,
  toRedemptionRecord,
  toReversalRecord,
} from './records.ts';

/** A command and what it is about: an account by client and type, a redemption, or an entry. */
export interface PostingRequest {
  readonly command: Command;
  readonly account?: { readonly partyId: string; readonly pointType: string };
  readonly redemptionId?: string;
  readonly journalId?: string;
  /** On whose behalf. */
  readonly actor: Actor;
}

/** What was posted, as plain data: it is kept as the answer to a repeat. */
export interface PointsPosted {
  readonly posted: true;
  /** The entry of the command; absent where settling had nothing to do. */
  readonly journalId?: string;
  readonly redemptionId?: string;
  /** ISO instant of the entry. */
  readonly at: string;
  readonly balance: Balance;
  /** Of a clawback: what could not be got back. */
  readonly writtenOff?: number;
}

export type PointsAnswer = PointsPosted | { readonly posted: false; readonly refusal: Refusal };

/** Policies by type of points. */
export type PolicyOf = (pointType: string) => PointsPolicy;

/**
 * Decides requests in order on what the transaction reads, and writes what follows: accounts first, so that a conflict
 * with another process shows early, then entries, redemptions and reversals, one event per account, one trace for all.
 * Where anything was already decided elsewhere the transaction as a whole is aborted by the database.
 */
export async function postIn(
  host: Host,
  tx: Tx,
  requests: readonly PostingRequest[],
  policyOf: PolicyOf,
): Promise<PointsAnswer[]> {
  const desk = new Desk(host, tx);
  await desk.load(requests);
  const answers = requests.map((request) => desk.decide(request, policyOf));
  await desk.write();
  return answers;
}

/** What one transaction knows of the things that its requests are about, before and after they are decided. */
class Desk {
  readonly #host: Host;
  readonly #tx: Tx;
  readonly #accounts = new Loaded<Account>();
  readonly #redemptions = new Loaded<Redemption>();
  readonly #reversals = new Loaded<Reversal>();
  readonly #originals = new Map<string, Journal>();
  readonly #journals: Journal[] = [];
  readonly #refused: string[] = [];

  constructor(host: Host, tx: Tx) {
    this.#host = host;
    this.#tx = tx;
  }

  async load(requests: readonly PostingRequest[]): Promise<void> {
    const { session } = this.#tx;
    const redemptionIds = idsOf(requests.map(({ redemptionId }) => redemptionId));
    if (redemptionIds.length > 0)
      for (const record of await this.#collection<RedemptionRecord>(REDEMPTIONS)
        .find({ _id: { $in: redemptionIds } }, { session })
        .toArray())
        this.#redemptions.load(record._id, fromRedemptionRecord(record));
    const journalIds = idsOf(requests.map(({ journalId }) => journalId));
    if (journalIds.length > 0) {
      for (const record of await this.#collection<JournalRecord>(JOURNALS)
        .find({ _id: { $in: journalIds } }, { session })
        .toArray())
        this.#originals.set(record._id, fromJournalRecord(record));
      for (const record of await this.#collection<ReversalRecord>(REVERSALS)
        .find({ _id: { $in: journalIds } }, { session })
        .toArray())
        this.#reversals.load(record._id, fromReversalRecord(record));
    }
    const accountIds = idsOf(requests.map((request) => this.#accountOf(request)?.id));
    for (const record of await this.#collection<AccountRecord>(ACCOUNTS)
      .find({ _id: { $in: accountIds } }, { session })
      .toArray())
      this.#accounts.load(record._id, fromAccountRecord(record));
  }

  decide(request: PostingRequest, policyOf: PolicyOf): PointsAnswer {
    const { command, redemptionId = '', journalId = '', actor } = request;
    const found = this.#accountOf(request);
    if (!found) return this.#refuse({ code: redemptionId ? 'REDEMPTION_UNKNOWN' : 'JOURNAL_UNKNOWN' });
    const { kind, id, name, requestId } = actor;
    const decision = decide(
      {
        account: this.#accounts.get(found.id) ?? openAccount(found.partyId, found.pointType),
        redemption: this.#redemptions.get(redemptionId),
        original: this.#originals.get(journalId),
        reversal: this.#reversals.get(journalId),
      },
      command,
      {
        at: this.#tx.at,
        by: { kind, id, name, ...(requestId === undefined ? {} : { requestId }) },
        policy: policyOf(found.pointType),
      },
    );
    if ('refusal' in decision) return this.#refuse(decision.refusal);
    return this.#accept(decision);
  }

  async write(): Promise<void> {
    const { session } = this.#tx;
    await this.#writeAccounts();
    if (this.#journals.length > 0)
      await this.#collection<JournalRecord>(JOURNALS).insertMany(this.#journals.map(toJournalRecord), {
        session,
      });
    await this.#writeRedemptions();
    const reversals = this.#reversals.changed();
    if (reversals.length > 0)
      await this.#collection<ReversalRecord>(REVERSALS).bulkWrite(
        reversals.map(({ after }) => ({
          replaceOne: {
            filter: { _id: after.journalId },
            replacement: toReversalRecord(after),
            upsert: true,
          },
        })),
        { session },
      );
    this.#publish();
    this.#trace();
  }

  #accept(decision: Exclude<Decision, { refusal: unknown }>): PointsAnswer {
    const { account, journals, entry, redemption, reversal } = decision;
    if (journals.length > 0) this.#accounts.set(account.id, account);
    this.#journals.push(...journals);
    for (const journal of journals) this.#originals.set(journal.id, journal);
    if (redemption) this.#redemptions.set(redemption.id, redemption);
    if (reversal) this.#reversals.set(reversal.journalId, reversal);
    const writtenOff = entry?.postings.find((posting) => posting.account === 'WRITTEN_OFF')?.points;
    return {
      posted: true,
      ...(entry ? { journalId: entry.id } : {}),
      ...(redemption ? { redemptionId: redemption.id } : {}),
      at: (entry?.at ?? this.#tx.at).toISOString(),
      balance: balanceOf(account),
      ...(writtenOff === undefined ? {} : { writtenOff: -writtenOff }),
    };
  }

  #refuse(refusal: Refusal): PointsAnswer {
    this.#refused.push(refusal.code);
    return { posted: false, refusal };
  }

  #accountOf({
    account,
    redemptionId = '',
    journalId = '',
  }: PostingRequest): { id: string; partyId: string; pointType: string } | undefined {
    if (account) return { ...account, id: accountId(account.partyId, account.pointType) };
    const about = this.#redemptions.get(redemptionId) ?? this.#originals.get(journalId);
    return about && { id: about.accountId, partyId: about.partyId, pointType: about.pointType };
  }

  async #writeAccounts(): Promise<void> {
    const { session } = this.#tx;
    const accounts = this.#collection<AccountRecord>(ACCOUNTS);
    const changed = this.#accounts.changed();
    const known = changed.filter(({ before }) => before !== undefined);
    if (known.length > 0) {
      const { matchedCount } = await accounts.bulkWrite(
        known.map(({ before, after }) => ({
          replaceOne: {
            filter: { _id: after.id, partyId: after.partyId, seq: before!.seq },
            replacement: toAccountRecord(after),
          },
        })),
        { session },
      );
      if (matchedCount !== known.length)
        throw new Error('An account changed under the snapshot that it was read in.');
    }
    const opened = changed.filter(({ before }) => before === undefined);
    if (opened.length > 0)
      await accounts.insertMany(
        opened.map(({ after }) => toAccountRecord(after)),
        { session },
      );
  }

  async #writeRedemptions(): Promise<void> {
    const { session } = this.#tx;
    const redemptions = this.#collection<RedemptionRecord>(REDEMPTIONS);
    const changed = this.#redemptions.changed();
    const known = changed.filter(({ before }) => before !== undefined);
    if (known.length > 0) {
      const { matchedCount } = await redemptions.bulkWrite(
        known.map(({ before, after }) => ({
          replaceOne: {
            filter: { _id: after.id, partyId: after.partyId, state: before!.state },
            replacement: toRedemptionRecord(after),
          },
        })),
        { session },
      );
      if (matchedCount !== known.length)
        throw new Error('A redemption changed under the snapshot that it was read in.');
    }
    const opened = changed.filter(({ before }) => before === undefined);
    if (opened.length > 0)
      await redemptions.insertMany(
        opened.map(({ after }) => toRedemptionRecord(after)),
        { session },
      );
  }

  /** One event per account, however many entries: its key is the client, whose events stay in order. */
  #publish(): void {
    const byAccount = new Map<string, Journal[]>();
    for (const journal of this.#journals)
      byAccount.set(journal.accountId, [...(byAccount.get(journal.accountId) ?? []), journal]);
    for (const journals of byAccount.values()) {
      const { partyId, pointType, after } = journals.at(-1)!;
      this.#tx.publish({
        name: POINTS_POSTED,
        key: partyId,
        payload: {
          partyId,
          pointType,
          entries: journals.map(({ id, kind, cause }) => ({
            journalId: id,
            kind,
            causeType: cause.type,
            causeId: cause.id,
            ...(cause.redemptionId === undefined ? {} : { redemptionId: cause.redemptionId }),
          })),
          balance: after,
        },
      });
    }
  }

  /** One record for all: entries say themselves who caused them, and are chained; see docs/decisions/0051. */
  #trace(): void {
    const parties = new Set(this.#journals.map(({ partyId }) => partyId));
    const [partyId] = parties;
    this.#tx.trace({
      action: this.#journals.length > 0 ? 'points.posted' : 'points.refused',
      subject: { type: 'PointsLedger', id: parties.size === 1 ? partyId! : 'batch' },
      ...(parties.size === 1 ? { partyId: partyId! } : {}),
      details: {
        journals: this.#journals.map(({ id, hash }) => `${id} ${hash.slice(0, 16)}`),
        ...(this.#refused.length > 0 ? { refused: this.#refused } : {}),
      },
    });
  }

  #collection<T extends { _id: string }>(name: string) {
    return collectionOf<T>(this.#host, name);
  }
}

/** Things as the transaction found them and as they are now. */
class Loaded<T> {
  readonly #before = new Map<string, T>();
  readonly #after = new Map<string, T>();

  load(id: string, thing: T): void {
    this.#before.set(id, thing);
  }

  set(id: string, thing: T): void {
    this.#after.set(id, thing);
  }

  get(id: string): T | undefined {
    return this.#after.get(id) ?? this.#before.get(id);
  }

  changed(): { readonly before: T | undefined; readonly after: T }[] {
    return [...this.#after].map(([id, after]) => ({ before: this.#before.get(id), after }));
  }
}

function idsOf(ids: readonly (string | undefined)[]): string[] {
  return [...new Set(ids.filter((id) => id !== undefined))];
}
