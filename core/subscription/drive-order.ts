import type { Actor } from '../access/actor.ts';
import { customerService } from '../customer/service.ts';
import { collectionOf } from '../db/collection.ts';
import type { Tx } from '../db/database.ts';
import { BusyError, notFound } from '../errors.ts';
import { failureOf, foreseen } from '../failure.ts';
import type { Host, Reason } from '../plugin/contract.ts';
import { asCoreHost } from '../plugin/host.ts';
import type { PaymentOutcome, PaymentStanding } from '../plugin/sale.ts';
import { switchService } from '../switch/service.ts';
import { withTimeLimit } from '../time/time-limit.ts';
import { activate } from './activate.ts';
import type { Happening } from './order-state.ts';
import { LOOK_AGAIN_MS, OrderOvertaken, isOwnIntent, saveOrder, takeStep } from './order-steps.ts';
import { PaymentMethods, toPaymentLeg } from './payments.ts';
import { assessIn, assessmentOf, holdOrReserve } from './place-order.ts';
import { SUBSCRIPTION, type AttemptRecord, type LegRecord, type OrderRecord } from './records.ts';
import { FULFILMENT_FAILED, NOT_FOR_SALE, TIMED_OUT, paymentRefUsed, priceChanged } from './refusals.ts';

const STEPS_MAX = 20;
const CALL_LIMIT_MS = 10_000;

/**
 * Takes an order as far as it goes now: out of a hold whose duties are done, through the call outside, to the
 * subscription, or back. Whoever placed it drives it, and after a crash the recovery does; both may at once, since every
 * step is written on condition that nobody else took it.
 */
export async function driveOrder(host: Host, actor: Actor, orderId: string): Promise<OrderRecord> {
  for (let step = 0; ; step++) {
    const order = await findOrder(host, orderId);
    if (step >= STEPS_MAX) return order;
    try {
      if (!(await driveOnce(host, actor, order))) return await findOrder(host, orderId);
    } catch (error) {
      if (!(error instanceof OrderOvertaken)) throw error;
    }
  }
}

/** @throws NOT_FOUND */
export async function findOrder(host: Host, orderId: string, tx?: Tx): Promise<OrderRecord> {
  const order = await collectionOf<OrderRecord>(host, SUBSCRIPTION.orders).findOne(
    { _id: orderId },
    tx ? { session: tx.session } : {},
  );
  if (!order) throw notFound('order', orderId);
  return order;
}

/** One step; false where nothing more can be done now. */
async function driveOnce(host: Host, actor: Actor, order: OrderRecord): Promise<boolean> {
  const overdue = order.dueAt !== undefined && host.clock.now() >= order.dueAt;
  switch (order.state) {
    case 'ASSESSED':
      if (overdue) return release(host, actor, order, 'TIMED_OUT');
      if (await saleStopped(host, order.productCode)) return false;
      return resume(host, actor, order);
    case 'RESERVED':
      return overdue ? release(host, actor, order, 'TIMED_OUT') : false;
    case 'CAPTURING':
      return capture(host, actor, order, overdue);
    case 'PAID':
      return fulfil(host, actor, order);
    case 'REFUNDING':
      return payBack(host, actor, order, overdue);
    default:
      return false;
  }
}

/** Why nothing may be reserved now; what was reserved before goes on whatever the switches say. */
export function saleStopped(host: Host, productCode: string): Promise<Reason | undefined> {
  return host.service(switchService).refusalOf([{ code: 'sales' }, { code: 'product', ref: productCode }]);
}

/** Puts off an order that could not be driven, so that it keeps no other from being looked at. */
export async function postpone(host: Host, orderId: string): Promise<void> {
  const nextAt = new Date(host.clock.now().getTime() + LOOK_AGAIN_MS);
  await collectionOf<OrderRecord>(host, SUBSCRIPTION.orders).updateOne(
    { _id: orderId, unfinished: true, nextAt: { $lt: nextAt } },
    { $set: { nextAt } },
  );
}

/** Lets go of what is held: a client's time is over, or they do not want it. */
export async function release(
  host: Host,
  actor: Actor,
  order: OrderRecord,
  happening: 'TIMED_OUT' | 'GIVEN_UP',
  because = TIMED_OUT,
): Promise<boolean> {
  await host.transact(actor, async (tx) => {
    const releasing = await takeStep(host, tx, order, happening, { because });
    await saveOrder(host, tx, order, await takeStep(host, tx, releasing, 'RELEASED'));
  });
  return true;
}

/** Out of the hold: everything is decided again, on the facts of now; what the client agreed to must still be so. */
async function resume(host: Host, actor: Actor, order: OrderRecord): Promise<boolean> {
  const moved = await host.transact(actor, async (tx) => {
    const customer = await host.service(customerService).factsOf(order.customerNo, tx.at, tx);
    const { terms } = order;
    const ask = { ...order, currency: terms.currency, billing: terms.billing };
    const assessed = customer
      ? await assessIn(host, tx, order.productId, customer, ask)
      : { refused: [NOT_FOR_SALE] };
    const giveUp = async (because = NOT_FOR_SALE) => {
      const releasing = await takeStep(host, tx, order, 'GIVEN_UP', { because });
      return saveOrder(host, tx, order, await takeStep(host, tx, releasing, 'RELEASED'));
    };
    if ('refused' in assessed) return giveUp(assessed.refused[0]);
    const now = assessed.terms;
    if (now.amountMinor !== terms.amountMinor)
      return giveUp(priceChanged(terms.amountMinor, now.amountMinor, now.currency));
    const again = { ...order, terms: now, assessment: assessmentOf(assessed, tx.at) };
    const held = await holdOrReserve(host, tx, again, assessed);
    if ('refused' in held) return giveUp(held.refused[0]);
    return saveOrder(host, tx, order, held);
  });
  return moved.state !== 'ASSESSED';
}

async function capture(host: Host, actor: Actor, order: OrderRecord, overdue: boolean): Promise<boolean> {
  const leg = order.legs.find(({ external }) => external)!;
  const method = new PaymentMethods(host).external(leg);
  const ownHost = asCoreHost(host).hostOf(method.owner);
  const outcome = await ask(host, leg.capture!, order, {
    call: () => method.capture(toPaymentLeg(order, leg), leg.capture!, ownHost),
    lookup: (ref) => method.lookup(ref, ownHost),
  });
  if (outcome === 'OK') return proceed(host, actor, order, 'CAPTURED');
  if (outcome === 'DECLINED') {
    await host.transact(actor, async (tx) => {
      const answered = withAttempt(order, leg.ref, 'capture', outcome);
      const releasing = await takeStep(host, tx, answered, 'DECLINED', { because: paymentRefUsed() });
      await saveOrder(host, tx, order, await takeStep(host, tx, releasing, 'RELEASED'));
    });
    return true;
  }
  return wait(host, actor, order, leg.ref, 'capture', outcome, overdue);
}

async function proceed(host: Host, actor: Actor, order: OrderRecord, happening: Happening): Promise<boolean> {
  await host.transact(actor, async (tx) => {
    const leg = order.legs.find(({ external }) => external);
    const which = happening === 'CAPTURED' ? 'capture' : 'refund';
    const answered = leg?.[which] ? withAttempt(order, leg.ref, which, 'OK') : order;
    await saveOrder(host, tx, order, await takeStep(host, tx, answered, happening));
  });
  return true;
}

async function payBack(host: Host, actor: Actor, order: OrderRecord, overdue: boolean): Promise<boolean> {
  const leg = order.legs.find(({ external, refundMinor }) => external && refundMinor > 0);
  if (!leg) return proceed(host, actor, order, 'REFUNDED');
  const method = new PaymentMethods(host).external(leg);
  const ownHost = asCoreHost(host).hostOf(method.owner);
  const outcome = await ask(host, leg.refund!, order, {
    call: () => method.refund(toPaymentLeg(order, leg), leg.refundMinor, leg.refund!, ownHost),
    lookup: (ref) => method.lookup(ref, ownHost),
  });
  if (outcome === 'OK') return proceed(host, actor, order, 'REFUNDED');
  // A refund that is declined is for people to settle: the client's money is not the platform's to keep.
  return wait(host, actor, order, leg.ref, 'refund', outcome, overdue || outcome === 'DECLINED');
}

/** The first time the call is made; ever after its reference is looked up first, and sent again only where nobody knows it. */
async function ask(
  host: Host,
  attempt: AttemptRecord,
  order: OrderRecord,
  other: { call: () => Promise<PaymentOutcome>; lookup: (ref: string) => Promise<PaymentStanding> },
): Promise<PaymentOutcome> {
  try {
    return await withTimeLimit('the payment gateway', CALL_LIMIT_MS, async () => {
      if (isOwnIntent(attempt.ref)) return await other.call();
      const standing = await other.lookup(attempt.ref);
      switch (standing) {
        case 'CAPTURED':
          return 'OK';
        case 'NONE':
        case 'AUTHORISED':
          return await other.call();
        default:
          return standing;
      }
    });
  } catch (error) {
    host.logger.warn({ order: order._id, ...failureOf(error) }, 'a payment gateway gave no answer');
    return 'UNKNOWN';
  }
}

async function wait(
  host: Host,
  actor: Actor,
  order: OrderRecord,
  legRef: string,
  which: 'capture' | 'refund',
  outcome: PaymentOutcome,
  overdue: boolean,
): Promise<boolean> {
  await host.transact(actor, async (tx) => {
    const answered = withAttempt(order, legRef, which, outcome);
    const moved = overdue ? await takeStep(host, tx, answered, 'DEADLINE_PASSED') : answered;
    await saveOrder(host, tx, order, moved);
  });
  return false;
}

function withAttempt(
  order: OrderRecord,
  legRef: string,
  which: 'capture' | 'refund',
  outcome: PaymentOutcome,
): OrderRecord {
  const legs = order.legs.map((leg): LegRecord =>
    leg.ref === legRef ? { ...leg, [which]: { ...leg[which], outcome } } : leg,
  );
  return { ...order, legs };
}

async function fulfil(host: Host, actor: Actor, order: OrderRecord): Promise<boolean> {
  try {
    await host.transact(actor, async (tx) => {
      const fulfilling = await takeStep(host, tx, order, 'FULFILMENT_BEGINS');
      const subscriptionId = await activate(host, tx, order);
      const active = { ...(await takeStep(host, tx, fulfilling, 'FULFILLED')), subscriptionId };
      await saveOrder(host, tx, order, active);
    });
  } catch (error) {
    // A conflict or a database that is away says nothing about the fulfilment: the order is driven again.
    if (error instanceof OrderOvertaken || foreseen(error) instanceof BusyError) throw error;
    host.logger.error({ order: order._id, ...failureOf(error) }, 'a product could not be delivered');
    await host.transact(actor, async (tx) => {
      const fulfilling = await takeStep(host, tx, order, 'FULFILMENT_BEGINS');
      const failed = await takeStep(host, tx, fulfilling, 'FULFILMENT_FAILED', {
        because: FULFILMENT_FAILED,
      });
      await saveOrder(host, tx, order, failed);
    });
  }
  return true;
}
