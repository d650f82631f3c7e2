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
import { asCoreHost } from '../plugin/host.ts';
import type { Host } from '../plugin/contract.ts';
import { serviceToken } from '../plugin/service.ts';
import { JOBS, type JobRecord, type JobState } from './records.ts';
import { BullWaker } from './wake-bull.ts';
import { InProcessWaker } from './wake-in-process.ts';
import type { JobWaker } from './wake.ts';

export const jobService = serviceToken<JobService>('core', 'job-records');
export const jobWaker = serviceToken<JobWaker>('core', 'job-waker');

/** The waker that the configuration asks for. */
export function createWaker(host: Host): JobWaker {
  const { redisUrl } = asCoreHost(host).config;
  return redisUrl === undefined ? new InProcessWaker() : new BullWaker({ redisUrl, logger: host.logger });
}

/** What staff see and do about jobs. */
export class JobService {
  readonly #host: Host;

  constructor(host: Host) {
    this.#host = host;
  }

  /** Jobs in one of the given states, newest first. */
  async list(states: readonly JobState[], { first, after }: PageArgs): Promise<Connection<JobRecord>> {
    const found = await collectionOf<JobRecord>(this.#host, JOBS)
      .find({ state: { $in: [...states] }, ...afterTimeCursor('enqueuedAt', readTimeCursor(after)) })
      .sort({ enqueuedAt: -1, _id: 1 })
      .limit(first + 1)
      .toArray();
    return toConnection(found, first, (job) => job.enqueuedAt);
  }

  /** How many jobs are in each state. */
  async count(): Promise<Readonly<Record<JobState, number>>> {
    const jobs = collectionOf<JobRecord>(this.#host, JOBS);
    return {
      READY: await jobs.countDocuments({ state: 'READY' }),
      RUNNING: await jobs.countDocuments({ state: 'RUNNING' }),
      DONE: await jobs.countDocuments({ state: 'DONE' }),
      DEAD: await jobs.countDocuments({ state: 'DEAD' }),
      ORPHANED: await jobs.countDocuments({ state: 'ORPHANED' }),
    };
  }

  /**
   * Gives a dead job all its tries again.
   * @throws NOT_FOUND
   */
  resume(actor: Actor, id: string): Promise<JobRecord> {
    return this.#host.transact(actor, async (tx) => {
      const resumed = await collectionOf<JobRecord>(this.#host, JOBS).findOneAndUpdate(
        { _id: id, state: 'DEAD' },
        { $set: { state: 'READY', attempts: 0, dueAt: tx.at }, $unset: { failure: 1 } },
        { session: tx.session, returnDocument: 'after' },
      );
      if (!resumed) throw notFound('dead job', id);
      tx.trace({ action: 'job.resumed', subject: { type: 'Job', id }, details: { name: resumed.name } });
      tx.afterCommit(() => this.#host.service(jobWaker).wake());
      return resumed;
    });
  }
}
