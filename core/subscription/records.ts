import { Schema } from 'mongoose';
import type { Channel } from '../catalog/records.ts';
import type { ModelDeclaration } from '../plugin/contract.ts';
import type { Reason } from '../plugin/contract.ts';
import type { Opening, PaymentOutcome } from '../plugin/sale.ts';
import type { Billing, Currency } from '../pricing/price-row.ts';
import type { DoneDuty } from './duties.ts';
import type { LegProgress, OrderProgress } from './order-state.ts';

/** A part of an order's payment with what was tried outside. `ref` is `${orderId}:${no}`. */
export interface LegRecord extends LegProgress {
  readonly method: string;
  readonly currency: Currency;
  readonly reservationRef?: string;
  readonly statedRef?: string;
  /** The one attempt to capture and the one to pay back, each committed before its call; INTENT until it is answered. */
  readonly capture?: AttemptRecord;
  readonly refund?: AttemptRecord;
}

export interface AttemptRecord {
  readonly ref: string;
  readonly at: Date;
  readonly outcome: 'INTENT' | PaymentOutcome;
}

/** What was decided when the order was assessed last; evidence of the sale. */
export interface AssessmentRecord {
  readonly at: Date;
  readonly outcome: string;
  readonly dimensions: readonly {
    readonly code: string;
    readonly outcome: string;
    readonly reason: string;
  }[];
  readonly policyVersion: string;
  readonly evidenceIds: readonly string[];
  /** All duties of the decision, those after the sale too, by their text's version. */
  readonly duties: readonly { readonly code: string; readonly due: string; readonly text: string }[];
}

/** What is bought, as it was when it was assessed last. */
export interface BoughtTerms {
  readonly versionNo: number;
  readonly priceRowId: string;
  readonly priceRowNo: number;
  readonly currency: Currency;
  readonly billing: Billing;
  /** For all of the quantity and one period, before any split. */
  readonly amountMinor: number;
  readonly listMinor: number;
}

/** Collection `subscription_orders`. The fields of `OrderProgress` are moved by the machine alone. */
export interface OrderRecord extends OrderProgress {
  readonly _id: string;
  readonly partyId: string;
  readonly customerNo: string;
  readonly orgPath: string;
  readonly productId: string;
  readonly productCode: string;
  readonly kind: string;
  readonly channel: Channel;
  readonly quantity: number;
  readonly terms: BoughtTerms;
  readonly pointsPart?: number;
  readonly legs: readonly LegRecord[];
  readonly assessment: AssessmentRecord;
  readonly heldSince: Date;
  readonly dutiesDone: readonly DoneDuty[];
  readonly documentIds: readonly string[];
  /** Key of the quota of which `quantity` is taken; absent where the product has no places. */
  readonly quotaKey?: string;
  readonly statedRef?: string;
  readonly renews: boolean;
  /** Why it failed or was paid back. */
  readonly because?: Reason;
  readonly subscriptionId?: string;
  readonly placedAt: Date;
  readonly placedBy: { readonly id: string; readonly name: string };
  readonly revision: number;
  /** Set while something is left to do by itself, with when to look next; found by a partial index, cleared once. */
  readonly unfinished?: true;
  readonly nextAt?: Date;
  /** When the client's time ends (ASSESSED, RESERVED), or the other side's to answer (CAPTURING, REFUNDING). */
  readonly dueAt?: Date;
}

export type SubscriptionState = 'ACTIVE' | 'ENDED' | 'REFUNDED';

/** What a client holds. Version, price row and amount bought stay, whatever the catalogue says later. */
export interface SubscriptionRecord {
  _id: string;
  orderId: string;
  partyId: string;
  customerNo: string;
  orgPath: string;
  productId: string;
  productCode: string;
  kind: string;
  channel: Channel;
  quantity: number;
  /** The version bought, and the one held since the last renewal. */
  boughtVersionNo: number;
  versionNo: number;
  boughtPriceRowNo: number;
  billing: Billing;
  state: SubscriptionState;
  startsAt: Date;
  /** End of the period paid for; absent for what was bought once. */
  paidUntil?: Date;
  /** False: it ends with the period paid for. */
  renews: boolean;
  periods: number;
  quotaKey?: string;
  endedAt?: Date;
  endedBecause?: Reason;
  revision: number;
  /** Set while it is held and its period ends some day; found by a partial index. */
  ends?: true;
}

/** One period that was paid for: the evidence of what it cost by which row. `_id` = `${subscriptionId}:${no}`. */
export interface PeriodRecord {
  _id: string;
  subscriptionId: string;
  partyId: string;
  no: number;
  from: Date;
  until?: Date;
  versionNo: number;
  priceRowId: string;
  priceRowNo: number;
  paid: { ref: string; method: string; currency: Currency; amountMinor: number }[];
}

/** What a client may open, and by what. Collection `entitlements`, `_id` = the subscription's. */
export interface EntitlementRecord {
  _id: string;
  partyId: string;
  productCode: string;
  opens: Opening[];
  from: Date;
  until?: Date;
  /** Set while it opens; a period's end is asked at the instant of the question. */
  active?: true;
}

/** A payment that a calling system says it took, by its reference: good for one leg. Collection `recorded_payments`. */
export interface RecordedPayment {
  /** The reference that the calling system stated. */
  _id: string;
  legRef: string;
  amountMinor: number;
  at: Date;
  refund?: { ref: string; amountMinor: number; at: Date };
}

export const SUBSCRIPTION = {
  orders: 'subscription_orders',
  subscriptions: 'subscriptions',
  periods: 'subscription_periods',
  entitlements: 'entitlements',
  payments: 'recorded_payments',
} as const;

const text = { type: String, required: true } as const;
const number = { type: Number, required: true } as const;
const instant = { type: Date, required: true } as const;
const data = { type: Schema.Types.Mixed, required: true } as const;
const PLAIN = { versionKey: false, minimize: false } as const;

const orders = new Schema(
  {
    _id: text,
    state: text,
    stuckIn: String,
    legs: data,
    history: data,
    partyId: text,
    customerNo: text,
    orgPath: text,
    productId: text,
    productCode: text,
    kind: text,
    channel: text,
    quantity: number,
    terms: data,
    pointsPart: Number,
    assessment: data,
    heldSince: instant,
    dutiesDone: data,
    documentIds: data,
    quotaKey: String,
    statedRef: String,
    renews: Boolean,
    because: Schema.Types.Mixed,
    subscriptionId: String,
    placedAt: instant,
    placedBy: data,
    revision: number,
    unfinished: Boolean,
    nextAt: Date,
    dueAt: Date,
  },
  PLAIN,
)
  .index({ unfinished: 1, nextAt: 1 }, { partialFilterExpression: { unfinished: true } })
  .index({ partyId: 1, placedAt: -1 })
  .index({ state: 1, placedAt: -1 });

const subscriptions = new Schema(
  {
    _id: text,
    orderId: text,
    partyId: text,
    customerNo: text,
    orgPath: text,
    productId: text,
    productCode: text,
    kind: text,
    channel: text,
    quantity: number,
    boughtVersionNo: number,
    versionNo: number,
    boughtPriceRowNo: number,
    billing: text,
    state: text,
    startsAt: instant,
    paidUntil: Date,
    renews: Boolean,
    periods: number,
    quotaKey: String,
    endedAt: Date,
    endedBecause: Schema.Types.Mixed,
    revision: number,
    ends: Boolean,
  },
  PLAIN,
)
  .index({ partyId: 1, startsAt: -1 })
  .index({ productId: 1, state: 1, startsAt: -1 })
  .index({ ends: 1, paidUntil: 1 }, { partialFilterExpression: { ends: true } })
  .index({ orderId: 1 }, { unique: true });

const periods = new Schema(
  {
    _id: text,
    subscriptionId: text,
    partyId: text,
    no: number,
    from: instant,
    until: Date,
    versionNo: number,
    priceRowId: text,
    priceRowNo: number,
    paid: data,
  },
  PLAIN,
).index({ subscriptionId: 1, no: 1 });

const entitlements = new Schema(
  { _id: text, partyId: text, productCode: text, opens: data, from: instant, until: Date, active: Boolean },
  PLAIN,
).index({ partyId: 1, active: 1 });

const payments = new Schema(
  { _id: text, legRef: text, amountMinor: number, at: instant, refund: Schema.Types.Mixed },
  PLAIN,
)
  .index({ legRef: 1 })
  .index({ 'refund.ref': 1 }, { sparse: true });

const KEPT = '20 years after the client has left (suitability), then erased';

export const subscriptionModels: readonly ModelDeclaration[] = [
  { name: SUBSCRIPTION.orders, schema: orders, shardKey: { partyId: 'hashed' }, retention: KEPT },
  {
    name: SUBSCRIPTION.subscriptions,
    schema: subscriptions,
    shardKey: { partyId: 'hashed' },
    retention: KEPT,
  },
  { name: SUBSCRIPTION.periods, schema: periods, shardKey: { partyId: 'hashed' }, retention: KEPT },
  { name: SUBSCRIPTION.entitlements, schema: entitlements, shardKey: { partyId: 'hashed' }, retention: KEPT },
  { name: SUBSCRIPTION.payments, schema: payments, shardKey: { _id: 'hashed' }, retention: KEPT },
];
