import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { MongoClient } from 'mongodb';
import { launchEmbedded } from './launch.ts';
import type { EmbeddedDatabase } from './launch.ts';
import { lockFolder } from './store/lock.ts';

const root = mkdtempSync(join(tmpdir(), 'tessera-launch-'));
afterAll(() => rmSync(root, { recursive: true }));

describe('the engine in its own process', () => {
  const dataFolder = join(root, 'data');
  let engine: EmbeddedDatabase;

  beforeAll(async () => {
    engine = await launchEmbedded({ dataFolder });
  });

  test('a second engine on the folder is refused, naming the process that holds it', async () => {
    await expect(launchEmbedded({ dataFolder })).rejects.toMatchObject({
      code: 'DATA_FOLDER_IN_USE',
      message: expect.stringContaining(String(engine.pid)),
    });
  });

  test('a taken port is named', async () => {
    const port = Number(new URL(engine.uri).port);
    await expect(launchEmbedded({ dataFolder: join(root, 'other'), port })).rejects.toMatchObject({
      code: 'EADDRINUSE',
    });
  });

  test('signals to the whole group do not take it from its parent', async () => {
    const client = await new MongoClient(engine.uri).connect();
    for (const signal of ['SIGINT', 'SIGTERM']) process.kill(engine.pid, signal);
    const things = client.db('d').collection<{ _id: number }>('c');
    await things.insertOne({ _id: 1 });
    await things.createIndex({ a: 1 }, { partialFilterExpression: { a: { $gt: 1 } } });
    await client.close();
    expect(isRunning(engine.pid)).toBe(true);
  });

  test('a lock that a dead process left behind does not keep the folder closed, and the data is kept', async () => {
    process.kill(engine.pid, 'SIGKILL');
    await engine.stop();
    const startedAt = performance.now();
    engine = await launchEmbedded({ dataFolder });
    process.stdout.write(`embedded database: ready in ${Math.round(performance.now() - startedAt)} ms\n`);
    const client = await new MongoClient(engine.uri).connect();
    expect(await client.db('d').collection('c').find().toArray()).toEqual([{ _id: 1 }]);
    expect(await client.db('d').collection('c').indexes()).toMatchObject([
      { name: '_id_' },
      { name: 'a_1', partialFilterExpression: { a: { $gt: 1 } } },
    ]);
    await client.close();
  });

  test('it stops although a client left a transaction that others wait for', async () => {
    const client = await new MongoClient(engine.uri, { serverSelectionTimeoutMS: 1_000 }).connect();
    const things = client.db('d').collection<{ _id: number; n: number }>('waiting');
    await things.insertOne({ _id: 1, n: 0 });
    const session = client.startSession();
    session.startTransaction();
    await things.updateOne({ _id: 1 }, { $inc: { n: 1 } }, { session });
    const waiting = things.updateOne({ _id: 1 }, { $inc: { n: 10 } }).catch(() => undefined);
    await things.findOne({ _id: 1 });
    await engine.stop();
    expect(isRunning(engine.pid)).toBe(false);
    await waiting;
    await client.close();
    lockFolder(dataFolder).release();
  });

  test('a folder that cannot be written is named', async () => {
    const file = join(root, 'file');
    writeFileSync(file, '');
    await expect(launchEmbedded({ dataFolder: join(file, 'data') })).rejects.toMatchObject({
      code: 'DATA_FOLDER_UNWRITABLE',
      message: expect.stringContaining(join(file, 'data')),
    });
  });

  test('it ends when its parent is killed', async () => {
    const script = join(root, 'parent.mjs');
    const launch = join(import.meta.dirname, 'launch.ts');
    writeFileSync(
      script,
      `import { launchEmbedded } from ${JSON.stringify(launch)};
       const { pid } = await launchEmbedded({ dataFolder: ${JSON.stringify(dataFolder)} });
       console.log(pid);
       setInterval(() => {}, 1000);`,
    );
    const parent = spawn(process.execPath, ['--import', 'tsx', script], { cwd: process.cwd() });
    const pid = await new Promise<number>((resolve) =>
      parent.stdout.once('data', (out) => resolve(Number(out))),
    );
    expect(isRunning(pid)).toBe(true);
    parent.kill('SIGKILL');
    const deadline = performance.now() + 20_000;
    while (isRunning(pid) && performance.now() < deadline)
      await new Promise((resolve) => setTimeout(resolve, 20));
    expect(isRunning(pid)).toBe(false);
    lockFolder(dataFolder).release();
  });
});

function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}
