import { collectionOf, type ModelSource } from '../db/collection.ts';
import { JOBS, type JobRecord } from './records.ts';

/**
 * Puts right what no worker claims: jobs of processes that are gone become ready again, jobs whose plugin is gone are
 * parked as ORPHANED, and those whose plugin is back are ready.
 */
export async function sweepJobs(
  source: ModelSource,
  knownNames: readonly string[],
  aliveWorkers: readonly string[],
  at: Date,
): Promise<void> {
  const jobs = collectionOf<JobRecord>(source, JOBS);
  await jobs.updateMany(
    { state: 'RUNNING', worker: { $nin: [...aliveWorkers] } },
    { $set: { state: 'READY', dueAt: at }, $unset: { token: 1, worker: 1 } },
  );
  await jobs.updateMany({ state: 'READY', name: { $nin: [...knownNames] } }, { $set: { state: 'ORPHANED' } });
  await jobs.updateMany(
    { state: 'ORPHANED', name: { $in: [...knownNames] } },
    { $set: { state: 'READY', dueAt: at } },
  );
}
