import { collectionOf } from '../db/collection.ts';
import type { ModelSource } from '../db/collection.ts';
import { DELIVERIES, INBOX, type DeliveryRecord, type InboxRecord } from './delivery.ts';
import { OUTBOX, type OutboxEvent } from './outbox.ts';

const BATCH_SIZE = 1000;

/**
 * Removes events from before `before` that every handler has taken in: nothing at or after the oldest event that
 * somebody still waits for goes, so a slow or parked handler keeps what it needs.
 */
export async function pruneEvents(source: ModelSource, before: Date): Promise<number> {
  const outbox = collectionOf<OutboxEvent>(source, OUTBOX);
  const oldest = [await oldestDelivery(source), await oldestPending(source), before];
  const cutoff = new Date(Math.min(...oldest.filter((at) => at !== undefined).map((at) => at.getTime())));
  let removed = 0;
  for (;;) {
    const batch = await outbox
      .find({ at: { $lt: cutoff } }, { projection: { _id: 1 } })
      .limit(BATCH_SIZE)
      .toArray();
    if (batch.length === 0) break;
    // Pending is asked again: an event may commit late and carry an instant from before the cutoff.
    const done = await outbox.deleteMany({
      _id: { $in: batch.map((event) => event._id) },
      pending: { $ne: true },
    });
    removed += done.deletedCount;
    if (done.deletedCount === 0) break;
  }
  await collectionOf<InboxRecord>(source, INBOX).deleteMany({ eventAt: { $lt: cutoff } });
  return removed;
}

/** How far the handing on of events is behind. */
export interface EventLag {
  readonly pending: number;
  readonly waiting: number;
  readonly parked: number;
  readonly skipped: number;
  /** Age of the oldest event that is pending, waiting or parked; 0 where there is none. */
  readonly oldestMs: number;
}

export async function eventLag(source: ModelSource, at: Date): Promise<EventLag> {
  const deliveries = collectionOf<DeliveryRecord>(source, DELIVERIES);
  const oldest = [await oldestDelivery(source, ['WAITING', 'PARKED']), await oldestPending(source)]
    .filter((found) => found !== undefined)
    .map((found) => at.getTime() - found.getTime());
  return {
    pending: await collectionOf<OutboxEvent>(source, OUTBOX).countDocuments({ pending: true }),
    waiting: await deliveries.countDocuments({ state: 'WAITING' }),
    parked: await deliveries.countDocuments({ state: 'PARKED' }),
    skipped: await deliveries.countDocuments({ state: 'SKIPPED' }),
    oldestMs: Math.max(0, ...oldest),
  };
}

async function oldestDelivery(
  source: ModelSource,
  states: DeliveryRecord['state'][] = ['WAITING', 'PARKED', 'SKIPPED'],
): Promise<Date | undefined> {
  const ages: Date[] = [];
  for (const state of states) {
    const [first] = await collectionOf<DeliveryRecord>(source, DELIVERIES)
      .find({ state })
      .sort({ at: 1 })
      .limit(1)
      .toArray();
    if (first) ages.push(first.at);
  }
  return ages.sort((a, b) => a.getTime() - b.getTime())[0];
}

async function oldestPending(source: ModelSource): Promise<Date | undefined> {
  const [first] = await collectionOf<OutboxEvent>(source, OUTBOX)
    .find({ pending: true }, { projection: { at: 1 } })
    .sort({ at: 1 })
    .limit(1)
    .toArray();
  return first?.at;
}
