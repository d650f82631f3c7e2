import { collectionOf } from '../db/collection.ts';
import type { Tx } from '../db/database.ts';
import type { Host, Reason } from '../plugin/contract.ts';
import { asCoreHost } from '../plugin/host.ts';
import { quotaService } from '../quota/quota.ts';
import { openDuties, waitsUntil } from './duties.ts';
import {
  SETTLED_STATES,
  next,
  type Happening,
  type HappeningFacts,
  type LegEffect,
  type OrderState,
} from './order-state.ts';
import { PaymentMethods, toPaymentLeg } from './payments.ts';
import { SUBSCRIPTION, type LegRecord, type OrderRecord } from './records.ts';

const MINUTE_MS = 60_000;
/** How long a client has: to do what is due before the sale, and to pay. */
export const HELD_FOR_MS = 7 * 24 * 60 * MINUTE_MS;
export const PAY_WITHIN_MS = 30 * MINUTE_MS;
/** How long the other side has to say what became of a call, before staff must ask it. */
export const ANSWER_WITHIN_MS = 15 * MINUTE_MS;
/** After so long, whoever was at work on an order is taken to be gone. */
export const LOOK_AGAIN_MS = 30_000;

/**
 * Attempts that this process has committed and not yet sent. Only these are sent without a look-up: whatever else is found
 * as an intent may have been sent by a process that is no more.
 */
const intents = new Set<string>();

/** True once for an attempt that this process committed. */
export function isOwnIntent(ref: string): boolean {
  return intents.delete(ref);
}

/** A local method refused what it was asked to hold; nothing of it was written. */
export class ReservationRefused extends Error {
  readonly reason: Reason;

  constructor(reason: Reason) {
    super(reason.code);
    this.reason = reason;
  }
}

/** Somebody else moved the order first; load it again. */
export class OrderOvertaken extends Error {}

/**
 * Moves an order by one happening and does to its local legs what follows, in the given transaction; attempts outside are
 * noted as intents. Nothing of the order itself is written: `saveOrder` does that once, after the last step.
 * @throws ReservationRefused
 */
export async function takeStep(
  host: Host,
  tx: Tx,
  order: OrderRecord,
  happening: Happening,
  facts: HappeningFacts & { readonly because?: Reason } = {},
): Promise<OrderRecord> {
  const step = next(order, happening, tx.at, facts);
  if (!step) throw new Error(`An order that is ${order.state} cannot have ${happening} happen to it.`);
  const legs = [...step.order.legs];
  for (const effect of step.effects) {
    const index = legs.findIndex(({ ref }) => ref === effect.ref);
    legs[index] = await applyEffect(host, tx, order, legs[index]!, effect);
  }
  const moved = {
    ...step.order,
    legs,
    ...(facts.because === undefined ? {} : { because: facts.because }),
  };
  return moved.state === 'RELEASING' || releasesPlaces(order, moved) ? releasePlaces(host, tx, moved) : moved;
}

/** An order that is being paid back before it was ever active has no use for its places any more. */
function releasesPlaces(before: OrderRecord, after: OrderRecord): boolean {
  return before.state === 'FULFILLING' && after.state === 'REFUNDING';
}

async function releasePlaces(host: Host, tx: Tx, order: OrderRecord): Promise<OrderRecord> {
  const { quotaKey, ...rest } = order;
  if (quotaKey === undefined) return order;
  await host.service(quotaService).giveBack(tx, quotaKey, order.quantity);
  return rest;
}

async function applyEffect(
  host: Host,
  tx: Tx,
  order: OrderRecord,
  leg: LegRecord,
  { kind, amountMinor }: LegEffect,
): Promise<LegRecord> {
  if (leg.external) {
    const which = kind === 'CAPTURE' ? 'capture' : 'refund';
    const ref = which === 'capture' ? leg.ref : `${leg.ref}:refund:1`;
    tx.afterCommit(() => intents.add(ref));
    return { ...leg, [which]: { ref, at: tx.at, outcome: 'INTENT' } };
  }
  const method = new PaymentMethods(host).local(leg);
  const ownHost = asCoreHost(host).hostOf(method.owner);
  const told = toPaymentLeg(order, leg);
  switch (kind) {
    case 'RESERVE': {
      const reserved = await method.reserve(tx, told, ownHost);
      if (!reserved.reserved) throw new ReservationRefused(reserved.reason);
      return { ...leg, reservationRef: reserved.ref };
    }
    case 'CONFIRM':
      await method.confirm(tx, told, ownHost);
      return leg;
    case 'CANCEL':
      await method.cancel(tx, told, ownHost);
      return leg;
    default:
      await method.refund(tx, told, amountMinor, ownHost);
      return leg;
  }
}

/** Writes an order that steps have moved; `before` is absent for a new one. @throws OrderOvertaken */
export async function saveOrder(
  host: Host,
  tx: Tx,
  before: OrderRecord | undefined,
  moved: OrderRecord,
): Promise<OrderRecord> {
  const { unfinished: _unfinished, nextAt: _nextAt, dueAt: _dueAt, ...rest } = moved;
  const after: OrderRecord = { ...rest, ...timesOf(moved, tx.at), revision: (before?.revision ?? 0) + 1 };
  const orders = collectionOf<OrderRecord>(host, SUBSCRIPTION.orders);
  if (!before) await orders.insertOne(after, { session: tx.session });
  else {
    const { _id, ...replacement } = after;
    const { matchedCount } = await orders.replaceOne({ _id, revision: before.revision }, replacement, {
      session: tx.session,
    });
    if (matchedCount === 0) throw new OrderOvertaken();
  }
  tx.trace({
    action: 'order.moved',
    subject: { type: 'Order', id: after._id },
    partyId: after.partyId,
    details: {
      from: before?.state ?? 'NEW',
      to: after.state,
      path: after.history.slice(before?.history.length ?? 0).map(({ state }) => state),
      product: after.productCode,
      ...(after.because === undefined ? {} : { because: after.because.code }),
    },
  });
  if (after.state === 'STUCK')
    tx.publish({
      name: 'order.stuck',
      key: after.partyId,
      payload: { orderId: after._id, partyId: after.partyId, stuckIn: after.stuckIn ?? 'CAPTURING' },
    });
  return after;
}

/** When an order in this state is looked at again, and when its time is over. */
function timesOf(order: OrderRecord, at: Date): Pick<OrderRecord, 'unfinished' | 'nextAt' | 'dueAt'> {
  if (SETTLED_STATES.has(order.state)) return {};
  const entered = order.history.at(-1)?.at ?? at;
  const within = WITHIN_MS[order.state];
  const dueAt = within === undefined ? undefined : new Date(entered.getTime() + within);
  const again = new Date(at.getTime() + LOOK_AGAIN_MS);
  return {
    unfinished: true,
    nextAt: order.state === 'ASSESSED' || order.state === 'RESERVED' ? nextLook(order, dueAt!, at) : again,
    ...(dueAt === undefined ? {} : { dueAt }),
  };
}

const WITHIN_MS: Readonly<Partial<Record<OrderState, number>>> = {
  ASSESSED: HELD_FOR_MS,
  RESERVED: PAY_WITHIN_MS,
  CAPTURING: ANSWER_WITHIN_MS,
  REFUNDING: ANSWER_WITHIN_MS,
};

/** An order that waits for time alone goes on by itself when that is over. */
function nextLook({ state, assessment, heldSince, dutiesDone }: OrderRecord, dueAt: Date, at: Date): Date {
  if (state !== 'ASSESSED') return dueAt;
  const duties = assessment.duties as Parameters<typeof openDuties>[0];
  const waits = openDuties(duties, dutiesDone, heldSince, at).flatMap(
    (duty) => waitsUntil(duty, heldSince)?.getTime() ?? [],
  );
  return new Date(Math.min(dueAt.getTime(), ...waits));
}
