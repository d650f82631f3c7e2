import type { Actor } from '../access/actor.ts';
import { collectionOf } from '../db/collection.ts';
import type { Tx } from '../db/database.ts';
import type { Host } from '../plugin/contract.ts';
import { asCoreHost, type CoreHost } from '../plugin/host.ts';
import { serviceToken } from '../plugin/service.ts';
import { consentHistory, doNotDisturb, recordConsent, type ConsentAct } from './consents.ts';
import { messageId, permitMessages, type OutreachMessage, type PermitAnswer } from './permit.ts';
import { OUTREACH, type ConsentRecord, type PermitRecord, type PermitState } from './records.ts';
import { sendOnce, type MessageText } from './send.ts';
import { settleUnknown } from './unknown.ts';

export const outreachService = serviceToken<OutreachService>('core', 'outreach');

/** How many messages of a group are in a state, and how many parts they have. */
export interface GroupCount {
  readonly state: PermitState;
  readonly messages: number;
  readonly parts: number;
}

/** The only way for messages to clients (触达): no permit, no send. */
export class OutreachService {
  readonly #host: CoreHost;

  constructor(host: Host) {
    this.#host = asCoreHost(host);
  }

  /**
   * Decides messages in the asker's transaction, in their order.
   * @param owner name of the plugin that asks
   * @param messages at most 200
   */
  permit(tx: Tx, owner: string, messages: readonly OutreachMessage[]): Promise<PermitAnswer[]> {
    return permitMessages(this.#host, tx, owner, messages);
  }

  /**
   * Sends by a permit, at most once whatever happens to this process.
   * @returns VOID where the client withdrew meanwhile; undefined where the permit was used before or ran out
   * @throws OUTREACH_TEXT_TOO_LONG, OUTREACH_GATEWAY_GONE
   */
  send(actor: Actor, permitId: string, text: MessageText): Promise<PermitState | undefined> {
    return sendOnce(this.#host, actor, permitId, text);
  }

  /** Our id of a message by its asker's reference. */
  messageId(owner: string, ref: string): string {
    return messageId(owner, ref);
  }

  /** Messages by our id; unknown ones are absent. */
  async messages(ids: readonly string[]): Promise<ReadonlyMap<string, PermitRecord>> {
    const found = await this.#permits.find({ _id: { $in: [...ids] } }).toArray();
    return new Map(found.map((permit) => [permit._id, permit]));
  }

  /** Of each state how many messages a group has. */
  async countGroup(group: string): Promise<readonly GroupCount[]> {
    const counted = await this.#permits
      .aggregate<{ _id: PermitState; messages: number; parts: number }>([
        { $match: { group } },
        { $group: { _id: '$state', messages: { $sum: 1 }, parts: { $sum: '$parts' } } },
      ])
      .toArray();
    return counted.map(({ _id: state, messages, parts }) => ({ state, messages, parts }));
  }

  /** @throws CONSENT_INVALID */
  recordConsent(tx: Tx, act: ConsentAct): Promise<ConsentRecord> {
    return recordConsent(this.#host, tx, act);
  }

  /** The same in a transaction of its own. */
  recordConsentFor(actor: Actor, act: ConsentAct): Promise<ConsentRecord> {
    return this.#host.transact(actor, (tx) => recordConsent(this.#host, tx, act));
  }

  /** Puts a number on the do-not-disturb list, whoever has it. */
  doNotDisturb(tx: Tx, phone: string, evidence: string): Promise<void> {
    return doNotDisturb(this.#host, tx, phone, evidence);
  }

  /** What a client agreed to and withdrew, newest first per consent, at most 100 acts. */
  consentHistory(partyId: string): Promise<ConsentRecord[]> {
    return consentHistory(this.#host, partyId);
  }

  /** What the scheduled job does; callable for tests and support. */
  settleUnknown(): Promise<void> {
    return settleUnknown(this.#host);
  }

  get #permits() {
    return collectionOf<PermitRecord>(this.#host, OUTREACH.permits);
  }
}
