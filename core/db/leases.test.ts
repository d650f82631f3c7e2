import { afterEach, describe, expect, it } from '@jest/globals';
import { startTestHost, type TestHost } from '../../test/support/host.ts';
import { systemActor } from '../access/actor.ts';
import { ManualClock } from '../time/clock.ts';
import { FencedError, lendTx, runFenced } from './fence.ts';
import { Leases, type Lease } from './leases.ts';

const hosts: TestHost[] = [];

afterEach(async () => {
  for (const host of hosts.splice(0)) await host.close();
});

async function start(clock: ManualClock): Promise<TestHost> {
  const host = await startTestHost({ clock });
  hosts.push(host);
  return host;
}

const NOON = new Date('2026-11-23T04:00:00Z');

function prove(host: TestHost, leases: Leases, lease: Lease): Promise<void> {
  return host.core.transact(systemActor('test'), (tx) => leases.prove(tx, lease), { bookkeeping: true });
}

describe('a lease', () => {
  it('is held by one, until it is given back', async () => {
    const host = await start(new ManualClock(NOON));
    const other = new Leases(host.parts);
    await other.beat();
    const lease = (await host.leases.take('x'))!;
    expect(await other.take('x')).toBeUndefined();
    expect(await host.leases.take('x')).toBeUndefined();
    await host.leases.release(lease);
    expect(await other.take('x')).toBeDefined();
  });

  it('goes to one of many that ask at once', async () => {
    const host = await start(new ManualClock(NOON));
    const taken = await Promise.all(Array.from({ length: 10 }, () => host.leases.take('x')));
    expect(taken.filter((lease) => lease !== undefined)).toHaveLength(1);
  });

  it('of a process that fell silent is taken over, and what the silent one does late is not committed', async () => {
    const clock = new ManualClock(NOON);
    const host = await start(clock);
    const silent = new Leases({ ...host.parts, aliveMs: 1000 });
    await silent.beat();
    const lease = (await silent.take('x'))!;
    await prove(host, silent, lease);
    expect(await host.leases.take('x')).toBeUndefined();
    clock.advance(1000);
    const taken = (await host.leases.take('x'))!;
    await expect(prove(host, silent, lease)).rejects.toBeInstanceOf(FencedError);
    await prove(host, host.leases, taken);
    // Giving back what is no longer held must not free the other's.
    await silent.release(lease);
    await prove(host, host.leases, taken);
  });
});

describe('a fence', () => {
  it('lets no transaction inside it commit once it is down, whoever opens it', async () => {
    const host = await start(new ManualClock(NOON));
    const lease = (await host.leases.take('x'))!;
    const note = () =>
      host.core.transact(systemActor('test'), async (tx) =>
        tx.trace({ action: 'test.noted', subject: { type: 'Note', id: 'n' } }),
      );
    const fence = (tx: Parameters<Leases['prove']>[0]) => host.leases.prove(tx, lease);
    await runFenced(fence, note);
    await host.leases.release(lease);
    await expect(runFenced(fence, note)).rejects.toBeInstanceOf(FencedError);
    await note();
    expect(await host.database.model('trace_records').countDocuments({})).toBe(2);
  });

  it('takes a lent transaction away', async () => {
    const host = await start(new ManualClock(NOON));
    await host.core.transact(systemActor('test'), async (tx) => {
      const lent = lendTx(tx, 'The handler');
      lent.tx.trace({ action: 'test.noted', subject: { type: 'Note', id: 'n' } });
      expect(lent.tx.session).toBe(tx.session);
      lent.revoke();
      expect(() => lent.tx.session).toThrow(FencedError);
      expect(() => lent.tx.publish({ name: 'x', key: 'x', payload: {} })).toThrow(/no longer held/);
    });
  });
});
