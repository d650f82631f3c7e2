import { Schema } from 'mongoose';
import type { ModelDeclaration, Reason } from '../../core/plugin/contract.ts';
import type { DialogAction, DialogOffer, Reply } from './dialog.ts';
import type { Command } from './keywords.ts';
import type { Variable } from './template/variables.ts';

export const ISSUE_STATES = ['DRAFT', 'IN_REVIEW', 'SCHEDULED', 'SENDING', 'SENT'] as const;
export type IssueState = (typeof ISSUE_STATES)[number];

/** One issue (期) of a package: what every holder is sent, once. Collection `sms_issues`. */
export interface IssueRecord {
  _id: string;
  productId: string;
  productCode: string;
  keyword: string;
  /** For staff. */
  title: string;
  template: string;
  variables: Variable[];
  gateway: string;
  /** The message as it goes out, signature and way out included: what the checker approves is what is sent. */
  body: string;
  parts: number;
  state: IssueState;
  /** Absent: at once after approval. */
  sendAt?: Date;
  approvalId?: string;
  maker: { id: string; name: string };
  checker?: { id: string; name: string };
  createdAt: Date;
  changedAt: Date;
  sentAt?: Date;
  revision: number;
}

/** One client of one issue; `_id` = `${issueId}:${partyId}`, so each is there once. Collection `sms_recipients`. */
export interface RecipientRecord {
  _id: string;
  issueId: string;
  partyId: string;
  /** CLAIMED has a permit, whose state tells what became of it. */
  state: 'CLAIMED' | 'SKIPPED';
  permitId?: string;
  /** Why it was skipped. */
  reason?: string;
  at: Date;
}

/** A text that came in, as it was understood; its words are not kept. `_id` = the gateway's message id. Collection `sms_inbound`. */
export interface InboundRecord {
  _id: string;
  phoneMasked: string;
  /** Whom the number belongs to. */
  partyIds: string[];
  command: Command;
  actions: DialogAction[];
  reply?: Reply;
  /** What came of an order, for staff. */
  outcome?: { code: string; orderId?: string; reasons?: Reason[] };
  state: 'RECEIVED' | 'DONE';
  at: Date;
}

/** What a client's next Y would accept: one document per client, so that two texts at once meet. `_id` = party id. Collection `sms_dialogs`. */
export interface DialogRecord {
  _id: string;
  /** Counts texts; every one advances it. */
  no: number;
  offer?: DialogOffer;
}

export const SMS = {
  issues: 'sms_issues',
  recipients: 'sms_recipients',
  inbound: 'sms_inbound',
  dialogs: 'sms_dialogs',
} as const;

const options = { versionKey: false, minimize: false } as const;
const text = { type: String, required: true } as const;
const date = { type: Date, required: true } as const;
const count = { type: Number, required: true } as const;
const mixed = { type: Schema.Types.Mixed, required: true } as const;

const issueSchema = new Schema<IssueRecord>(
  {
    _id: text,
    productId: text,
    productCode: text,
    keyword: text,
    title: text,
    template: text,
    variables: mixed as never,
    gateway: text,
    body: text,
    parts: count,
    state: { type: String, enum: ISSUE_STATES, required: true },
    sendAt: Date,
    approvalId: String,
    maker: mixed,
    checker: Schema.Types.Mixed,
    createdAt: date,
    changedAt: date,
    sentAt: Date,
    revision: count,
  },
  options,
)
  .index({ createdAt: -1, _id: 1 })
  .index({ state: 1, sendAt: 1 });

const recipientSchema = new Schema<RecipientRecord>(
  { _id: text, issueId: text, partyId: text, state: text, permitId: String, reason: String, at: date },
  options,
).index({ issueId: 1, state: 1, reason: 1 });

const inboundSchema = new Schema<InboundRecord>(
  {
    _id: text,
    phoneMasked: text,
    partyIds: [String],
    command: mixed as never,
    actions: mixed as never,
    reply: Schema.Types.Mixed as never,
    outcome: Schema.Types.Mixed as never,
    state: text,
    at: date,
  },
  options,
).index({ at: -1, _id: 1 });

const dialogSchema = new Schema<DialogRecord>(
  { _id: text, no: count, offer: Schema.Types.Mixed as never },
  options,
);

export const smsModels: readonly ModelDeclaration[] = [
  {
    name: SMS.issues,
    schema: issueSchema as never,
    shardKey: { _id: 'hashed' },
    retention: 'twenty years: advice given',
  },
  {
    name: SMS.recipients,
    schema: recipientSchema as never,
    shardKey: { _id: 'hashed' },
    retention: 'twenty years: who was sent what',
  },
  {
    name: SMS.inbound,
    schema: inboundSchema as never,
    shardKey: { _id: 'hashed' },
    retention: 'at least five months (MIIT order 31); orders and consents far longer elsewhere',
  },
  {
    name: SMS.dialogs,
    schema: dialogSchema as never,
    shardKey: { _id: 'hashed' },
    retention: 'as long as the client',
  },
];
