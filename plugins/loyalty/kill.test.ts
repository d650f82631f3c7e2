import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { fork, type ChildProcess } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { collectionOf } from '../../core/db/collection.ts';
import { launchEmbedded } from '../../core/db/embedded/launch.ts';
import { fromRoot } from '../../core/paths.ts';
import { eventually } from '../../test/support/eventually.ts';
import { startLedger } from '../../test/support/ledger-host.ts';
import { POINTS_EACH, type FromLedger, type ToLedger } from '../../test/support/ledger-process.ts';
import { REDEMPTIONS, type RedemptionRecord } from './model.ts';

/** More with TESSERA_TEST_KILLS, e.g. 100. */
const KILLS = Number(process.env.TESSERA_TEST_KILLS ?? 10);
const REDEEMERS = 64;
const CLIENTS = 8;

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'tessera-kill-'));
});
afterAll(async () => {
  for (const server of servers) await server.kill();
  rmSync(folder, { recursive: true, force: true });
});

const servers: Server[] = [];

/** What the parent knows of each key: the answer it was given, or that it asked and heard nothing. */
const answers = new Map<string, string>();
const unknown = new Set<string>();
let asked = 0;

describe('a server and its database, killed under 64 redeemers', () => {
  test(
    `${KILLS} times: nothing that was acknowledged is lost, nothing is done twice`,
    async () => {
      let next = spawn();
      for (let kill = 1; kill <= KILLS; kill++) {
        const server = next;
        const up = await server.open(join(folder, 'database'));
        next = spawn();
        await settleUnknown(server);
        // Another number each time, so that the kill falls into another moment of a batch.
        await redeemUntil(server, 90 + 37 * kill, up.databasePid);
      }
      const last = next;
      await last.open(join(folder, 'database'));
      await settleUnknown(last);
      // Whatever was ever acknowledged is answered the same today.
      const before = new Map(answers);
      for (const key of before.keys()) unknown.add(key);
      await settleUnknown(last);
      expect(unknown.size).toBe(0);
      for (const [key, answer] of before) expect([key, answers.get(key)]).toEqual([key, answer]);
      await last.kill();
      await compareWithDatabase();
    },
    120_000 + KILLS * 30_000,
  );
});

async function compareWithDatabase(): Promise<void> {
  const database = await launchEmbedded({ dataFolder: join(folder, 'database') });
  const uri = new URL(database.uri);
  uri.pathname = '/kill';
  const host = await startLedger({ uri: uri.toString() });
  try {
    const stored = await collectionOf<RedemptionRecord>(host.database, REDEMPTIONS).find({}).toArray();
    const told = [...answers.values()].map(
      (answer) => (JSON.parse(answer) as { redemptionId: string }).redemptionId,
    );
    expect(new Set(told).size).toBe(asked);
    expect(stored.map(({ _id }) => _id).sort()).toEqual([...told].sort());
    let reserved = 0;
    for (let client = 0; client < CLIENTS; client++)
      reserved += (await host.ledger.account(`client-${client}`)).reserved;
    expect(reserved).toBe(asked * POINTS_EACH);
    await host.check();
  } finally {
    await host.close();
    await database.stop();
  }
}

interface Server {
  open(dataFolder: string): Promise<{ databasePid: number; uri: string }>;
  /** The answer once it came; never settles where the server died first. */
  redeem(key: string): Promise<void>;
  /** Both processes, at once and without a word. */
  kill(): Promise<void>;
}

/** Starts to load at once, so that it is ready when the one before it is killed. */
function spawn(): Server {
  const child: ChildProcess = fork(fromRoot('test', 'support', 'ledger-process.ts'), [], {
    execArgv: ['--import', 'tsx'],
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
  });
  const exited = new Promise<void>((resolve) => child.once('exit', () => resolve()));
  const waiting = new Map<string, () => void>();
  const heard = <T>(what: 'loaded' | 'up') =>
    new Promise<T>((resolve) =>
      child.on('message', (word: FromLedger) => {
        if (what in word) resolve((word as unknown as Record<string, T>)[what]!);
      }),
    );
  const loaded = heard<true>('loaded');
  let databasePid: number | undefined;
  child.on('message', (word: FromLedger) => {
    if (!('key' in word)) return;
    answers.set(word.key, JSON.stringify(word.answer));
    unknown.delete(word.key);
    waiting.get(word.key)?.();
  });
  const say = (word: ToLedger) => child.send(word, () => undefined);
  const server: Server = {
    open: async (open) => {
      await loaded;
      const up = heard<{ databasePid: number; uri: string }>('up');
      say({ open });
      const told = await up;
      databasePid = told.databasePid;
      return told;
    },
    redeem: (key) => {
      unknown.add(key);
      const answered = new Promise<void>((resolve) => waiting.set(key, resolve));
      say({ key, partyId: `client-${Number(key.slice(1)) % CLIENTS}` });
      return answered;
    },
    kill: async () => {
      const pid = databasePid;
      databasePid = undefined;
      if (pid !== undefined) process.kill(pid, 'SIGKILL');
      child.kill('SIGKILL');
      await exited;
      // The folder is free only when nothing is left of the process that held it.
      if (pid !== undefined) await eventually('the database to be gone', () => !isThere(pid));
    },
  };
  servers.push(server);
  return server;
}

function isThere(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}

/** Repeats every key to which no answer came, as a merchant does after a crash. */
async function settleUnknown(server: Server): Promise<void> {
  const keys = [...unknown];
  for (let from = 0; from < keys.length; from += REDEEMERS)
    await Promise.all(keys.slice(from, from + REDEEMERS).map((key) => server.redeem(key)));
}

async function redeemUntil(server: Server, acknowledged: number, databasePid: number): Promise<void> {
  expect(databasePid).toBeGreaterThan(0);
  let done = 0;
  let ended = () => {};
  const enough = new Promise<void>((resolve) => (ended = resolve));
  const redeemer = async () => {
    while (done < acknowledged) {
      await server.redeem(`k${asked++}`);
      if (++done === acknowledged) ended();
    }
  };
  for (let one = 0; one < REDEEMERS; one++) void redeemer();
  await enough;
  await server.kill();
}
