import { systemActor } from '../access/actor.ts';
import { collectionOf, type ModelSource } from '../db/collection.ts';
import type { Database, Tx } from '../db/database.ts';
import { newId } from '../ids.ts';
import { OUTBOX, type OutboxEvent } from './outbox.ts';
import { DELIVERIES, LANES, laneId, type DeliveryRecord, type LaneRecord } from './delivery.ts';

const BATCH_SIZE = 200;

/** Handlers by the name of the event that they wait for; each as `${owner}.${name}`. */
export type HandlersByEvent = ReadonlyMap<string, readonly string[]>;

/**
 * Makes a delivery of each pending event for each of its handlers, and clears the mark, in one transaction. An event is
 * visible only after all before it in its key, so taking them in key order keeps that order.
 * @returns true where there may be more
 */
export async function dispatchPending(database: Database, handlers: HandlersByEvent): Promise<boolean> {
  const outbox = collectionOf<OutboxEvent>(database, OUTBOX);
  // Most rounds find nothing; they need no transaction to see that.
  if (!(await outbox.findOne({ pending: true }, { projection: { _id: 1 } }))) return false;
  return database.transact(
    systemActor('relay'),
    async (tx) => {
      const events = await outbox
        .find({ pending: true }, { session: tx.session })
        .sort({ key: 1, keySeq: 1 })
        .limit(BATCH_SIZE)
        .toArray();
      if (events.length === 0) return false;
      await writeDeliveries(database, tx, events, handlers);
      await outbox.updateMany(
        { _id: { $in: events.map((event) => event._id) } },
        { $unset: { pending: 1 } },
        { session: tx.session },
      );
      return events.length === BATCH_SIZE;
    },
    { bookkeeping: true },
  );
}

async function writeDeliveries(
  database: Database,
  tx: Tx,
  events: readonly OutboxEvent[],
  handlers: HandlersByEvent,
): Promise<void> {
  const deliveries = events.flatMap((event) =>
    (handlers.get(event.name) ?? []).map((handler) => toDelivery(event, handler)),
  );
  if (deliveries.length === 0) return;
  await collectionOf<DeliveryRecord>(database, DELIVERIES).insertMany(deliveries, { session: tx.session });
  await openLanes(database, tx, deliveries);
}

/** Makes sure that each delivery's lane is there; a parked one stays parked. */
export async function openLanes(
  models: ModelSource,
  tx: Tx,
  deliveries: readonly Pick<DeliveryRecord, 'handler' | 'key'>[],
): Promise<void> {
  const lanes = new Map<string, Pick<DeliveryRecord, 'handler' | 'key'>>();
  for (const delivery of deliveries) lanes.set(laneId(delivery.handler, delivery.key), delivery);
  await collectionOf<LaneRecord>(models, LANES).bulkWrite(
    [...lanes].map(([_id, { handler, key }]) => ({
      updateOne: {
        filter: { _id },
        update: {
          $set: { opening: newId() },
          $setOnInsert: { handler, key, ready: true as const, dueAt: tx.at },
        },
        upsert: true,
      },
    })),
    { session: tx.session },
  );
}

function toDelivery(event: OutboxEvent, handler: string): DeliveryRecord {
  return {
    _id: `${handler}:${event._id}`,
    handler,
    key: event.key,
    keySeq: event.keySeq,
    eventId: event._id,
    eventName: event.name,
    at: event.at,
    state: 'WAITING',
    tries: 0,
  };
}
