import { afterEach, describe, expect, it } from '@jest/globals';
import { startTestHost, type TestHost } from '../../test/support/host.ts';
import { StartError } from '../errors.ts';
import type { MigrationDeclaration } from '../plugin/contract.ts';
import { runMigrations } from './migrations.ts';

const hosts: TestHost[] = [];

afterEach(async () => {
  for (const host of hosts.splice(0)) await host.close();
});

async function start(migrations: readonly MigrationDeclaration[], uri?: string) {
  const host = await startTestHost({
    plugins: [{ name: 'shop', migrations }],
    ...(uri === undefined ? {} : { uri }),
  });
  hosts.push(host);
  const run = (waitLimitMs = 10_000) =>
    runMigrations({
      ...host.parts,
      migrations: host.declarations.all('migrations').filter(({ owner }) => owner === 'shop'),
      waitLimitMs,
      pollMs: 10,
    });
  return { host, run };
}

const migration = (id: string, up: () => Promise<void>): MigrationDeclaration => ({
  id,
  why: `why ${id}`,
  up,
});

describe('migrations', () => {
  it('run once, in their order, however often the platform starts', async () => {
    const ran: string[] = [];
    const two = ['001', '002'].map((id) => migration(id, async () => void ran.push(id)));
    const { host, run } = await start(two);
    expect(await run()).toEqual(['shop:001', 'shop:002']);
    expect(await run()).toEqual([]);
    const later = await start([...two, migration('003', async () => void ran.push('003'))], host.uri);
    expect(await later.run()).toEqual(['shop:003']);
    expect(ran).toEqual(['001', '002', '003']);
  });

  it('run in one process only, of several that start at once', async () => {
    let ran = 0;
    const one = [migration('001', async () => void ran++)];
    const first = await start(one);
    const others = [await start(one, first.host.uri), await start(one, first.host.uri)];
    await Promise.all([first, ...others].map(({ run }) => run()));
    expect(ran).toBe(1);
  });

  it('that fail refuse the start by name with why, and are run again at the next', async () => {
    let broken = true;
    const { run } = await start([
      migration('001', async () => {
        if (broken) throw new Error('no such field');
      }),
    ]);
    await expect(run()).rejects.toThrow(/migration "shop:001".*why 001.*no such field/);
    await expect(run()).rejects.toBeInstanceOf(StartError);
    broken = false;
    expect(await run()).toEqual(['shop:001']);
  });

  it('wait for another process no longer than a limit', async () => {
    const { host, run } = await start([migration('001', async () => undefined)]);
    const lease = await host.leases.take('migrations');
    await expect(run(30)).rejects.toMatchObject({ code: 'MIGRATION_WAITING' });
    await host.leases.release(lease!);
    expect(await run()).toEqual(['shop:001']);
  });
});
