import { Schema } from 'mongoose';
import type { Failure } from '../failure.ts';

export const JOBS = 'job_records';
export const SCHEDULES = 'job_schedules';

export type JobState = 'READY' | 'RUNNING' | 'DONE' | 'DEAD' | 'ORPHANED';

/** One piece of work to be done once, whatever happens to the process that does it. */
export interface JobRecord {
  _id: string;
  name: string;
  /** Version of the payload's shape when it was enqueued. */
  version: number;
  payload: Record<string, unknown>;
  state: JobState;
  dueAt: Date;
  /** Tries begun. */
  attempts: number;
  enqueuedAt: Date;
  /** Who runs it, and the token by which a late worker is known. */
  worker?: string;
  token?: string;
  /** Counts the transactions that proved the token. */
  proofs: number;
  failure?: Failure;
  /** Set when done: after this instant the record may vanish. */
  removeAt?: Date;
}

export interface ScheduleRecord {
  /** `${owner}:${job}:${cron}` */
  _id: string;
  /** Instant of the last firing that became a job, or of the first start. */
  lastAt: Date;
}

export const jobSchema = new Schema<JobRecord>(
  {
    _id: { type: String, required: true },
    name: { type: String, required: true },
    version: { type: Number, required: true },
    payload: { type: Schema.Types.Mixed, required: true },
    state: { type: String, required: true },
    dueAt: { type: Date, required: true },
    attempts: { type: Number, required: true },
    enqueuedAt: { type: Date, required: true },
    worker: String,
    token: String,
    proofs: { type: Number, required: true },
    failure: Schema.Types.Mixed,
    removeAt: Date,
  },
  { versionKey: false, minimize: false },
)
  .index({ state: 1, name: 1, dueAt: 1 })
  .index({ removeAt: 1 }, { expireAfterSeconds: 0, sparse: true });

export const scheduleSchema = new Schema<ScheduleRecord>(
  { _id: { type: String, required: true }, lastAt: { type: Date, required: true } },
  { versionKey: false },
);
