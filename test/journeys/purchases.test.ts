import { afterAll, beforeAll, expect, jest, test } from '@jest/globals';
import { readFileSync } from 'node:fs';
import { parse } from 'csv-parse/sync';
import { customerService } from '../../core/customer/service.ts';
import { systemActor } from '../../core/access/actor.ts';
import { approvalService } from '../../core/approval/service.ts';
import { ruleService } from '../../core/rule/service.ts';
import { OUTBOX, type OutboxEvent } from '../../core/event/outbox.ts';
import { ledgerService } from '../../plugins/loyalty/contract.ts';
import { testCustomer } from '../support/customer.ts';
import { eventually } from '../support/eventually.ts';
import { checkInvariants } from '../support/ledger-checker.ts';
import { describeWith, realData } from '../support/needs.ts';
import { startPlatform, type TestPlatform } from '../support/platform.ts';

// Thousands of events, each in a transaction of its own, take their time where the machine is shared.
jest.setTimeout(300_000);

interface Purchase {
  readonly row: number;
  readonly customerNo: string;
  readonly date: string;
  readonly quantity: number;
  readonly amountMinor: number;
}

const BATCH = 500;
const POINTS_IN_ALL = 20_575;
const RULES = {
  id: 'earning-rules',
  version: 1,
  rules: [
    {
      code: 'service-purchase',
      title: { zh: '购买服务每满十元', en: 'Each full ¥10 of services' },
      on: 'service.purchased',
      formula: { kind: 'PER_AMOUNT', of: 'event.amountMinor', per: 1000, points: 1 },
      priority: 1,
    },
  ],
  boosts: [],
};

const file = realData('purchases-cdnow.csv');

describeWith([file], '6,787 real purchases of 2,357 customers', () => {
  let platform: TestPlatform;
  let purchases: readonly Purchase[];

  beforeAll(async () => {
    purchases = readPurchases(readFileSync(file.path, 'utf8'));
    platform = await startPlatform();
    const customers = [...new Set(purchases.map(({ customerNo }) => customerNo))].map((customerNo) =>
      testCustomer({ customerNo }),
    );
    expect([purchases.length, customers.length]).toEqual([6787, 2357]);
    const service = platform.app.hosts.core.service(customerService);
    for (let from = 0; from < customers.length; from += BATCH)
      await service.upsert(systemActor('test'), customers.slice(from, from + BATCH));
    await putInForce(platform, RULES);
  });
  afterAll(async () => {
    await checkInvariants(platform.app.hosts);
    await platform.stop();
  });

  test('earn 20,575 points by one for each full ¥10.00, once, however often they are reported', async () => {
    for (const time of ['first', 'again'])
      for (let from = 0; from < purchases.length; from += BATCH) {
        const batch = purchases.slice(from, from + BATCH);
        const { accepted, repeated, refused } = await report(platform, batch);
        expect(refused).toEqual([]);
        expect(time === 'first' ? accepted : repeated).toBe(batch.length);
      }
    await handled(platform);
    const given = await pointsByCustomer(platform);
    expect([...given.values()].reduce((sum, points) => sum + points, 0)).toBe(POINTS_IN_ALL);
    const expected = new Map<string, number>();
    for (const { customerNo, amountMinor } of purchases)
      expected.set(customerNo, (expected.get(customerNo) ?? 0) + Math.floor(amountMinor / 1000));
    expect(given).toEqual(new Map([...expected].filter(([, points]) => points > 0)));
  });
});

function readPurchases(text: string): Purchase[] {
  const rows = parse(text, { columns: true }) as Record<string, string>[];
  return rows.map((row, index) => {
    const [yuan, fen = ''] = row.amount!.split('.');
    return {
      row: index + 1,
      customerNo: `CD${row.customerId}`,
      date: row.date!,
      quantity: Number(row.quantity),
      amountMinor: Number(yuan) * 100 + Number(fen.padEnd(2, '0')),
    };
  });
}

async function putInForce(platform: TestPlatform, rules: object): Promise<void> {
  const host = platform.app.hosts.core;
  const proposed = await host
    .service(ruleService)
    .propose(systemActor('maker'), 'earning-rules', rules, 'Purchases');
  if ('problems' in proposed) throw new Error(JSON.stringify(proposed.problems));
  const outcome = await host
    .service(approvalService)
    .decide(systemActor('checker'), proposed.approvalId, { decision: 'APPROVE', comment: 'As agreed' });
  expect(outcome.ok).toBe(true);
  await eventually(
    'the rules to be in force',
    () => host.service(ruleService).current('earning-rules').version === proposed.version,
  );
}

interface Report {
  readonly accepted: number;
  readonly repeated: number;
  readonly refused: readonly unknown[];
}

async function report(platform: TestPlatform, batch: readonly Purchase[]): Promise<Report> {
  const answer = await platform.graphql<{ reportActivities: Report }>(
    platform.apiClients[0]!.token,
    `mutation ($input: ReportActivitiesInput!) { reportActivities(input: $input) {
      accepted repeated refused { id reason { code text { en } } } } }`,
    {
      input: {
        source: 'cdnow',
        activities: batch.map(({ row, customerNo, date, quantity, amountMinor }) => ({
          id: String(row),
          type: 'service.purchased',
          customerNo,
          at: `${date}T04:00:00Z`,
          facts: { amountMinor, quantity },
        })),
      },
    },
  );
  expect(answer.errors).toBeUndefined();
  return answer.data.reportActivities;
}

/** Until every purchase went through the relay, whichever process ran it. */
async function handled(platform: TestPlatform): Promise<void> {
  const { database } = platform.app.hosts.core;
  const deliveries = database.connection.collection('event_deliveries');
  const outbox = database.model<OutboxEvent>(OUTBOX).collection;
  await eventually(
    'all purchases to be judged',
    async () => !(await deliveries.findOne({})) && !(await outbox.findOne({ pending: true })),
    240_000,
    500,
  );
}

async function pointsByCustomer(platform: TestPlatform): Promise<Map<string, number>> {
  const host = platform.app.hosts.core;
  const ledger = host.hostOf('loyalty').service(ledgerService);
  const customers = await host.database.connection
    .collection<{ _id: string; customerNo: string }>('customers')
    .find({}, { projection: { customerNo: 1 } })
    .toArray();
  const given = new Map<string, number>();
  for (const { _id, customerNo } of customers) {
    const { available } = await ledger.account(_id);
    if (available > 0) given.set(customerNo, available);
  }
  return given;
}
