import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { MongoClient, type Collection } from 'mongodb';
import { launchEmbedded, type EmbeddedDatabase } from '../../core/db/embedded/launch.ts';
import { forkBench } from './child.ts';
import { interleaved, median, perSecond, rate, type BenchOptions, type BenchReport } from './report.ts';

const CLIENTS = 32;
const SCANNED = 200_000;

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
    report.progress('finds by id while 200,000 documents are scanned');
    await scanRow(report, engine, client, quick ? 3 : 7);
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

interface Waits {
  longestMs: number;
  p99Ms: number;
}

/**
 * How long a find by id waits while another connection has 200,000 documents scanned, against the same finds with no
 * scan: the median of the rounds' longest. The engine's own longest slice tells its share from the machine's.
 */
async function scanRow(
  report: BenchReport,
  engine: EmbeddedDatabase,
  scanning: MongoClient,
  rounds: number,
): Promise<void> {
  const rows = scanning.db('bench').collection<{ _id: number; group: number; text: string }>('scanned');
  const text = 'x'.repeat(120);
  for (let from = 0; from < SCANNED; from += 50_000)
    await rows.insertMany(Array.from({ length: 50_000 }, (_, n) => ({ _id: from + n, group: n % 10, text })));
  const scans = [
    () => rows.findOne({ text: 'nobody' }),
    () => rows.aggregate([{ $group: { _id: '$group', n: { $sum: 1 } } }]).toArray(),
  ];
  const asking = await new MongoClient(engine.uri).connect();
  try {
    const asked = asking.db('bench').collection<{ _id: number }>('scanned');
    await Promise.all(scans.map((scan) => scan()));
    await waitsDuring(asked, scans[0]!());
    const beside: Waits[] = [];
    const alone: Waits[] = [];
    let sliceMs = 0;
    for (let round = 0; round < rounds; round++) {
      await engine.longestSliceMs();
      const startedAt = performance.now();
      beside.push(await waitsDuring(asked, scans[round % scans.length]!()));
      const tookMs = performance.now() - startedAt;
      sliceMs = Math.max(sliceMs, await engine.longestSliceMs());
      alone.push(await waitsDuring(asked, new Promise((resolve) => setTimeout(resolve, tookMs))));
    }
    const longestMs = median(beside.map((waits) => waits.longestMs));
    const longestAloneMs = median(alone.map((waits) => waits.longestMs));
    report.add({
      what: `embedded database: longest wait of a find by id while ${SCANNED.toLocaleString('en')} documents are scanned, of 50 ms`,
      figure: `${milliseconds(longestMs)} (99th percentile ${milliseconds(median(beside.map(({ p99Ms }) => p99Ms)))}; the engine's longest slice ${milliseconds(sliceMs)})`,
      against: `${milliseconds(longestAloneMs)} (${milliseconds(median(alone.map(({ p99Ms }) => p99Ms)))}) with no scan`,
      ratio: Math.max(0, longestMs - longestAloneMs) / 50,
      goal: { atMost: 1 },
    });
  } finally {
    await asking.close();
  }
}

/** Finds by id, one after another, while the work goes on. */
async function waitsDuring(collection: Collection<{ _id: number }>, work: Promise<unknown>): Promise<Waits> {
  let running = true;
  const ended = work.finally(() => (running = false));
  const waits: number[] = [];
  while (running) {
    const askedAt = performance.now();
    await collection.findOne({ _id: (waits.length * 7919) % SCANNED });
    waits.push(performance.now() - askedAt);
  }
  await ended;
  waits.sort((a, b) => a - b);
  return { longestMs: waits.at(-1)!, p99Ms: waits[Math.floor(waits.length * 0.99)]! };
}

const milliseconds = (ms: number): string => `${ms.toFixed(1)} ms`;

async function startCanned(): Promise<{ uri: string; close(): void }> {
  const child = forkBench('canned-server');
  const [told] = (await once(child, 'message')) as [{ uri: string }];
  return { uri: told.uri, close: () => void child.disconnect() };
}
