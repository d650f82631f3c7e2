import { afterEach, describe, expect, it } from '@jest/globals';
import { Schema } from 'mongoose';
import { z } from 'zod';
import { eventually } from '../../test/support/eventually.ts';
import { startTestHost, type TestHost, type TestHostOptions } from '../../test/support/host.ts';
import { systemActor } from '../access/actor.ts';
import { collectionOf } from '../db/collection.ts';
import type { Host, JobDeclaration, JobRun, Plugin } from '../plugin/contract.ts';
import { ManualClock } from '../time/clock.ts';
import { jobQueue } from './port.ts';
import { JOBS, SCHEDULES, type JobRecord } from './records.ts';
import { jobService, jobWaker } from './service.ts';
import { Worker, type WorkerTiming } from './worker.ts';

const FAST: Partial<WorkerTiming> = { pollMs: 20, retryBaseMs: 1, sweepEveryMs: 20 };
const NOTES = 'job_notes';

interface Note {
  _id: string;
  text: string;
}

type Work = (payload: { text: string }, host: Host, run: JobRun) => Promise<void>;

const noteSchema = new Schema<Note>({ _id: String, text: String }, { versionKey: false });

const opened: { stop(): Promise<void> }[] = [];

afterEach(async () => {
  for (const one of opened.splice(0).reverse()) await one.stop();
});

function job(name: string, run: Work, more: Partial<JobDeclaration> = {}): JobDeclaration {
  return {
    name,
    version: 1,
    payload: z.object({ text: z.string() }),
    attemptsMax: 3,
    timeLimitMs: 5000,
    run: run as never,
    ...more,
  };
}

const plugin = (name: string, jobs: readonly JobDeclaration[], more: Partial<Plugin> = {}) => ({
  name,
  jobs,
  ...more,
});
const notes = [
  { name: NOTES, schema: noteSchema as never, shardKey: { _id: 1 as const }, retention: 'test' },
];

async function start(
  options: TestHostOptions,
  timing: Partial<WorkerTiming> = FAST,
): Promise<TestHost & { worker: Worker }> {
  const host = await startTestHost(options);
  opened.push({ stop: host.close });
  const worker = new Worker({
    ...host.parts,
    waker: host.core.service(jobWaker),
    jobs: host.declarations.all('jobs').filter(({ owner }) => owner !== 'core'),
    schedules: host.declarations.all('schedules').filter(({ owner }) => owner !== 'core'),
    timing: { ...FAST, ...timing },
  });
  worker.start();
  opened.push({ stop: () => worker.stop(200) });
  return { ...host, worker };
}

function enqueue(host: TestHost, name: string, text: string, options?: { delayMs?: number; key?: string }) {
  return host.core.transact(
    systemActor('test'),
    (tx) => host.core.service(jobQueue).enqueue(tx, name, { text }, options),
    { bookkeeping: true },
  );
}

function find(host: TestHost, id: string) {
  return collectionOf<JobRecord>(host.database, JOBS).findOne({ _id: id });
}

const inState = (host: TestHost, id: string, state: JobRecord['state']) => () =>
  find(host, id).then((found) => found?.state === state);

function gate(): { readonly opened: Promise<void>; open(): void } {
  let open: (() => void) | undefined;
  const opened = new Promise<void>((resolve) => {
    open = resolve;
  });
  return { opened, open: () => open!() };
}

describe('a job', () => {
  it('runs once after the transaction that asked for it, and not if that came to nothing', async () => {
    const ran: string[] = [];
    const host = await start({
      plugins: [plugin('work', [job('work.note', async ({ text }) => void ran.push(text))])],
    });
    await expect(
      host.core.transact(systemActor('test'), async (tx) => {
        await host.core.service(jobQueue).enqueue(tx, 'work.note', { text: 'never' });
        throw new Error('came to nothing');
      }),
    ).rejects.toThrow('came to nothing');
    const id = await enqueue(host, 'work.note', 'once');
    await eventually('it is done', inState(host, id, 'DONE'));
    expect(ran).toEqual(['once']);
    expect(await find(host, id)).toMatchObject({ attempts: 1, name: 'work.note', version: 1 });
  });

  it('is checked when it is asked for: an unknown name or a wrong payload is refused', async () => {
    const host = await start({ plugins: [plugin('work', [job('work.note', async () => undefined)])] });
    await expect(enqueue(host, 'work.none', 'x')).rejects.toMatchObject({ code: 'JOB_UNKNOWN' });
    await expect(enqueue(host, 'work.note', 7 as never)).rejects.toMatchObject({
      code: 'JOB_PAYLOAD_INVALID',
      details: { path: 'text' },
    });
    expect(await collectionOf(host.database, JOBS).countDocuments({})).toBe(0);
  });

  it('is checked again when it runs: a payload of an older version that no longer fits is dead at once', async () => {
    let ran = 0;
    const old = plugin('work', [job('work.note', async () => void ran++)]);
    const before = await startTestHost({ plugins: [old] });
    opened.push({ stop: before.close });
    const id = await enqueue(before, 'work.note', 'old');
    const stricter = job('work.note', async () => void ran++, {
      version: 2,
      payload: z.object({ text: z.string(), since: z.string() }),
    });
    const host = await start({ plugins: [plugin('work', [stricter])], uri: before.uri });
    await eventually('it is dead', inState(host, id, 'DEAD'));
    expect(await find(host, id)).toMatchObject({ failure: { code: 'JOB_PAYLOAD_INVALID' } });
    expect(ran).toBe(0);
  });

  it('with a key is made once, however often it is asked for', async () => {
    let ran = 0;
    const host = await start({ plugins: [plugin('work', [job('work.note', async () => void ran++)])] });
    const ids = [
      await enqueue(host, 'work.note', 'a', { key: 'k' }),
      await enqueue(host, 'work.note', 'a', { key: 'k' }),
    ];
    expect(ids[0]).toBe(ids[1]);
    await eventually('it is done', inState(host, ids[0]!, 'DONE'));
    expect(ran).toBe(1);
  });

  it('waits for its time', async () => {
    const clock = new ManualClock(new Date('2026-11-23T01:00:00Z'));
    const ran: string[] = [];
    const host = await start({
      plugins: [plugin('work', [job('work.note', async ({ text }) => void ran.push(text))])],
      clock,
    });
    const later = await enqueue(host, 'work.note', 'later', { delayMs: 60_000 });
    const now = await enqueue(host, 'work.note', 'now');
    await eventually('the other is done', inState(host, now, 'DONE'));
    expect(ran).toEqual(['now']);
    clock.advance(60_000);
    await eventually('it is done', inState(host, later, 'DONE'));
    expect(ran).toEqual(['now', 'later']);
  });

  it('that fails is tried again, then dead and visible, and staff resume it with all its tries', async () => {
    let broken = true;
    let tries = 0;
    const run = async () => {
      tries++;
      if (broken) throw new Error('poison');
    };
    const host = await start({ plugins: [plugin('work', [job('work.sick', run)])] });
    const id = await enqueue(host, 'work.sick', 'x');
    await eventually('it is dead', inState(host, id, 'DEAD'));
    expect(tries).toBe(3);
    const { edges } = await host.core.service(jobService).list(['DEAD'], { first: 5 });
    expect(edges.map(({ node }) => node)).toMatchObject([{ _id: id, failure: { code: 'UNEXPECTED' } }]);

    broken = false;
    await host.core.service(jobService).resume(systemActor('staff'), id);
    await eventually('it is done', inState(host, id, 'DONE'));
  });

  it('that never settles is ended at its limit; its late transaction is not committed, and other plugins go on', async () => {
    const { opened: held, open } = gate();
    let late: Promise<unknown> | undefined;
    const aborted: boolean[] = [];
    const hang: Work = async ({ text }, host, { signal }) => {
      await held;
      aborted.push(signal.aborted);
      late = host.transact(systemActor('late'), async (tx) => {
        await collectionOf<Note>(host, NOTES).insertOne({ _id: text, text }, { session: tx.session });
        tx.trace({ action: 'test.noted', subject: { type: 'Note', id: text } });
      });
      await late;
    };
    const host = await start({
      plugins: [
        plugin('stuck', [job('stuck.hang', hang, { timeLimitMs: 50, attemptsMax: 1 })], { models: notes }),
        plugin('work', [job('work.note', async () => undefined)]),
      ],
    });
    const hanging = await Promise.all(
      ['a', 'b', 'c', 'd', 'e', 'f'].map((text) => enqueue(host, 'stuck.hang', text)),
    );
    const id = await enqueue(host, 'work.note', 'x');
    await eventually('the other is done', inState(host, id, 'DONE'));
    for (const one of hanging) await eventually('each is dead', inState(host, one, 'DEAD'));
    open();
    await eventually('the late work goes on', () => late !== undefined);
    await expect(late).rejects.toThrow(/no longer held/);
    expect(aborted).not.toContain(false);
    expect(await collectionOf(host.database, NOTES).countDocuments({})).toBe(0);
  });

  it('of a process that is gone is done by another', async () => {
    const ran: number[] = [];
    const run: Work = async (_payload, _host, { attempt }) => void ran.push(attempt);
    const host = await start({ plugins: [plugin('work', [job('work.note', run)])] });
    await collectionOf<JobRecord>(host.database, JOBS).insertOne(runningElsewhere('orphan', 1));
    await eventually('it is done', inState(host, 'orphan', 'DONE'));
    expect(ran).toEqual([2]);
  });

  it('whose process died at every try is dead instead of taking down one process after the other', async () => {
    const host = await start({ plugins: [plugin('work', [job('work.note', async () => undefined)])] });
    await collectionOf<JobRecord>(host.database, JOBS).insertOne(runningElsewhere('killer', 3));
    await eventually('it is dead', inState(host, 'killer', 'DEAD'));
    expect(await find(host, 'killer')).toMatchObject({ failure: { code: 'JOB_LOST' } });
  });

  it('that nobody knows is parked as ORPHANED, and goes on once its plugin is back', async () => {
    const before = await startTestHost({
      plugins: [plugin('work', [job('work.note', async () => undefined)])],
    });
    opened.push({ stop: before.close });
    const id = await enqueue(before, 'work.note', 'x');
    const without = await start({ plugins: [], uri: before.uri });
    await eventually('it is parked', inState(without, id, 'ORPHANED'));
    await without.worker.stop();
    const withIt = await start({
      plugins: [plugin('work', [job('work.note', async () => undefined)])],
      uri: before.uri,
    });
    await eventually('it is done', inState(withIt, id, 'DONE'));
  });

  it('that the process tells to end is given back without counting the try', async () => {
    let begun = 0;
    const run: Work = (_payload, _host, { signal }) => {
      begun++;
      return new Promise((_resolve, reject) =>
        signal.addEventListener('abort', () => reject(signal.reason as Error)),
      );
    };
    const host = await start({ plugins: [plugin('work', [job('work.long', run)])] });
    const id = await enqueue(host, 'work.long', 'x');
    await eventually('it has begun', () => begun === 1);
    await host.worker.stop();
    expect(await find(host, id)).toMatchObject({ state: 'READY', attempts: 0 });
  });

  it('runs once for each firing of its schedule, of many processes', async () => {
    const clock = new ManualClock(new Date('2026-11-23T01:00:30Z'));
    const ran: Date[] = [];
    const plugins = [
      plugin('work', [job('work.tick', async () => void ran.push(clock.now()))], {
        schedules: [{ cron: '* * * * *', job: 'work.tick', payload: { text: 'tick' }, missed: 'once' }],
      }),
    ];
    const host = await start({ plugins, clock });
    await start({ plugins, clock, uri: host.uri });
    await eventually('the schedule is known', async () => {
      return (await collectionOf(host.database, SCHEDULES).countDocuments({})) === 1;
    });
    for (let minute = 1; minute <= 3; minute++) {
      clock.set(new Date(Date.UTC(2026, 10, 23, 1, minute)));
      await eventually(`minute ${minute} has run`, () => ran.length >= minute);
    }
    const made = await collectionOf<JobRecord>(host.database, JOBS).find({}).toArray();
    expect(made.map(({ _id }) => _id).sort()).toEqual([
      'work:work.tick:2026-11-23T01:01:00.000Z',
      'work:work.tick:2026-11-23T01:02:00.000Z',
      'work:work.tick:2026-11-23T01:03:00.000Z',
    ]);
    expect(ran).toHaveLength(3);
  });

  it('that another process took over meanwhile is not settled by the first', async () => {
    const { opened: held, open } = gate();
    let runs = 0;
    const run = async () => {
      if (++runs > 1) return;
      await held;
      throw new Error('too late to fail');
    };
    const host = await start({ plugins: [plugin('work', [job('work.note', run)])] });
    const id = await enqueue(host, 'work.note', 'x');
    await eventually('it has begun', () => runs === 1);
    // As another process does with the jobs of one that fell silent.
    await collectionOf<JobRecord>(host.database, JOBS).updateOne(
      { _id: id },
      { $set: { state: 'READY' }, $unset: { token: 1, worker: 1 } },
    );
    await eventually('it is done', inState(host, id, 'DONE'));
    open();
    await host.worker.stop();
    expect(await find(host, id)).toMatchObject({ state: 'DONE', attempts: 2 });
    expect((await find(host, id))?.failure).toBeUndefined();
  });
});

function runningElsewhere(id: string, attempts: number): JobRecord {
  return {
    _id: id,
    name: 'work.note',
    version: 1,
    payload: { text: 'x' },
    state: 'RUNNING',
    worker: 'gone',
    token: 'gone',
    attempts,
    dueAt: new Date(0),
    enqueuedAt: new Date(0),
    proofs: 0,
  };
}
