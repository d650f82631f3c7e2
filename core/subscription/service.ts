import { systemActor, type Actor } from '../access/actor.ts';
import { customerService } from '../customer/service.ts';
import { collectionOf } from '../db/collection.ts';
import { BusyError, PlatformError, notFound } from '../errors.ts';
import { failureOf, foreseen } from '../failure.ts';
import {
  afterTimeCursor,
  readTimeCursor,
  toConnection,
  type Connection,
  type PageArgs,
} from '../graphql/connection.ts';
import { idempotencyService } from '../idempotency/idempotency.ts';
import type { Host, Reason } from '../plugin/contract.ts';
import { serviceToken } from '../plugin/service.ts';
import { driveOrder, findOrder, postpone, release, saleStopped } from './drive-order.ts';
import { dutyProblem, type DoneDuty } from './duties.ts';
import { endSubscription, refundSubscription, saveSubscription } from './end-subscription.ts';
import { entitlementsOf, type Entitled } from './entitlements.ts';
import { OrderOvertaken, saveOrder, takeStep } from './order-steps.ts';
import { placeIn, type OrderRequest, type Placed } from './place-order.ts';
import {
  SUBSCRIPTION,
  type OrderRecord,
  type PeriodRecord,
  type SubscriptionRecord,
  type SubscriptionState,
} from './records.ts';
import { CANCELLED_BY_CLIENT, LATE_PAYMENT, dutyRefused, wrongState } from './refusals.ts';
import { renewDue } from './renew.ts';

export const subscriptionService = serviceToken<SubscriptionService>('core', 'subscription');

export type PlaceResult =
  { readonly kind: 'ORDER'; readonly order: OrderRecord } | Exclude<Placed, { readonly kind: 'PLACED' }>;
export type OrderResult = { readonly order: OrderRecord } | { readonly refused: readonly Reason[] };
export type SubscriptionResult =
  { readonly subscription: SubscriptionRecord } | { readonly refused: readonly Reason[] };

export interface StatedDuty {
  readonly code: string;
  /** The text that was said or shown, by its version. */
  readonly text: string;
  readonly manner: string;
  readonly evidenceRef?: string;
}

export interface SubscriptionFilter {
  readonly partyId?: string;
  readonly productId?: string;
  readonly state?: SubscriptionState;
  readonly renews?: boolean;
}

const QUANTITY_MAX = 1000;
const RECOVER_AT_ONCE = 100;
const ACTOR = systemActor('core:subscription');

/** Ends the transaction of an order that cannot be begun just now; not kept under the key, so that it may be repeated. */
class NotNow extends Error {
  readonly reason: Reason;

  constructor(reason: Reason) {
    super(reason.code);
    this.reason = reason;
  }
}

/** Subscriptions (产品定制): from an order to what the client holds, and to its end. */
export class SubscriptionService {
  readonly #host: Host;

  constructor(host: Host) {
    this.#host = host;
  }

  /**
   * Orders a product for a client, once however often it is asked with the same key; a repeat answers the order as it
   * stands now. Refusals are kept under the key, but for those of a kill switch.
   * @throws ORDER_INVALID, IDEMPOTENCY_KEY_REUSED
   */
  async place(actor: Actor, request: OrderRequest): Promise<PlaceResult> {
    refuseBad(request);
    const { idempotencyKey: key, ...body } = request;
    try {
      const { result } = await this.#host
        .service(idempotencyService)
        .once<Placed>(actor, { operation: 'order.place', key, body }, async (tx) => {
          const stop = await saleStopped(this.#host, request.productCode);
          if (stop) throw new NotNow(stop);
          return placeIn(this.#host, tx, request);
        });
      if (result.kind !== 'PLACED') return result;
      return { kind: 'ORDER', order: await this.#drive(actor, result.orderId) };
    } catch (error) {
      if (error instanceof NotNow) return { kind: 'REFUSED', reasons: [error.reason] };
      throw error;
    }
  }

  /** Records that duties were done for a held order, in the order stated, and lets it go on where it can. */
  async confirmDuties(actor: Actor, orderId: string, stated: readonly StatedDuty[]): Promise<OrderResult> {
    const refused = await this.#host.transact(actor, async (tx) => {
      const order = await findOrder(this.#host, orderId, tx);
      const against = (reason: Reason): readonly Reason[] => {
        tx.trace({
          action: 'order.duty-refused',
          subject: { type: 'Order', id: orderId },
          partyId: order.partyId,
          details: { code: reason.code, path: reason.path ?? null },
        });
        return [reason];
      };
      if (order.state !== 'ASSESSED') return against(wrongState(order.state));
      const done: DoneDuty[] = [...order.dutiesDone];
      const duties = order.assessment.duties as Parameters<typeof dutyProblem>[1];
      for (const duty of stated) {
        const problem = dutyProblem(duty, duties, done, order.heldSince, tx.at);
        if (problem) return against(dutyRefused(problem, duty.code));
        if (done.some(({ code, text }) => code === duty.code && text === duty.text)) continue;
        done.push({
          ...duty,
          at: tx.at,
          channel: order.channel,
          by: { id: tx.actor.id, name: tx.actor.name },
        });
        tx.trace({
          action: 'order.duty-done',
          subject: { type: 'Order', id: orderId },
          partyId: order.partyId,
          details: { code: duty.code, text: duty.text, manner: duty.manner, channel: order.channel },
        });
      }
      await saveOrder(this.#host, tx, order, { ...order, dutiesDone: done });
      return [];
    });
    return refused.length > 0 ? { refused } : this.continueOrder(actor, orderId);
  }

  /** Lets a held order go on where nothing keeps it any more, e.g. after documents were confirmed or time has passed. */
  async continueOrder(actor: Actor, orderId: string): Promise<OrderResult> {
    const order = await findOrder(this.#host, orderId);
    if (order.state === 'ASSESSED') {
      const stop = await saleStopped(this.#host, order.productCode);
      if (stop) return { refused: [stop] };
    }
    return { order: await this.#drive(actor, orderId) };
  }

  /** States the reference of a payment that was taken for an order; one that comes after the release is paid back. */
  async confirmPayment(actor: Actor, orderId: string, statedRef: string): Promise<OrderResult> {
    if (statedRef.trim() === '' || statedRef.length > 100)
      throw new PlatformError('ORDER_INVALID', 'The reference of a payment has 1 to 100 characters.');
    const refused = await this.#host.transact(actor, async (tx) => {
      const order = await findOrder(this.#host, orderId, tx);
      const legs = order.legs.map((leg) => (leg.external ? { ...leg, statedRef } : leg));
      const same = order.legs.some((leg) => leg.statedRef === statedRef);
      tx.trace({
        action: 'order.payment-stated',
        subject: { type: 'Order', id: orderId },
        partyId: order.partyId,
        details: { state: order.state, again: same },
      });
      const outside = order.legs.some(({ external }) => external);
      if (order.state === 'RESERVED' && outside) {
        const begun = await takeStep(this.#host, tx, { ...order, legs }, 'CAPTURE_BEGINS');
        await saveOrder(this.#host, tx, order, begun);
        return [];
      }
      if (same) return [];
      const late =
        order.state === 'FAILED' && outside && order.legs.every((leg) => leg.statedRef === undefined);
      if (!late) return [wrongState(order.state)];
      const back = await takeStep(this.#host, tx, { ...order, legs }, 'CAPTURED', { because: LATE_PAYMENT });
      await saveOrder(this.#host, tx, order, back);
      return [];
    });
    return refused.length > 0 ? { refused } : { order: await this.#drive(actor, orderId) };
  }

  /** Gives up an order that is held or waits for its payment. */
  async cancelOrder(actor: Actor, orderId: string): Promise<OrderResult> {
    const order = await findOrder(this.#host, orderId);
    if (order.state !== 'ASSESSED' && order.state !== 'RESERVED')
      return { refused: [wrongState(order.state)] };
    try {
      await release(this.#host, actor, order, 'GIVEN_UP', CANCELLED_BY_CLIENT);
    } catch (error) {
      if (!(error instanceof OrderOvertaken)) throw error;
      return { refused: [wrongState((await findOrder(this.#host, orderId)).state)] };
    }
    return { order: await findOrder(this.#host, orderId) };
  }

  /** What staff found out about a payment of which nobody could say in time what became of it. */
  async settle(actor: Actor, orderId: string, happened: boolean, reason: string): Promise<OrderResult> {
    const refused = await this.#host.transact(actor, async (tx) => {
      const order = await findOrder(this.#host, orderId, tx);
      tx.trace({
        action: 'order.settled',
        subject: { type: 'Order', id: orderId },
        partyId: order.partyId,
        reason,
        details: { stuckIn: order.stuckIn ?? null, happened },
      });
      if (order.state !== 'STUCK') return [wrongState(order.state)];
      if (order.stuckIn === 'REFUNDING' && !happened) return [wrongState('REFUNDING')];
      const happening = order.stuckIn === 'REFUNDING' ? 'REFUNDED' : happened ? 'CAPTURED' : 'DECLINED';
      const moved = await takeStep(this.#host, tx, order, happening);
      const saved = moved.state === 'RELEASING' ? await takeStep(this.#host, tx, moved, 'RELEASED') : moved;
      await saveOrder(this.#host, tx, order, saved);
      return [];
    });
    return refused.length > 0 ? { refused } : { order: await this.#drive(actor, orderId) };
  }

  /**
   * Ends a subscription at the client's wish: with the period paid for, or at once with what is left of it paid back. What
   * is bought once is not paid back but by `everything` (staff).
   */
  async cancel(
    actor: Actor,
    subscriptionId: string,
    how: 'AT_PERIOD_END' | 'AT_ONCE' | 'EVERYTHING_BACK',
    reason: string,
  ): Promise<SubscriptionResult> {
    const orderId = await this.#host.transact(actor, async (tx) => {
      const found = await this.#subscriptions.findOne({ _id: subscriptionId }, { session: tx.session });
      if (!found) throw notFound('subscription', subscriptionId);
      tx.trace({
        action: 'subscription.cancelled',
        subject: { type: 'Subscription', id: subscriptionId },
        partyId: found.partyId,
        reason,
        details: { how, state: found.state },
      });
      if (found.state !== 'ACTIVE') return undefined;
      if (how === 'AT_PERIOD_END' && found.ends)
        await saveSubscription(this.#host, tx, found, { ...found, renews: false });
      else if (how === 'AT_PERIOD_END' || found.periods > 1)
        // Later periods have no order to pay back by; they end at once with nothing left over.
        await endSubscription(this.#host, tx, found, 'ENDED', CANCELLED_BY_CLIENT);
      else await refundSubscription(this.#host, tx, found, CANCELLED_BY_CLIENT, how === 'EVERYTHING_BACK');
      return found.orderId;
    });
    const subscription = await this.subscription(subscriptionId);
    if (orderId === undefined) return { refused: [wrongState(subscription.state)] };
    await this.#drive(actor, orderId);
    return { subscription };
  }

  order(orderId: string): Promise<OrderRecord> {
    return findOrder(this.#host, orderId);
  }

  /** @throws NOT_FOUND */
  async subscription(subscriptionId: string): Promise<SubscriptionRecord> {
    const found = await this.#subscriptions.findOne({ _id: subscriptionId });
    if (!found) throw notFound('subscription', subscriptionId);
    return found;
  }

  /** Periods that were paid for, the latest first. */
  periods(subscriptionId: string, first: number): Promise<PeriodRecord[]> {
    return collectionOf<PeriodRecord>(this.#host, SUBSCRIPTION.periods)
      .find({ subscriptionId }, { sort: { no: -1 }, limit: first })
      .toArray();
  }

  async subscriptions(
    filter: SubscriptionFilter,
    { first, after }: PageArgs,
  ): Promise<Connection<SubscriptionRecord>> {
    const found = await this.#subscriptions
      .find({ ...filter, ...afterTimeCursor('startsAt', readTimeCursor(after)) })
      .sort({ startsAt: -1, _id: 1 })
      .limit(first + 1)
      .toArray();
    return toConnection(found, first, (one) => one.startsAt);
  }

  count(filter: SubscriptionFilter): Promise<number> {
    return this.#subscriptions.countDocuments({ ...filter });
  }

  async stuckOrders({ first, after }: PageArgs): Promise<Connection<OrderRecord>> {
    const found = await this.#orders
      .find({ state: 'STUCK', ...afterTimeCursor('placedAt', readTimeCursor(after)) })
      .sort({ placedAt: -1, _id: 1 })
      .limit(first + 1)
      .toArray();
    return toConnection(found, first, (one) => one.placedAt);
  }

  /** What a client may open at an instant; undefined where there is no such client. */
  async entitlementsOf(customerNo: string, at: Date): Promise<readonly Entitled[] | undefined> {
    const customer = await this.#host.service(customerService).factsOf(customerNo, at);
    return customer && entitlementsOf(this.#host, customer, at);
  }

  /** Drives every order that nobody has been at work on for a while. @returns how many there were */
  async recover(): Promise<number> {
    const due = await this.#orders
      .find(
        { unfinished: true, nextAt: { $lte: this.#host.clock.now() } },
        { sort: { nextAt: 1 }, limit: RECOVER_AT_ONCE },
      )
      .toArray();
    for (const { _id } of due)
      try {
        await driveOrder(this.#host, ACTOR, _id);
        await postpone(this.#host, _id);
      } catch (error) {
        await postpone(this.#host, _id);
        this.#host.logger.error({ order: _id, ...failureOf(error) }, 'an order could not be driven on');
      }
    return due.length;
  }

  renewDue(): Promise<number> {
    return renewDue(this.#host);
  }

  /** What was placed stays placed: an order that cannot be driven just now is driven by the recovery. */
  async #drive(actor: Actor, orderId: string): Promise<OrderRecord> {
    try {
      return await driveOrder(this.#host, actor, orderId);
    } catch (error) {
      if (!(foreseen(error) instanceof BusyError)) throw error;
      return findOrder(this.#host, orderId);
    }
  }

  get #orders() {
    return collectionOf<OrderRecord>(this.#host, SUBSCRIPTION.orders);
  }

  get #subscriptions() {
    return collectionOf<SubscriptionRecord>(this.#host, SUBSCRIPTION.subscriptions);
  }
}

function refuseBad({ quantity, expectedAmountMinor, pointsPart, statedRef }: OrderRequest): void {
  const whole = (value: number, least: number) => Number.isSafeInteger(value) && value >= least;
  const problem =
    !whole(quantity, 1) || quantity > QUANTITY_MAX
      ? `"quantity" is a whole number from 1 to ${QUANTITY_MAX}, not ${quantity}`
      : !whole(expectedAmountMinor, 0)
        ? `"expectedAmountMinor" is a whole number from 0, not ${expectedAmountMinor}`
        : pointsPart !== undefined && !whole(pointsPart, 1)
          ? `"points" is a whole number from 1, not ${pointsPart}`
          : statedRef !== undefined && (statedRef.trim() === '' || statedRef.length > 100)
            ? 'the reference of a payment has 1 to 100 characters'
            : undefined;
  if (problem !== undefined)
    throw new PlatformError('ORDER_INVALID', `The order cannot be read: ${problem}.`);
}
