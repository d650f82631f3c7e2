import { afterEach, describe, expect, it } from '@jest/globals';
import { Schema } from 'mongoose';
import { z } from 'zod';
import { eventually } from '../../test/support/eventually.ts';
import { startTestHost, type TestHost, type TestHostOptions } from '../../test/support/host.ts';
import { systemActor } from '../access/actor.ts';
import { collectionOf } from '../db/collection.ts';
import type { HandlerDeclaration, Plugin } from '../plugin/contract.ts';
import { ManualClock } from '../time/clock.ts';
import { DELIVERIES, INBOX, LANES } from './delivery.ts';
import { OUTBOX } from './outbox.ts';
import { Relay, type RelayTiming } from './relay.ts';
import { eventService } from './service.ts';

const FAST: Partial<RelayTiming> = { pollMs: 20, retryBaseMs: 1, handlerTimeLimitMs: 5000, triesMax: 3 };
const EVENTS = 'seen_events';

interface Seen {
  _id: string;
  handler: string;
  key: string;
  no: number;
}

const seenSchema = new Schema<Seen>(
  { _id: String, handler: String, key: String, no: Number },
  { versionKey: false },
);

const opened: { stop(): Promise<void> }[] = [];

afterEach(async () => {
  for (const one of opened.splice(0).reverse()) await one.stop();
});

/** A plugin whose handlers note what they see; `wrong` may throw, or hang, before the note. */
function plugin(
  handlers: Readonly<Record<string, (no: number, key: string) => Promise<void> | void>>,
  onPoison: HandlerDeclaration['onPoison'] = 'park-key',
): Partial<Plugin> & { name: string } {
  return {
    name: 'watch',
    models: [{ name: EVENTS, schema: seenSchema as never, shardKey: { _id: 1 }, retention: 'test' }],
    events: [
      { name: 'thing.done', version: 1, shape: z.object({ no: z.number() }), description: 'A thing.' },
    ],
    handlers: Object.entries(handlers).map(([name, wrong]) => ({
      name,
      on: 'thing.done',
      onPoison,
      run: async (tx, event, host) => {
        const no = Number(event.payload.no);
        await wrong(no, event.key);
        await collectionOf<Seen>(host, EVENTS).insertOne(
          { _id: `${name}:${event.key}:${no}`, handler: name, key: event.key, no },
          { session: tx.session },
        );
      },
    })),
  };
}

async function start(
  options: TestHostOptions,
  timing: Partial<RelayTiming> = FAST,
): Promise<TestHost & { relay: Relay }> {
  const host = await startTestHost(options);
  opened.push({ stop: host.close });
  const relay = new Relay({
    ...host.parts,
    handlers: host.declarations.all('handlers').filter(({ owner }) => owner === 'watch'),
    occurrences: [],
    timing,
  });
  relay.start();
  opened.push({ stop: () => relay.stop(500) });
  return { ...host, relay };
}

async function publish(host: TestHost, key: string, numbers: readonly number[]): Promise<void> {
  for (const no of numbers)
    await host.core.transact(
      systemActor('test'),
      async (tx) => tx.publish({ name: 'thing.done', key, payload: { no } }),
      { bookkeeping: true },
    );
}

async function seenBy(host: TestHost, handler: string, key: string): Promise<number[]> {
  const seen = await collectionOf<Seen>(host.database, EVENTS).find({ handler, key }).toArray();
  return seen.map(({ no }) => no);
}

const upTo = (count: number) => Array.from({ length: count }, (_, index) => index + 1);

describe('the relay', () => {
  it('hands the events of a key to each handler in order, and leaves nothing behind', async () => {
    const order: Record<string, number[]> = {};
    const note = (handler: string) => (no: number, key: string) => {
      (order[`${handler}:${key}`] ??= []).push(no);
    };
    const host = await start({ plugins: [plugin({ first: note('first'), second: note('second') })] });
    await Promise.all(['a', 'b', 'c'].map((key) => publish(host, key, upTo(6))));
    await eventually('all are seen', async () => {
      const count = await collectionOf<Seen>(host.database, EVENTS).countDocuments({});
      return count === 36;
    });
    for (const handler of ['first', 'second'])
      for (const key of ['a', 'b', 'c'])
        // A handler may see an event twice (a conflict begins its transaction anew), never an earlier one after a later.
        expect([...new Set(order[`${handler}:${key}`])]).toEqual(upTo(6));
    await eventually('lanes are removed', async () => {
      return (await collectionOf(host.database, LANES).countDocuments({})) === 0;
    });
    expect(await collectionOf(host.database, DELIVERIES).countDocuments({})).toBe(0);
    expect(await collectionOf(host.database, INBOX).countDocuments({})).toBe(36);
  });

  it('of many processes hands each event to a handler once', async () => {
    const plugins = [plugin({ only: () => undefined })];
    const one = await start({ plugins });
    const others = [await start({ plugins, uri: one.uri }), await start({ plugins, uri: one.uri })];
    await Promise.all(['a', 'b', 'c', 'd'].map((key) => publish(one, key, upTo(5))));
    // The notes have fixed ids: handing one on twice would fail on its id and be parked.
    await eventually('all are seen', async () => {
      return (await collectionOf<Seen>(one.database, EVENTS).countDocuments({})) === 20;
    });
    await eventually('nothing waits', async () => {
      return (await collectionOf(one.database, DELIVERIES).countDocuments({})) === 0;
    });
    for (const key of ['a', 'b', 'c', 'd']) expect(await seenBy(others[0]!, 'only', key)).toHaveLength(5);
  });

  it('tries a failing event again, and undoes what its handler wrote before it failed', async () => {
    let failures = 0;
    const host = await start({
      plugins: [
        plugin({
          flaky: (no) => {
            if (no === 2 && ++failures <= 2) throw new Error('not yet');
          },
        }),
      ],
    });
    await publish(host, 'a', [1, 2, 3]);
    await eventually('all are seen', async () => (await seenBy(host, 'flaky', 'a')).length === 3);
    expect(failures).toBe(3);
  });

  it('parks the key of a poisoned event for its handler alone, until staff resume it', async () => {
    let broken = true;
    const host = await start({
      plugins: [
        plugin({
          sick: (no, key) => {
            if (broken && key === 'a' && no === 2) throw new Error('poison');
          },
          healthy: () => undefined,
        }),
      ],
    });
    await publish(host, 'a', [1, 2, 3]);
    await publish(host, 'b', [1, 2]);
    await eventually('it is parked', async () => (await host.core.service(eventService).lag()).parked === 1);
    await eventually('others go on', async () => {
      const healthy = await seenBy(host, 'healthy', 'a');
      return healthy.length === 3 && (await seenBy(host, 'sick', 'b')).length === 2;
    });
    expect(await seenBy(host, 'sick', 'a')).toEqual([1]);
    const { edges } = await host.core.service(eventService).troubled({ first: 10 });
    expect(edges.map(({ node }) => node)).toMatchObject([
      { handler: 'watch.sick', key: 'a', state: 'PARKED', tries: 3, failure: { code: 'UNEXPECTED' } },
    ]);

    broken = false;
    expect(await host.core.service(eventService).resume(systemActor('staff'), 'watch.sick', 'a')).toBe(1);
    await eventually('it goes on', async () => (await seenBy(host, 'sick', 'a')).length === 3);
  });

  it('goes on behind a poisoned event where the handler says skip, and shows it', async () => {
    const poison = (no: number) => {
      if (no === 1) throw new Error('poison');
    };
    const host = await start({ plugins: [plugin({ sick: poison }, 'skip')] });
    await publish(host, 'a', [1, 2]);
    await eventually('the second is seen', async () => (await seenBy(host, 'sick', 'a')).length === 1);
    expect(await seenBy(host, 'sick', 'a')).toEqual([2]);
    expect(await host.core.service(eventService).lag()).toMatchObject({ skipped: 1, parked: 0, waiting: 0 });
  });

  it('times out a handler that never settles and drops its late writes, while others go on', async () => {
    let release: (() => void) | undefined;
    const held = new Promise<void>((resolve) => {
      release = resolve;
    });
    const host = await start(
      { plugins: [plugin({ hanging: () => held, quick: () => undefined })] },
      { ...FAST, handlerTimeLimitMs: 50, triesMax: 2 },
    );
    await publish(host, 'a', [1, 2]);
    await eventually(
      'the other handler is done',
      async () => (await seenBy(host, 'quick', 'a')).length === 2,
    );
    await eventually('it is parked', async () => (await host.core.service(eventService).lag()).parked === 1);
    release!();
    // Both tries now run on to their note; neither may get through.
    await host.core.transact(systemActor('test'), async () => undefined, { bookkeeping: true });
    expect(await seenBy(host, 'hanging', 'a')).toEqual([]);
  });

  it('does not commit the work of a handler whose lane another process took over meanwhile', async () => {
    let started: (() => void) | undefined;
    let release: (() => void) | undefined;
    const running = new Promise<void>((resolve) => {
      started = resolve;
    });
    const held = new Promise<void>((resolve) => {
      release = resolve;
    });
    let calls = 0;
    const slow = async () => {
      calls++;
      started!();
      await held;
    };
    const host = await start({ plugins: [plugin({ slow })] });
    await publish(host, 'a', [1]);
    await running;
    // As another process would, once this one is silent.
    const taken = await collectionOf<{ _id: string; token: string; worker: string }>(
      host.database,
      'leases',
    ).updateOne({ _id: 'lane|watch.slow|a' }, { $set: { token: 'another', worker: 'another' } });
    expect(taken.modifiedCount).toBe(1);
    release!();
    await eventually('the work is dropped and begun anew', () => calls >= 2);
    await eventually('it is seen once', async () => (await seenBy(host, 'slow', 'a')).length === 1);
  });

  it('absorbs an event that is handed on twice', async () => {
    const host = await start({ plugins: [plugin({ only: () => undefined })] });
    await publish(host, 'a', [1]);
    await eventually('it is seen', async () => (await seenBy(host, 'only', 'a')).length === 1);
    // As if the hand-on had been done but its mark had stayed.
    await collectionOf(host.database, OUTBOX).updateMany({}, { $set: { pending: true } });
    host.relay.wake();
    await eventually('it is handed on again', async () => {
      return (await collectionOf(host.database, OUTBOX).countDocuments({ pending: true })) === 0;
    });
    await eventually('nothing waits', async () => {
      return (await collectionOf(host.database, DELIVERIES).countDocuments({})) === 0;
    });
    expect(await seenBy(host, 'only', 'a')).toEqual([1]);
  });

  it('keeps events as long as one handler still needs them', async () => {
    const clock = new ManualClock(new Date('2026-11-01T00:00:00Z'));
    let broken = true;
    const sick = () => {
      if (broken) throw new Error('poison');
    };
    const host = await start(
      { plugins: [plugin({ sick, healthy: () => undefined })], clock },
      { ...FAST, triesMax: 1 },
    );
    const outbox = collectionOf(host.database, OUTBOX);
    await publish(host, 'a', [1]);
    await eventually('it is parked', async () => (await host.core.service(eventService).lag()).parked === 1);
    clock.advance(30 * 86_400_000);
    expect((await host.core.service(eventService).lag()).oldestMs).toBe(30 * 86_400_000);
    await publish(host, 'b', [1]);
    await eventually('a round is over', async () => (await seenBy(host, 'healthy', 'b')).length === 1);
    expect(await outbox.countDocuments({})).toBe(2);

    broken = false;
    for (const key of ['a', 'b'])
      await eventually(`${key} is resumed`, () =>
        host.core
          .service(eventService)
          .resume(systemActor('staff'), 'watch.sick', key)
          .then(() => true)
          .catch(() => false),
      );
    await eventually('both are seen', async () => {
      return (await collectionOf<Seen>(host.database, EVENTS).countDocuments({})) === 4;
    });
    clock.advance(61_000);
    await eventually('the old one is pruned', async () => (await outbox.countDocuments({})) === 1);
    await eventually('and what noted it as handled', async () => {
      return (await collectionOf(host.database, INBOX).countDocuments({})) === 2;
    });
  });
});
