import { collectionOf } from '../db/collection.ts';
import type { Database, Tx } from '../db/database.ts';
import { FencedError, runFenced } from '../db/fence.ts';
import type { Leases } from '../db/leases.ts';
import { PlatformError } from '../errors.ts';
import { failureOf, type Failure } from '../failure.ts';
import { newId } from '../ids.ts';
import type { Logger } from '../log.ts';
import type { Declared, Host, JobDeclaration, ScheduleDeclaration } from '../plugin/contract.ts';
import type { Clock } from '../time/clock.ts';
import { Loop, settledWithin } from '../time/loop.ts';
import { withTimeLimit } from '../time/time-limit.ts';
import { payloadProblem } from './port.ts';
import { JOBS, type JobRecord } from './records.ts';
import { checkSchedule, fireSchedules } from './schedule.ts';
import { sweepJobs } from './sweep.ts';
import type { JobWaker } from './wake.ts';

export interface WorkerTiming {
  /** How often a worker looks by itself. */
  readonly pollMs: number;
  /** How many jobs of one plugin run at once in this process, so that one which hangs holds up no other plugin. */
  readonly slotsPerOwner: number;
  readonly retryBaseMs: number;
  readonly retryMaxMs: number;
  /** How often jobs of dead processes and unknown jobs are looked for. */
  readonly sweepEveryMs: number;
  /** How long a done job is kept. */
  readonly keepDoneMs: number;
}

export const WORKER_TIMING: WorkerTiming = {
  pollMs: 1000,
  slotsPerOwner: 4,
  retryBaseMs: 1000,
  retryMaxMs: 10 * 60_000,
  sweepEveryMs: 2000,
  keepDoneMs: 7 * 24 * 3_600_000,
};

export interface WorkerOptions {
  readonly database: Database;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly leases: Leases;
  readonly waker: JobWaker;
  readonly jobs: readonly Declared<JobDeclaration>[];
  readonly schedules: readonly Declared<ScheduleDeclaration>[];
  readonly hostOf: (owner: string) => Host;
  readonly timing?: Partial<WorkerTiming>;
}

interface Running {
  readonly owner: string;
  readonly settled: Promise<void>;
  readonly abort: AbortController;
}

/** Claims due jobs and runs them, each until its time limit; makes jobs of schedules; takes over from dead processes. */
export class Worker {
  readonly #options: WorkerOptions;
  readonly #timing: WorkerTiming;
  readonly #jobs: ReadonlyMap<string, Declared<JobDeclaration>>;
  readonly #running = new Map<string, Running>();
  readonly #loop: Loop;
  #unlisten: (() => void) | undefined;
  #sweepAt = 0;
  #stopping = false;

  constructor(options: WorkerOptions) {
    this.#options = options;
    this.#timing = { ...WORKER_TIMING, ...options.timing };
    this.#jobs = new Map(options.jobs.map((job) => [job.name, job]));
    for (const schedule of options.schedules) checkSchedule(schedule);
    this.#loop = new Loop({
      name: 'worker',
      everyMs: this.#timing.pollMs,
      logger: options.logger,
      step: () => this.#round(),
    });
  }

  start(): void {
    this.#stopping = false;
    this.#unlisten = this.#options.waker.onWake(() => this.#loop.wake());
    this.#loop.start();
  }

  /** Claims nothing new, tells running jobs to end and waits for them, at most `limitMs`; the rest is taken over by others. */
  async stop(limitMs = 5000): Promise<void> {
    this.#stopping = true;
    this.#unlisten?.();
    await this.#loop.stop(limitMs);
    for (const { abort } of this.#running.values()) abort.abort(new Error('The process is stopping.'));
    await settledWithin(Promise.all([...this.#running.values()].map(({ settled }) => settled)), limitMs);
  }

  async #round(): Promise<boolean> {
    const { database, clock, schedules, leases } = this.#options;
    await fireSchedules(database, schedules, this.#jobs, clock.now());
    if (clock.now().getTime() >= this.#sweepAt) {
      this.#sweepAt = clock.now().getTime() + this.#timing.sweepEveryMs;
      // This one is up, whatever its heartbeat: it must not take its own jobs for lost.
      const alive = [...(await leases.aliveWorkers()), leases.worker];
      await sweepJobs(database, [...this.#jobs.keys()], alive, clock.now());
    }
    let claimed = 0;
    for (const owner of new Set([...this.#jobs.values()].map((job) => job.owner)))
      while (this.#slotsOf(owner) > 0) {
        const record = await this.#claim(owner);
        if (!record) break;
        claimed++;
        this.#start(record);
      }
    return claimed > 0;
  }

  #slotsOf(owner: string): number {
    const running = [...this.#running.values()].filter((one) => one.owner === owner).length;
    return this.#timing.slotsPerOwner - running;
  }

  async #claim(owner: string): Promise<JobRecord | undefined> {
    const names = [...this.#jobs.values()].filter((job) => job.owner === owner).map((job) => job.name);
    const claimed = await collectionOf<JobRecord>(this.#options.database, JOBS).findOneAndUpdate(
      { state: 'READY', name: { $in: names }, dueAt: { $lte: this.#options.clock.now() } },
      {
        $set: { state: 'RUNNING', worker: this.#options.leases.worker, token: newId() },
        $inc: { attempts: 1 },
      },
      { sort: { dueAt: 1 }, returnDocument: 'after' },
    );
    return claimed ?? undefined;
  }

  #start(record: JobRecord): void {
    const job = this.#jobs.get(record.name)!;
    const abort = new AbortController();
    const settled = this.#run(record, job, abort)
      .catch((error: unknown) => {
        if (error instanceof FencedError) return;
        this.#options.logger.error(
          { job: record.name, id: record._id, ...failureOf(error) },
          'a job was lost',
        );
      })
      .finally(() => {
        this.#running.delete(record._id);
        this.#loop.wake();
      });
    this.#running.set(record._id, { owner: job.owner, settled, abort });
  }

  async #run(record: JobRecord, job: Declared<JobDeclaration>, abort: AbortController): Promise<void> {
    const hopeless = lostTooOften(job, record) ?? payloadProblem(job, record.payload);
    if (hopeless) return this.#settle(record, { state: 'DEAD', failure: failureOf(hopeless) });
    const { clock, logger, hostOf } = this.#options;
    const run = { id: record._id, attempt: record.attempts, at: clock.now(), signal: abort.signal };
    const what = `The job "${record.name}"`;
    try {
      await withTimeLimit(
        what,
        job.timeLimitMs,
        () =>
          runFenced(
            (tx) => this.#prove(tx, record),
            () => job.run(record.payload as never, hostOf(job.owner), run),
          ),
        () => abort.abort(new Error(`${what} is over its time limit of ${job.timeLimitMs} ms.`)),
      );
    } catch (error) {
      if (this.#stopping) return this.#giveBack(record);
      const failure = failureOf(error);
      logger.warn({ job: record.name, id: record._id, attempt: record.attempts, ...failure }, 'a job failed');
      const state = record.attempts >= job.attemptsMax ? 'DEAD' : 'READY';
      return this.#settle(record, { state, failure });
    }
    await this.#settle(record, { state: 'DONE' });
  }

  /** Proves in a job's own transaction that it is still the one who runs it. */
  async #prove(tx: Tx, record: JobRecord): Promise<void> {
    const proved = await collectionOf<JobRecord>(this.#options.database, JOBS).updateOne(
      { _id: record._id, token: record.token! },
      { $inc: { proofs: 1 } },
      { session: tx.session },
    );
    if (proved.matchedCount === 0) throw new FencedError(`The job "${record._id}"`);
  }

  /** A job that was told to end because the process stops has not failed: the next process begins it anew. */
  async #giveBack(record: JobRecord): Promise<void> {
    await collectionOf<JobRecord>(this.#options.database, JOBS).updateOne(
      { _id: record._id, token: record.token! },
      {
        $set: { state: 'READY', dueAt: this.#options.clock.now() },
        $inc: { attempts: -1 },
        $unset: { token: 1, worker: 1 },
      },
    );
  }

  async #settle(
    record: JobRecord,
    { state, failure }: { state: 'DONE' | 'READY' | 'DEAD'; failure?: Failure },
  ): Promise<void> {
    const now = this.#options.clock.now().getTime();
    const { keepDoneMs, retryBaseMs, retryMaxMs } = this.#timing;
    const delayMs = Math.min(retryBaseMs * 2 ** (record.attempts - 1), retryMaxMs);
    await collectionOf<JobRecord>(this.#options.database, JOBS).updateOne(
      { _id: record._id, token: record.token! },
      {
        $set: {
          state,
          ...(state === 'READY' ? { dueAt: new Date(now + delayMs) } : {}),
          ...(state === 'DONE' ? { removeAt: new Date(now + keepDoneMs) } : {}),
          ...(failure === undefined ? {} : { failure }),
        },
        $unset: { token: 1, worker: 1 },
      },
    );
  }
}

/** A job whose process died at every try would take down one process after the other. */
function lostTooOften(job: JobDeclaration, record: JobRecord): PlatformError | undefined {
  if (record.attempts <= job.attemptsMax) return undefined;
  return new PlatformError(
    'JOB_LOST',
    `The process that ran job "${job.name}" ended before the job did, ${job.attemptsMax} times. Find out why, then resume it.`,
  );
}
