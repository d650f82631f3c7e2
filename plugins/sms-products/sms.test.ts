import { createHash } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { systemActor } from '../../core/access/actor.ts';
import { catalogService } from '../../core/catalog/service.ts';
import type { CustomerInput } from '../../core/customer/customer-input.ts';
import { customerService } from '../../core/customer/service.ts';
import { outreachService } from '../../core/outreach/service.ts';
import { ManualClock } from '../../core/time/clock.ts';
import { testCustomer } from '../../test/support/customer.ts';
import { eventually } from '../../test/support/eventually.ts';
import { House } from '../../test/support/house.ts';
import { smsPackageOnSale } from '../../test/support/sms-package.ts';
import { ledgerService } from '../loyalty/contract.ts';
import { followUp } from './inbound/follow-up.ts';
import { SMS, type InboundRecord, type RecipientRecord } from './model.ts';

const NOON = new Date('2026-11-24T04:00:00Z');
const actor = systemActor('test');
const HOUSE = { signature: '澄湖证券', hotline: '400-000-0000' };

let clock: ManualClock;
let house: House;
let gatewayIds = 0;

beforeAll(async () => {
  clock = new ManualClock(NOON);
  house = await House.start({ clock });
  await onSale('SMS-101', '101', '晨报', 300);
  await onSale('SMS-102', '102', '盘中异动', 600);
  await onSale('SMS-203', '203', '新股日历', 0);
});
afterAll(() => house.stop());

const core = () => house.platform.app.hosts.core;
const catalog = () => core().service(catalogService);

const onSale = (code: string, keyword: string, name: string, points: number) =>
  smsPackageOnSale(house, { code, keyword, name, points });

/** Time goes by in steps in which everybody does something, so that nobody is signed out. */
async function pass(minutes: number): Promise<void> {
  for (let passed = 0; passed < minutes; passed += 5) {
    clock.advance(5 * 60_000);
    for (const role of ['auditor', 'product-manager', 'reviewer'])
      await house.ask(house.as(role), '{ viewer { id } }');
  }
}

interface TestClient {
  readonly phone: string;
  readonly partyId: string;
  readonly customerNo: string;
}

async function client(points: number, change: Partial<CustomerInput> = {}): Promise<TestClient> {
  const input = testCustomer(change);
  const customers = core().service(customerService);
  await customers.upsert(actor, [input]);
  const { customerNo, phone } = input;
  const partyId = (await customers.partyIds([customerNo])).get(customerNo)!;
  if (points > 0)
    await house.platform.app.hosts
      .of('loyalty')
      .service(ledgerService)
      .earn(
        { actor, key: `test:${partyId}` },
        {
          partyId,
          points,
          cause: { type: 'test', id: partyId, ruleId: 'test', ruleVersion: 1 },
        },
      );
  return { phone, partyId, customerNo };
}

const RECEIVE = `mutation ($input: InboundSmsInput!) { receiveSms(input: $input) { understood repeated } }`;

/** Hands in a text as the gateway does, and waits until all of it is done. */
async function text(phone: string, words: string, id = `g-${++gatewayIds}`): Promise<InboundRecord> {
  await house.ask(house.touchpoint('SMS'), RECEIVE, {
    input: { from: phone, text: words, gatewayMessageId: id },
  });
  await eventually('the text is dealt with', async () => (await inbound(id))?.state === 'DONE');
  return (await inbound(id))!;
}

const inbound = (id: string) =>
  house.platform.app.database.model<InboundRecord>(SMS.inbound).findById(id).lean<InboundRecord>();

/** The message that answers a text. */
async function answerTo(id: string) {
  const outreach = core().service(outreachService);
  const messageId = outreach.messageId('sms-products', `reply:${id}`);
  return (await outreach.messages([messageId])).get(messageId);
}

const digest = (body: string) => createHash('sha256').update(`【澄湖证券】${body}`).digest('hex');

async function holds({ customerNo }: TestClient): Promise<string[]> {
  const query = `query ($no: String!) { subscriptions(customerNo: $no, first: 10) { edges { node { productCode state } } } }`;
  const { subscriptions } = await house.ask<{
    subscriptions: { edges: { node: { productCode: string; state: string } }[] };
  }>(house.as('auditor'), query, { no: customerNo });
  return subscriptions.edges
    .filter(({ node }) => node.state === 'ACTIVE')
    .map(({ node }) => node.productCode)
    .sort();
}

async function points({ partyId }: TestClient): Promise<number> {
  const account = await house.platform.app.hosts.of('loyalty').service(ledgerService).account(partyId);
  return account?.available ?? 0;
}

const history = ({ customerNo }: TestClient) =>
  house
    .ask<{ consentHistory: { code: string; given: boolean; channel: string; evidence: string }[] }>(
      house.as('auditor'),
      `query ($no: String!) { consentHistory(customerNo: $no) { code given channel evidence } }`,
      { no: customerNo },
    )
    .then(({ consentHistory }) => consentHistory);

describe('a client orders by text', () => {
  test('is told the price, and only a Y takes the points and opens the package', async () => {
    const one = await client(1000);
    const asked = await text(one.phone, 'dz 101');
    expect(asked).toMatchObject({ command: { is: 'ORDER', keyword: '101' }, reply: { say: 'OFFER' } });
    expect(await answerTo(asked._id)).toMatchObject({
      state: 'ACCEPTED',
      purpose: 'SERVICE',
      bodyDigest: digest('晨报：300积分/月，30分钟内回复Y确认订阅，不回复不收费。退订回TD101。'),
    });
    expect([await holds(one), await points(one)]).toEqual([[], 1000]);
    const taken = await text(one.phone, 'Ｙ');
    expect(taken.outcome?.code).toBe('ACTIVE');
    expect([await holds(one), await points(one)]).toEqual([['SMS-101'], 700]);
    expect((await answerTo(taken._id))?.bodyDigest).toBe(
      digest('已订阅晨报，300积分/月。退订回TD101，详询400-000-0000。'),
    );
    expect((await text(one.phone, 'y')).reply).toEqual({ say: 'NO_OFFER' });
    expect(await points(one)).toBe(700);
  });

  test('the same text handed in again changes nothing; its id with another text is refused', async () => {
    const one = await client(1000);
    await text(one.phone, 'DZ 101', 'again-1');
    await text(one.phone, 'Y', 'again-2');
    await text(one.phone, 'Y', 'again-2');
    expect(await points(one)).toBe(700);
    const other = { input: { from: one.phone, text: 'TD', gatewayMessageId: 'again-2' } };
    expect(await house.errorCodes(house.touchpoint('SMS'), RECEIVE, other)).toEqual(['SMS_INBOUND_REUSED']);
    await followUp(house.platform.app.hosts.of('sms-products'), HOUSE, 'again-2');
    expect(await points(one)).toBe(700);
  });

  test('thirty minutes later a Y buys nothing, and a new keyword replaces the offer', async () => {
    const one = await client(2000);
    await text(one.phone, 'DZ 101');
    await pass(30);
    expect((await text(one.phone, 'Y')).reply).toEqual({ say: 'OFFER_EXPIRED' });
    await text(one.phone, 'DZ 101');
    await text(one.phone, 'DZ 102');
    await text(one.phone, 'Y');
    expect([await holds(one), await points(one)]).toEqual([['SMS-102'], 1400]);
  });

  test('without enough points is told so and pays nothing', async () => {
    const one = await client(299);
    await text(one.phone, 'DZ 101');
    const taken = await text(one.phone, 'Y');
    expect(taken.outcome?.code).toBe('INSUFFICIENT_POINTS');
    expect((await answerTo(taken._id))?.bodyDigest).toBe(digest('积分不足，未订阅晨报、未扣积分。'));
    expect([await holds(one), await points(one)]).toEqual([[], 299]);
  });

  test('of what does not suit them gets no offer', async () => {
    const one = await client(1000, {
      riskProfile: {
        level: 'C2',
        lowestCategory: false,
        assessedAt: new Date('2024-01-01T00:00:00Z'),
        validUntil: new Date('2026-01-01T00:00:00Z'),
      },
    });
    expect((await text(one.phone, 'DZ 101')).reply).toMatchObject({ say: 'NOT_AVAILABLE' });
    expect((await text(one.phone, 'Y')).reply).toEqual({ say: 'NO_OFFER' });
  });

  test('a free package still waits for the Y', async () => {
    const one = await client(0);
    await text(one.phone, 'DZ203');
    expect(await holds(one)).toEqual([]);
    await text(one.phone, 'Y');
    expect(await holds(one)).toEqual(['SMS-203']);
  });

  test('two Ys at once take one order', async () => {
    const one = await client(1000);
    await text(one.phone, 'DZ 101');
    await Promise.all([text(one.phone, 'Y'), text(one.phone, 'Y')]);
    expect([await holds(one), await points(one)]).toEqual([['SMS-101'], 700]);
  });
});

describe('a client leaves by text', () => {
  test('TD n ends the package and withdraws marketing, with the text as evidence', async () => {
    const one = await client(1000);
    await text(one.phone, 'DZ 101');
    await text(one.phone, 'Y');
    const left = await text(one.phone, 'TD 101');
    expect(await holds(one)).toEqual([]);
    expect(await points(one)).toBeGreaterThanOrEqual(700);
    expect(await history(one)).toEqual([
      { code: 'MARKETING_SMS', given: false, channel: 'SMS', evidence: `sms:${left._id}` },
    ]);
    expect(await answerTo(left._id)).toMatchObject({
      state: 'ACCEPTED',
      bodyDigest: digest('已退订晨报，不再收费，也不再向您发送推广短信。'),
    });
    expect((await text(one.phone, 'TD 101')).reply).toEqual({ say: 'NOT_SUBSCRIBED', keyword: '101' });
  });

  test('退订 with two packages lists them and ends none', async () => {
    const one = await client(2000);
    for (const words of ['DZ 101', 'Y', 'DZ 102', 'Y']) await text(one.phone, words);
    const asked = await text(one.phone, '退订');
    expect(asked.reply).toMatchObject({ say: 'WHICH' });
    expect(await holds(one)).toEqual(['SMS-101', 'SMS-102']);
    await text(one.phone, 'TD 102');
    await text(one.phone, 'td');
    expect(await holds(one)).toEqual([]);
  });

  test('a stranger is heard, gets nothing, and their number is kept from marketing', async () => {
    const stranger = await text('15466660001', '退订');
    expect(stranger.partyIds).toEqual([]);
    expect(await answerTo(stranger._id)).toBeUndefined();
    const { partyId } = await client(0, { phone: '15466660001' });
    const [answer] = await core().transact(
      actor,
      (tx) =>
        core()
          .service(outreachService)
          .permit(tx, 'test', [{ ref: 'x', gateway: 'CONSOLE', purpose: 'MARKETING', partyId }]),
      { bookkeeping: true },
    );
    expect(answer).toMatchObject({ code: 'OUTREACH_DO_NOT_DISTURB' });
  });
});

describe('the door for texts', () => {
  test('is the gateway alone, and what is no text is refused', async () => {
    const input = { from: '15400000001', text: 'Y', gatewayMessageId: 'door' };
    for (const token of [house.as('product-manager'), Promise.resolve(house.touchpoint('APP'))])
      expect(await house.errorCodes(token, RECEIVE, { input })).toEqual(['FORBIDDEN']);
    const bad = (change: object) =>
      house.errorCodes(house.touchpoint('SMS'), RECEIVE, { input: { ...input, ...change } });
    expect(await bad({ from: 'abc' })).toEqual(['SMS_INBOUND_INVALID']);
    expect(await bad({ gatewayMessageId: '' })).toEqual(['SMS_INBOUND_INVALID']);
    expect(await bad({ text: 'x'.repeat(2001) })).toEqual(['SMS_INBOUND_INVALID']);
  });

  test('keeps neither number nor words, and staff see the number masked', async () => {
    const one = await client(0, { phone: '15499887766' });
    await text(one.phone, '我的密码是 8888-secret');
    const stored = await house.platform.app.database.model(SMS.inbound).find().lean();
    expect(JSON.stringify(stored)).not.toMatch(/15499887766|8888-secret/);
    const query = `{ smsInbound(first: 100) { edges { node { phoneMasked understood clients reply done } } } }`;
    const { smsInbound } = await house.ask<{ smsInbound: { edges: { node: { phoneMasked: string } }[] } }>(
      house.as('auditor'),
      query,
    );
    expect(
      smsInbound.edges.map(({ node }) => node).filter(({ phoneMasked }) => phoneMasked === '154****7766'),
    ).toEqual([{ phoneMasked: '154****7766', understood: 'HELP', clients: 1, reply: 'HELP', done: true }]);
  });
});

const ISSUE = `id state body parts revision counts { messages { state messages parts } skipped { reason { code } recipients } }`;
const CREATE = `mutation ($input: SmsIssueInput!, $key: String!) { createSmsIssue(input: $input, idempotencyKey: $key) {
  __typename ... on SmsIssueSaved { issue { ${ISSUE} } } ... on SmsIssueRefused { code reasons { code path text { en } } } } }`;

interface Issue {
  readonly id: string;
  readonly state: string;
  readonly body: string;
  readonly parts: number;
  readonly revision: number;
  readonly counts: {
    readonly messages: readonly { state: string; messages: number; parts: number }[];
    readonly skipped: readonly { reason: { code: string }; recipients: number }[];
  };
}
interface Saved {
  readonly __typename: string;
  readonly issue?: Issue;
  readonly reasons?: readonly {
    readonly code: string;
    readonly path: string;
    readonly text: { readonly en: string };
  }[];
}

const create = async (input: object, key: string) =>
  (await house.ask<{ createSmsIssue: Saved }>(house.as('product-manager'), CREATE, { input, key }))
    .createSmsIssue;
const issueOf = async (id: string) =>
  (
    await house.ask<{ smsIssue: Issue }>(
      house.as('auditor'),
      `query ($id: ID!) { smsIssue(id: $id) { ${ISSUE} } }`,
      {
        id,
      },
    )
  ).smsIssue;
const submit = async (id: string, sendAt?: string, token = house.as('product-manager')) =>
  (
    await house.ask<{ submitSmsIssue: { approvalId: string } }>(
      token,
      `mutation ($id: ID!, $sendAt: DateTime) { submitSmsIssue(id: $id, reason: "今日晨报", sendAt: $sendAt) { approvalId } }`,
      { id, sendAt },
    )
  ).submitSmsIssue.approvalId;

const MORNING = {
  productCode: 'SMS-102',
  title: '11月24日',
  template: '{{#each points}}{{this}}。{{/each}}{{#if urgent}}请留意。{{/if}}',
  variables: [
    { name: 'points', type: 'LIST', list: ['沪指高开', '北向流入'] },
    { name: 'urgent', type: 'FLAG', flag: true },
  ],
};

describe('an issue', () => {
  test('with an unknown variable is not saved, and the answer names it', async () => {
    const refused = await create({ ...MORNING, template: '{{#if missing}}x{{/if}}' }, 'refused-1');
    expect(refused).toMatchObject({
      __typename: 'SmsIssueRefused',
      reasons: [{ code: 'SMS_VARIABLE_UNKNOWN', path: 'template:1' }],
    });
    expect(refused.reasons![0]!.text.en).toContain('"missing"');
    const none = await create({ ...MORNING, productCode: 'NONE', gateway: 'NONE', title: ' ' }, 'refused-2');
    expect(none.reasons!.map(({ code }) => code)).toEqual([
      'SMS_PACKAGE_UNKNOWN',
      'SMS_GATEWAY_UNKNOWN',
      'SMS_TITLE_INVALID',
    ]);
  });

  test('is sent to each holder once, after a second person approved what goes out', async () => {
    const holders = [await client(1000), await client(1000)];
    const unsuited = await client(1000);
    for (const one of [...holders, unsuited])
      for (const words of ['DZ 102', 'Y']) await text(one.phone, words);
    await expireProfile(unsuited);
    const { issue } = await create(MORNING, 'issue-1');
    expect((await create(MORNING, 'issue-1')).issue!.id).toBe(issue!.id);
    expect(issue).toMatchObject({
      state: 'DRAFT',
      body: '【澄湖证券】沪指高开。北向流入。请留意。 退订回TD102',
      parts: 1,
    });
    const before = await holderCount('SMS-102');
    const both = house.hire('both.roles', ['product-manager', 'reviewer']);
    const approvalId = await submit(issue!.id, undefined, both);
    expect(await house.decide([approvalId], both)).toMatchObject([{ code: 'SELF_APPROVAL' }]);
    await house.approve([approvalId]);
    await eventually('it is sent', async () => (await issueOf(issue!.id)).state === 'SENT');
    const { counts } = await issueOf(issue!.id);
    expect(counts).toEqual({
      messages: [{ state: 'ACCEPTED', messages: before - 1, parts: before - 1 }],
      skipped: [{ reason: { code: 'OUTREACH_NOT_RECOMMENDABLE' }, recipients: 1 }],
    });
    const recipients = await house.platform.app.database.model<RecipientRecord>(SMS.recipients).find().lean();
    expect(new Set(recipients.map(({ _id }) => _id)).size).toBe(before);
  });

  test('waits for its time, and goes back to its writer when it is rejected', async () => {
    const { issue } = await create({ ...MORNING, productCode: 'SMS-203', template: '明日无新股' }, 'issue-2');
    const later = new Date(clock.now().getTime() + 20 * 60_000).toISOString();
    await house.decide([await submit(issue!.id, later)], house.as('reviewer'), 'REJECT');
    expect((await issueOf(issue!.id)).state).toBe('DRAFT');
    await house.approve([await submit(issue!.id, later)]);
    expect((await issueOf(issue!.id)).state).toBe('SCHEDULED');
    expect(
      await house.errorCodes(
        house.as('product-manager'),
        `mutation ($id: ID!) { submitSmsIssue(id: $id, reason: "再次") { approvalId } }`,
        { id: issue!.id },
      ),
    ).toEqual(['SMS_ISSUE_STATE']);
    await pass(20);
    await eventually('it is sent', async () => (await issueOf(issue!.id)).state === 'SENT');
  });
});

async function holderCount(productCode: string): Promise<number> {
  const product = await catalog().productByCode(productCode);
  const { subscriptionService } = await import('../../core/subscription/service.ts');
  return core().service(subscriptionService).count({ productId: product!._id, state: 'ACTIVE' });
}

async function expireProfile({ customerNo, phone }: TestClient): Promise<void> {
  const customers = core().service(customerService);
  const input = testCustomer({ customerNo, phone, externalId: customerNo.replace('TC', 'ext-') });
  const riskProfile = {
    ...input.riskProfile!,
    assessedAt: new Date('2026-02-01'),
    validUntil: new Date('2026-03-01'),
  };
  await customers.upsert(actor, [{ ...input, riskProfile }]);
}

test('a listing whose keyword another product has is refused, naming it', async () => {
  const named = { code: 'SMS-DOUBLE', keyword: '101', name: '重号', points: 1 };
  await expect(smsPackageOnSale(house, named)).rejects.toThrow(/SMS_KEYWORD_TAKEN/);
  expect((await house.product('SMS-DOUBLE')).sale).toBe('NOT_LISTED');
});
