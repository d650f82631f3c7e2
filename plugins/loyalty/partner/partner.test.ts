import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import { randomUUID } from 'node:crypto';
import { systemActor } from '../../../core/access/actor.ts';
import { switchService } from '../../../core/switch/service.ts';
import { customerService } from '../../../core/customer/service.ts';
import { checkInvariants } from '../../../test/support/ledger-checker.ts';
import { decideMerchant, PartnerClient } from '../../../test/support/partner.ts';
import { House } from '../../../test/support/house.ts';
import { startPlatform } from '../../../test/support/platform.ts';
import { ledgerService } from '../contract.ts';

let house: House;
let books: PartnerClient;
let cafe: PartnerClient;
let sandbox: PartnerClient;

beforeAll(async () => {
  house = await House.start();
  const host = house.platform.app.hosts.of('loyalty');
  const client = (merchant: Parameters<typeof newClient>[0]) => newClient(merchant);
  books = client(await decideMerchant(host, 'BOOKS'));
  cafe = client(await decideMerchant(host, 'CAFE', { requestsPerMinute: 60_000 }));
  sandbox = client(await decideMerchant(host, 'SAND', { sandbox: true }));
  await host.service(customerService).upsert(systemActor('test'), [
    {
      externalId: 'x1',
      customerNo: '1001',
      orgPath: '/hq',
      region: 'CN',
      tier: 'BASIC',
      clubs: [],
      stage: 'MATURE',
      name: '测试客户',
      phone: '13800000001',
      eligibility: {},
      permissions: [],
      preferences: {},
      personalisation: true,
      consents: [],
    },
  ]);
  await give(10_000);
});
afterAll(() => house.stop());
afterEach(() => checkInvariants(house.platform.app.hosts));

const newClient = (merchant: ConstructorParameters<typeof PartnerClient>[1]) =>
  new PartnerClient(house.platform.url, merchant);

async function partyId(): Promise<string> {
  const customers = house.platform.app.hosts.core.service(customerService);
  return (await customers.partyIds(['1001'])).get('1001')!;
}

async function give(points: number): Promise<void> {
  const ledger = house.platform.app.hosts.of('loyalty').service(ledgerService);
  const cause = { type: 'test', id: randomUUID(), ruleId: 'gift', ruleVersion: 1 };
  await ledger.earn(
    { actor: systemActor('test'), key: cause.id },
    { partyId: await partyId(), points, cause },
  );
}

async function balance(): Promise<{ available: number; reserved: number }> {
  const { available, reserved } = await house.platform.app.hosts
    .of('loyalty')
    .service(ledgerService)
    .account(await partyId());
  return { available, reserved };
}

const CREATE_TOKEN = `mutation ($input: RedemptionTokenInput!) { createRedemptionToken(input: $input) {
  __typename ... on RedemptionToken { token expiresAt } ... on RedemptionTokenRefused { code } } }`;

async function askToken(merchantCode: string, maxPoints = 5000, consent = true) {
  const input = { customerNo: '1001', merchantCode, maxPoints, consent };
  const data = await house.ask<{ createRedemptionToken: { token?: string; code?: string } }>(
    house.touchpoint('APP'),
    CREATE_TOKEN,
    { input },
  );
  return data.createRedemptionToken;
}

const tokenFor = async (merchantCode: string, maxPoints?: number) =>
  (await askToken(merchantCode, maxPoints)).token!;

async function reserve(points: number, more: object = {}) {
  const body = { token: await tokenFor('BOOKS'), reference: randomUUID(), points, ...more };
  return { body, reply: await books.post('/reservations', body) };
}

describe('a redemption', () => {
  test('holds, takes and gives back points, whole or in part', async () => {
    const before = await balance();
    const { reply } = await reserve(800);
    expect([reply.status, reply.body.state, reply.body.points]).toEqual([201, 'RESERVED', 800]);
    expect(await balance()).toEqual({ available: before.available - 800, reserved: 800 });
    const path = `/reservations/${reply.body.id as string}`;
    const confirmed = await books.post(`${path}/confirm`);
    expect([confirmed.status, confirmed.body.state]).toEqual([200, 'CONFIRMED']);
    expect((await books.post(`${path}/refund`, { points: 300 })).body).toMatchObject({
      state: 'CONFIRMED',
      refundedPoints: 300,
    });
    expect((await books.post(`${path}/refund`, { points: 501 })).body).toMatchObject({
      status: 409,
      code: 'REFUND_TOO_MUCH',
    });
    expect((await books.post(`${path}/refund`)).body).toMatchObject({
      state: 'REFUNDED',
      refundedPoints: 800,
    });
    expect(await balance()).toEqual(before);
    expect((await books.post(`${path}/confirm`)).body.code).toBe('RESERVATION_STATE');
  });

  test('that is cancelled gives everything back', async () => {
    const before = await balance();
    const { reply } = await reserve(500);
    const cancelled = await books.post(`/reservations/${reply.body.id as string}/cancel`);
    expect(cancelled.body.state).toBe('CANCELLED');
    expect(await balance()).toEqual(before);
  });

  test('is found by its reference and in the list, by its own merchant alone', async () => {
    const { body, reply } = await reserve(10);
    const found = await books.get(`/reservations/by-reference/${body.reference}`);
    expect(found.body).toEqual(reply.body);
    const { body: page } = await books.get('/reservations?first=1');
    expect(page).toMatchObject({ reservations: [reply.body], hasNextPage: true });
    const next = await books.get(`/reservations?first=100&after=${page.endCursor as string}`);
    expect(JSON.stringify(next.body)).not.toContain(reply.body.id);
    const id = reply.body.id as string;
    for (const foreign of [
      await cafe.get(`/reservations/by-reference/${body.reference}`),
      await cafe.post(`/reservations/${id}/confirm`),
      await cafe.post(`/reservations/${id}/cancel`),
      await cafe.post(`/reservations/${id}/refund`),
    ])
      expect([foreign.status, foreign.body.code]).toEqual([404, 'NOT_FOUND']);
    expect((await cafe.get('/reservations')).body).toMatchObject({ reservations: [] });
    await books.post(`/reservations/${id}/cancel`);
  });

  test('names the client by a name of the merchant alone, and no number or party id', async () => {
    const { reply } = await reserve(1);
    const token = await tokenFor('CAFE');
    const other = await cafe.post('/reservations', { token, reference: 'first', points: 1 });
    expect(other.body.client).toMatch(/^c_/);
    expect(other.body.client).not.toBe(reply.body.client);
    expect(JSON.stringify([reply.body, other.body])).not.toMatch(new RegExp(`1001"|${await partyId()}`));
  });
});

describe('a key', () => {
  test('gives the first answer again, refusals included, and is refused with another request', async () => {
    const body = { token: await tokenFor('BOOKS'), reference: 'keyed', points: 20 };
    const key = randomUUID();
    const first = await books.post('/reservations', body, key);
    const again = await books.post('/reservations', body, key);
    expect([again.status, again.body]).toEqual([201, first.body]);
    const changed = await books.post('/reservations', { ...body, points: 21 }, key);
    expect([changed.status, changed.body.code]).toEqual([422, 'IDEMPOTENCY_KEY_REUSED']);
    const path = `/reservations/${first.body.id as string}/cancel`;
    expect((await books.post(path, {}, key)).status).toBe(422);
    const refusedKey = randomUUID();
    const tooMuch = { token: await tokenFor('BOOKS', 90_000), reference: 'too-much', points: 90_000 };
    const refused = await books.post('/reservations', tooMuch, refusedKey);
    expect(refused.body.code).toBe('INSUFFICIENT_POINTS');
    await give(90_000);
    expect((await books.post('/reservations', tooMuch, refusedKey)).body.code).toBe('INSUFFICIENT_POINTS');
    const asked = await books.post('/reservations', tooMuch);
    expect(asked.status).toBe(201);
    await books.post(`/reservations/${asked.body.id as string}/cancel`);
  });

  test('repeated 20 times at once is done once', async () => {
    const before = await balance();
    const body = { token: await tokenFor('BOOKS'), reference: 'at-once', points: 7 };
    const replies = await Promise.all(
      Array.from({ length: 20 }, () => books.post('/reservations', body, 'one-key')),
    );
    expect(new Set(replies.map((reply) => JSON.stringify(reply.body))).size).toBe(1);
    expect((await balance()).available).toBe(before.available - 7);
  });
});

describe('a token', () => {
  test('is good once, for one merchant, up to its points', async () => {
    const token = await tokenFor('BOOKS', 100);
    const ask = (body: object, who = books) =>
      who.post('/reservations', { token, reference: randomUUID(), points: 100, ...body });
    expect((await ask({ points: 101 })).body.code).toBe('POINTS_ABOVE_TOKEN');
    expect((await ask({}, cafe)).body.code).toBe('TOKEN_UNKNOWN');
    expect((await ask({ token: 'rt_guess' })).body.code).toBe('TOKEN_UNKNOWN');
    const both = await Promise.all([ask({}), ask({})]);
    expect(both.map(({ status }) => status).sort()).toEqual([201, 409]);
    expect((await ask({})).body.code).toBe('TOKEN_USED');
  });

  test('needs the consent of the client, which may be taken back', async () => {
    const host = house.platform.app.hosts.of('loyalty');
    await decideMerchant(host, 'NEW-SHOP');
    expect(await askToken('NEW-SHOP', 10, false)).toMatchObject({ code: 'CONSENT_MISSING' });
    expect((await askToken('NEW-SHOP', 10, true)).token).toMatch(/^rt_/);
    expect((await askToken('NEW-SHOP', 10, false)).token).toMatch(/^rt_/);
    const withdraw = 'mutation { withdrawMerchantConsent(customerNo: "1001", merchantCode: "NEW-SHOP") }';
    const app = house.touchpoint('APP');
    expect(await house.ask(app, withdraw)).toEqual({ withdrawMerchantConsent: true });
    expect(await house.ask(app, withdraw)).toEqual({ withdrawMerchantConsent: false });
    expect(await askToken('NEW-SHOP', 10, false)).toMatchObject({ code: 'CONSENT_MISSING' });
    expect(await askToken('SAND')).toMatchObject({ code: 'MERCHANT_UNKNOWN' });
    expect(await askToken('BOOKS', 100_001)).toMatchObject({ code: 'POINTS_ABOVE_LIMIT' });
  });

  test('is kept nowhere', async () => {
    const token = await tokenFor('BOOKS');
    const { db } = house.platform.app.database.connection;
    for (const { name } of await db!.listCollections().toArray())
      expect(JSON.stringify(await db!.collection(name).find().toArray())).not.toContain(token);
  });
});

describe('a reference', () => {
  test('is never used twice, however many ask at once', async () => {
    const tokens = [await tokenFor('BOOKS'), await tokenFor('BOOKS'), await tokenFor('BOOKS')];
    const replies = await Promise.all(
      tokens.map((token) => books.post('/reservations', { token, reference: 'same', points: 1 })),
    );
    expect(replies.map(({ status }) => status).sort()).toEqual([201, 409, 409]);
    expect(replies.filter(({ body }) => body.code === 'REFERENCE_USED')).toHaveLength(2);
  });
});

describe('what is refused', () => {
  test.each([0, -1, 1.5, '1e3', null, 2 ** 53, Number.NaN])('points of %p', async (points) => {
    const reply = await books.post('/reservations', { token: 't', reference: 'r', points });
    expect([reply.status, reply.body.code]).toEqual([400, 'BODY_INVALID']);
  });

  test.each([
    [{ token: 't', reference: 'r', points: 1, merchant: 'CAFE' }],
    [{ token: 't', reference: 'r', points: 1, customerNo: '1001' }],
    [{ reference: 'r', points: 1 }],
    [{ token: { $gt: '' }, reference: 'r', points: 1 }],
    [{ token: 't', reference: 'with space', points: 1 }],
    [[]],
    ['text'],
  ])('the body %j', async (body) => {
    const reply = await books.post('/reservations', body);
    expect([reply.status, reply.body.code]).toEqual([400, 'BODY_INVALID']);
  });

  test('a closed merchant reserves nothing, and ends what it began', async () => {
    const host = house.platform.app.hosts.of('loyalty');
    const merchant = await decideMerchant(host, 'CLOSING');
    const client = newClient(merchant);
    const token = await tokenFor('CLOSING');
    const { body } = await client.post('/reservations', { token, reference: 'a', points: 5 });
    const spare = await tokenFor('CLOSING');
    const closed = newClient(await decideMerchant(host, 'CLOSING', { state: 'CLOSED' }));
    expect((await client.get('/reservations')).status).toBe(401);
    const refused = await closed.post('/reservations', { token: spare, reference: 'b', points: 5 });
    expect(refused.body.code).toBe('MERCHANT_CLOSED');
    expect((await closed.post(`/reservations/${body.id as string}/confirm`)).body.state).toBe('CONFIRMED');
  });

  test('a merchant of gifts, as long as the incentive policy allows none', async () => {
    const host = house.platform.app.hosts.of('loyalty');
    const gifts = newClient(await decideMerchant(host, 'GIFTS', { goodsClass: 'GIFT' }));
    const token = await tokenFor('GIFTS');
    const reply = await gifts.post('/reservations', { token, reference: 'a', points: 5 });
    expect([reply.status, reply.body.code]).toEqual([409, 'GOODS_CLASS_FORBIDDEN']);
  });

  test('more requests a minute than the merchant may make', async () => {
    const host = house.platform.app.hosts.of('loyalty');
    const slow = newClient(await decideMerchant(host, 'SLOW', { requestsPerMinute: 2 }));
    const replies = [];
    // Over the turn of a minute the count begins anew: of six in a row, at least two are refused.
    for (let n = 0; n < 6; n++) replies.push(await slow.get('/reservations'));
    const refused = replies.filter(({ status }) => status === 429);
    expect(refused.length).toBeGreaterThanOrEqual(2);
    expect(Number(refused[0]!.headers.get('retry-after'))).toBeGreaterThanOrEqual(1);
    expect(replies[0]!.headers.get('ratelimit-policy')).toBe('"merchant";q=2;w=60');
    expect(refused[0]!.headers.get('ratelimit')).toMatch(/^"merchant";r=0;t=\d+$/);
  });
});

describe('a kill switch', () => {
  test.each([
    ['all redemption', { code: 'redemption' }],
    ['the merchant', { code: 'merchant', ref: 'BOOKS' }],
  ])('for %s stops new reservations, and nothing that was begun', async (_title, scope) => {
    const { body: begun } = (await reserve(30)).reply;
    const { body: taken } = (await reserve(30)).reply;
    await books.post(`/reservations/${taken.id as string}/confirm`);
    const token = await tokenFor('BOOKS');
    const key = randomUUID();
    const done = { token: await tokenFor('BOOKS'), reference: randomUUID(), points: 1 };
    const first = await books.post('/reservations', done, 'before the switch' + scope.code);
    const switches = house.platform.app.hosts.core.service(switchService);
    const actor = systemActor('test');
    const placed = await switches.place(actor, { ...scope, reason: 'a mistake' });
    try {
      const body = { token, reference: randomUUID(), points: 1 };
      const stopped = await books.post('/reservations', body, key);
      expect([stopped.status, stopped.body.code]).toEqual([503, 'SWITCHED_OFF']);
      expect(stopped.headers.get('retry-after')).toBe('60');
      expect(await askToken('BOOKS')).toMatchObject({ code: 'SWITCHED_OFF' });
      // What was answered before is answered again.
      expect((await books.post('/reservations', done, 'before the switch' + scope.code)).body).toEqual(
        first.body,
      );
      expect((await books.post(`/reservations/${begun.id as string}/confirm`)).status).toBe(200);
      expect((await books.post(`/reservations/${begun.id as string}/refund`)).status).toBe(200);
      expect((await books.post(`/reservations/${taken.id as string}/refund`)).status).toBe(200);
      expect((await books.get(`/reservations/by-reference/${begun.reference as string}`)).status).toBe(200);
      await lift(placed._id);
      expect((await books.post('/reservations', body, key)).status).toBe(201);
    } finally {
      await lift(placed._id);
    }
  });

  async function lift(id: string): Promise<void> {
    const { db } = house.platform.app.database.connection;
    await db!.collection('switches').updateOne({ _id: id as never }, { $unset: { active: 1 } });
    await house.platform.app.hosts.core.service(switchService).refresh();
  }
});

describe('a sandbox merchant', () => {
  const ask = async (reference: string, key: string = randomUUID(), token?: string) => {
    const made = token ?? ((await sandbox.post('/sandbox/tokens', { points: 100 })).body.token as string);
    return sandbox.post('/reservations', { token: made, reference, points: 100 }, key);
  };

  test('redeems points that are worth nothing, with tokens that it makes itself', async () => {
    const before = await balance();
    const { body } = await ask('plain');
    expect(body).toMatchObject({ state: 'RESERVED', sandbox: true });
    expect((await sandbox.post(`/reservations/${body.id as string}/confirm`)).body.state).toBe('CONFIRMED');
    expect(await balance()).toEqual(before);
    expect((await books.post('/sandbox/tokens', { points: 1 })).status).toBe(404);
  });

  test('makes happen what it wants to be ready for', async () => {
    expect((await ask('SANDBOX-DECLINE-1')).body.code).toBe('INSUFFICIENT_POINTS');
    await expect(ask('SANDBOX-TIMEOUT-1')).rejects.toThrow();
    expect((await sandbox.get('/reservations/by-reference/SANDBOX-TIMEOUT-1')).status).toBe(404);
    const token = (await sandbox.post('/sandbox/tokens', { points: 100 })).body.token as string;
    await expect(ask('SANDBOX-LOST-1', 'lost', token)).rejects.toThrow();
    const again = await ask('SANDBOX-LOST-1', 'lost', token);
    expect(again.status).toBe(201);
    expect((await sandbox.get('/reservations/by-reference/SANDBOX-LOST-1')).body).toEqual(again.body);
    const expired = await ask('SANDBOX-EXPIRE-1');
    expect(Date.parse(expired.body.expiresAt as string)).toBe(Date.parse(expired.body.reservedAt as string));
  });

  test('means nothing by such a reference where it is none', async () => {
    const { reply } = await reserve(1, { reference: 'SANDBOX-DECLINE-2' });
    expect(reply.status).toBe(201);
  });
});

describe('a signature', () => {
  test('of a partner covers the request, and is good once, across processes', async () => {
    const { url, init } = books.signed('GET', '/reservations?first=1');
    expect((await fetch(url, init)).status).toBe(200);
    expect((await fetch(url, init)).status).toBe(401);
    expect(
      (await fetch(url.replace('first=1', 'first=2'), books.signed('GET', '/reservations?first=1').init))
        .status,
    ).toBe(401);
    const beside = await startPlatform({ beside: house.platform });
    try {
      const here = books.signed('GET', '/reservations');
      const headers = {
        ...(here.init.headers as Record<string, string>),
        host: new URL(house.platform.url).host,
      };
      expect((await fetch(here.url, here.init)).status).toBe(200);
      expect((await fetch(`${beside.url}/partner/v1/reservations`, { headers })).status).toBe(401);
    } finally {
      await beside.stop();
    }
  });
});

test('staff see redemptions with the client, and filter them', async () => {
  const { reply } = await reserve(3);
  const query = `query ($no: String, $merchant: String, $state: RedemptionState) {
    loyaltyRedemptions(customerNo: $no, merchantCode: $merchant, state: $state, first: 100) {
      edges { node { id reference merchantCode state points partyId } } } }`;
  const list = async (variables: object) => {
    const data = await house.ask<{ loyaltyRedemptions: { edges: { node: Record<string, unknown> }[] } }>(
      house.as('auditor'),
      query,
      variables,
    );
    return data.loyaltyRedemptions.edges.map(({ node }) => node.reference);
  };
  expect(await list({ no: '1001', merchant: 'BOOKS', state: 'RESERVED' })).toContain(reply.body.reference);
  expect(await list({ no: '1001', state: 'CANCELLED' })).not.toContain(reply.body.reference);
  expect(await list({ no: '9999' })).toEqual([]);
  expect(await list({ merchant: 'CAFE' })).not.toContain(reply.body.reference);
});
