import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
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
const folder = mkdtempSync(join(tmpdir(), 'tessera-pace-'));
let engine: EmbeddedDatabase;
let client: MongoClient;
let rows: Collection<Row>;
let small: Collection<Row>;

beforeAll(async () => {
  engine = await launchEmbedded({ dataFolder: folder });
  client = await new MongoClient(engine.uri).connect();
  rows = client.db('d').collection<Row>('rows');
  small = client.db('d').collection<Row>('small');
  await small.insertMany(made(0, 20_000));
  for (let from = 0; from < ROWS; from += 20_000) await rows.insertMany(made(from, 20_000));
}, 300_000);

afterAll(async () => {
  await client.close();
  await engine.stop();
  rmSync(folder, { recursive: true });
});

describe('a collection of 200,000 documents', () => {
  test("takes no more of the engine's memory to scan than one of 20,000", async () => {
    await scanAll(small);
    await scanAll(small);
    const after20 = anonymousKilobytes(engine.pid);
    await scanAll(rows);
    const after200 = anonymousKilobytes(engine.pid);
    process.stdout.write(
      `embedded database: ${after20} kB after 20,000 documents, ${after200} kB after 200,000\n`,
    );
    expect(after200).toBeLessThanOrEqual(after20 * 1.2);
  }, 300_000);

  test('is scanned, grouped and updated without holding others up', async () => {
    await small.findOne({ _id: 1 });
    for (const [what, work] of [
      ['find', () => rows.find({ text: 'nobody' }).toArray()],
      ['group', () => rows.aggregate([{ $group: { _id: '$group', n: { $sum: 1 } } }]).toArray()],
      ['update of none', () => rows.updateOne({ text: 'nobody' }, { $set: { group: 1 } })],
    ] as const) {
      let others = 0;
      let longest = 0;
      let running = true;
      const startedAt = performance.now();
      const long = work().finally(() => (running = false));
      while (running) {
        const askedAt = performance.now();
        await small.findOne({ _id: others % 20_000 });
        longest = Math.max(longest, performance.now() - askedAt);
        others++;
      }
      await long;
      const took = performance.now() - startedAt;
      process.stdout.write(
        `embedded database: ${what} over 200,000 took ${Math.round(took)} ms; others waited at most ${Math.round(longest)} ms\n`,
      );
      // Held up for the whole scan, nobody else would be answered; in slices, many are.
      expect(others).toBeGreaterThan(20);
      expect(longest).toBeLessThan(took / 4);
    }
  }, 300_000);
});

async function scanAll(collection: Collection<Row>): Promise<void> {
  let seen = 0;
  for await (const _row of collection.find({ group: { $gte: 0 } }).batchSize(1_000)) seen++;
  expect(seen).toBe(await collection.estimatedDocumentCount());
}

function made(from: number, count: number): Row[] {
  return Array.from({ length: count }, (_, n) => ({ _id: from + n, group: n % 10, text: 'x'.repeat(380) }));
}

/**
 * The process's own memory. Pages of the data file are mapped into it too, but they belong to the system's
 * cache, which takes them back when it needs them.
 */
function anonymousKilobytes(pid: number): number {
  return Number(/^RssAnon:\s+(\d+)/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1]);
}
