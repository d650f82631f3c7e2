import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { MongoClient } from 'mongodb';
import type { ClientSession, Collection } from 'mongodb';
import { testDatabaseUri } from '../../support/database.ts';

interface Account {
  _id: string;
  available: number;
  seq: number;
  pending?: boolean;
}

/**
 * What the platform asks of its database, whichever it is: `npm run test:database -- URI` runs this suite
 * against any server.
 */
const client = new MongoClient(testDatabaseUri());
let accounts: Collection<Account>;
let journals: Collection<{ _id: string; account: string; seq: number; unfolded?: boolean }>;

beforeAll(async () => {
  await client.connect();
  accounts = client.db().collection('accounts');
  journals = client.db().collection('journals');
  await accounts.createIndex({ pending: 1 }, { partialFilterExpression: { pending: true } });
  await journals.createIndex({ account: 1, seq: 1 }, { unique: true });
  await journals.createIndex(
    { account: 1 },
    { partialFilterExpression: { unfolded: true }, name: 'unfolded' },
  );
});

afterAll(async () => {
  await client.db().dropDatabase();
  await client.close();
});

const options = { readConcern: { level: 'snapshot' }, writeConcern: { w: 'majority' } } as const;

async function transact<T>(run: (session: ClientSession) => Promise<T>): Promise<T> {
  const session = client.startSession();
  try {
    return await session.withTransaction(() => run(session), options);
  } finally {
    await session.endSession();
  }
}

describe('the server', () => {
  test('is a replica set with sessions, hence has transactions and retryable writes', async () => {
    const hello = await client.db('admin').command({ hello: 1 });
    expect(hello.setName).toEqual(expect.any(String));
    expect(hello.logicalSessionTimeoutMinutes).toBeGreaterThan(0);
  });
});

describe('decisions under concurrency', () => {
  test('500 redeemers of one account: exactly what it holds is redeemed, each with its place in the chain', async () => {
    await accounts.insertOne({ _id: 'A', available: 35, seq: 0 });
    let redeemed = 0;
    async function redeem(key: string): Promise<boolean> {
      return transact(async (session) => {
        const account = await accounts.findOneAndUpdate(
          { _id: 'A', available: { $gte: 10 } },
          { $inc: { available: -10, seq: 1 } },
          { session, returnDocument: 'after' },
        );
        if (!account) return false;
        await journals.insertOne({ _id: key, account: 'A', seq: account.seq, unfolded: true }, { session });
        return true;
      });
    }
    const waves = 500 / 25;
    for (let wave = 0; wave < waves; wave++) {
      const outcomes = await Promise.all(Array.from({ length: 25 }, (_, n) => redeem(`${wave}-${n}`)));
      redeemed += outcomes.filter(Boolean).length;
    }
    expect(redeemed).toBe(3);
    expect(await accounts.findOne({ _id: 'A' })).toMatchObject({ available: 5, seq: 3 });
    expect((await journals.find({ account: 'A' }).sort({ seq: 1 }).toArray()).map(({ seq }) => seq)).toEqual([
      1, 2, 3,
    ]);
  });

  test('one key used at once by many is stored once; the others learn of it', async () => {
    const keys = client.db().collection<{ _id: string; by: number }>('keys');
    await keys.createIndex({ by: 1 });
    const outcomes = await Promise.allSettled(
      Array.from({ length: 20 }, (_, by) =>
        transact((session) => keys.insertOne({ _id: 'key', by }, { session })),
      ),
    );
    const refused = outcomes.flatMap((outcome) =>
      outcome.status === 'rejected' ? [outcome.reason.code] : [],
    );
    expect(refused).toEqual(Array.from({ length: 19 }, () => 11000));
    expect(await keys.countDocuments()).toBe(1);
  });

  test('a fold sees a balance and its marked journals as of one moment', async () => {
    await accounts.insertOne({ _id: 'F', available: 0, seq: 0 });
    const session = client.startSession();
    session.startTransaction(options);
    expect(await journals.countDocuments({ account: 'F', unfolded: true }, { session })).toBe(0);
    await transact(async (other) => {
      await journals.insertOne({ _id: 'F1', account: 'F', seq: 1, unfolded: true }, { session: other });
      await accounts.updateOne({ _id: 'F' }, { $inc: { seq: 1 } }, { session: other });
    });
    expect(await journals.find({ account: 'F', unfolded: true }, { session }).toArray()).toEqual([]);
    expect(await accounts.findOne({ _id: 'F' }, { session })).toMatchObject({ seq: 0 });
    const stale = accounts.updateOne({ _id: 'F' }, { $set: { available: 9 } }, { session });
    await expect(stale).rejects.toMatchObject({ code: 112, errorLabels: ['TransientTransactionError'] });
    await session.endSession();
  });

  test('a counter advanced on condition gives commits their order', async () => {
    const counters = client.db().collection<{ _id: string; n: number }>('counters');
    const rows = client.db().collection<{ _id: number; writer: number }>('rows');
    await counters.insertOne({ _id: 'catalogSeq', n: 0 });
    await rows.insertOne({ _id: 0, writer: -1 });
    await Promise.all(
      Array.from({ length: 12 }, (_, writer) =>
        transact(async (session) => {
          const n = (await counters.findOne({ _id: 'catalogSeq' }, { session }))?.n ?? 0;
          await rows.insertOne({ _id: n + 1, writer }, { session });
          const { modifiedCount } = await counters.updateOne(
            { _id: 'catalogSeq', n },
            { $set: { n: n + 1 } },
            { session },
          );
          expect(modifiedCount).toBe(1);
        }),
      ),
    );
    expect(await counters.findOne({ _id: 'catalogSeq' })).toMatchObject({ n: 12 });
    expect(await rows.countDocuments()).toBe(13);
  });

  test('a lease is taken by one of many at once, with a token that only grows', async () => {
    const leases = client
      .db()
      .collection<{ _id: string; holder: number; token: number; until: Date }>('leases');
    const [at, until] = [new Date(1_000), new Date(2_000)];
    await leases.insertOne({ _id: 'sealer', holder: -1, token: 0, until: new Date(0) });
    const takers = Array.from({ length: 16 }, (_, holder) =>
      leases.findOneAndUpdate(
        { _id: 'sealer', until: { $lte: at } },
        { $set: { holder, until }, $inc: { token: 1 } },
        { returnDocument: 'after' },
      ),
    );
    expect((await Promise.all(takers)).filter((taken) => taken?.token === 1)).toHaveLength(1);
  });
});

describe('indexes', () => {
  test('what is to be handed on is found by a partial index, and leaves it when the mark is cleared', async () => {
    const outbox = client.db().collection<{ _id: number; pending?: boolean; at: Date }>('outbox');
    await outbox.createIndex({ pending: 1 }, { partialFilterExpression: { pending: true }, name: 'pending' });
    await outbox.insertMany(
      Array.from({ length: 300 }, (_, _id) => ({ _id, at: new Date(_id), pending: true })),
    );
    await outbox.updateMany({ _id: { $gte: 10 } }, { $unset: { pending: 1 } });
    const plan = await outbox.find({ pending: true }).explain('executionStats');
    expect(plan.executionStats).toMatchObject({
      totalKeysExamined: 10,
      totalDocsExamined: 10,
      nReturned: 10,
    });
  });

  test('a unique index holds over concurrent inserts, bulk writes included', async () => {
    const bulk = Array.from({ length: 10 }, (_, n) => ({
      insertOne: { document: { _id: `bulk-${n}`, account: 'B', seq: n % 7 } },
    }));
    await expect(journals.bulkWrite(bulk, { ordered: false })).rejects.toMatchObject({
      code: 11000,
      result: { insertedCount: 7 },
    });
  });

  test('a page goes on behind a key in index order', async () => {
    const seen: number[] = [];
    for (let after = -1; ;) {
      const page = await journals
        .find({ account: 'B', seq: { $gt: after } })
        .sort({ seq: 1 })
        .limit(3)
        .toArray();
      seen.push(...page.map(({ seq }) => seq));
      if (page.length < 3) break;
      after = page.at(-1)?.seq ?? 0;
    }
    expect(seen).toEqual([0, 1, 2, 3, 4, 5, 6]);
  });

  test('sums over a group are taken by the database', async () => {
    const sums = await journals
      .aggregate([
        { $match: { account: 'B' } },
        { $group: { _id: '$account', n: { $sum: 1 }, top: { $max: '$seq' } } },
      ])
      .toArray();
    expect(sums).toEqual([{ _id: 'B', n: 7, top: 6 }]);
  });
});
