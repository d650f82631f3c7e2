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

const EVENTS_PER_TURN = 100;

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
    for (let turn = 0; turn < EVENTS_PER_TURN; turn++) {
      const delivery = await nextDelivery(work, lane._id);
      if (!delivery) break;
      try {
        await deliver(work, delivery, handler, host, lease);
      } catch (error) {
        host.logger.warn(
          {
            handler: delivery.handler,
            eventId: delivery.eventId,
            tries: delivery.tries + 1,
            ...failureOf(error),
          },
          'a handler failed',
        );
        await recordFailure(work, delivery, handler, lease, error);
      }
    }
    return true;
  } finally {
    await work.leases.release(lease);
  }
}

/** The first delivery of a lane, where it is due. An empty lane is removed, unless an event came meanwhile. */
async function nextDelivery(work: LaneWork, laneId: string): Promise<DeliveryRecord | undefined> {
  const lanes = collectionOf<LaneRecord>(work.database, LANES);
  for (;;) {
    const lane = await lanes.findOne({ _id: laneId });
    if (!lane?.ready || lane.dueAt > work.clock.now()) return undefined;
    const [first] = await collectionOf<DeliveryRecord>(work.database, DELIVERIES)
      .find({ handler: lane.handler, key: lane.key, state: 'WAITING' })
      .sort({ keySeq: 1 })
      .limit(1)
      .toArray();
    if (first) return first;
    const removed = await lanes.deleteOne({ _id: laneId, opening: lane.opening });
    if (removed.deletedCount === 1) return undefined;
  }
}

async function deliver(
  work: LaneWork,
  delivery: DeliveryRecord,
  handler: Declared<HandlerDeclaration>,
  host: Host,
  lease: Lease,
): Promise<void> {
  const what = `The handler "${delivery.handler}"`;
  await work.database.transact(
    systemActor(delivery.handler),
    async (tx) => {
      const event = await collectionOf<OutboxEvent>(work.database, OUTBOX).findOne(
        { _id: delivery.eventId },
        { session: tx.session },
      );
      if (event && (await takeIn(work.database, tx, delivery))) {
        const lent = lendTx(tx, what);
        await withTimeLimit(what, work.timeLimitMs, () => handler.run(lent.tx, event, host), lent.revoke);
        // Lent for the handler's time only: what it left running may not write after it.
        lent.revoke();
      }
      await work.leases.prove(tx, lease);
    },
    { bookkeeping: true },
  );
}

/** Ends the delivery and notes the event as handled; false where it was handled before. */
async function takeIn(database: Database, tx: Tx, delivery: DeliveryRecord): Promise<boolean> {
  const { session } = tx;
  await collectionOf<DeliveryRecord>(database, DELIVERIES).deleteOne({ _id: delivery._id }, { session });
  const inbox = collectionOf<InboxRecord>(database, INBOX);
  if (await inbox.findOne({ _id: delivery._id }, { session })) return false;
  await inbox.insertOne({ _id: delivery._id, eventAt: delivery.at }, { session });
  return true;
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
