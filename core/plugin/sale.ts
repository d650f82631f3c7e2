import type { Tx } from '../db/database.ts';
import type { Host, LocalizedText, Reason } from './contract.ts';

/**
 * One part of an order's payment, by one method in one currency. It is fixed when the order is placed: what was agreed
 * is what is reserved, captured and, in part or whole, paid back.
 */
export interface PaymentLeg {
  /** Our reference, unique for good and the same at every call about this leg: what the other side knows it by. */
  readonly ref: string;
  readonly orderId: string;
  /** The client by the random party id, for ledgers and traces … */
  readonly partyId: string;
  /** … and by the number that systems of the firm know. */
  readonly customerNo: string;
  readonly productId: string;
  readonly productCode: string;
  readonly productKind: string;
  readonly channel: string;
  readonly method: string;
  readonly currency: 'CNY' | 'POINTS';
  /** 分 for CNY, whole points for POINTS; always above 0. */
  readonly amountMinor: number;
  /** What `reserve` of a local method returned; absent before. */
  readonly reservationRef?: string;
  /** The reference that the calling system stated for a payment it took; external methods alone. */
  readonly statedRef?: string;
}

/** An attempt at a call outside, committed before the call goes out. It is looked up after a crash, never sent again. */
export interface PaymentAttempt {
  /** Our reference of the attempt: the leg's `ref` for the capture, `${ref}:refund:${n}` for the n-th refund. */
  readonly ref: string;
  /** When the attempt was committed. */
  readonly at: Date;
}

/** What became of a call outside. PENDING: accepted, not yet done. UNKNOWN: no answer; it may or may not have happened. */
export type PaymentOutcome = 'OK' | 'DECLINED' | 'PENDING' | 'UNKNOWN';

/** What the other side knows under a reference of ours. For a refund's reference CAPTURED means paid back. */
export type PaymentStanding = 'NONE' | 'AUTHORISED' | 'CAPTURED' | 'DECLINED' | 'UNKNOWN';

export type PaymentReserved =
  { readonly reserved: true; readonly ref: string } | { readonly reserved: false; readonly reason: Reason };

interface PaymentMethod {
  /** Unique over all plugins, in capitals, e.g. `POINTS`. `FREE` is nobody's: an order that costs nothing has no leg. */
  readonly code: string;
  readonly title: LocalizedText;
  /** Currencies that it pays. An order that names no method takes the first declared one of its currency. */
  readonly currencies: readonly ('CNY' | 'POINTS')[];
}

/**
 * A method whose money is in this database (points): every call has the order's own transaction and stands or falls
 * with it. After a reservation `confirm` cannot fail: all that can be refused is refused by `reserve`. None of the calls
 * opens a transaction of its own, and each is asked at most once for a leg, but for `refund`.
 */
export interface LocalPaymentMethod extends PaymentMethod {
  readonly external: false;
  /**
   * 分 that one unit of its currency is worth beside money in a mixed payment; absent: it pays no part of a CNY price.
   * Which share may be paid so is said by the price row.
   */
  readonly worthMinor?: number;
  /** Holds the amount. What speaks against it is returned; nothing is written then. */
  readonly reserve: (tx: Tx, leg: PaymentLeg, host: Host) => Promise<PaymentReserved>;
  /** Takes what is held. The hold outlasts any time-out of the order, which alone decides when it ends. */
  readonly confirm: (tx: Tx, leg: PaymentLeg, host: Host) => Promise<void>;
  /** Gives back what is held. */
  readonly cancel: (tx: Tx, leg: PaymentLeg, host: Host) => Promise<void>;
  /** Gives back this much of what was confirmed; over all refunds never more than the leg's amount. */
  readonly refund: (tx: Tx, leg: PaymentLeg, amountMinor: number, host: Host) => Promise<void>;
}

/**
 * A method whose money is elsewhere: calls have no transaction, and an attempt is committed before each. Whatever is
 * thrown or times out counts as UNKNOWN and is settled by `lookup`.
 */
export interface ExternalPaymentMethod extends PaymentMethod {
  readonly external: true;
  /** True: nothing is captured before the calling system has stated the reference of a payment that it took (`statedRef`). */
  readonly needsReference?: boolean;
  /** Authorises and captures under the attempt's reference; asked a second time it must not capture a second time. */
  readonly capture: (leg: PaymentLeg, attempt: PaymentAttempt, host: Host) => Promise<PaymentOutcome>;
  /** Pays back this much under the attempt's reference. */
  readonly refund: (
    leg: PaymentLeg,
    amountMinor: number,
    attempt: PaymentAttempt,
    host: Host,
  ) => Promise<PaymentOutcome>;
  /** What the other side knows under our reference. NONE is said only where it never will know it. */
  readonly lookup: (ref: string, host: Host) => Promise<PaymentStanding>;
}

/** A way of paying (支付方式) that a plugin adds. */
export type PaymentMethodDeclaration = LocalPaymentMethod | ExternalPaymentMethod;

/** One thing that a subscription opens, e.g. the terminal column `MONEY_FLOW`. */
export interface Opening {
  /** What sort of thing, in capitals: `COLUMN`, `SERVICE`, `SEAT` … */
  readonly type: string;
  /** Which one, as the system that opens it knows it. */
  readonly code: string;
}

/** What a fulfilment is told of an order that has not been reserved yet. */
export interface FulfilmentRequest {
  readonly orderId: string;
  readonly partyId: string;
  readonly customerNo: string;
  readonly productId: string;
  readonly productCode: string;
  readonly channel: string;
  readonly quantity: number;
  /** Attributes of the version bought. */
  readonly attributes: Readonly<Record<string, unknown>>;
}

/** What it is told of the subscription that it serves. */
export interface FulfilmentOrder extends FulfilmentRequest {
  readonly subscriptionId: string;
  readonly from: Date;
  /** Absent where the product was bought once and for good. */
  readonly until?: Date;
}

/**
 * How products of a kind are delivered. Whatever the kind, core records an entitlement of what `entitlement` says; a
 * kind without a fulfilment of its own opens itself, by its product code. The calls are made in the transaction in which
 * the order becomes ACTIVE or ends: what must reach outside is a job or an event that they leave.
 */
export interface FulfilmentDeclaration {
  /** Code of a declared product kind; one fulfilment per kind. */
  readonly kind: string;
  /** What a holder of a product with these attributes may open. */
  readonly entitlement: (
    attributes: Readonly<Record<string, unknown>>,
    product: { readonly code: string },
  ) => readonly Opening[];
  /** What speaks against delivering it, asked before anything is reserved. */
  readonly check?: (tx: Tx, order: FulfilmentRequest, host: Host) => Promise<readonly Reason[]>;
  /** Delivers, beside the entitlement; must succeed where `check` found nothing, else the order is refunded. */
  readonly fulfil?: (tx: Tx, order: FulfilmentOrder, host: Host) => Promise<void>;
  /** Takes the delivery back when the subscription ends, is cancelled or refunded. */
  readonly revoke?: (tx: Tx, order: FulfilmentOrder, host: Host) => Promise<void>;
  /** Whether it was delivered, for support and checks. */
  readonly lookup?: (orderId: string, host: Host) => Promise<'NONE' | 'DELIVERED' | 'REVOKED'>;
}

/**
 * Something that a person can stop at once on every process (熔断开关): all sales, a product, a merchant. A feature that
 * does what can be stopped asks the switch service before each time, naming this code.
 */
export interface KillSwitchDeclaration {
  /** e.g. `sales`, `product`, `redemption`, `merchant`. */
  readonly code: string;
  readonly title: LocalizedText;
  /** What `ref` names, in words (`the product's code`); absent: the switch stops all of it and takes no `ref`. */
  readonly of?: LocalizedText;
}

/** Something about to be done, as a switch may stop it. */
export interface SwitchScope {
  /** Code of a declared switch. */
  readonly code: string;
  /** Which one, for switches that are `of` something. */
  readonly ref?: string;
}
