import { Schema } from 'mongoose';
import type { Failure } from '../failure.ts';

export const DELIVERIES = 'event_deliveries';
export const LANES = 'event_lanes';
export const INBOX = 'event_inbox';

/**
 * One event still to be handed to one handler. It is deleted in the handler's transaction; what stays is waiting or
 * needs staff.
 */
export interface DeliveryRecord {
  /** `${handler}:${eventId}` */
  _id: string;
  /** `${owner}.${name}` of the handler. */
  handler: string;
  key: string;
  keySeq: number;
  eventId: string;
  eventName: string;
  /** The instant of the event. */
  at: Date;
  /** PARKED holds up its lane; SKIPPED was passed over. Both wait for staff. */
  state: 'WAITING' | 'PARKED' | 'SKIPPED';
  tries: number;
  failure?: Failure;
}

/** The events of one key on their way to one handler. It exists while there are any, and while one is parked. */
export interface LaneRecord {
  /** `${handler}|${key}` */
  _id: string;
  handler: string;
  key: string;
  /** Random and new each time that events are put in: an empty lane is removed only if none came meanwhile. */
  opening: string;
  /** Absent while parked. */
  ready?: true;
  /** When the next try is due. */
  dueAt: Date;
}

/** That a handler has taken in an event; written in the handler's own transaction. */
export interface InboxRecord {
  /** `${handler}:${eventId}` */
  _id: string;
  eventAt: Date;
}

export const deliverySchema = new Schema<DeliveryRecord>(
  {
    _id: { type: String, required: true },
    handler: { type: String, required: true },
    key: { type: String, required: true },
    keySeq: { type: Number, required: true },
    eventId: { type: String, required: true },
    eventName: { type: String, required: true },
    at: { type: Date, required: true },
    state: { type: String, required: true },
    tries: { type: Number, required: true },
    failure: Schema.Types.Mixed,
  },
  { versionKey: false },
)
  .index({ handler: 1, key: 1, state: 1, keySeq: 1 })
  .index({ state: 1, at: 1 })
  .index({ at: 1 });

export const laneSchema = new Schema<LaneRecord>(
  {
    _id: { type: String, required: true },
    handler: { type: String, required: true },
    key: { type: String, required: true },
    opening: { type: String, required: true },
    ready: Boolean,
    dueAt: { type: Date, required: true },
  },
  { versionKey: false },
).index({ ready: 1, dueAt: 1 }, { partialFilterExpression: { ready: true } });

export const inboxSchema = new Schema<InboxRecord>(
  { _id: { type: String, required: true }, eventAt: { type: Date, required: true } },
  { versionKey: false },
).index({ eventAt: 1 });

export function laneId(handler: string, key: string): string {
  return `${handler}|${key}`;
}

/** When to try again after the n-th failure: doubling, at most five minutes. */
export function retryDelayMs(failures: number, baseMs: number): number {
  return Math.min(baseMs * 2 ** (failures - 1), 5 * 60_000);
}
