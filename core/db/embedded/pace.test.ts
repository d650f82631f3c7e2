import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { MongoClient } from 'mongodb';
import type { Collection } from 'mongodb';
import { launchEmbedded } from './launch.ts';
import type { EmbeddedDatabase } from './launch.ts';

interface Row {
  _id: number;
  group: number;
  text: string;
}

const ROWS = 200_000;
const FEW = 20_000;
const folder = mkdtempSync(join(tmpdir(), 'tessera-pace-'));
let engine: EmbeddedDatabase;
let client: MongoClient;
let rows: Collection<Row>;
let few: Collection<Row>;

beforeAll(async () => {
  engine = await launchEmbedded({ dataFolder: folder });
  client = await new MongoClient(engine.uri).connect();
  rows = client.db('d').collection<Row>('rows');
  few = client.db('d').collection<Row>('few');
  await few.insertMany(made(0, FEW));
  for (let from = 0; from < ROWS; from += 50_000) await rows.insertMany(made(from, 50_000));
}, 300_000);

afterAll(async () => {
  await client.close();
  await engine.stop();
  rmSync(folder, { recursive: true });
});

/** What reads a whole collection, in one command or in many. */
const LONG: [what: string, run: (collection: Collection<Row>) => Promise<unknown>][] = [
  ['a scan by a cursor', scanned],
  ['a group', (all) => all.aggregate([{ $group: { _id: '$group', n: { $sum: 1 } } }]).toArray()],
  ['an update of none', (all) => all.updateOne({ text: 'nobody' }, { $set: { group: 1 } })],
];

test('200,000 documents are read without holding others up, in the memory that 20,000 take', async () => {
  let afterFew = 0;
  // Often enough for the heap to have grown as far as it will: it is collected when it is worth the while.
  for (let round = 0; round < 4; round++) {
    for (const [, run] of LONG) await besides(run(few));
    afterFew = Math.max(afterFew, anonymousKilobytes(engine.pid));
  }
  for (const [what, run] of LONG) {
    const { others, tookMs, longestMs } = await besides(run(rows));
    process.stdout.write(
      `embedded database: ${what} over 200,000 took ${Math.round(tookMs)} ms; ${others} others were answered meanwhile, ` +
        `the slowest in ${Math.round(longestMs)} ms\n`,
    );
    // Where a command held the engine, one other at most would be answered before it: the one on its way. How long
    // a slice may last is the plan's test, which needs no clock.
    expect(others).toBeGreaterThan(5);
  }
  const afterRows = anonymousKilobytes(engine.pid);
  process.stdout.write(
    `embedded database: ${afterFew} kB after 20,000 documents, ${afterRows} kB after 200,000\n`,
  );
  expect(afterRows).toBeLessThanOrEqual(afterFew * 1.2);
}, 300_000);

/** How many finds by id are answered, one after another, while the work goes on. */
async function besides(
  work: Promise<unknown>,
): Promise<{ others: number; tookMs: number; longestMs: number }> {
  let running = true;
  const ended = work.finally(() => (running = false));
  const startedAt = performance.now();
  let others = 0;
  let longestMs = 0;
  while (running) {
    const askedAt = performance.now();
    await few.findOne({ _id: others % FEW });
    longestMs = Math.max(longestMs, performance.now() - askedAt);
    others++;
  }
  await ended;
  return { others, tookMs: performance.now() - startedAt, longestMs };
}

async function scanned(collection: Collection<Row>): Promise<void> {
  // Undecoded: what the engine does is in question, not what the driver does.
  const cursor = collection.find({ group: { $gte: 0 } }, { raw: true, batchSize: 20_000 });
  let seen = 0;
  while (await cursor.hasNext()) seen += cursor.readBufferedDocuments().length;
  expect(seen).toBe(await collection.estimatedDocumentCount());
}

function made(from: number, count: number): Row[] {
  const text = 'x'.repeat(120);
  return Array.from({ length: count }, (_, n) => ({ _id: from + n, group: n % 10, text }));
}

/**
 * The process's own memory. Pages of the data file are mapped into it too, but they belong to the system's
 * cache, which takes them back when it needs them.
 */
function anonymousKilobytes(pid: number): number {
  return Number(/^RssAnon:\s+(\d+)/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1]);
}
