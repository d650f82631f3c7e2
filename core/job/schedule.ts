import { Cron } from 'croner';
import { collectionOf } from '../db/collection.ts';
import { isDuplicateKey, type Database } from '../db/database.ts';
import { StartError } from '../errors.ts';
import type { Declared, JobDeclaration, ScheduleDeclaration } from '../plugin/contract.ts';
import { newJob } from './port.ts';
import { JOBS, SCHEDULES, type JobRecord, type ScheduleRecord } from './records.ts';

const TIME_ZONE = 'Asia/Shanghai';
/** A firing seen within this time was not missed, only noticed between two looks. */
const ON_TIME_MS = 60_000;

/** Refuses a cron expression that cannot be read, naming its owner. */
export function checkSchedule({ owner, job, cron }: Declared<ScheduleDeclaration>): void {
  try {
    toCron(cron);
  } catch (error) {
    throw new StartError(
      'SCHEDULE_INVALID',
      `plugin "${owner}"`,
      `the schedule of job "${job}" has the cron expression "${cron}", which cannot be read. Use five or six cron fields.`,
      error,
    );
  }
}

/**
 * The latest firing after `lastAt` and not after `at`, where one is to be run. Earlier ones in between are not made up
 * for; a missed one is run only where the schedule says `once`.
 */
export function dueFiring(
  { cron, missed }: Pick<ScheduleDeclaration, 'cron' | 'missed'>,
  lastAt: Date,
  at: Date,
): Date | undefined {
  const [latest] = toCron(cron).previousRuns(1, new Date(at.getTime() + 1));
  if (!latest || latest <= lastAt) return undefined;
  if (missed === 'skip' && at.getTime() - latest.getTime() > ON_TIME_MS) return undefined;
  return latest;
}

/**
 * Makes a job of each firing that is due. Its id names the firing, so among many processes the unique key elects one.
 * @returns how many jobs this process made
 */
export async function fireSchedules(
  database: Database,
  schedules: readonly Declared<ScheduleDeclaration>[],
  jobs: ReadonlyMap<string, JobDeclaration>,
  at: Date,
): Promise<number> {
  let fired = 0;
  for (const schedule of schedules) {
    const job = jobs.get(schedule.job);
    if (!job) continue;
    const id = `${schedule.owner}:${schedule.job}:${schedule.cron}`;
    const firing = dueFiring(schedule, await lastFiring(database, id, at), at);
    if (!firing) continue;
    const made = await insertOnce(database, {
      ...newJob(job, { ...schedule.payload }, at, {
        id: `${schedule.owner}:${schedule.job}:${firing.toISOString()}`,
        dueAt: firing,
      }),
    });
    // After the job: a crash in between repeats the firing, which the unique key then refuses.
    await collectionOf<ScheduleRecord>(database, SCHEDULES).updateOne(
      { _id: id },
      { $max: { lastAt: firing } },
    );
    if (made) fired++;
  }
  return fired;
}

/** A schedule seen for the first time begins now: what lies before was not missed. */
async function lastFiring(database: Database, id: string, at: Date): Promise<Date> {
  const schedules = collectionOf<ScheduleRecord>(database, SCHEDULES);
  const known = await schedules.findOne({ _id: id });
  if (known) return known.lastAt;
  try {
    await schedules.insertOne({ _id: id, lastAt: at });
    return at;
  } catch (error) {
    if (!isDuplicateKey(error)) throw error;
    return (await schedules.findOne({ _id: id }))!.lastAt;
  }
}

async function insertOnce(database: Database, job: JobRecord): Promise<boolean> {
  try {
    await collectionOf<JobRecord>(database, JOBS).insertOne(job);
    return true;
  } catch (error) {
    if (isDuplicateKey(error)) return false;
    throw error;
  }
}

function toCron(cron: string): Cron {
  return new Cron(cron, { timezone: TIME_ZONE, paused: true });
}
