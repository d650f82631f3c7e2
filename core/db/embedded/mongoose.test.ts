import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import mongoose, { Schema } from 'mongoose';
import type { Connection, Model } from 'mongoose';
import { testDatabaseUri } from '../../../test/support/database.ts';

interface Product {
  code: string;
  title: { zh: string; en?: string };
  prices: { channel: string; amountMinor: number }[];
  state: 'DRAFT' | 'APPROVED';
  seq: number;
}

describe('mongoose on the embedded engine', () => {
  let connection: Connection;
  let products: Model<Product>;

  beforeAll(async () => {
    connection = await mongoose.createConnection(testDatabaseUri()).asPromise();
    const schema = new Schema<Product>(
      {
        code: { type: String, required: true, unique: true },
        title: { zh: String, en: String },
        prices: [new Schema({ channel: String, amountMinor: Number }, { _id: false })],
        state: { type: String, enum: ['DRAFT', 'APPROVED'], default: 'DRAFT', index: true },
        seq: { type: Number, default: 0 },
      },
      { timestamps: true, optimisticConcurrency: true },
    );
    schema.index({ 'prices.channel': 1, state: 1 });
    products = connection.model<Product>('Product', schema);
    await products.init();
  });

  afterAll(async () => {
    await connection.dropDatabase();
    await connection.close();
  });

  test('a model makes its indexes, saves, finds and validates', async () => {
    const names = Object.keys(await products.collection.indexInformation());
    expect(names.sort()).toEqual(['_id_', 'code_1', 'prices.channel_1_state_1', 'state_1']);
    const saved = await products.create({
      code: 'F1',
      title: { zh: '基金' },
      prices: [{ channel: 'app', amountMinor: 100 }],
    });
    saved.title.en = 'Fund';
    await saved.save();
    const found = await products.findOne({ 'prices.channel': 'app', state: 'DRAFT' }).lean();
    expect(found).toMatchObject({ code: 'F1', title: { zh: '基金', en: 'Fund' }, __v: 1 });
    await expect(products.create({ code: 'F1' })).rejects.toMatchObject({ code: 11000 });
    await expect(products.create({})).rejects.toThrow('code');
  });

  test('a document that changed meanwhile is not overwritten', async () => {
    await products.create({ code: 'F2' });
    const [mine, yours] = await Promise.all([
      products.findOne({ code: 'F2' }),
      products.findOne({ code: 'F2' }),
    ]);
    mine?.set('seq', 1);
    yours?.set('seq', 2);
    await mine?.save();
    await expect(yours?.save()).rejects.toThrow(mongoose.Error.VersionError);
  });

  test('updates, upserts and bulk writes do what they say', async () => {
    await products.create({
      code: 'F3',
      prices: [
        { channel: 'app', amountMinor: 1 },
        { channel: 'web', amountMinor: 2 },
      ],
    });
    await products.updateOne({ code: 'F3' }, { $set: { 'prices.1.amountMinor': 20 } });
    const upserted = await products.findOneAndUpdate(
      { code: 'F4' },
      { $inc: { seq: 1 }, $setOnInsert: { title: { zh: '新' } } },
      { upsert: true, returnDocument: 'after' },
    );
    expect(upserted).toMatchObject({ code: 'F4', seq: 1, state: 'DRAFT', title: { zh: '新' } });
    const result = await products.bulkWrite([
      { insertOne: { document: { code: 'F5' } as Product } },
      { updateMany: { filter: { code: { $in: ['F3', 'F4'] } }, update: { $set: { state: 'APPROVED' } } } },
      { deleteOne: { filter: { code: 'F5' } } },
    ]);
    expect(result).toMatchObject({ insertedCount: 1, modifiedCount: 2, deletedCount: 1 });
    const approved = await products.find({ state: 'APPROVED' }).sort('code').lean();
    expect(approved.map(({ code, prices }) => [code, prices.map(({ amountMinor }) => amountMinor)])).toEqual([
      ['F3', [1, 20]],
      ['F4', []],
    ]);
  });

  test('a transaction takes its session through every call and rolls back on a throw', async () => {
    const before = await products.countDocuments();
    const attempt = connection.transaction(async (session) => {
      await products.create([{ code: 'F6' }], { session });
      await products.updateOne({ code: 'F6' }, { $inc: { seq: 1 } }, { session });
      expect(await products.findOne({ code: 'F6' }).session(session).lean()).toMatchObject({ seq: 1 });
      throw new Error('changed my mind');
    });
    await expect(attempt).rejects.toThrow('changed my mind');
    expect(await products.countDocuments()).toBe(before);
  });

  test('a cursor, a projection and a distinct', async () => {
    const codes: string[] = [];
    for await (const { code } of products
      .find({}, { code: 1, _id: 0 })
      .sort({ code: 1 })
      .lean()
      .cursor({ batchSize: 1 })) {
      codes.push(code);
    }
    expect(codes).toEqual(await products.distinct('code'));
    expect(codes.length).toBeGreaterThan(3);
  });
});
