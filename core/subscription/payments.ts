import { collectionOf } from '../db/collection.ts';
import { isDuplicateKey } from '../db/database.ts';
import type { Declared, Host } from '../plugin/contract.ts';
import type {
  ExternalPaymentMethod,
  LocalPaymentMethod,
  PaymentLeg,
  PaymentMethodDeclaration,
} from '../plugin/sale.ts';
import type { Currency } from '../pricing/price-row.ts';
import { SUBSCRIPTION, type LegRecord, type OrderRecord, type RecordedPayment } from './records.ts';

const RECORDED = 'RECORDED';

/**
 * The installation's own way of taking money: another system of the firm (the trading system, a cashier) took it and
 * states its reference. A reference is good for one leg; a leg without one has not been paid.
 */
export const RECORDED_PAYMENT: ExternalPaymentMethod = {
  code: RECORDED,
  title: { zh: '外部收款（凭流水号）', en: 'Payment taken elsewhere, by its reference' },
  currencies: ['CNY'],
  external: true,
  needsReference: true,
  capture: async ({ ref, statedRef, amountMinor }, { at }, host) => {
    if (statedRef === undefined) return 'DECLINED';
    try {
      await payments(host).insertOne({ _id: statedRef, legRef: ref, amountMinor, at });
      return 'OK';
    } catch (error) {
      if (!isDuplicateKey(error)) throw error;
      const known = await payments(host).findOne({ _id: statedRef });
      return known?.legRef === ref ? 'OK' : 'DECLINED';
    }
  },
  refund: async ({ ref: legRef, statedRef }, amountMinor, { ref, at }, host) => {
    const refund = { ref, amountMinor, at };
    const { matchedCount } = await payments(host).updateOne(
      { legRef, $or: [{ refund: { $exists: false } }, { 'refund.ref': ref }] },
      { $set: { refund } },
    );
    if (matchedCount === 1) return 'OK';
    if (statedRef === undefined) return 'DECLINED';
    // A payment that came after its order was released is recorded together with what is paid back of it.
    try {
      await payments(host).insertOne({ _id: statedRef, legRef, amountMinor, at, refund });
      return 'OK';
    } catch (error) {
      if (!isDuplicateKey(error)) throw error;
      return 'DECLINED';
    }
  },
  lookup: async (ref, host) => {
    const found = await payments(host).findOne({ $or: [{ legRef: ref }, { 'refund.ref': ref }] });
    return found ? 'CAPTURED' : 'NONE';
  },
};

function payments(host: Host) {
  return collectionOf<RecordedPayment>(host, SUBSCRIPTION.payments);
}

/** Payment methods of this installation by code and by currency. */
export class PaymentMethods {
  readonly #host: Host;

  constructor(host: Host) {
    this.#host = host;
  }

  get all(): readonly Declared<PaymentMethodDeclaration>[] {
    return this.#host.declared('paymentMethods');
  }

  /** The method named, else the first that pays the currency; undefined where none does. */
  find(currency: Currency, code?: string): Declared<PaymentMethodDeclaration> | undefined {
    return this.all.find(
      (method) => method.currencies.includes(currency) && (code === undefined || method.code === code),
    );
  }

  /** @throws where the plugin of an order's method is gone */
  of(code: string): Declared<PaymentMethodDeclaration> {
    const method = this.all.find((one) => one.code === code);
    if (!method) throw new Error(`No installed plugin declares the payment method "${code}".`);
    return method;
  }

  local({ method }: LegRecord): Declared<LocalPaymentMethod> {
    const found = this.of(method);
    if (found.external) throw new Error(`The payment method "${method}" is no longer local.`);
    return found;
  }

  external({ method }: LegRecord): Declared<ExternalPaymentMethod> {
    const found = this.of(method);
    if (!found.external) throw new Error(`The payment method "${method}" is no longer external.`);
    return found;
  }
}

/** A leg as its method sees it. */
export function toPaymentLeg(
  order: Pick<
    OrderRecord,
    '_id' | 'partyId' | 'customerNo' | 'productId' | 'productCode' | 'kind' | 'channel'
  >,
  leg: Pick<LegRecord, 'ref' | 'method' | 'currency' | 'amountMinor' | 'reservationRef' | 'statedRef'>,
): PaymentLeg {
  const { ref, method, currency, amountMinor, reservationRef, statedRef } = leg;
  return {
    ref,
    orderId: order._id,
    partyId: order.partyId,
    customerNo: order.customerNo,
    productId: order.productId,
    productCode: order.productCode,
    productKind: order.kind,
    channel: order.channel,
    method,
    currency,
    amountMinor,
    ...(reservationRef === undefined ? {} : { reservationRef }),
    ...(statedRef === undefined ? {} : { statedRef }),
  };
}
