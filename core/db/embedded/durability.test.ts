import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from '@jest/globals';
import { MongoClient } from 'mongodb';
import { describeWith, program } from '../../../test/support/needs.ts';
import { launchEmbedded } from './launch.ts';
import type { EmbeddedDatabase } from './launch.ts';

const root = mkdtempSync(join(tmpdir(), 'tessera-durability-'));
afterAll(() => rmSync(root, { recursive: true }));

const ROUNDS = 10;
const WRITERS = 16;

interface Findings {
  acknowledged: number;
  lost: number;
  /** Counters that stand higher than the increments that were acknowledged or may have happened. */
  doubled: number;
  /** Counters that stand lower than the increments that were acknowledged. */
  short: number;
}

describe('kill -9 under load', () => {
  test('loses no acknowledged write, and no retried write applies twice', async () => {
    const findings = await killRounds(join(root, 'kept'), {}, ROUNDS);
    expect(findings).toMatchObject({ lost: 0, doubled: 0, short: 0 });
    expect(findings.acknowledged).toBeGreaterThan(ROUNDS * WRITERS);
  }, 180_000);

  test('with the acknowledgement moved before the flush, the same run finds losses', async () => {
    const findings = await killRounds(join(root, 'early'), { TESSERA_DB_ACKNOWLEDGE_EARLY: '1' }, 1);
    expect(findings.lost).toBeGreaterThan(0);
  }, 120_000);
});

/** Inserts and increments go on while the engine is killed and started again on the same port. */
async function killRounds(
  dataFolder: string,
  env: Record<string, string>,
  rounds: number,
): Promise<Findings> {
  let engine = await launchEmbedded({ dataFolder, env });
  const port = Number(new URL(engine.uri).port);
  const client = await new MongoClient(engine.uri, { serverSelectionTimeoutMS: 60_000 }).connect();
  const ids = client.db('d').collection<{ _id: string }>('ids');
  const counters = client.db('d').collection<{ _id: number; n: number }>('counters');
  await ids.insertOne({ _id: 'first' });
  await counters.insertMany(Array.from({ length: WRITERS }, (_, _id) => ({ _id, n: 0 })));
  const acknowledged: string[] = ['first'];
  const added = Array.from({ length: WRITERS }, () => ({ sure: 0, perhaps: 0 }));
  let running = true;

  async function write(writer: number): Promise<void> {
    for (let turn = 0; running; turn++) {
      const _id = `${writer}-${turn}`;
      await ids.insertOne({ _id }).then(
        () => acknowledged.push(_id),
        () => undefined,
      );
      const counter = added[writer] as { sure: number; perhaps: number };
      await counters.updateOne({ _id: writer }, { $inc: { n: 1 } }).then(
        () => counter.sure++,
        () => counter.perhaps++,
      );
    }
  }

  const writers = Array.from({ length: WRITERS }, (_, writer) => write(writer));
  for (let round = 0; round < rounds; round++) {
    const target = acknowledged.length + WRITERS * 4;
    while (acknowledged.length < target) await new Promise((resolve) => setTimeout(resolve, 5));
    engine = await killed(engine, { dataFolder, env, port });
  }
  running = false;
  await Promise.all(writers);
  const stored = new Set(await ids.distinct('_id'));
  const counts = await counters.find().sort({ _id: 1 }).toArray();
  await client.close();
  await engine.stop();
  return {
    acknowledged: acknowledged.length,
    lost: acknowledged.filter((id) => !stored.has(id)).length,
    doubled: counts.filter(({ _id, n }) => n > (added[_id]?.sure ?? 0) + (added[_id]?.perhaps ?? 0)).length,
    short: counts.filter(({ _id, n }) => n < (added[_id]?.sure ?? 0)).length,
  };
}

async function killed(
  engine: EmbeddedDatabase,
  again: { dataFolder: string; env: Record<string, string>; port: number },
): Promise<EmbeddedDatabase> {
  process.kill(engine.pid, 'SIGKILL');
  await engine.stop();
  return launchEmbedded(again);
}

describeWith([program('strace')], 'a reply to a write', () => {
  test('is sent after fdatasync has returned', async () => {
    const log = join(root, 'strace.log');
    const dataFolder = join(root, 'traced');
    const cli = join(import.meta.dirname, '../../cli/db.ts');
    const traced = spawn(
      'strace',
      [
        '-f',
        '-s',
        '4096',
        '-e',
        'trace=read,write,writev,fdatasync',
        '-o',
        log,
        process.execPath,
        '--import',
        'tsx',
        cli,
        '--data',
        dataFolder,
      ],
      { stdio: ['ignore', 'pipe', 'inherit'] },
    );
    const uri = await new Promise<string>((resolve) =>
      traced.stdout.once('data', (out) => resolve(String(out).trim())),
    );
    const client = await new MongoClient(uri, { heartbeatFrequencyMS: 60_000 }).connect();
    const marks = client.db('d').collection<{ _id: string }>('marks');
    await marks.insertOne({ _id: 'before' });
    await marks.insertOne({ _id: 'the-marked-write' });
    await client.close();
    const ended = new Promise((resolve) => traced.once('exit', resolve));
    // The lock names the engine's own process: a signal to strace would not reach it.
    process.kill(Number(readFileSync(join(dataFolder, 'engine.pid'), 'utf8').split(' ')[0]), 'SIGTERM');
    await ended;
    const lines = readFileSync(log, 'utf8').split('\n');
    const asked = lines.findIndex((line) => /\bread\(/.test(line) && line.includes('the-marked-write'));
    const socket = /read\((\d+),/.exec(lines[asked] ?? '')?.[1];
    const replied = lines.findIndex(
      (line, at) => at > asked && new RegExp(`write(v)?\\(${socket},`).test(line),
    );
    const flushed = lines.findIndex((line, at) => at > asked && /fdatasync.*= 0/.test(line));
    expect(asked).toBeGreaterThan(-1);
    expect(flushed).toBeGreaterThan(asked);
    expect(replied).toBeGreaterThan(flushed);
  });
});
