import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { pino } from 'pino';
import { jobWakeContract } from '../../test/contract/job-wake.ts';
import { eventually } from '../../test/support/eventually.ts';
import { describeWith } from '../../test/support/needs.ts';
import { redisServer, startRedis, type TestRedis } from '../../test/support/redis.ts';
import { BullWaker } from './wake-bull.ts';
import { InProcessWaker } from './wake-in-process.ts';

const logger = pino({ level: 'silent' });

describe('waking workers in process', () => {
  jobWakeContract(() => new InProcessWaker());
});

describeWith([redisServer], 'waking workers by Bull on Redis', () => {
  let redis: TestRedis;

  beforeAll(async () => {
    redis = await startRedis();
  });

  afterAll(() => redis.stop());

  describe('by the contract of wakers', () => {
    jobWakeContract(() => new BullWaker({ redisUrl: redis.url, logger }));
  });

  it('wakes the workers of another process', async () => {
    const worker = new BullWaker({ redisUrl: redis.url, logger });
    const api = new BullWaker({ redisUrl: redis.url, logger });
    await worker.start();
    await api.start();
    let heard = 0;
    for (const waker of [worker, api]) waker.onWake(() => heard++);
    api.wake();
    await eventually('one of them hears', () => heard > 0);
    await Promise.all([worker.stop(), api.stop()]);
  });

  it('never waits while Redis is away, and wakes again once it is back', async () => {
    const waker = new BullWaker({ redisUrl: redis.url, logger });
    await waker.start();
    let heard = 0;
    waker.onWake(() => heard++);
    await redis.kill();
    for (let count = 0; count < 100; count++) waker.wake();
    await redis.start();
    await eventually(
      'a wake is heard',
      () => {
        waker.wake();
        return heard > 0;
      },
      30_000,
    );
    await waker.stop();
  });
});

describe('a Redis that does not answer', () => {
  it('is refused within the time limit, naming REDIS_URL', async () => {
    const waker = new BullWaker({ redisUrl: 'redis://127.0.0.1:1', logger, connectLimitMs: 300 });
    await expect(waker.start()).rejects.toMatchObject({ code: 'REDIS_UNREACHABLE', key: 'REDIS_URL' });
  });
});
