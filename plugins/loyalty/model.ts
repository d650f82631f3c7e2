import { Schema } from 'mongoose';
import type { ModelDeclaration } from '../../core/plugin/contract.ts';
import type { Account } from './ledger/account.ts';
import type { Redemption, Reversal } from './ledger/command.ts';
import type { Journal } from './ledger/journal.ts';

/** `_id` = `PARTY:POINT_TYPE`; one document however many entries there are. */
export interface AccountRecord extends Omit<Account, 'id'> {
  readonly _id: string;
  /** When something of it next matures or expires; found by the expiry job. Absent where nothing will. */
  readonly dueAt?: Date;
}

/** `_id` = `ACCOUNT:SEQ`. Append-only but for the two marks, which are outside the hash. */
export interface JournalRecord extends Omit<Journal, 'id'> {
  readonly _id: string;
  /** Set until a fold has taken what it posts to other accounts than the client's; cleared once. */
  readonly unfolded?: true;
  /** The batch of folds that took it; set when the mark is cleared. */
  readonly foldBatch?: number;
}

export interface RedemptionRecord extends Omit<Redemption, 'id'> {
  readonly _id: string;
}

/** `_id` = the entry that is taken back. */
export interface ReversalRecord extends Omit<Reversal, 'journalId'> {
  readonly _id: string;
}

/**
 * What was posted to an account that everyone posts to, by up to 500 entries; never changed. `_id` = `ACCOUNT:FOLD_SEQ`.
 */
export interface FoldRecord {
  readonly _id: string;
  /** ISSUER, WRITTEN_OFF, EXPIRED or MERCHANT:… with the point type: `MERCHANT:m1/POINTS`. */
  readonly account: string;
  /** 1, 2, 3 … without gaps within the account. */
  readonly foldSeq: number;
  readonly prevHash: string;
  readonly hash: string;
  /** All folds of one transaction share it. */
  readonly batch: number;
  readonly journalIds: readonly string[];
  /** Hash over the folded entries: id, hash and what each posts to this account. */
  readonly journalsDigest: string;
  readonly sum: number;
  readonly count: number;
  /** The account's balance with this fold. */
  readonly balance: number;
  /** Settlement period `YYYY-MM`: that of the fold, so that what is folded after a month closed falls into the next. */
  readonly period: string;
  readonly at: Date;
}

/** Where the chain of an account's folds ends; `_id` = account. `_id` = `batch` counts the batches of all accounts. */
export interface FoldHeadRecord {
  readonly _id: string;
  readonly foldSeq: number;
  readonly hash: string;
  readonly balance: number;
  readonly period: string;
}

export const ACCOUNTS = 'loyalty_accounts';
export const JOURNALS = 'loyalty_journals';
export const REDEMPTIONS = 'loyalty_redemptions';
export const REVERSALS = 'loyalty_reversals';
export const FOLDS = 'loyalty_folds';
export const FOLD_HEADS = 'loyalty_fold_heads';

const text = { type: String, required: true } as const;
const number = { type: Number, required: true } as const;
const instant = { type: Date, required: true } as const;
const data = { type: Schema.Types.Mixed, required: true } as const;
const owner = { partyId: text, pointType: text } as const;

const accountSchema = new Schema(
  {
    _id: text,
    ...owner,
    seq: number,
    head: { type: String },
    lastAt: instant,
    available: number,
    reserved: number,
    pending: number,
    owed: number,
    lots: [data],
    maturing: [data],
    dueAt: Date,
  },
  { versionKey: false },
)
  .index({ partyId: 1 })
  .index({ dueAt: 1 }, { sparse: true });

const journalSchema = new Schema(
  {
    _id: text,
    accountId: text,
    ...owner,
    seq: number,
    kind: text,
    at: instant,
    postings: [data],
    cause: data,
    by: data,
    after: data,
    prevHash: { type: String },
    hash: text,
    unfolded: Boolean,
    foldBatch: Number,
  },
  { versionKey: false },
)
  .index({ accountId: 1, seq: 1 })
  .index({ unfolded: 1 }, { partialFilterExpression: { unfolded: true } });

const redemptionSchema = new Schema(
  {
    _id: text,
    accountId: text,
    ...owner,
    state: text,
    points: number,
    slices: [data],
    expiresAt: Date,
    merchantId: String,
    cause: data,
    reservedAt: instant,
  },
  { versionKey: false },
)
  .index({ accountId: 1, state: 1 })
  .index({ expiresAt: 1 }, { partialFilterExpression: { state: 'RESERVED' } });

const reversalSchema = new Schema(
  { _id: text, accountId: text, points: number, taken: number },
  { versionKey: false },
).index({ accountId: 1 });

const foldSchema = new Schema(
  {
    _id: text,
    account: text,
    foldSeq: number,
    prevHash: { type: String },
    hash: text,
    batch: number,
    journalIds: [String],
    journalsDigest: text,
    sum: number,
    count: number,
    balance: number,
    period: text,
    at: instant,
  },
  { versionKey: false },
).index({ account: 1, foldSeq: 1 });

const foldHeadSchema = new Schema(
  { _id: text, foldSeq: number, hash: { type: String }, balance: number, period: { type: String } },
  { versionKey: false },
);

const FOR_GOOD = 'for good; an account is archived only as a whole prefix behind a checkpoint';

export const loyaltyModels: readonly ModelDeclaration[] = [
  { name: ACCOUNTS, schema: accountSchema as never, shardKey: { partyId: 'hashed' }, retention: FOR_GOOD },
  { name: JOURNALS, schema: journalSchema as never, shardKey: { partyId: 'hashed' }, retention: FOR_GOOD },
  {
    name: REDEMPTIONS,
    schema: redemptionSchema as never,
    shardKey: { partyId: 'hashed' },
    retention: FOR_GOOD,
  },
  {
    name: REVERSALS,
    schema: reversalSchema as never,
    shardKey: { accountId: 'hashed' },
    retention: FOR_GOOD,
  },
  { name: FOLDS, schema: foldSchema as never, shardKey: { account: 'hashed' }, retention: FOR_GOOD },
  { name: FOLD_HEADS, schema: foldHeadSchema as never, shardKey: { _id: 'hashed' }, retention: FOR_GOOD },
];
