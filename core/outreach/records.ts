import { Schema } from 'mongoose';
import { PURPOSES, type Purpose } from '../plugin/gateway.ts';

/** PERMITTED is the claim: SUBMITTED is committed before the gateway is called, so a crash leaves SUBMITTED, never nothing. */
export const PERMIT_STATES = ['PERMITTED', 'SUBMITTED', 'ACCEPTED', 'REFUSED', 'UNKNOWN', 'VOID'] as const;
export type PermitState = (typeof PERMIT_STATES)[number];

/**
 * Leave to send one message to one client, and what became of it. `_id` is our message id, the hash of the asker's
 * reference, so that one reference is one message. Collection `outreach_permits`.
 */
export interface PermitRecord {
  _id: string;
  /** The plugin that asked, and what it calls the message. */
  owner: string;
  ref: string;
  /** What messages are counted by, e.g. an issue; absent for single ones. */
  group?: string;
  partyId: string;
  productId?: string;
  gateway: string;
  purpose: Purpose;
  state: PermitState;
  permittedAt: Date;
  expiresAt: Date;
  /** Why it was permitted: versions and evidence. */
  because: { outreachPolicy: string; suitabilityPolicy?: string; evidenceIds?: string[]; consent?: string };
  /** Parts that the gateway bills, and SHA-256 of the text; since it was submitted. */
  parts?: number;
  bodyDigest?: string;
  submittedAt?: Date;
  settledAt?: Date;
  /** Why it was refused or void. */
  refused?: string;
  lookups?: number;
}

/** How often; `_id` = what is counted and when. Collection `outreach_counters`. */
export interface CounterRecord {
  _id: string;
  count: number;
  removeAt: Date;
}

/** One act of a client about one consent; append-only. `_id` = `${partyId}:${code}:${no}`. Collection `outreach_consents`. */
export interface ConsentRecord {
  _id: string;
  partyId: string;
  code: string;
  no: number;
  given: boolean;
  at: Date;
  /** Where the client said so: `SMS`, `APP`, `BRANCH` … */
  channel: string;
  /** Version of the words agreed to; for a withdrawal of those it answers. */
  textVersion: string;
  /** Where the proof is: a message id, a document, a recording. */
  evidence: string;
  by: { id: string; name: string };
}

/** The latest act, conditionally advanced: what decisions read. `_id` = `${partyId}:${code}`. Collection `outreach_consent_heads`. */
export interface ConsentHead {
  _id: string;
  no: number;
  given: boolean;
  at: Date;
}

/** A number that wants no marketing, whoever has it. `_id` = its keyed digest. Collection `outreach_do_not_disturb`. */
export interface DoNotDisturbRecord {
  _id: string;
  since: Date;
  evidence: string;
}

export const OUTREACH = {
  permits: 'outreach_permits',
  counters: 'outreach_counters',
  consents: 'outreach_consents',
  consentHeads: 'outreach_consent_heads',
  doNotDisturb: 'outreach_do_not_disturb',
} as const;

const options = { versionKey: false, minimize: false } as const;
const text = { type: String, required: true } as const;
const date = { type: Date, required: true } as const;
const count = { type: Number, required: true } as const;
const flag = { type: Boolean, required: true } as const;
const mixed = { type: Schema.Types.Mixed, required: true } as const;

export const permitSchema = new Schema<PermitRecord>(
  {
    _id: text,
    owner: text,
    ref: text,
    group: String,
    partyId: text,
    productId: String,
    gateway: text,
    purpose: { type: String, enum: PURPOSES, required: true },
    state: { type: String, enum: PERMIT_STATES, required: true },
    permittedAt: date,
    expiresAt: date,
    because: mixed,
    parts: Number,
    bodyDigest: String,
    submittedAt: Date,
    settledAt: Date,
    refused: String,
    lookups: Number,
  },
  options,
)
  .index({ group: 1, state: 1 }, { sparse: true })
  .index({ state: 1, submittedAt: 1 })
  .index({ partyId: 1, permittedAt: -1 });

export const counterSchema = new Schema<CounterRecord>({ _id: text, count, removeAt: date }, options).index(
  { removeAt: 1 },
  { expireAfterSeconds: 0 },
);

export const consentSchema = new Schema<ConsentRecord>(
  {
    _id: text,
    partyId: text,
    code: text,
    no: count,
    given: flag,
    at: date,
    channel: text,
    textVersion: text,
    evidence: text,
    by: mixed,
  },
  options,
).index({ partyId: 1, code: 1, no: 1 });

export const consentHeadSchema = new Schema<ConsentHead>(
  { _id: text, no: count, given: flag, at: date },
  options,
);

export const doNotDisturbSchema = new Schema<DoNotDisturbRecord>(
  { _id: text, since: date, evidence: text },
  options,
);
