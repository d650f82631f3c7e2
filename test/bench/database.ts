import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { MongoClient, type Collection } from 'mongodb';
import { launchEmbedded } from '../../core/db/embedded/launch.ts';
import { forkBench } from './child.ts';
import { interleaved, perSecond, rate, type BenchOptions, type BenchReport } from './report.ts';

const CLIENTS = 32;

/** Durable inserts at 32 clients against one, and finds by id against a server that answers one canned document. */
export async function databaseRows(report: BenchReport, { quick }: BenchOptions): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'tessera-bench-'));
  const engine = await launchEmbedded({ dataFolder: folder });
  const client = new MongoClient(engine.uri, { maxPoolSize: CLIENTS });
  try {
    const collection = client.db('bench').collection<{ _id: number; text: string }>('documents');
    const durationMs = quick ? 500 : 3000;
    const rounds = quick ? 3 : 5;
    report.progress('durable inserts at 32 clients and at one');
    let id = 0;
    const insert = () =>
      collection.insertOne({ _id: id++, text: 'x'.repeat(300) }, { writeConcern: { w: 'majority' } });
    await rate(CLIENTS, durationMs, insert);
    const [many, one] = await interleaved(rounds, [
      () => rate(CLIENTS, durationMs, insert),
      () => rate(1, durationMs, insert),
    ]);
    report.add({
      what: 'embedded database: durable inserts at 32 clients',
      figure: perSecond(many),
      against: `${perSecond(one)} at one client`,
      ratio: many / one,
      goal: { atLeast: 5 },
    });
    report.progress('finds by id against the driver on a canned answer');
    await findRow(report, collection, id, { rounds, durationMs });
  } finally {
    await client.close();
    await engine.stop();
    rmSync(folder, { recursive: true, force: true });
  }
}

async function findRow(
  report: BenchReport,
  collection: Collection<{ _id: number; text: string }>,
  ids: number,
  { rounds, durationMs }: { rounds: number; durationMs: number },
): Promise<void> {
  const canned = await startCanned();
  const client = new MongoClient(canned.uri, { maxPoolSize: CLIENTS });
  try {
    const cannedCollection = client.db('bench').collection<{ _id: number }>('documents');
    const find = () => collection.findOne({ _id: Math.floor(Math.random() * ids) });
    const findCanned = () => cannedCollection.findOne({ _id: 1 });
    const [real, ceiling] = await interleaved(rounds, [
      () => rate(CLIENTS, durationMs, find),
      () => rate(CLIENTS, durationMs, findCanned),
    ]);
    report.add({
      what: 'embedded database: find by id at 32 clients',
      figure: perSecond(real),
      against: `${perSecond(ceiling)}, the driver against one canned answer`,
      ratio: real / ceiling,
      goal: null,
    });
  } finally {
    await client.close();
    canned.close();
  }
}

async function startCanned(): Promise<{ uri: string; close(): void }> {
  const child = forkBench('canned-server');
  const [told] = (await once(child, 'message')) as [{ uri: string }];
  return { uri: told.uri, close: () => void child.disconnect() };
}
