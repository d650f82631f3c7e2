import { Schema } from 'mongoose';
import type { ModelDeclaration } from '../../../core/plugin/contract.ts';
import type { MerchantKey, MerchantTerms } from './merchant.ts';

/** A merchant (合作商户) as two people decided it. `_id` = code. */
export interface MerchantRecord extends Omit<MerchantTerms, 'code' | 'publicKeys'> {
  readonly _id: string;
  /** Those that may sign now. */
  readonly keys: readonly MerchantKey[];
  /** Sealed; the newest first. During a rotation both sign. */
  readonly webhookSecrets: readonly string[];
  readonly rev: number;
  readonly createdAt: Date;
  readonly changedAt: Date;
}

/**
 * A client as one merchant knows them: a random name of its own, drawn with the first consent. `_id` = `CODE:PARTY`.
 */
export interface MerchantClientRecord {
  readonly _id: string;
  readonly merchantCode: string;
  readonly partyId: string;
  readonly pseudonym: string;
  readonly consentedAt: Date;
  /** The touchpoint at which the client said so, or `ON_RECORD` where the firm's own record of consents had it. */
  readonly consentBy: string;
  readonly withdrawnAt?: Date;
}

export const MERCHANTS = 'loyalty_merchants';
export const MERCHANT_CLIENTS = 'loyalty_merchant_clients';

const text = { type: String, required: true } as const;
const number = { type: Number, required: true } as const;
const instant = { type: Date, required: true } as const;

const merchantSchema = new Schema(
  {
    _id: text,
    name: { type: Schema.Types.Mixed, required: true },
    state: text,
    sandbox: { type: Boolean, required: true },
    goodsClass: text,
    keys: [Schema.Types.Mixed],
    webhookUrl: String,
    webhookSecrets: [String],
    pointsMax: number,
    requestsPerMinute: number,
    holdMinutes: number,
    rev: number,
    createdAt: instant,
    changedAt: instant,
  },
  { versionKey: false },
);

const merchantClientSchema = new Schema(
  {
    _id: text,
    merchantCode: text,
    partyId: text,
    pseudonym: text,
    consentedAt: instant,
    consentBy: text,
    withdrawnAt: Date,
  },
  { versionKey: false },
).index({ merchantCode: 1, pseudonym: 1 });

export const merchantModels: readonly ModelDeclaration[] = [
  {
    name: MERCHANTS,
    schema: merchantSchema as never,
    shardKey: { _id: 'hashed' },
    retention: 'as long as redemptions name it',
  },
  {
    name: MERCHANT_CLIENTS,
    schema: merchantClientSchema as never,
    shardKey: { _id: 'hashed' },
    retention: 'as long as the client; removed with the person',
  },
];
