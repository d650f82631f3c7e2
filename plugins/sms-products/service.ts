import type { Actor } from '../../core/access/actor.ts';
import { collectionOf } from '../../core/db/collection.ts';
import {
  afterTimeCursor,
  readTimeCursor,
  toConnection,
  type Connection,
  type PageArgs,
} from '../../core/graphql/connection.ts';
import { outreachService, type GroupCount } from '../../core/outreach/service.ts';
import type { Host } from '../../core/plugin/contract.ts';
import { serviceToken } from '../../core/plugin/service.ts';
import { followUp } from './inbound/follow-up.ts';
import { receiveSms, type InboundSms } from './inbound/receive.ts';
import {
  createIssue,
  saveIssue,
  submitIssue,
  type IssueInput,
  type IssueSaved,
  type SmsHouse,
} from './issue/write.ts';
import { SMS, type InboundRecord, type IssueRecord, type IssueState, type RecipientRecord } from './model.ts';
import { TemplateRenderer } from './template/render.ts';

export const smsService = serviceToken<SmsService>('sms-products', 'sms');

export interface IssueCounts {
  /** What became of those who were permitted. */
  readonly messages: readonly GroupCount[];
  /** Why others were passed over, with how many. */
  readonly skipped: readonly { readonly reason: string; readonly recipients: number }[];
}

/** Packages by SMS: issues written by one and approved by another, and what clients text. */
export class SmsService {
  readonly #host: Host;
  readonly #house: SmsHouse;
  readonly #renderer = new TemplateRenderer();

  constructor(host: Host, house: SmsHouse) {
    this.#host = host;
    this.#house = house;
  }

  stop(): Promise<void> {
    return this.#renderer.stop();
  }

  createIssue(actor: Actor, input: IssueInput, idempotencyKey: string): Promise<IssueSaved> {
    return createIssue(this.#desk, actor, input, idempotencyKey);
  }

  saveIssue(actor: Actor, issueId: string, input: IssueInput, revision: number): Promise<IssueSaved> {
    return saveIssue(this.#desk, actor, issueId, input, revision);
  }

  submitIssue(actor: Actor, issueId: string, reason: string, sendAt?: Date): Promise<string> {
    return submitIssue(this.#host, actor, issueId, reason, sendAt);
  }

  receive(actor: Actor, sms: InboundSms) {
    return receiveSms(this.#host, actor, sms);
  }

  followUp(inboundId: string): Promise<void> {
    return followUp(this.#host, this.#house, inboundId);
  }

  async issue(issueId: string): Promise<IssueRecord | undefined> {
    return (await this.#issues.findOne({ _id: issueId })) ?? undefined;
  }

  /** Newest first. */
  async issues(state: IssueState | undefined, { first, after }: PageArgs): Promise<Connection<IssueRecord>> {
    const found = await this.#issues
      .find({ ...(state ? { state } : {}), ...afterTimeCursor('createdAt', readTimeCursor(after)) })
      .sort({ createdAt: -1, _id: 1 })
      .limit(first + 1)
      .toArray();
    return toConnection(found, first, ({ createdAt }) => createdAt);
  }

  async counts(issueId: string): Promise<IssueCounts> {
    const messages = await this.#host.service(outreachService).countGroup(`issue:${issueId}`);
    const skipped = await collectionOf<RecipientRecord>(this.#host, SMS.recipients)
      .aggregate<{ _id: string; recipients: number }>([
        { $match: { issueId, state: 'SKIPPED' } },
        { $group: { _id: '$reason', recipients: { $sum: 1 } } },
      ])
      .toArray();
    return { messages, skipped: skipped.map(({ _id: reason, recipients }) => ({ reason, recipients })) };
  }

  /** Texts that came in, newest first, numbers masked. */
  async inbound({ first, after }: PageArgs): Promise<Connection<InboundRecord>> {
    const found = await collectionOf<InboundRecord>(this.#host, SMS.inbound)
      .find(afterTimeCursor('at', readTimeCursor(after)))
      .sort({ at: -1, _id: 1 })
      .limit(first + 1)
      .toArray();
    return toConnection(found, first, ({ at }) => at);
  }

  get #desk() {
    return { host: this.#host, renderer: this.#renderer, house: this.#house };
  }

  get #issues() {
    return collectionOf<IssueRecord>(this.#host, SMS.issues);
  }
}
