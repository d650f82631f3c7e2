import type { Actor } from '../access/actor.ts';
import { collectionOf } from '../db/collection.ts';
import { notFound } from '../errors.ts';
import {
  afterTimeCursor,
  readTimeCursor,
  toConnection,
  type Connection,
  type PageArgs,
} from '../graphql/connection.ts';
import type { Host } from '../plugin/contract.ts';
import { serviceToken } from '../plugin/service.ts';
import { DELIVERIES, LANES, laneId, type DeliveryRecord, type LaneRecord } from './delivery.ts';
import { openLanes } from './dispatch.ts';
import { eventLag, type EventLag } from './prune.ts';

export const eventService = serviceToken<EventService>('core', 'events');

/** What staff see and do about events that a handler could not take in. */
export class EventService {
  readonly #host: Host;

  constructor(host: Host) {
    this.#host = host;
  }

  lag(): Promise<EventLag> {
    return eventLag(this.#host, this.#host.clock.now());
  }

  /** Parked and skipped deliveries, newest event first. */
  async troubled({ first, after }: PageArgs): Promise<Connection<DeliveryRecord>> {
    const found = await collectionOf<DeliveryRecord>(this.#host, DELIVERIES)
      .find({ state: { $in: ['PARKED', 'SKIPPED'] }, ...afterTimeCursor('at', readTimeCursor(after)) })
      .sort({ at: -1, _id: 1 })
      .limit(first + 1)
      .toArray();
    return toConnection(found, first, (delivery) => delivery.at);
  }

  /**
   * Tries the parked and skipped events of a handler and key again, in order, each with all its tries.
   * @returns how many there are
   * @throws NOT_FOUND
   */
  resume(actor: Actor, handler: string, key: string): Promise<number> {
    return this.#host.transact(actor, async (tx) => {
      const deliveries = collectionOf<DeliveryRecord>(this.#host, DELIVERIES);
      const troubled = { handler, key, state: { $in: ['PARKED', 'SKIPPED'] as DeliveryRecord['state'][] } };
      const found = await deliveries.find(troubled, { session: tx.session }).toArray();
      if (found.length === 0) throw notFound('parked event of handler', `${handler} and key ${key}`);
      await deliveries.updateMany(
        troubled,
        { $set: { state: 'WAITING', tries: 0 }, $unset: { failure: 1 } },
        { session: tx.session },
      );
      await openLanes(this.#host, tx, found);
      await collectionOf<LaneRecord>(this.#host, LANES).updateOne(
        { _id: laneId(handler, key) },
        { $set: { ready: true, dueAt: tx.at } },
        { session: tx.session },
      );
      tx.trace({
        action: 'event.resumed',
        subject: { type: 'EventHandler', id: handler },
        details: { key, eventIds: found.map((delivery) => delivery.eventId) },
      });
      return found.length;
    });
  }

  /** Gives up one parked or skipped event for its handler; a parked key goes on with the next. */
  discard(actor: Actor, deliveryId: string, reason: string): Promise<void> {
    return this.#host.transact(actor, async (tx) => {
      const deliveries = collectionOf<DeliveryRecord>(this.#host, DELIVERIES);
      const found = await deliveries.findOneAndDelete(
        { _id: deliveryId, state: { $in: ['PARKED', 'SKIPPED'] } },
        { session: tx.session },
      );
      if (!found) throw notFound('parked event', deliveryId);
      if (found.state === 'PARKED')
        await collectionOf<LaneRecord>(this.#host, LANES).updateOne(
          { _id: laneId(found.handler, found.key) },
          { $set: { ready: true, dueAt: tx.at } },
          { session: tx.session },
        );
      tx.trace({
        action: 'event.discarded',
        subject: { type: 'EventHandler', id: found.handler },
        reason,
        details: { key: found.key, eventId: found.eventId },
      });
    });
  }
}
