import { spawn } from 'node:child_process';
import { afterAll, beforeAll, describe, expect, jest, test } from '@jest/globals';
import type { CoreHost } from '../../core/plugin/host.ts';
import { BusyError } from '../../core/errors.ts';
import { HELD_FOR_MS, PAY_WITHIN_MS } from '../../core/subscription/order-steps.ts';
import type { OrderRequest } from '../../core/subscription/place-order.ts';
import { SUBSCRIPTION, type OrderRecord } from '../../core/subscription/records.ts';
import { subscriptionService, type SubscriptionService } from '../../core/subscription/service.ts';
import { switchService } from '../../core/switch/service.ts';
import { quotaService } from '../../core/quota/quota.ts';
import { collectionOf } from '../../core/db/collection.ts';
import { fromRoot } from '../../core/paths.ts';
import { startPlatform, type TestPlatform } from '../support/platform.ts';
import { MAKER, approveAll, purse, purseOf, sell, welcomeClients } from '../support/shop.ts';

jest.setTimeout(180_000);

const MONTH = { currency: 'CNY', billing: 'MONTH' } as const;
const PLACES = 50;
const TAKERS = 200;

/** The real time, and more where a test goes ahead of it. */
let aheadMs = 0;
const clock = { now: () => new Date(Date.now() + aheadMs) };

describe('an order', () => {
  let platform: TestPlatform;
  let host: CoreHost;
  let service: SubscriptionService;
  let keys = 0;

  beforeAll(async () => {
    platform = await startPlatform({ plugins: [purse()], clock });
    host = platform.app.hosts.core;
    service = host.service(subscriptionService);
    await welcomeClients(host, TAKERS);
    await sell(host, [
      { code: 'MIXED', prices: [{ ...MONTH, amountMinor: 1000, pointsShareMaxPct: 50 }] },
      { code: 'FREE', prices: [{ ...MONTH, amountMinor: 0 }] },
      { code: 'POINTS', prices: [{ currency: 'POINTS', billing: 'MONTH', amountMinor: 300 }] },
      { code: 'RISKY', level: 'R5', prices: [{ ...MONTH, amountMinor: 0 }] },
      {
        code: 'FIFTY',
        kind: 'trading-service',
        prices: [{ ...MONTH, amountMinor: 0 }],
        attributes: { seats: PLACES },
      },
    ]);
  });
  afterAll(() => platform.stop());

  const request = (productCode: string, customerNo: string, amount: number, more = {}): OrderRequest => ({
    idempotencyKey: `recovery-${++keys}`,
    productCode,
    customerNo,
    channel: 'APP',
    quantity: 1,
    expectedAmountMinor: amount,
    renews: true,
    confirmations: [],
    ...more,
  });
  const place = async (...args: Parameters<typeof request>): Promise<OrderRecord> => {
    const placed = await service.place(MAKER, request(...args));
    if (placed.kind !== 'ORDER') throw new Error(JSON.stringify(placed));
    return placed.order;
  };

  test(`${TAKERS} at once for ${PLACES} places: exactly ${PLACES} are placed, and nothing is left over`, async () => {
    const takers = Array.from({ length: TAKERS }, (_, index) => request('FIFTY', `CROWD-${index}`, 0));
    const outcomes: string[] = [];
    await Promise.all(
      Array.from({ length: 16 }, async () => {
        for (let taker = takers.pop(); taker; taker = takers.pop())
          outcomes.push(await untilAnswered(service, taker));
      }),
    );
    expect(outcomes).toHaveLength(TAKERS);
    expect(outcomes.filter((one) => one === 'ORDER')).toHaveLength(PLACES);
    expect(outcomes.filter((one) => one === 'SOLD_OUT')).toHaveLength(TAKERS - PLACES);
    const orders = await collectionOf<OrderRecord>(host, SUBSCRIPTION.orders)
      .find({ productCode: 'FIFTY' })
      .toArray();
    for (const { _id } of orders) await service.continueOrder(MAKER, _id);
    expect(await service.count({ productId: orders[0]!.productId, state: 'ACTIVE' })).toBe(PLACES);
    expect(await host.service(quotaService).find(`seats:${orders[0]!.productId}`)).toMatchObject({
      remaining: 0,
    });
  });

  test('whose process is killed between capture and confirmation ends as it was paid for, captured once', async () => {
    const points = purseOf(host);
    await points.put('C5', 500);
    const order = request('MIXED', 'C5', 1000, { pointsPart: 400, method: 'GATEWAY' });
    const script = fromRoot('test', 'support', 'order-until-killed.ts');
    const args = [
      '--import',
      'tsx',
      script,
      platform.databaseUri,
      platform.dataFolder,
      JSON.stringify(order),
    ];
    const child = spawn(process.execPath, args, { stdio: ['ignore', 'ignore', 'pipe'] });
    let errors = '';
    child.stderr.on('data', (chunk: Buffer) => (errors += chunk.toString()));
    const signal = await new Promise((resolve) => child.on('close', (_code, by) => resolve(by)));
    expect([signal, errors]).toEqual(['SIGKILL', '']);
    const orders = collectionOf<OrderRecord>(host, SUBSCRIPTION.orders);
    const left = (await orders.find({ productCode: 'MIXED' }).toArray())[0]!;
    expect([left.state, left.legs.map((leg) => leg.capture?.outcome)]).toEqual([
      'CAPTURING',
      [undefined, 'INTENT'],
    ]);
    expect(await points.of('C5')).toEqual([100, 400]);
    aheadMs += 60_000;
    await service.recover();
    const after = await service.order(left._id);
    expect([after.state, after.legs.map((leg) => leg.state)]).toEqual(['ACTIVE', ['TAKEN', 'TAKEN']]);
    expect(await points.of('C5')).toEqual([100, 0]);
    expect(await points.captures()).toEqual([{ _id: `${left._id}:2`, amountMinor: 600, calls: 1 }]);
    // The caller who never got an answer asks again with its key.
    expect(await service.place(MAKER, order)).toMatchObject({ kind: 'ORDER', order: { _id: left._id } });
  });

  test('that is not paid in time gives back what it held', async () => {
    const points = purseOf(host);
    await points.put('C2', 400);
    const order = await place('MIXED', 'C2', 1000, { pointsPart: 400 });
    expect(await points.of('C2')).toEqual([0, 400]);
    aheadMs += PAY_WITHIN_MS - 60_000;
    await service.recover();
    expect((await service.order(order._id)).state).toBe('RESERVED');
    aheadMs += 61_000;
    await service.recover();
    const after = await service.order(order._id);
    expect([after.state, after.because?.code]).toEqual(['FAILED', 'ORDER_TIMED_OUT']);
    expect(await points.of('C2')).toEqual([400, 0]);
  });

  test('of the highest risk waits a day after all else is done, then goes on unless a switch stops it', async () => {
    const held = await place('RISKY', 'C5', 0);
    const codes = held.assessment.duties.map(({ code, text }) => ({ code, text }));
    const extra = codes.find(({ code }) => code === 'EXTRA_INFORMATION')!;
    const confirmed = await service.confirmDuties(MAKER, held._id, [{ ...extra, manner: 'RECORDING' }]);
    expect(confirmed).toMatchObject({ order: { state: 'ASSESSED' } });
    aheadMs += 23 * 3_600_000;
    await service.recover();
    expect((await service.order(held._id)).state).toBe('ASSESSED');
    aheadMs += 3_600_001;
    const switches = host.service(switchService);
    const stop = { code: 'product', ref: 'RISKY', reason: 'under investigation' };
    const { _id: switchId } = await switches.place(MAKER, stop);
    await service.recover();
    expect((await service.order(held._id)).state).toBe('ASSESSED');
    await approveAll(host, [await switches.proposeLift(MAKER, switchId, 'cleared')]);
    await switches.refresh();
    await service.continueOrder(MAKER, held._id);
    expect((await service.order(held._id)).state).toBe('ACTIVE');
  });

  test('that is held and forgotten ends, having held nothing', async () => {
    const held = await place('RISKY', 'C2', 0);
    expect(held.state).toBe('ASSESSED');
    aheadMs += HELD_FOR_MS;
    await service.recover();
    expect((await service.order(held._id)).because?.code).toBe('ORDER_TIMED_OUT');
  });

  test('ended at once is paid back what is left of its month, points down and money up', async () => {
    const points = purseOf(host);
    await points.put('GOLD', 401);
    const order = await place('MIXED', 'GOLD', 1000, { pointsPart: 401, method: 'GATEWAY' });
    const { paidUntil, startsAt } = await service.subscription(order.subscriptionId!);
    const half = (paidUntil!.getTime() - startsAt.getTime()) / 2;
    aheadMs += half;
    await service.cancel(MAKER, order.subscriptionId!, 'AT_ONCE', 'moves away');
    const after = await service.order(order._id);
    expect(after.state).toBe('REFUNDED');
    const [ofPoints, ofMoney] = after.legs.map(({ refundedMinor }) => refundedMinor) as [number, number];
    expect(ofPoints).toBeGreaterThanOrEqual(199);
    expect(ofPoints).toBeLessThanOrEqual(200);
    expect(ofMoney).toBeGreaterThanOrEqual(299);
    expect(ofMoney).toBeLessThanOrEqual(300);
    expect(await points.of('GOLD')).toEqual([ofPoints, 0]);
    expect(await service.entitlementsOf('GOLD', clock.now())).toEqual([]);
  });

  test('renews by points and for nothing at the end of each month, and ends where it cannot be paid', async () => {
    const points = purseOf(host);
    await points.put('C5-BONDS', 600);
    const byPoints = await place('POINTS', 'C5-BONDS', 300);
    const free = await place('FREE', 'C5-BONDS', 0);
    const kept = await place('FREE', 'C5-BONDS', 0, { renews: false });
    const state = async (order: OrderRecord) => {
      const { state: now, periods, endedBecause } = await service.subscription(order.subscriptionId!);
      return [now, periods, endedBecause?.code];
    };
    aheadMs += 31 * 86_400_000;
    while ((await service.renewDue()) > 0);
    expect(await points.of('C5-BONDS')).toEqual([0, 0]);
    expect([await state(byPoints), await state(free), await state(kept)]).toEqual([
      ['ACTIVE', 2, undefined],
      ['ACTIVE', 2, undefined],
      ['ENDED', 1, 'PERIOD_OVER'],
    ]);
    aheadMs += 31 * 86_400_000;
    while ((await service.renewDue()) > 0);
    expect([await state(byPoints), await state(free)]).toEqual([
      ['ENDED', 2, 'PURSE_EMPTY'],
      ['ACTIVE', 3, undefined],
    ]);
  });
});

/** As a touchpoint does that is told to come again. */
async function untilAnswered(service: SubscriptionService, taker: OrderRequest): Promise<string> {
  for (;;)
    try {
      const placed = await service.place(MAKER, taker);
      return placed.kind === 'REFUSED' ? placed.reasons[0]!.code : placed.kind;
    } catch (error) {
      if (!(error instanceof BusyError)) throw error;
    }
}
