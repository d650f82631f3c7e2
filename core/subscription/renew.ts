import { systemActor } from '../access/actor.ts';
import { inForce } from '../catalog/in-force.ts';
import { CATALOG, type PriceRowRecord, type VersionRecord } from '../catalog/records.ts';
import { lastPublished } from '../catalog/publish.ts';
import { decisionClient } from '../customer/decision-client.ts';
import { customerService } from '../customer/service.ts';
import { collectionOf } from '../db/collection.ts';
import type { Tx } from '../db/database.ts';
import { failureOf } from '../failure.ts';
import type { Host, Reason } from '../plugin/contract.ts';
import { asCoreHost } from '../plugin/host.ts';
import { pricingService } from '../pricing/token.ts';
import { decide } from '../suitability/decide.ts';
import { suitabilityService } from '../suitability/service.ts';
import { productsIn } from '../catalog/reading.ts';
import { suitabilityProduct } from '../catalog/suitability-product.ts';
import { openFor } from './activate.ts';
import { periodEnd } from './billing-period.ts';
import { endSubscription, saveSubscription } from './end-subscription.ts';
import { EVENT, activatedPayload } from './events.ts';
import { ReservationRefused } from './order-steps.ts';
import { PaymentMethods, toPaymentLeg } from './payments.ts';
import { SUBSCRIPTION, type PeriodRecord, type SubscriptionRecord } from './records.ts';

const AT_ONCE = 100;
const ACTOR = systemActor('core:subscription');

const PERIOD_OVER: Reason = {
  code: 'PERIOD_OVER',
  text: { zh: '已到期，未续订。', en: 'The period paid for is over and it was not renewed.' },
};
const RENEWAL_UNSUITABLE: Reason = {
  code: 'RENEWAL_UNSUITABLE',
  text: { zh: '续订时不符合适当性要求。', en: 'At its renewal it was no longer suitable for the client.' },
};
const RENEWAL_UNPAID: Reason = {
  code: 'RENEWAL_UNPAID',
  text: {
    zh: '续订费用须由外部收款，未收到下一期付款。',
    en: 'The next period is paid outside, and no payment for it was stated.',
  },
};

/** Renews or ends every subscription whose period is over. @returns how many were looked at */
export async function renewDue(host: Host): Promise<number> {
  const at = host.clock.now();
  const due = await collectionOf<SubscriptionRecord>(host, SUBSCRIPTION.subscriptions)
    .find({ ends: true, paidUntil: { $lte: at } }, { sort: { paidUntil: 1 }, limit: AT_ONCE })
    .toArray();
  for (const { _id } of due)
    try {
      await host.transact(ACTOR, (tx) => renewOne(host, tx, _id));
    } catch (error) {
      // One that fails must not keep the others from their renewal; it is due again at the next run.
      host.logger.error({ subscription: _id, ...failureOf(error) }, 'a subscription was not renewed');
    }
  return due.length;
}

async function renewOne(host: Host, tx: Tx, id: string): Promise<void> {
  const found = await collectionOf<SubscriptionRecord>(host, SUBSCRIPTION.subscriptions).findOne(
    { _id: id, ends: true, paidUntil: { $lte: tx.at } },
    { session: tx.session },
  );
  if (!found) {
    tx.trace({ action: 'subscription.renewal-overtaken', subject: { type: 'Subscription', id } });
    return;
  }
  if (!found.renews) return void (await endSubscription(host, tx, found, 'ENDED', PERIOD_OVER));
  const from = found.paidUntil!;
  const terms = await termsAt(host, tx, found, from);
  const unsuitable = !(await stillSuits(host, tx, found));
  if (!terms || unsuitable)
    return void (await endSubscription(
      host,
      tx,
      found,
      'ENDED',
      unsuitable ? RENEWAL_UNSUITABLE : PERIOD_OVER,
    ));
  const paid = await charge(host, tx, found, terms.price);
  if ('refused' in paid) return void (await endSubscription(host, tx, found, 'ENDED', paid.refused));
  // From the beginning, so that the day of the month stays.
  const until = periodEnd(found.startsAt, found.billing, found.periods + 1)!;
  const renewed: SubscriptionRecord = {
    ...found,
    versionNo: terms.version.no,
    paidUntil: until,
    periods: found.periods + 1,
  };
  const period: PeriodRecord = {
    _id: `${id}:${renewed.periods}`,
    subscriptionId: id,
    partyId: found.partyId,
    no: renewed.periods,
    from,
    until,
    versionNo: terms.version.no,
    priceRowId: terms.price._id,
    priceRowNo: terms.price.no,
    paid: paid.parts,
  };
  await collectionOf<PeriodRecord>(host, SUBSCRIPTION.periods).insertOne(period, { session: tx.session });
  await saveSubscription(host, tx, found, renewed);
  await openFor(host, tx, renewed, terms.version);
  tx.trace({
    action: 'subscription.renewed',
    subject: { type: 'Subscription', id },
    partyId: found.partyId,
    details: { periodNo: period.no, versionNo: period.versionNo, priceRowId: period.priceRowId },
  });
  tx.publish({
    name: EVENT.activated,
    key: found.partyId,
    payload: activatedPayload(host, renewed, period, terms.version, { at: tx.at, renewal: true }),
  });
}

/** The version and price row that this holder comes to with a renewal at an instant. */
async function termsAt(
  host: Host,
  tx: Tx,
  subscription: SubscriptionRecord,
  at: Date,
): Promise<{ readonly version: VersionRecord; readonly price: PriceRowRecord } | undefined> {
  const { _id, productId, boughtVersionNo, boughtPriceRowNo } = subscription;
  const knownSeq = await lastPublished(host, tx);
  const periods = await collectionOf<PeriodRecord>(host, SUBSCRIPTION.periods)
    .find({ subscriptionId: _id, no: { $gt: 1 } }, { session: tx.session })
    .toArray();
  const renewals = [...periods.map(({ from }) => from), at];
  const versions = await collectionOf<VersionRecord>(host, CATALOG.versions)
    .find({ productId }, { session: tx.session, sort: { no: 1 } })
    .toArray();
  const version = inForce(versions, { at, knownSeq, holder: { boughtNo: boughtVersionNo, renewals } });
  const rows = await host.service(pricingService).rowsOf([productId], tx);
  const bought = rows.find(({ no }) => no === boughtPriceRowNo);
  const ofKey = rows.filter((row) => bought && !row.closed && keyOf(row) === keyOf(bought));
  const price = inForce(ofKey, { at, knownSeq, holder: { boughtNo: boughtPriceRowNo, renewals } });
  return version && price ? { version, price } : undefined;
}

function keyOf({ scope, channel, currency, billing, quantityFrom }: PriceRowRecord): string {
  return JSON.stringify([scope.kind, scope.ref, scope.params, channel, currency, billing, quantityFrom]);
}

/** What was warned of once may go on; what is forbidden now may not. */
async function stillSuits(host: Host, tx: Tx, subscription: SubscriptionRecord): Promise<boolean> {
  const { customerNo, productId, channel } = subscription;
  const customer = await host.service(customerService).factsOf(customerNo, tx.at, tx);
  const product = (await productsIn(host, tx, [productId], tx.at)).get(productId);
  if (!customer || !product?.kind) return false;
  const version = product.version ?? { content: { attributes: {} } };
  const policy = host.service(suitabilityService).policy();
  const { outcome } = decide(
    policy,
    decisionClient(customer),
    suitabilityProduct(product, product.kind, version),
    { at: tx.at, channel },
  );
  return outcome !== 'FORBIDDEN';
}

/** Takes the price of one more period, where that can be done here: nothing, or by a local method. */
async function charge(
  host: Host,
  tx: Tx,
  subscription: SubscriptionRecord,
  price: PriceRowRecord,
): Promise<{ readonly parts: PeriodRecord['paid'] } | { readonly refused: Reason }> {
  const amountMinor = price.amountMinor * subscription.quantity;
  if (amountMinor === 0) return { parts: [] };
  const method = new PaymentMethods(host).find(price.currency);
  if (!method || method.external) return { refused: RENEWAL_UNPAID };
  const ref = `${subscription._id}:period:${subscription.periods + 1}`;
  const part = { ref, method: method.code, currency: price.currency, amountMinor };
  const ownHost = asCoreHost(host).hostOf(method.owner);
  const leg = toPaymentLeg({ ...subscription, _id: subscription.orderId }, part);
  const reserved = await method.reserve(tx, leg, ownHost);
  if (!reserved.reserved) return { refused: new ReservationRefused(reserved.reason).reason };
  await method.confirm(tx, { ...leg, reservationRef: reserved.ref }, ownHost);
  return { parts: [part] };
}
