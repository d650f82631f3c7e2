import { collectionOf } from '../db/collection.ts';
import type { Tx } from '../db/database.ts';
import type { Host, Reason } from '../plugin/contract.ts';
import { asCoreHost } from '../plugin/host.ts';
import { quotaService } from '../quota/quota.ts';
import { fulfilmentOf, fulfilmentOrder, versionOf } from './activate.ts';
import { leftOf } from './billing-period.ts';
import { findOrder } from './drive-order.ts';
import { EVENT, aboutSubscription, amountsOf } from './events.ts';
import { saveOrder, takeStep } from './order-steps.ts';
import { refundOf } from './payment-split.ts';
import {
  SUBSCRIPTION,
  type EntitlementRecord,
  type PeriodRecord,
  type SubscriptionRecord,
} from './records.ts';

/** Ends what a client holds: closes what it opened, takes the delivery back, gives the place back. */
export async function endSubscription(
  host: Host,
  tx: Tx,
  subscription: SubscriptionRecord,
  state: 'ENDED' | 'REFUNDED',
  because: Reason,
): Promise<SubscriptionRecord> {
  const { _id, quotaKey, quantity, partyId } = subscription;
  const { ends: _ends, quotaKey: _key, ...rest } = subscription;
  const ended: SubscriptionRecord = { ...rest, state, renews: false, endedAt: tx.at, endedBecause: because };
  await saveSubscription(host, tx, subscription, ended);
  await collectionOf<EntitlementRecord>(host, SUBSCRIPTION.entitlements).updateOne(
    { _id },
    { $set: { until: tx.at }, $unset: { active: 1 } },
    { session: tx.session },
  );
  if (quotaKey !== undefined) await host.service(quotaService).giveBack(tx, quotaKey, quantity);
  const version = await versionOf(host, tx, subscription.productId, subscription.versionNo);
  const fulfilment = fulfilmentOf(host, subscription.kind);
  await fulfilment?.revoke?.(
    tx,
    fulfilmentOrder(subscription, version),
    asCoreHost(host).hostOf(fulfilment.owner),
  );
  tx.trace({
    action: 'subscription.ended',
    subject: { type: 'Subscription', id: _id },
    partyId,
    details: { product: subscription.productCode, state, because: because.code },
  });
  tx.publish({
    name: EVENT.ended,
    key: partyId,
    payload: { ...aboutSubscription(subscription, tx.at), because: because.code },
  });
  return ended;
}

/**
 * Ends a subscription at once and pays back what is left of its period, in proportion: points rounded down, money up. Only
 * the first period's payment is paid back by its order; `left` is of the period that runs now.
 */
export async function refundSubscription(
  host: Host,
  tx: Tx,
  subscription: SubscriptionRecord,
  because: Reason,
  everything: boolean,
): Promise<void> {
  const order = await findOrder(host, subscription.orderId, tx);
  const period = await lastPeriod(host, tx, subscription);
  const part = everything ? { left: 1, of: 1 } : leftOf(period, tx.at);
  const refundMinor = refundOf(order.legs, part);
  await endSubscription(host, tx, subscription, 'REFUNDED', because);
  await saveOrder(
    host,
    tx,
    order,
    await takeStep(host, tx, order, 'REFUND_BEGINS', { refundMinor, because }),
  );
  const refunded = order.legs.map((leg) => ({ ...leg, amountMinor: refundMinor[leg.ref] ?? 0 }));
  tx.publish({
    name: EVENT.refunded,
    key: subscription.partyId,
    payload: {
      ...aboutSubscription(subscription, tx.at),
      periodNo: period.no,
      paid: amountsOf(period.paid),
      refunded: amountsOf(refunded),
    },
  });
}

export async function lastPeriod(
  host: Host,
  tx: Tx,
  { _id, periods }: SubscriptionRecord,
): Promise<PeriodRecord> {
  const period = await collectionOf<PeriodRecord>(host, SUBSCRIPTION.periods).findOne(
    { _id: `${_id}:${periods}` },
    { session: tx.session },
  );
  if (!period) throw new Error(`The subscription "${_id}" has no period ${periods}.`);
  return period;
}

export async function saveSubscription(
  host: Host,
  tx: Tx,
  before: SubscriptionRecord,
  after: SubscriptionRecord,
): Promise<void> {
  const { _id, ...replacement } = { ...after, revision: before.revision + 1 };
  const { matchedCount } = await collectionOf<SubscriptionRecord>(
    host,
    SUBSCRIPTION.subscriptions,
  ).replaceOne({ _id, revision: before.revision }, replacement, { session: tx.session });
  if (matchedCount !== 1) throw new Error(`The subscription "${_id}" changed inside its own transaction.`);
}
