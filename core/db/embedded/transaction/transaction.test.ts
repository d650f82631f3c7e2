import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { MongoClient } from 'mongodb';
import type { ClientSession, Collection } from 'mongodb';
import { startEngine } from '../engine.ts';
import type { RunningEngine } from '../engine.ts';

interface Account {
  _id: number;
  balance: number;
  owner?: string;
}

const folder = mkdtempSync(join(tmpdir(), 'tessera-transactions-'));
let nowMs = Date.now();
let engine: RunningEngine;
let client: MongoClient;
let accounts: Collection<Account>;

beforeAll(async () => {
  engine = await startEngine({ dataFolder: folder, port: 0, now: () => nowMs });
  client = await new MongoClient(engine.uri, { retryWrites: true }).connect();
  accounts = client.db('bank').collection<Account>('accounts');
  await accounts.createIndex({ owner: 1 }, { unique: true, sparse: true });
});

afterAll(async () => {
  await client.close();
  await engine.stop();
  rmSync(folder, { recursive: true });
});

beforeEach(async () => {
  await accounts.deleteMany({});
  await accounts.insertMany(Array.from({ length: 10 }, (_, _id) => ({ _id, balance: 100 })));
});

function started(): ClientSession {
  const session = client.startSession();
  session.startTransaction();
  return session;
}

const conflict = { code: 112, errorLabels: ['TransientTransactionError'] };

describe('snapshot isolation', () => {
  test('a transaction reads one moment, whatever others commit meanwhile', async () => {
    const session = started();
    expect(await accounts.findOne({ _id: 1 }, { session })).toMatchObject({ balance: 100 });
    await accounts.updateOne({ _id: 2 }, { $set: { balance: 7 } });
    await accounts.insertOne({ _id: 50, balance: 1 });
    expect(await accounts.findOne({ _id: 2 }, { session })).toMatchObject({ balance: 100 });
    expect(await accounts.find({}, { session }).toArray()).toHaveLength(10);
    await session.commitTransaction();
    expect(await accounts.findOne({ _id: 2 })).toMatchObject({ balance: 7 });
  });

  test('of two transactions that write one document, the second gets a WriteConflict', async () => {
    const [first, second] = [started(), started()];
    await accounts.updateOne({ _id: 1 }, { $inc: { balance: 1 } }, { session: first });
    const attempt = accounts.updateOne({ _id: 1 }, { $inc: { balance: 1 } }, { session: second });
    await expect(attempt).rejects.toMatchObject({ code: 112 });
    await expect(attempt.catch((error) => error.errorLabels)).resolves.toContain('TransientTransactionError');
    await first.commitTransaction();
    expect(await accounts.findOne({ _id: 1 })).toMatchObject({ balance: 101 });
    await second.endSession();
  });

  test('a document written by others after the snapshot conflicts, though nobody holds it', async () => {
    const session = started();
    await accounts.findOne({ _id: 5 }, { session });
    await accounts.updateOne({ _id: 1 }, { $inc: { balance: 1 } });
    await expect(accounts.deleteOne({ _id: 1 }, { session })).rejects.toMatchObject(conflict);
    await session.endSession();
  });

  test('two transactions that claim one unique value conflict; the retry sees the duplicate', async () => {
    const [first, second] = [started(), started()];
    await accounts.updateOne({ _id: 1 }, { $set: { owner: 'Li' } }, { session: first });
    const attempt = accounts.updateOne({ _id: 2 }, { $set: { owner: 'Li' } }, { session: second });
    await expect(attempt).rejects.toMatchObject(conflict);
    await first.commitTransaction();
    const again = client.startSession();
    const retry = again.withTransaction(() =>
      accounts.updateOne({ _id: 2 }, { $set: { owner: 'Li' } }, { session: again }),
    );
    await expect(retry).rejects.toMatchObject({ code: 11000 });
    await Promise.all([second.endSession(), again.endSession()]);
  });

  test('a writer outside waits for the transaction that holds its document', async () => {
    const session = started();
    await accounts.updateOne({ _id: 1 }, { $inc: { balance: 1 } }, { session });
    let done = false;
    const outside = accounts.updateOne({ _id: 1 }, { $inc: { balance: 10 } }).finally(() => (done = true));
    await accounts.updateOne({ _id: 2 }, { $inc: { balance: 10 } });
    expect(done).toBe(false);
    await session.commitTransaction();
    await outside;
    expect(await accounts.findOne({ _id: 1 })).toMatchObject({ balance: 111 });
  });

  test('a duplicate key ends its transaction', async () => {
    const session = started();
    await accounts.insertOne({ _id: 60, balance: 1 }, { session });
    await expect(accounts.insertOne({ _id: 1, balance: 1 }, { session })).rejects.toMatchObject({
      code: 11000,
    });
    await expect(session.commitTransaction()).rejects.toMatchObject({ code: 251 });
    expect(await accounts.findOne({ _id: 60 })).toBeNull();
  });

  test('what a transaction wrote is found by its own queries, in order and by index', async () => {
    const session = started();
    await accounts.insertOne({ _id: 70, balance: 1, owner: 'B' }, { session });
    await accounts.insertOne({ _id: 71, balance: 1, owner: 'A' }, { session });
    await accounts.deleteOne({ _id: 3 }, { session });
    const owners = await accounts
      .find({ owner: { $gt: '' } }, { session })
      .sort({ owner: 1 })
      .toArray();
    expect(owners.map(({ _id }) => _id)).toEqual([71, 70]);
    const ids = await accounts
      .find({}, { session })
      .sort({ _id: -1 })
      .map(({ _id }) => _id)
      .toArray();
    expect(ids).toEqual([71, 70, 9, 8, 7, 6, 5, 4, 2, 1, 0]);
    await session.abortTransaction();
  });
});

describe('expiry', () => {
  test('a transaction older than 60 s is gone, and what waited for it goes on', async () => {
    const session = started();
    await accounts.updateOne({ _id: 1 }, { $inc: { balance: 1 } }, { session });
    const outside = accounts.updateOne({ _id: 1 }, { $set: { balance: 5 } });
    nowMs += 59_000;
    await engine.sweep();
    await accounts.findOne({ _id: 1 }, { session });
    nowMs += 1_000;
    await engine.sweep();
    await outside;
    await expect(accounts.findOne({ _id: 1 }, { session })).rejects.toMatchObject({
      code: 251,
      errorLabels: ['TransientTransactionError'],
    });
    expect(await accounts.findOne({ _id: 1 })).toMatchObject({ balance: 5 });
    await session.endSession();
  });

  test('an abandoned cursor ends after ten minutes', async () => {
    const cursor = accounts.find().batchSize(2);
    await cursor.next();
    nowMs += 10 * 60_000;
    await engine.sweep();
    await cursor.next();
    await expect(cursor.next()).rejects.toMatchObject({ code: 43 });
  });

  test('a document of a TTL index goes when its time is over, unless it was prolonged', async () => {
    const notes = client.db('bank').collection<{ _id: number; at: Date | Date[] }>('notes');
    await notes.createIndex({ at: 1 }, { expireAfterSeconds: 60 });
    const soon = new Date(nowMs);
    const later = new Date(nowMs + 100_000);
    await notes.insertMany([
      { _id: 1, at: soon },
      { _id: 2, at: later },
      { _id: 3, at: [later, soon] },
    ]);
    nowMs += 59_000;
    await engine.sweep();
    expect(await notes.countDocuments()).toBe(3);
    nowMs += 2_000;
    await engine.sweep();
    expect(await notes.distinct('_id')).toEqual([2]);
  });
});

describe('concurrent transfers', () => {
  test('keep the sum, and every account at what its committed transfers make it', async () => {
    const model = Array.from({ length: 10 }, () => 100);
    let conflicts = 0;
    async function transfer(from: number, to: number, amount: number): Promise<void> {
      const session = client.startSession();
      let attempts = 0;
      await session.withTransaction(async () => {
        attempts++;
        const payer = await accounts.findOne({ _id: from }, { session });
        if (!payer || payer.balance < amount) throw new Error(`account ${from} holds too little`);
        await accounts.updateOne({ _id: from }, { $set: { balance: payer.balance - amount } }, { session });
        await accounts.updateOne({ _id: to }, { $inc: { balance: amount } }, { session });
      });
      conflicts += attempts - 1;
      model[from] = (model[from] ?? 0) - amount;
      model[to] = (model[to] ?? 0) + amount;
      await session.endSession();
    }
    let seed = 42;
    const random = (below: number): number => (seed = (seed * 1103515245 + 12345) % 2 ** 31) % below;
    await Promise.all(
      Array.from({ length: 8 }, async () => {
        for (let turn = 0; turn < 12; turn++) {
          const from = random(10);
          await transfer(from, (from + 1 + random(9)) % 10, 1 + random(3));
        }
      }),
    );
    const balances = await accounts
      .find()
      .sort({ _id: 1 })
      .map(({ balance }) => balance)
      .toArray();
    expect(balances).toEqual(model);
    expect(conflicts).toBeGreaterThan(0);
  });
});
