import { afterAll, beforeAll, describe, expect, jest, test } from '@jest/globals';
import { catalogService } from '../../core/catalog/service.ts';
import type { CoreHost } from '../../core/plugin/host.ts';
import { pricingService } from '../../core/pricing/token.ts';
import { House } from '../support/house.ts';
import { MAKER, approveAll, publishDocument, purse, purseOf, sell, welcomeClients } from '../support/shop.ts';

jest.setTimeout(120_000);

const ORDER = `__typename ... on Refusal { code } ... on OrderRefused { suitability reasons { code path text { zh en } } }
  ... on Order { id state amountMinor currency versionNo outcome because { code }
    openDuties { code textVersion text { zh } after } openDocuments { id }
    payments { method currency amountMinor captured refundedMinor }
    subscription { id state boughtVersionNo versionNo paidUntil renews periods { priceRowNo paid { currency amountMinor } } } }`;
const PLACE = `mutation ($input: OrderInput!, $key: String!) { placeOrder(input: $input, idempotencyKey: $key) { ${ORDER} } }`;

interface Order {
  readonly __typename: string;
  readonly code?: string;
  readonly outcome?: string;
  readonly reasons?: readonly { code: string; path: string | null; text: { en: string } }[];
  readonly id: string;
  readonly state: string;
  readonly because: { code: string } | null;
  readonly openDuties: readonly { code: string; textVersion: string; after: string | null }[];
  readonly openDocuments: readonly { id: string }[];
  readonly payments: readonly object[];
  readonly subscription: {
    id: string;
    state: string;
    boughtVersionNo: number;
    versionNo: number;
    renews: boolean;
    periods: object[];
  } | null;
}

describe('a touchpoint orders', () => {
  let house: House;
  let host: CoreHost;
  let keys = 0;

  beforeAll(async () => {
    house = await House.start({ plugins: [purse()] });
    host = house.platform.app.hosts.core;
    await welcomeClients(host);
    await publishDocument(host, 'TERMS');
    const month = { currency: 'CNY', billing: 'MONTH' } as const;
    await sell(host, [
      {
        code: 'LADDER',
        prices: [
          { ...month, amountMinor: 2800 },
          { ...month, amountMinor: 2000, scope: { kind: 'tier', ref: 'GOLD' } },
        ],
      },
      { code: 'FREE', prices: [{ ...month, amountMinor: 0 }] },
      { code: 'RISKY', level: 'R4', prices: [{ ...month, amountMinor: 0 }] },
      { code: 'POINTS', prices: [{ currency: 'POINTS', billing: 'MONTH', amountMinor: 300 }] },
      { code: 'MIXED', prices: [{ ...month, amountMinor: 1000, pointsShareMaxPct: 50 }] },
      {
        code: 'TERMED',
        prices: [{ ...month, amountMinor: 0 }],
        attributes: { requiredDocuments: ['TERMS'] },
      },
      {
        code: 'TWO',
        kind: 'trading-service',
        prices: [{ ...month, amountMinor: 500 }],
        attributes: { seats: 2 },
      },
    ]);
  });
  afterAll(() => house.stop());

  const ask = async (query: string, variables: object): Promise<Order> => {
    const data = await house.ask<Record<string, Order>>(house.touchpoint('APP'), query, variables);
    return Object.values(data)[0]!;
  };
  const place = (
    productCode: string,
    customerNo: string,
    expectedAmountMinor: number,
    more: object = {},
    key = `key-${++keys}`,
  ) =>
    ask(PLACE, {
      key,
      input: { productCode, customerNo, channel: 'APP', expectedAmountMinor, ...more },
    });
  const about = (mutation: string, orderId: string, more = '') =>
    ask(`mutation ($id: ID!) { ${mutation}(orderId: $id${more}) { ${ORDER} } }`, { id: orderId });
  const columns = async (customerNo: string) => {
    const { clientEntitlements } = await house.ask<{
      clientEntitlements: { entitlements: { code: string; by: string }[] };
    }>(
      house.touchpoint('APP'),
      `query ($no: String!) { clientEntitlements(customerNo: $no, channel: APP, type: "COLUMN") {
        ... on ClientEntitlements { entitlements { code by productCode until } } } }`,
      { no: customerNo },
    );
    return clientEntitlements.entitlements.map(({ code }) => code).sort();
  };

  test("a column at its tier's price, paid by reference, and it opens", async () => {
    const order = await place('LADDER', 'GOLD', 2000, { payment: { reference: 'PAY-1' } });
    expect(order).toMatchObject({
      state: 'ACTIVE',
      payments: [{ method: 'RECORDED', currency: 'CNY', amountMinor: 2000, captured: true }],
      subscription: { state: 'ACTIVE', renews: true, periods: [{ paid: [{ amountMinor: 2000 }] }] },
    });
    expect(await columns('GOLD')).toEqual(['LADDER']);
    expect(await columns('C5')).toEqual([]);
  });

  test('once with the same key, and answers the order as it stands', async () => {
    const first = await place('LADDER', 'C5', 2800, {}, 'same');
    expect(first.state).toBe('RESERVED');
    expect((await place('LADDER', 'C5', 2800, {}, 'same')).id).toBe(first.id);
    const paid = await about('confirmPayment', first.id, ', reference: "PAY-2"');
    expect(paid.state).toBe('ACTIVE');
    expect(await place('LADDER', 'C5', 2800, {}, 'same')).toMatchObject({ id: first.id, state: 'ACTIVE' });
    const codes = await house.errorCodes(house.touchpoint('APP'), PLACE, {
      key: 'same',
      input: { productCode: 'FREE', customerNo: 'C5', channel: 'APP', expectedAmountMinor: 0 },
    });
    expect(codes).toEqual(['IDEMPOTENCY_KEY_REUSED']);
  });

  test('a payment is good for one order', async () => {
    const again = await place('LADDER', 'C5', 2800, { payment: { reference: 'PAY-1' } });
    expect(again).toMatchObject({
      state: 'FAILED',
      because: { code: 'PAYMENT_DECLINED' },
      subscription: null,
    });
  });

  test('at another price than it showed, and is told both', async () => {
    const refused = await place('LADDER', 'C5', 2000);
    expect(refused).toMatchObject({ code: 'PRICE_CHANGED' });
    expect(refused.reasons![0]!.text.en).toMatch(/2000.*2800/);
  });

  test.each([
    [
      'what a client of the lowest category may not have',
      'FREE',
      'LOWEST',
      'SUITABILITY_FORBIDDEN',
      'FORBIDDEN',
    ],
    ['for a client whose profile has expired', 'FREE', 'EXPIRED', 'SUITABILITY_EXPIRED', 'EXPIRED'],
    ['for a client without a profile', 'FREE', 'NONE', 'SUITABILITY_INCOMPLETE', 'INCOMPLETE'],
    ['what is not on sale', 'NOTHING', 'C5', 'NOT_FOR_SALE', null],
  ])('%s: it is refused, with the reasons', async (_title, product, customer, code, outcome) => {
    expect(await place(product, customer, 0)).toMatchObject({
      __typename: 'OrderRefused',
      code,
      suitability: outcome,
    });
  });

  test('for nobody', async () => {
    expect(await place('FREE', 'NOBODY', 0)).toMatchObject({ code: 'UNKNOWN_CUSTOMER' });
  });

  test('what does not suit, and it is sold only after the warning, step by step', async () => {
    const held = await place('RISKY', 'C2', 0);
    expect(held).toMatchObject({ state: 'ASSESSED', outcome: 'WARN_REQUIRED', subscription: null });
    expect(held.openDuties.map(({ code }) => code)).toEqual([
      'TELL_UNSUITABLE',
      'CLIENT_INSISTS',
      'SPECIAL_WARNING',
    ]);
    const confirm = (...duties: { code: string; textVersion: string }[]) =>
      ask(
        `mutation ($id: ID!, $duties: [DutyDoneInput!]!) { confirmWarning(orderId: $id, duties: $duties) { ${ORDER} } }`,
        {
          id: held.id,
          duties: duties.map(({ code, textVersion }) => ({ code, textVersion, manner: 'ELECTRONIC' })),
        },
      );
    const [tell, insists, warning] = held.openDuties as [
      Order['openDuties'][0],
      Order['openDuties'][0],
      Order['openDuties'][0],
    ];
    expect(await confirm(warning)).toMatchObject({ code: 'DUTY_BEFORE_IT_OPEN' });
    expect(await confirm({ ...tell, textVersion: 'older@1/duty/X' })).toMatchObject({
      code: 'DUTY_TEXT_OUTDATED',
    });
    expect(await confirm({ ...tell, code: 'NOTHING' })).toMatchObject({ code: 'DUTY_UNKNOWN' });
    expect(await confirm(tell)).toMatchObject({ state: 'ASSESSED' });
    expect(await columns('C2')).toEqual([]);
    expect(await confirm(insists, warning)).toMatchObject({ state: 'ACTIVE', openDuties: [] });
    expect(await columns('C2')).toEqual(['RISKY']);
    const { traces } = await house.ask<{ traces: { edges: { node: { action: string } }[] } }>(
      house.as('auditor'),
      'query ($id: String!) { traces(subjectType: "Order", subjectId: $id, first: 50) { edges { node { action } } } }',
      { id: Buffer.from(held.id, 'base64url').toString().slice('Order:'.length) },
    );
    const actions = traces.edges.map(({ node }) => node.action);
    expect(actions.filter((action) => action === 'order.duty-done')).toHaveLength(3);
  });

  test('what needs a document, and it waits until the client has confirmed it', async () => {
    const held = await place('TERMED', 'C5', 0);
    expect([held.state, held.openDocuments]).toEqual(['ASSESSED', [{ id: 'TERMS@1' }]]);
    await ask(
      `mutation { confirmDocuments(customerNo: "C5", channel: APP, confirmations: [
        { documentId: "TERMS@1", manner: ELECTRONIC }]) { __typename } }`,
      {},
    );
    expect((await about('continueOrder', held.id)).state).toBe('ACTIVE');
    // Confirmed once, it is not asked again; confirmed with the order, it is not held at all.
    expect((await place('TERMED', 'C5', 0)).state).toBe('ACTIVE');
    const confirmations = [{ documentId: 'TERMS@1', manner: 'ELECTRONIC' }];
    expect((await place('TERMED', 'GOLD', 0, { confirmations })).state).toBe('ACTIVE');
  });

  test('with points, which are held and taken with the order, or with both', async () => {
    const points = purseOf(host);
    await points.put('C5', 700);
    expect((await place('POINTS', 'C5', 300)).state).toBe('ACTIVE');
    expect(await points.of('C5')).toEqual([400, 0]);
    const mixed = await place('MIXED', 'C5', 1000, { payment: { points: 400 } });
    expect(mixed).toMatchObject({
      state: 'RESERVED',
      payments: [
        { method: 'PURSE', currency: 'POINTS', amountMinor: 400, captured: false },
        { method: 'RECORDED', currency: 'CNY', amountMinor: 600, captured: false },
      ],
    });
    expect(await points.of('C5')).toEqual([0, 400]);
    expect(await about('cancelOrder', mixed.id)).toMatchObject({
      state: 'FAILED',
      because: { code: 'ORDER_CANCELLED' },
    });
    expect(await points.of('C5')).toEqual([400, 0]);
    expect(await place('MIXED', 'C5', 1000, { payment: { points: 501 } })).toMatchObject({
      code: 'POINTS_PART_TOO_LARGE',
    });
    await points.put('C2', 10);
    expect(await place('POINTS', 'C2', 300)).toMatchObject({ code: 'PURSE_EMPTY' });
    expect(await points.of('C2')).toEqual([10, 0]);
  });

  test('the last place once; a place given up is free again', async () => {
    const first = await place('TWO', 'C5', 500);
    await place('TWO', 'C2', 500);
    expect(await place('TWO', 'GOLD', 500)).toMatchObject({ code: 'SOLD_OUT' });
    await about('cancelOrder', first.id);
    const third = await place('TWO', 'GOLD', 500, { payment: { reference: 'PAY-3' } });
    expect(third.state).toBe('ACTIVE');
    // A payment that comes after the release is paid back.
    const late = await about('confirmPayment', first.id, ', reference: "PAY-4"');
    expect(late).toMatchObject({
      state: 'REFUNDED',
      because: { code: 'PAYMENT_TOO_LATE' },
      payments: [{ amountMinor: 500, refundedMinor: 500 }],
    });
    const ended = await house.ask<{ cancelSubscription: { state: string } }>(
      house.touchpoint('APP'),
      'mutation ($id: ID!) { cancelSubscription(subscriptionId: $id, atOnce: true, reason: "不再需要") { ... on Subscription { state } } }',
      { id: third.subscription!.id },
    );
    expect(ended.cancelSubscription.state).toBe('REFUNDED');
    expect((await place('TWO', 'C5', 500)).state).toBe('RESERVED');
  });

  test('nothing while a switch stops it, and the same key orders once it is lifted', async () => {
    const stop = async (code: string, ref?: string) => {
      const { placeSwitch } = await house.ask<{ placeSwitch: { id: string } }>(
        house.as('product-manager'),
        'mutation ($code: String!, $ref: String) { placeSwitch(code: $code, ref: $ref, reason: "错误的价格") { id } }',
        { code, ...(ref ? { ref } : {}) },
      );
      return placeSwitch.id;
    };
    const id = await stop('product', 'FREE');
    expect(await place('FREE', 'C5', 0, {}, 'stopped')).toMatchObject({ code: 'SWITCHED_OFF' });
    expect((await place('LADDER', 'C5', 2800)).state).toBe('RESERVED');
    const { proposeSwitchLift } = await house.ask<{ proposeSwitchLift: { approvalId: string } }>(
      house.as('product-manager'),
      'mutation ($id: ID!) { proposeSwitchLift(id: $id, reason: "已更正") { approvalId } }',
      { id },
    );
    await house.approve([proposeSwitchLift.approvalId]);
    let order = await place('FREE', 'C5', 0, {}, 'stopped');
    while (order.code === 'SWITCHED_OFF') order = await place('FREE', 'C5', 0, {}, 'stopped');
    expect(order.state).toBe('ACTIVE');
  });

  test('holders keep version and price when the product changes, and when it is delisted', async () => {
    const before = await place('LADDER', 'C2', 2800, { payment: { reference: 'PAY-5' } });
    const catalog = host.service(catalogService);
    const product = (await catalog.productByCode('LADDER'))!;
    const [version] = await catalog.versions(product._id);
    const content = { ...version!.content, name: { zh: '新名', en: 'New name' } };
    await catalog.saveDraft(MAKER, product._id, { content, saleFrom: host.clock.now() });
    const submitted = await catalog.submit(MAKER, [product._id], 'second version');
    await approveAll(host, submitted.approvalIds);
    const dearer = await host.service(pricingService).proposeRows(MAKER, {
      productId: product._id,
      rows: [{ currency: 'CNY', billing: 'MONTH', amountMinor: 3000 }],
      reason: 'dearer',
    });
    if (!('approvalId' in dearer)) throw new Error(JSON.stringify(dearer));
    await approveAll(host, [dearer.approvalId]);
    expect(await place('LADDER', 'C5', 2800)).toMatchObject({ code: 'PRICE_CHANGED' });
    const after = await place('LADDER', 'C5', 3000, { payment: { reference: 'PAY-6' } });
    expect(after.subscription!.boughtVersionNo).toBe(2);
    await catalog.changeSale(MAKER, 'delist', [product._id], 'over');
    expect(await place('LADDER', 'C5', 3000)).toMatchObject({ code: 'NOT_FOR_SALE' });
    const { subscriptions, productHolders } = await house.ask<{
      subscriptions: { edges: { node: { id: string; boughtVersionNo: number; versionNo: number } }[] };
      productHolders: { holders: number; renewing: number; subscriptions: { edges: object[] } };
    }>(
      house.as('product-manager'),
      `{ subscriptions(customerNo: "C2", state: ACTIVE) { edges { node { id boughtVersionNo versionNo } } }
         productHolders(code: "LADDER") { holders renewing subscriptions { edges { node { customerNo } } } } }`,
    );
    const kept = subscriptions.edges.find(({ node }) => node.id === before.subscription!.id)!.node;
    expect([kept.boughtVersionNo, kept.versionNo]).toEqual([1, 1]);
    expect(productHolders.holders).toBe(4);
    expect(productHolders.subscriptions.edges).toHaveLength(4);
    expect(await columns('C2')).toContain('LADDER');
  });
});
