import { CATALOG, type VersionRecord } from '../catalog/records.ts';
import { collectionOf } from '../db/collection.ts';
import type { Tx } from '../db/database.ts';
import { newId } from '../ids.ts';
import type { Declared, Host } from '../plugin/contract.ts';
import { asCoreHost } from '../plugin/host.ts';
import type { FulfilmentDeclaration, FulfilmentOrder } from '../plugin/sale.ts';
import { periodEnd } from './billing-period.ts';
import { EVENT, activatedPayload } from './events.ts';
import {
  SUBSCRIPTION,
  type EntitlementRecord,
  type OrderRecord,
  type PeriodRecord,
  type SubscriptionRecord,
} from './records.ts';

/**
 * Makes the subscription of a paid order in the order's transaction: its first period, what it opens, and what the kind's
 * own fulfilment adds. @returns the subscription's id
 */
export async function activate(host: Host, tx: Tx, order: OrderRecord): Promise<string> {
  const { session } = tx;
  const _id = newId();
  const until = periodEnd(tx.at, order.terms.billing);
  const version = await versionOf(host, tx, order.productId, order.terms.versionNo);
  const subscription: SubscriptionRecord = {
    _id,
    orderId: order._id,
    partyId: order.partyId,
    customerNo: order.customerNo,
    orgPath: order.orgPath,
    productId: order.productId,
    productCode: order.productCode,
    kind: order.kind,
    channel: order.channel,
    quantity: order.quantity,
    boughtVersionNo: order.terms.versionNo,
    versionNo: order.terms.versionNo,
    boughtPriceRowNo: order.terms.priceRowNo,
    billing: order.terms.billing,
    state: 'ACTIVE',
    startsAt: tx.at,
    ...(until === undefined ? {} : { paidUntil: until, ends: true }),
    renews: order.renews && until !== undefined,
    periods: 1,
    ...(order.quotaKey === undefined ? {} : { quotaKey: order.quotaKey }),
    revision: 1,
  };
  const period: PeriodRecord = {
    _id: `${_id}:1`,
    subscriptionId: _id,
    partyId: order.partyId,
    no: 1,
    from: tx.at,
    ...(until === undefined ? {} : { until }),
    versionNo: order.terms.versionNo,
    priceRowId: order.terms.priceRowId,
    priceRowNo: order.terms.priceRowNo,
    paid: order.legs.map(({ ref, method, currency, amountMinor }) => ({
      ref,
      method,
      currency,
      amountMinor,
    })),
  };
  await collectionOf<SubscriptionRecord>(host, SUBSCRIPTION.subscriptions).insertOne(subscription, {
    session,
  });
  await collectionOf<PeriodRecord>(host, SUBSCRIPTION.periods).insertOne(period, { session });
  await openFor(host, tx, subscription, version);
  const fulfilment = fulfilmentOf(host, order.kind);
  await fulfilment?.fulfil?.(
    tx,
    fulfilmentOrder(subscription, version),
    asCoreHost(host).hostOf(fulfilment.owner),
  );
  tx.publish({
    name: EVENT.activated,
    key: order.partyId,
    payload: activatedPayload(host, subscription, period, version, { at: tx.at, renewal: false }),
  });
  return _id;
}

/** Opens what the version says, until the period's end; replaces what the subscription opened before. */
export async function openFor(
  host: Host,
  tx: Tx,
  subscription: SubscriptionRecord,
  version: VersionRecord,
): Promise<void> {
  const { _id, partyId, productCode, kind, startsAt, paidUntil } = subscription;
  const fulfilment = fulfilmentOf(host, kind);
  const product = { code: productCode };
  const replacement: Omit<EntitlementRecord, '_id'> = {
    partyId,
    productCode,
    opens: [
      ...(fulfilment?.entitlement(version.content.attributes, product) ?? [
        { type: 'PRODUCT', code: productCode },
      ]),
    ],
    from: startsAt,
    ...(paidUntil === undefined ? {} : { until: paidUntil }),
    active: true,
  };
  await collectionOf<EntitlementRecord>(host, SUBSCRIPTION.entitlements).replaceOne({ _id }, replacement, {
    upsert: true,
    session: tx.session,
  });
}

export function fulfilmentOf(host: Host, kind: string): Declared<FulfilmentDeclaration> | undefined {
  return host.declared('fulfilment').find((one) => one.kind === kind);
}

export function fulfilmentOrder(subscription: SubscriptionRecord, version: VersionRecord): FulfilmentOrder {
  const { orderId, _id, partyId, customerNo, productId, productCode, channel, quantity } = subscription;
  return {
    orderId,
    subscriptionId: _id,
    partyId,
    customerNo,
    productId,
    productCode,
    channel,
    quantity,
    attributes: version.content.attributes,
    from: subscription.startsAt,
    ...(subscription.paidUntil === undefined ? {} : { until: subscription.paidUntil }),
  };
}

export async function versionOf(host: Host, tx: Tx, productId: string, no: number): Promise<VersionRecord> {
  const version = await collectionOf<VersionRecord>(host, CATALOG.versions).findOne(
    { _id: `${productId}:${no}` },
    { session: tx.session },
  );
  if (!version) throw new Error(`The product "${productId}" has no version ${no}.`);
  return version;
}
