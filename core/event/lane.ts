import { systemActor } from '../access/actor.ts';
import { collectionOf } from '../db/collection.ts';
import type { Database, Tx } from '../db/database.ts';
import { lendTx } from '../db/fence.ts';
import type { Lease, Leases } from '../db/leases.ts';
import { BusyError } from '../errors.ts';
import { failureOf } from '../failure.ts';
import type { Declared, HandlerDeclaration, Host } from '../plugin/contract.ts';
import type { Clock } from '../time/clock.ts';
import { withTimeLimit } from '../time/time-limit.ts';
import {
  DELIVERIES,
  INBOX,
  LANES,
  retryDelayMs,
  type DeliveryRecord,
  type InboxRecord,
  type LaneRecord,
} from './delivery.ts';
import { OUTBOX, type OutboxEvent } from './outbox.ts';

export interface LaneWork {
  readonly database: Database;
  readonly clock: Clock;
  readonly leases: Leases;
  readonly triesMax: number;
  readonly timeLimitMs: number;
  readonly retryBaseMs: number;
}

/** A lane gives way to others after so many transactions. */
const TURNS_MAX = 20;
/** Events of one lane that share a transaction while nothing goes wrong. */
const EVENTS_PER_TURN = 20;

/**
 * Hands the events of one key to one handler, in order, while they succeed and the lease is held.
 * @returns false where another process has the lane
 */
export async function runLane(
  work: LaneWork,
  lane: LaneRecord,
  handler: Declared<HandlerDeclaration>,
  host: Host,
): Promise<boolean> {
  const lease = await work.leases.take(`lane|${lane._id}`);
  if (!lease) return false;
  try {
    let together = EVENTS_PER_TURN;
    for (let turn = 0; turn < TURNS_MAX; turn++) {
      const deliveries = await nextDeliveries(work, lane._id, together);
      const [first] = deliveries;
      if (!first) break;
      try {
        await deliver(work, deliveries, handler, host, lease);
      } catch (error) {
        // Which of them failed shows when each has a transaction of its own.
        if (deliveries.length > 1) together = 1;
        else await countFailure(work, first, handler, host, lease, error);
      }
    }
    return true;
  } finally {
    await work.leases.release(lease);
  }
}

/** The first deliveries of a lane, where it is due. An empty lane is removed, unless an event came meanwhile. */
async function nextDeliveries(work: LaneWork, laneId: string, atMost: number): Promise<DeliveryRecord[]> {
  const lanes = collectionOf<LaneRecord>(work.database, LANES);
  for (;;) {
    const lane = await lanes.findOne({ _id: laneId });
    if (!lane?.ready || lane.dueAt > work.clock.now()) return [];
    const first = await collectionOf<DeliveryRecord>(work.database, DELIVERIES)
      .find({ handler: lane.handler, key: lane.key, state: 'WAITING' })
      .sort({ keySeq: 1 })
      .limit(atMost)
      .toArray();
    if (first.length > 0) return first;
    const removed = await lanes.deleteOne({ _id: laneId, opening: lane.opening });
    if (removed.deletedCount === 1) return [];
  }
}

/** Hands over deliveries in order in one transaction, all or none; the time limit is that of the transaction. */
async function deliver(
  work: LaneWork,
  deliveries: readonly DeliveryRecord[],
  handler: Declared<HandlerDeclaration>,
  host: Host,
  lease: Lease,
): Promise<void> {
  const what = `The handler "${deliveries[0]!.handler}"`;
  // Events never change, so that the transaction need not read them.
  const events = await eventsOf(work.database, deliveries);
  await work.database.transact(
    systemActor(deliveries[0]!.handler),
    async (tx) => {
      const fresh = await takeIn(work.database, tx, deliveries);
      const lent = lendTx(tx, what);
      const handOver = async () => {
        for (const { eventId } of fresh) {
          const event = events.get(eventId);
          if (event) await handler.run(lent.tx, event, host);
        }
      };
      if (fresh.length > 0) await withTimeLimit(what, work.timeLimitMs, handOver, lent.revoke);
      // Lent for the handler's time only: what it left running may not write after it.
      lent.revoke();
      await work.leases.prove(tx, lease);
    },
    { bookkeeping: true },
  );
}

async function eventsOf(
  database: Database,
  deliveries: readonly DeliveryRecord[],
): Promise<ReadonlyMap<string, OutboxEvent>> {
  const ids = deliveries.map(({ eventId }) => eventId);
  const events = await collectionOf<OutboxEvent>(database, OUTBOX)
    .find({ _id: { $in: ids } })
    .toArray();
  return new Map(events.map((event) => [event._id, event]));
}

/** Ends the deliveries and notes their events as handled. @returns those that were not handled before, in their order */
async function takeIn(
  database: Database,
  tx: Tx,
  deliveries: readonly DeliveryRecord[],
): Promise<readonly DeliveryRecord[]> {
  const { session } = tx;
  const ids = deliveries.map(({ _id }) => _id);
  await collectionOf<DeliveryRecord>(database, DELIVERIES).deleteMany({ _id: { $in: ids } }, { session });
  const inbox = collectionOf<InboxRecord>(database, INBOX);
  const before = await inbox.find({ _id: { $in: ids } }, { session }).toArray();
  const handled = new Set(before.map(({ _id }) => _id));
  const fresh = deliveries.filter(({ _id }) => !handled.has(_id));
  if (fresh.length > 0)
    await inbox.insertMany(
      fresh.map(({ _id, at }) => ({ _id, eventAt: at })),
      { session },
    );
  return fresh;
}

async function countFailure(
  work: LaneWork,
  delivery: DeliveryRecord,
  handler: Declared<HandlerDeclaration>,
  host: Host,
  lease: Lease,
  error: unknown,
): Promise<void> {
  const { eventId, tries } = delivery;
  host.logger.warn(
    { handler: delivery.handler, eventId, tries: tries + 1, ...failureOf(error) },
    'a handler failed',
  );
  await recordFailure(work, delivery, handler, lease, error);
}

/** Counts the try and sets the next, or parks or skips the event after the last. Contention is no fault of the event. */
async function recordFailure(
  work: LaneWork,
  delivery: DeliveryRecord,
  handler: HandlerDeclaration,
  lease: Lease,
  error: unknown,
): Promise<void> {
  const tries = delivery.tries + (error instanceof BusyError ? 0 : 1);
  const poisoned = tries >= work.triesMax;
  const parks = poisoned && handler.onPoison === 'park-key';
  const state = !poisoned ? 'WAITING' : parks ? 'PARKED' : 'SKIPPED';
  await work.database.transact(
    systemActor('relay'),
    async (tx) => {
      await work.leases.prove(tx, lease);
      await collectionOf<DeliveryRecord>(work.database, DELIVERIES).updateOne(
        { _id: delivery._id },
        { $set: { tries, state, failure: failureOf(error) } },
        { session: tx.session },
      );
      const lane = { _id: `${delivery.handler}|${delivery.key}` };
      const dueAt = new Date(tx.at.getTime() + retryDelayMs(Math.max(tries, 1), work.retryBaseMs));
      if (state === 'SKIPPED') return;
      await collectionOf<LaneRecord>(work.database, LANES).updateOne(
        lane,
        parks ? { $unset: { ready: 1 } } : { $set: { dueAt } },
        { session: tx.session },
      );
    },
    { bookkeeping: true },
  );
}
