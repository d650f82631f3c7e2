import { Schema } from 'mongoose';
import type { Channel } from '../../../core/catalog/records.ts';
import type { ModelDeclaration } from '../../../core/plugin/contract.ts';
import type { RedemptionState } from '../ledger/command.ts';

/** Goods of the catalogue that a redemption is for; absent where a merchant sells something of its own. */
export interface RedeemedGoods {
  readonly productId: string;
  readonly code: string;
  readonly quantity: number;
}

/**
 * A redemption at a merchant (兑换), beside what the ledger keeps of its points: `_id` is the ledger's. Its state and the
 * ledger's change in one transaction.
 */
export interface PartnerRedemptionRecord {
  readonly _id: string;
  readonly merchantCode: string;
  /** The merchant's own, never used twice by it. */
  readonly reference: string;
  readonly partyId: string;
  /** The client as this merchant knows them. */
  readonly pseudonym: string;
  readonly pointType: string;
  readonly points: number;
  readonly refunded: number;
  readonly state: RedemptionState;
  readonly goods?: RedeemedGoods;
  readonly sandbox: boolean;
  readonly reservedAt: Date;
  /** From then on the hold is released unless it was confirmed. */
  readonly expiresAt: Date;
  readonly changedAt: Date;
}

/** A one-time token: what a client lets a merchant take, once. `_id` = hash of the token, which is kept nowhere. */
export interface RedemptionTokenRecord {
  readonly _id: string;
  readonly merchantCode: string;
  readonly partyId: string;
  readonly pseudonym: string;
  readonly pointType: string;
  readonly pointsMax: number;
  readonly channel: Channel;
  readonly expiresAt: Date;
  /** Set in the transaction of the reservation. */
  readonly usedAt?: Date;
  readonly removeAt: Date;
}

export const WEBHOOK_TYPES = [
  'redemption.reserved',
  'redemption.confirmed',
  'redemption.cancelled',
  'redemption.expired',
  'redemption.refunded',
] as const;
export type WebhookType = (typeof WEBHOOK_TYPES)[number];

/** What is told to a merchant's system; `_id` is the `webhook-id`, the same at every try. */
export interface WebhookRecord {
  readonly _id: string;
  readonly merchantCode: string;
  readonly redemptionId: string;
  readonly type: WebhookType;
  /** The body as it is signed and sent. */
  readonly body: string;
  readonly createdAt: Date;
  readonly attempts: number;
  readonly deliveredAt?: Date;
  /** Why the last try failed: a status, or a word of ours. */
  readonly lastFailure?: string;
}

export const PARTNER_REDEMPTIONS = 'loyalty_partner_redemptions';
export const REDEMPTION_TOKENS = 'loyalty_redemption_tokens';
export const WEBHOOKS = 'loyalty_webhooks';

const text = { type: String, required: true } as const;
const number = { type: Number, required: true } as const;
const instant = { type: Date, required: true } as const;

const redemptionSchema = new Schema(
  {
    _id: text,
    merchantCode: text,
    reference: text,
    partyId: text,
    pseudonym: text,
    pointType: text,
    points: number,
    refunded: number,
    state: text,
    goods: Schema.Types.Mixed,
    sandbox: { type: Boolean, required: true },
    reservedAt: instant,
    expiresAt: instant,
    changedAt: instant,
  },
  { versionKey: false },
)
  .index({ merchantCode: 1, reservedAt: -1, _id: 1 })
  .index({ merchantCode: 1, reference: 1 })
  .index({ partyId: 1, reservedAt: -1, _id: 1 })
  .index({ expiresAt: 1 }, { partialFilterExpression: { state: 'RESERVED' } });

const tokenSchema = new Schema(
  {
    _id: text,
    merchantCode: text,
    partyId: text,
    pseudonym: text,
    pointType: text,
    pointsMax: number,
    channel: text,
    expiresAt: instant,
    usedAt: Date,
    removeAt: instant,
  },
  { versionKey: false },
).index({ removeAt: 1 }, { expireAfterSeconds: 0 });

const webhookSchema = new Schema(
  {
    _id: text,
    merchantCode: text,
    redemptionId: text,
    type: text,
    body: text,
    createdAt: instant,
    attempts: number,
    deliveredAt: Date,
    lastFailure: String,
  },
  { versionKey: false },
).index({ redemptionId: 1, createdAt: 1 });

export const partnerModels: readonly ModelDeclaration[] = [
  {
    name: PARTNER_REDEMPTIONS,
    schema: redemptionSchema as never,
    shardKey: { partyId: 'hashed' },
    retention: 'for good, with the points that it moved',
  },
  {
    name: REDEMPTION_TOKENS,
    schema: tokenSchema as never,
    shardKey: { _id: 'hashed' },
    retention: 'a day; the consent and the redemption stay',
  },
  {
    name: WEBHOOKS,
    schema: webhookSchema as never,
    shardKey: { _id: 'hashed' },
    retention: 'five years',
  },
];
