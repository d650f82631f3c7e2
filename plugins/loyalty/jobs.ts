import { z } from 'zod';
import { systemActor } from '../../core/access/actor.ts';
import { collectionOf } from '../../core/db/collection.ts';
import type { Host, JobDeclaration, JobRun, ScheduleDeclaration } from '../../core/plugin/contract.ts';
import { ledgerService } from './contract.ts';
import { ACCOUNTS, REDEMPTIONS, type AccountRecord, type RedemptionRecord } from './model.ts';
import { fold, FOLD_MAX } from './store/fold.ts';

const FOLD_JOB = 'loyalty.fold';
const SETTLE_JOB = 'loyalty.settle';
const RELEASE_JOB = 'loyalty.release-holds';

/** How many are done side by side; they go to the database as one batch. */
const AT_ONCE = 100;
const ACTOR = systemActor('points-jobs');

/** What time brings about: folds, maturing and expiry, and the release of holds that have run out. */
export const loyaltyJobs: readonly JobDeclaration[] = [
  job(FOLD_JOB, async (host, run) => {
    while (!run.signal.aborted && (await fold(host, ACTOR)) === FOLD_MAX);
  }),
  job(SETTLE_JOB, settleDue),
  job(RELEASE_JOB, releaseHolds),
];

export const loyaltySchedules: readonly ScheduleDeclaration[] = [
  { cron: '* * * * *', job: FOLD_JOB, payload: {}, missed: 'once' },
  { cron: '* * * * *', job: SETTLE_JOB, payload: {}, missed: 'once' },
  { cron: '* * * * *', job: RELEASE_JOB, payload: {}, missed: 'once' },
];

/** Settles every account of which something is due by the run's instant. */
export async function settleDue(host: Host, run: Pick<JobRun, 'at' | 'signal'>): Promise<void> {
  const ledger = host.service(ledgerService);
  for (let last = ''; !run.signal.aborted;) {
    const due = await collectionOf<AccountRecord>(host, ACCOUNTS)
      .find({ dueAt: { $lte: run.at }, _id: { $gt: last } })
      .sort({ _id: 1 })
      .limit(AT_ONCE)
      .toArray();
    if (due.length === 0) return;
    await Promise.all(due.map(({ partyId, pointType }) => ledger.settle(ACTOR, partyId, pointType)));
    last = due.at(-1)!._id;
  }
}

/**
 * Releases every hold that has run out by the run's instant and that nobody has confirmed. What a merchant holds goods
 * for is released with them, by partner/.
 */
export async function releaseHolds(host: Host, run: Pick<JobRun, 'at' | 'signal'>): Promise<void> {
  const ledger = host.service(ledgerService);
  for (let last = ''; !run.signal.aborted;) {
    const over = await collectionOf<RedemptionRecord>(host, REDEMPTIONS)
      .find({
        state: 'RESERVED',
        expiresAt: { $lte: run.at },
        'cause.type': { $ne: 'partner' },
        _id: { $gt: last },
      } as never)
      .sort({ _id: 1 })
      .limit(AT_ONCE)
      .toArray();
    if (over.length === 0) return;
    await Promise.all(over.map(({ _id }) => ledger.timeOut(ACTOR, _id, { type: 'time-out', id: _id })));
    last = over.at(-1)!._id;
  }
}

function job(name: string, run: (host: Host, run: JobRun) => Promise<void>): JobDeclaration {
  return {
    name,
    version: 1,
    payload: z.strictObject({}),
    attemptsMax: 5,
    timeLimitMs: 60_000,
    run: (_payload, host, jobRun) => run(host, jobRun),
  };
}
