import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { MongoClient } from 'mongodb';
import type { Collection } from 'mongodb';
import { testDatabaseUri } from '../../../test/support/database.ts';

interface Thing {
  _id: number;
  name?: string;
  tags?: string[];
  amount?: number;
}

describe('the unmodified driver on the embedded engine', () => {
  const client = new MongoClient(testDatabaseUri());
  let things: Collection<Thing>;

  beforeAll(async () => {
    await client.connect();
    things = client.db().collection<Thing>('things');
  });

  afterAll(async () => {
    await client.db().dropDatabase();
    await client.close();
  });

  test('what is inserted is found, updated and deleted', async () => {
    await things.insertMany([
      { _id: 1, name: 'one', tags: ['a', 'b'], amount: 10 },
      { _id: 2, name: 'two', amount: 20 },
    ]);
    expect(await things.findOne({ tags: 'b' })).toEqual({
      _id: 1,
      name: 'one',
      tags: ['a', 'b'],
      amount: 10,
    });
    expect((await things.updateOne({ _id: 2 }, { $inc: { amount: 5 } })).modifiedCount).toBe(1);
    expect(
      await things
        .find({ amount: { $gte: 10 } })
        .sort({ amount: -1 })
        .toArray(),
    ).toMatchObject([
      { _id: 2, amount: 25 },
      { _id: 1, amount: 10 },
    ]);
    expect(await things.countDocuments({ amount: { $gt: 10 } })).toBe(1);
    expect((await things.deleteMany({})).deletedCount).toBe(2);
  });

  test('a unique index refuses a second document with its key, naming it', async () => {
    await things.createIndex({ name: 1 }, { unique: true, sparse: true });
    await things.insertOne({ _id: 10, name: 'same' });
    await expect(things.insertOne({ _id: 11, name: 'same' })).rejects.toMatchObject({
      code: 11000,
      keyPattern: { name: 1 },
      keyValue: { name: 'same' },
    });
    expect(await things.findOne({ _id: 11 })).toBeNull();
  });

  test('an aborted transaction leaves nothing, a committed one everything', async () => {
    const session = client.startSession();
    session.startTransaction();
    await things.insertOne({ _id: 20, amount: 1 }, { session });
    expect(await things.findOne({ _id: 20 })).toBeNull();
    expect(await things.findOne({ _id: 20 }, { session })).toMatchObject({ amount: 1 });
    await session.abortTransaction();
    expect(await things.findOne({ _id: 20 })).toBeNull();
    await session.withTransaction(() => things.insertOne({ _id: 20, amount: 2 }, { session }));
    expect(await things.findOne({ _id: 20 })).toMatchObject({ amount: 2 });
    await session.endSession();
  });

  test('a cursor gives every document once, whatever its batches', async () => {
    const many = client.db().collection<Thing>('many');
    await many.insertMany(Array.from({ length: 1_000 }, (_, _id) => ({ _id })));
    const ids = await many
      .find()
      .batchSize(7)
      .map(({ _id }) => _id)
      .toArray();
    expect(ids).toEqual(Array.from({ length: 1_000 }, (_, _id) => _id));
  });
});
