import { afterEach, describe, expect, it } from '@jest/globals';
import { startTestHost, type TestHost } from '../../test/support/host.ts';
import { systemActor } from '../access/actor.ts';
import type { Tx } from '../db/database.ts';
import { BusyError } from '../errors.ts';
import { quotaService, type QuotaResult } from './quota.ts';

let host: TestHost;

afterEach(() => host.close());

function inTx<T>(work: (tx: Tx) => Promise<T>): Promise<T> {
  return host.core.transact(systemActor('test'), work, { bookkeeping: true });
}

/** As a client does that is told to come again. */
async function untilAnswered<T>(ask: () => Promise<T>): Promise<T> {
  for (;;)
    try {
      return await ask();
    } catch (error) {
      if (!(error instanceof BusyError)) throw error;
    }
}

describe('a quota', () => {
  it('of 50 that 200 take from at once is taken exactly 50 times', async () => {
    host = await startTestHost();
    const quotas = host.core.service(quotaService);
    await inTx((tx) => quotas.define(tx, 'seats', 50));
    const results: QuotaResult[] = [];
    const takers = Array.from(
      { length: 200 },
      () => () => untilAnswered(() => inTx((tx) => quotas.take(tx, 'seats', 1))),
    );
    // As many at once as a process has connections for.
    await Promise.all(
      Array.from({ length: 32 }, async () => {
        for (let take = takers.pop(); take; take = takers.pop()) results.push(await take());
      }),
    );
    expect(results.filter(({ taken }) => taken)).toHaveLength(50);
    expect(results).toHaveLength(200);
    expect(await quotas.find('seats')).toEqual({ key: 'seats', capacity: 50, remaining: 0 });
  });

  it('gives back what a failed transaction had taken', async () => {
    host = await startTestHost();
    const quotas = host.core.service(quotaService);
    await inTx((tx) => quotas.define(tx, 'stock', 3));
    const failing = inTx(async (tx) => {
      await quotas.take(tx, 'stock', 2);
      throw new Error('no sale');
    });
    await expect(failing).rejects.toThrow('no sale');
    expect(await quotas.find('stock')).toMatchObject({ remaining: 3 });
  });

  it('refuses more than there is and says what there was', async () => {
    host = await startTestHost();
    const quotas = host.core.service(quotaService);
    await inTx((tx) => quotas.define(tx, 'stock', 3));
    expect(await inTx((tx) => quotas.take(tx, 'stock', 4))).toEqual({ taken: false, remaining: 3 });
    expect(await inTx((tx) => quotas.take(tx, 'stock', 3))).toEqual({ taken: true, remaining: 0 });
  });

  it('never holds more than its capacity, and is not cut below what is taken', async () => {
    host = await startTestHost();
    const quotas = host.core.service(quotaService);
    await inTx((tx) => quotas.define(tx, 'stock', 5));
    await inTx((tx) => quotas.take(tx, 'stock', 3));
    await expect(inTx((tx) => quotas.giveBack(tx, 'stock', 4))).rejects.toMatchObject({
      code: 'QUOTA_NOT_TAKEN',
    });
    await expect(inTx((tx) => quotas.define(tx, 'stock', 2))).rejects.toMatchObject({
      code: 'QUOTA_BELOW_TAKEN',
    });
    expect(await inTx((tx) => quotas.giveBack(tx, 'stock', 3))).toMatchObject({ remaining: 5 });
    expect(await inTx((tx) => quotas.define(tx, 'stock', 2))).toMatchObject({ remaining: 2 });
  });

  it.each([0, -1, 1.5, Number.NaN, 2 ** 53])('cannot be taken from by %p', async (amount) => {
    host = await startTestHost();
    const quotas = host.core.service(quotaService);
    await inTx((tx) => quotas.define(tx, 'stock', 5));
    await expect(inTx((tx) => quotas.take(tx, 'stock', amount))).rejects.toMatchObject({
      code: 'AMOUNT_INVALID',
    });
  });

  it('that nobody defined is not there', async () => {
    host = await startTestHost();
    const quotas = host.core.service(quotaService);
    await expect(inTx((tx) => quotas.take(tx, 'none', 1))).rejects.toMatchObject({ code: 'NOT_FOUND' });
  });
});
