import { collectionOf, type ModelSource } from '../db/collection.ts';
import type { Tx } from '../db/database.ts';
import { PlatformError } from '../errors.ts';
import { newId } from '../ids.ts';
import type { JobDeclaration } from '../plugin/contract.ts';
import { serviceToken } from '../plugin/service.ts';
import { JOBS, type JobRecord } from './records.ts';
import type { JobWaker } from './wake.ts';

export interface EnqueueOptions {
  readonly delayMs?: number;
  /** A second job of this name with the same key is not made: the first one's id is returned. */
  readonly key?: string;
}

/** The way to have work done later: it is as sure as the transaction that asks for it. */
export interface JobQueue {
  /**
   * @returns the id of the job
   * @throws JOB_UNKNOWN, JOB_PAYLOAD_INVALID
   */
  enqueue(tx: Tx, name: string, payload: Record<string, unknown>, options?: EnqueueOptions): Promise<string>;
  /** Several of one name in one write, each with an id of its own. */
  enqueueMany(tx: Tx, name: string, payloads: readonly Record<string, unknown>[]): Promise<void>;
}

export const jobQueue = serviceToken<JobQueue>('core', 'jobs');

export interface JobQueueOptions {
  readonly models: ModelSource;
  readonly jobs: () => readonly JobDeclaration[];
  readonly waker: JobWaker;
}

/** The queue over job records in the database. */
export class RecordJobQueue implements JobQueue {
  readonly #options: JobQueueOptions;

  constructor(options: JobQueueOptions) {
    this.#options = options;
  }

  async enqueue(
    tx: Tx,
    name: string,
    payload: Record<string, unknown>,
    { delayMs = 0, key }: EnqueueOptions = {},
  ): Promise<string> {
    const job = this.#job(name);
    refuseInvalidPayload(job, payload);
    const { _id, ...record } = newJob(job, payload, tx.at, {
      id: key === undefined ? newId() : `${name}:${key}`,
      dueAt: new Date(tx.at.getTime() + delayMs),
    });
    await collectionOf<JobRecord>(this.#options.models, JOBS).updateOne(
      { _id },
      { $setOnInsert: record },
      { upsert: true, session: tx.session },
    );
    tx.afterCommit(() => this.#options.waker.wake());
    return _id;
  }

  async enqueueMany(tx: Tx, name: string, payloads: readonly Record<string, unknown>[]): Promise<void> {
    if (payloads.length === 0) return;
    const job = this.#job(name);
    for (const payload of payloads) refuseInvalidPayload(job, payload);
    await collectionOf<JobRecord>(this.#options.models, JOBS).insertMany(
      payloads.map((payload) => newJob(job, payload, tx.at, { id: newId(), dueAt: tx.at })),
      { session: tx.session },
    );
    tx.afterCommit(() => this.#options.waker.wake());
  }

  #job(name: string): JobDeclaration {
    const job = this.#options.jobs().find((declared) => declared.name === name);
    if (job) return job;
    throw new PlatformError('JOB_UNKNOWN', `No plugin declares the job "${name}". Declare it under "jobs".`);
  }
}

export function newJob(
  job: JobDeclaration,
  payload: Record<string, unknown>,
  at: Date,
  { id, dueAt }: { id: string; dueAt: Date },
): JobRecord {
  return {
    _id: id,
    name: job.name,
    version: job.version,
    payload,
    state: 'READY',
    dueAt,
    attempts: 0,
    enqueuedAt: at,
    proofs: 0,
  };
}

function refuseInvalidPayload(job: JobDeclaration, payload: Record<string, unknown>): void {
  const problem = payloadProblem(job, payload);
  if (problem) throw problem;
}

/** What is wrong with a payload by the job's declaration, naming the first place. */
export function payloadProblem(job: JobDeclaration, payload: unknown): PlatformError | undefined {
  const parsed = job.payload.safeParse(payload);
  if (parsed.success) return undefined;
  const [issue] = parsed.error.issues;
  const path = issue?.path.map(String).join('.') || 'payload';
  return new PlatformError(
    'JOB_PAYLOAD_INVALID',
    `The payload of job "${job.name}" does not fit its version ${job.version}: ${path} (${issue?.code ?? 'invalid'}).`,
    { details: { job: job.name, path } },
  );
}
