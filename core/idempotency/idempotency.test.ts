import { afterEach, describe, expect, it } from '@jest/globals';
import { Schema } from 'mongoose';
import { startTestHost, type TestHost } from '../../test/support/host.ts';
import { systemActor } from '../access/actor.ts';
import { collectionOf } from '../db/collection.ts';
import type { Tx } from '../db/database.ts';
import { BusyError } from '../errors.ts';
import { newId } from '../ids.ts';
import type { Plugin } from '../plugin/contract.ts';
import { idempotencyService, type KeyedRequest } from './idempotency.ts';

const SALES = 'shop_sales';

interface Sale {
  _id: string;
  amount: number;
}

const shop: Partial<Plugin> & { name: string } = {
  name: 'shop',
  models: [
    {
      name: SALES,
      schema: new Schema<Sale>({ _id: String, amount: Number }, { versionKey: false }) as never,
      shardKey: { _id: 1 },
      retention: 'test',
    },
  ],
};

let host: TestHost;

afterEach(() => host.close());

const merchant = systemActor('merchant');
const request = (key: string, amount = 5): KeyedRequest => ({
  operation: 'sale.make',
  key,
  body: { amount },
});

async function sell(tx: Tx, amount: number): Promise<{ id: string; amount: number }> {
  const id = newId();
  await collectionOf<Sale>(host.database, SALES).insertOne({ _id: id, amount }, { session: tx.session });
  tx.trace({ action: 'sale.made', subject: { type: 'Sale', id } });
  return { id, amount };
}

const sales = () => collectionOf<Sale>(host.database, SALES).countDocuments({});

describe('a request with an idempotency key', () => {
  it('is done once, and a repeat gets the first answer', async () => {
    host = await startTestHost({ plugins: [shop] });
    const once = host.core.service(idempotencyService);
    const first = await once.once(merchant, request('k'), (tx) => sell(tx, 5));
    const again = await once.once(merchant, request('k'), (tx) => sell(tx, 5));
    expect(first.repeated).toBe(false);
    expect(again).toEqual({ result: first.result, repeated: true });
    expect(await sales()).toBe(1);
  });

  it('that comes many times at once is done once, and all get the same answer', async () => {
    host = await startTestHost({ plugins: [shop] });
    const once = host.core.service(idempotencyService);
    const ask = async (): Promise<unknown> => {
      for (;;)
        try {
          return (await once.once(merchant, request('k'), (tx) => sell(tx, 5))).result;
        } catch (error) {
          if (!(error instanceof BusyError)) throw error;
        }
    };
    const answers = await Promise.all(Array.from({ length: 20 }, ask));
    expect(new Set(answers.map((answer) => JSON.stringify(answer))).size).toBe(1);
    expect(await sales()).toBe(1);
  });

  it('and another body is refused, whoever of the two came first', async () => {
    host = await startTestHost({ plugins: [shop] });
    const once = host.core.service(idempotencyService);
    await once.once(merchant, request('k', 5), (tx) => sell(tx, 5));
    await expect(once.once(merchant, request('k', 6), (tx) => sell(tx, 6))).rejects.toMatchObject({
      code: 'IDEMPOTENCY_KEY_REUSED',
      status: 422,
    });
    expect(await sales()).toBe(1);
  });

  it('of another caller or operation is another request', async () => {
    host = await startTestHost({ plugins: [shop] });
    const once = host.core.service(idempotencyService);
    await once.once(merchant, request('k'), (tx) => sell(tx, 5));
    await once.once(systemActor('other'), request('k'), (tx) => sell(tx, 5));
    await once.once(merchant, { ...request('k'), operation: 'sale.refund' }, (tx) => sell(tx, 5));
    expect(await sales()).toBe(3);
  });

  it('that failed by surprise may be repeated; a refusal is an answer and stays', async () => {
    host = await startTestHost({ plugins: [shop] });
    const once = host.core.service(idempotencyService);
    const failing = once.once(merchant, request('k'), async (tx) => {
      await sell(tx, 5);
      throw new Error('lost');
    });
    await expect(failing).rejects.toThrow('lost');
    expect(await sales()).toBe(0);
    const refuse = async (tx: Tx) => {
      tx.trace({ action: 'sale.refused', subject: { type: 'Sale', id: 'none' } });
      return { refused: 'NO_STOCK' };
    };
    expect((await once.once(merchant, request('k'), refuse)).result).toEqual({ refused: 'NO_STOCK' });
    const repeat = await once.once(merchant, request('k'), (tx) => sell(tx, 5));
    expect(repeat).toEqual({ result: { refused: 'NO_STOCK' }, repeated: true });
  });

  it.each(['', 'x'.repeat(256)])('needs a key of 1 to 255 characters', async (key) => {
    host = await startTestHost({ plugins: [shop] });
    const once = host.core.service(idempotencyService);
    await expect(once.once(merchant, request(key), (tx) => sell(tx, 5))).rejects.toMatchObject({
      code: 'IDEMPOTENCY_KEY_INVALID',
    });
  });
});
