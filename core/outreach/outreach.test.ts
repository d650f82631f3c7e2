import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { rating, startTestCatalog, done, type TestCatalog } from '../../test/support/catalog.ts';
import { testCustomer } from '../../test/support/customer.ts';
import { systemActor } from '../access/actor.ts';
import { customerService } from '../customer/service.ts';
import { BusyError } from '../errors.ts';
import type { GatewayDeclaration, SendOutcome, UsedPermit } from '../plugin/gateway.ts';
import { ruleService } from '../rule/service.ts';
import { ManualClock } from '../time/clock.ts';
import { TRACE_RECORDS, type TraceRecord } from '../trace/record.ts';
import { MARKETING_CONSENT } from './decide.ts';
import type { OutreachMessage, PermitAnswer } from './permit.ts';
import { OUTREACH, type ConsentRecord } from './records.ts';
import { outreachService, type OutreachService } from './service.ts';

const NOON = new Date('2026-11-24T04:00:00Z');
const MINUTE_MS = 60_000;
const actor = systemActor('test');

let clock: ManualClock;
let house: TestCatalog;
let outreach: OutreachService;
const sent: { to: string; toMasked: string; messageId: string; body: string }[] = [];
let answer: (permit: UsedPermit) => Promise<SendOutcome> = async () => 'ACCEPTED';
let knows: (messageId: string) => Promise<SendOutcome> = async () => 'UNKNOWN';

const gateways: GatewayDeclaration[] = [
  {
    code: 'TEST',
    title: { zh: '测试', en: 'Test' },
    capabilities: { channel: 'SMS', promotion: true, charactersMax: 500 },
    send: (permit, body) => {
      const { to, toMasked, messageId } = permit;
      sent.push({ to, toMasked, messageId, body });
      return answer(permit);
    },
    lookup: (messageId) => knows(messageId),
  },
];

beforeAll(async () => {
  clock = new ManualClock(NOON);
  house = await startTestCatalog({ clock, plugins: [{ name: 'messenger', gateways }] });
  await house.core.service(ruleService).start();
  await house.core.service(customerService).start(actor);
  outreach = house.core.service(outreachService);
});
afterAll(async () => {
  house.core.service(customerService).stop();
  await house.core.service(ruleService).stop();
  await house.close();
});
beforeEach(() => {
  sent.length = 0;
  answer = async () => 'ACCEPTED';
  knows = async () => 'UNKNOWN';
});

async function client(change: Parameters<typeof testCustomer>[0] = {}): Promise<string> {
  const input = testCustomer(change);
  const customers = house.core.service(customerService);
  await customers.upsert(actor, [input]);
  return (await customers.partyIds([input.customerNo])).get(input.customerNo)!;
}

let refs = 0;
const message = (partyId: string, more: Partial<OutreachMessage> = {}): OutreachMessage => ({
  ref: `m${++refs}`,
  gateway: 'TEST',
  purpose: 'MARKETING',
  partyId,
  ...more,
});

const permit = (...messages: OutreachMessage[]): Promise<PermitAnswer[]> =>
  house.core.transact(actor, (tx) => outreach.permit(tx, 'messenger', messages), { bookkeeping: true });

async function permitted(wanted: OutreachMessage): Promise<string> {
  const [given] = await permit(wanted);
  if (!given?.permitted) throw new Error(JSON.stringify(given));
  return given.permit.id;
}

const text = { body: '【澄湖证券】您好', parts: 1 };
const stateOf = async (id: string) => (await outreach.messages([id])).get(id)?.state;

describe('a permit', () => {
  test('is used once, by the number of the client and with our message id', async () => {
    const partyId = await client({ phone: '15487650001' });
    const id = await permitted(message(partyId));
    expect(await outreach.send(actor, id, text)).toBe('ACCEPTED');
    expect(sent).toEqual([{ to: '15487650001', toMasked: '154****0001', messageId: id, body: text.body }]);
    expect(await outreach.send(actor, id, text)).toBeUndefined();
    expect(sent).toHaveLength(1);
    expect(await stateOf(id)).toBe('ACCEPTED');
  });

  test('is given once for a reference, and its id says nothing of the client', async () => {
    const partyId = await client();
    const wanted = message(partyId);
    const id = await permitted(wanted);
    expect(id).not.toContain(partyId);
    expect(await permit(wanted)).toMatchObject([{ permitted: false, code: 'OUTREACH_REPEATED' }]);
    const twice = message(partyId);
    expect((await permit(twice, twice)).map((one) => one.permitted)).toEqual([true, false]);
  });

  test('runs out, sends nothing then, and is given anew as the same message', async () => {
    const wanted = message(await client());
    const id = await permitted(wanted);
    clock.set(new Date(NOON.getTime() + 61 * MINUTE_MS));
    expect(await outreach.send(actor, id, text)).toBeUndefined();
    expect(sent).toEqual([]);
    expect(await permitted(wanted)).toBe(id);
    expect(await outreach.send(actor, id, text)).toBe('ACCEPTED');
    clock.set(NOON);
  });

  test('raced by twenty senders sends once', async () => {
    const id = await permitted(message(await client()));
    const outcomes = await Promise.all(
      Array.from({ length: 20 }, () => again(() => outreach.send(actor, id, text))),
    );
    expect(outcomes.filter((outcome) => outcome === 'ACCEPTED')).toHaveLength(1);
    expect(sent).toHaveLength(1);
  });

  test('is void where the client withdraws between permit and sending', async () => {
    const partyId = await client();
    const id = await permitted(message(partyId));
    await act(partyId, false);
    expect(await outreach.send(actor, id, text)).toBe('VOID');
    expect(sent).toEqual([]);
  });

  test('keeps versions and evidence of why it was given, and the trace names the party alone', async () => {
    const partyId = await client({ phone: '15487650002' });
    const id = await permitted(message(partyId));
    const { because } = (await outreach.messages([id])).get(id)!;
    expect(because).toEqual({ outreachPolicy: 'outreach@1', consent: 'MARKETING_SMS:imported' });
    await outreach.send(actor, id, text);
    const traces = await house.database.model<TraceRecord>(TRACE_RECORDS).find({ subjectId: id }).lean();
    expect(traces.map(({ action }) => action).sort()).toEqual([
      'outreach.accepted',
      'outreach.permitted',
      'outreach.submitted',
    ]);
    expect(JSON.stringify(traces)).not.toContain('87650002');
  });

  test('is refused where the text is longer than the gateway carries, and stays to be used', async () => {
    const id = await permitted(message(await client()));
    const long = { body: 'x'.repeat(501), parts: 4 };
    await expect(outreach.send(actor, id, long)).rejects.toMatchObject({ code: 'OUTREACH_TEXT_TOO_LONG' });
    expect(await stateOf(id)).toBe('PERMITTED');
  });
});

describe('a limit per client and day', () => {
  test('holds exactly over many who ask at once', async () => {
    const partyId = await client();
    const answers = await Promise.all(
      Array.from({ length: 24 }, () => again(() => permit(message(partyId)))),
    );
    const codes = answers.flat().map((one) => (one.permitted ? 'PERMITTED' : one.code));
    expect(codes.filter((code) => code === 'PERMITTED')).toHaveLength(3);
    expect(new Set(codes)).toEqual(new Set(['PERMITTED', 'OUTREACH_CAP_REACHED']));
  });

  test('holds within one question too, in the order asked', async () => {
    const partyId = await client();
    const answers = await permit(...Array.from({ length: 5 }, () => message(partyId)));
    expect(answers.map((one) => one.permitted)).toEqual([true, true, true, false, false]);
  });
});

describe('suitability', () => {
  let product: string;
  beforeAll(async () => {
    const { productId } = done(
      await house.catalog.createProduct(house.maker, house.product('OUT-1', { rating: rating('R3', NOON) })),
    );
    await house.approve((await house.catalog.submit(house.maker, [productId], 'ready')).approvalIds);
    product = productId;
  });
  const codeFor = async (partyId: string, purpose: OutreachMessage['purpose']) => {
    const [one] = await permit(message(partyId, { productId: product, purpose }));
    return one!.permitted ? 'PERMITTED' : one!.code;
  };
  const profile = (level: 'C2' | 'C4', until: string) => ({
    riskProfile: {
      level,
      lowestCategory: false,
      assessedAt: new Date('2026-01-01T00:00:00Z'),
      validUntil: new Date(until),
    },
  });

  test('lets an issue of what a client takes go out only where it could be recommended', async () => {
    expect(await codeFor(await client(profile('C4', '2028-01-01')), 'SUBSCRIBED')).toBe('PERMITTED');
    expect(await codeFor(await client(profile('C2', '2028-01-01')), 'SUBSCRIBED')).toBe(
      'OUTREACH_NOT_RECOMMENDABLE',
    );
    expect(await codeFor(await client(profile('C4', '2026-06-01')), 'SUBSCRIBED')).toBe(
      'OUTREACH_NOT_RECOMMENDABLE',
    );
  });

  test('lets marketing speak only of what is on show by SMS', async () => {
    const fit = await client(profile('C4', '2028-01-01'));
    expect(await codeFor(fit, 'MARKETING')).toBe('OUTREACH_NOT_RECOMMENDABLE');
    const listing = await house.catalog.proposeListing(
      house.maker,
      [product],
      [{ channel: 'SMS' }],
      'launch',
    );
    await house.approve(listing.approvalIds);
    expect(await codeFor(fit, 'MARKETING')).toBe('PERMITTED');
  });

  test('of a product that is not there permits nothing', async () => {
    const [one] = await permit(message(await client(), { productId: 'nowhere', purpose: 'SUBSCRIBED' }));
    expect(one).toMatchObject({ code: 'OUTREACH_NOT_RECOMMENDABLE' });
  });
});

describe('a gateway that does not answer', () => {
  test('leaves UNKNOWN, which is never sent again and is settled by looking up', async () => {
    const wanted = message(await client());
    const id = await permitted(wanted);
    answer = async () => {
      throw new Error('connection reset');
    };
    expect(await outreach.send(actor, id, text)).toBe('UNKNOWN');
    answer = async () => 'ACCEPTED';
    expect(await outreach.send(actor, id, text)).toBeUndefined();
    expect(await permit(wanted)).toMatchObject([{ code: 'OUTREACH_REPEATED' }]);
    await outreach.settleUnknown();
    expect(await stateOf(id)).toBe('UNKNOWN');
    knows = async (messageId) => (messageId === id ? 'ACCEPTED' : 'UNKNOWN');
    await outreach.settleUnknown();
    expect(await stateOf(id)).toBe('ACCEPTED');
    expect(sent).toHaveLength(1);
  });

  test('whose caller is killed between intent and answer leaves UNKNOWN after a minute, and one message', async () => {
    const wanted = message(await client());
    const id = await permitted(wanted);
    let called: () => void = () => {};
    const reached = new Promise<void>((resolve) => (called = resolve));
    answer = () => {
      called();
      // What a killed process never hears.
      return new Promise(() => {});
    };
    void outreach.send(actor, id, text).catch(() => undefined);
    await reached;
    expect(await stateOf(id)).toBe('SUBMITTED');
    await outreach.settleUnknown();
    expect(await stateOf(id)).toBe('SUBMITTED');
    clock.set(new Date(NOON.getTime() + 61_000));
    await outreach.settleUnknown();
    expect(await stateOf(id)).toBe('UNKNOWN');
    answer = async () => 'ACCEPTED';
    expect(await outreach.send(actor, id, text)).toBeUndefined();
    expect(await permit(wanted)).toMatchObject([{ code: 'OUTREACH_REPEATED' }]);
    expect(sent).toHaveLength(1);
    clock.set(NOON);
  });
});

describe('the ledger of consents', () => {
  test('numbers acts without gaps, also of many at once, and the last one holds', async () => {
    const partyId = await client({ consents: [] });
    expect(await permit(message(partyId))).toMatchObject([{ code: 'OUTREACH_NO_CONSENT' }]);
    await Promise.all(Array.from({ length: 6 }, () => again(() => act(partyId, true))));
    expect((await permit(message(partyId)))[0]!.permitted).toBe(true);
    await act(partyId, false);
    expect(await permit(message(partyId))).toMatchObject([{ code: 'OUTREACH_NO_CONSENT' }]);
    const history = await outreach.consentHistory(partyId);
    expect(history.map(({ no, given }) => [no, given])).toEqual([
      [7, false],
      ...[6, 5, 4, 3, 2, 1].map((no) => [no, true]),
    ]);
  });

  test('refuses an act without its proof', async () => {
    const partyId = await client();
    await expect(act(partyId, true, { evidence: ' ' })).rejects.toMatchObject({ code: 'CONSENT_INVALID' });
    await expect(act(partyId, true, { code: 'sms' })).rejects.toMatchObject({ code: 'CONSENT_INVALID' });
    expect(await house.database.model<ConsentRecord>(OUTREACH.consents).countDocuments({ partyId })).toBe(0);
  });

  test('a number that wants no marketing gets none, whoever has it, and is not stored', async () => {
    const partyId = await client({ phone: '15487650009' });
    await house.core.transact(actor, (tx) => outreach.doNotDisturb(tx, '+86 154 8765 0009', 'inbound g1'));
    expect(await permit(message(partyId))).toMatchObject([{ code: 'OUTREACH_DO_NOT_DISTURB' }]);
    expect((await permit(message(partyId, { purpose: 'SERVICE' })))[0]!.permitted).toBe(true);
    const stored = await house.database.model(OUTREACH.doNotDisturb).find().lean();
    expect(JSON.stringify(stored)).not.toContain('87650009');
  });
});

function act(
  partyId: string,
  given: boolean,
  more: Partial<Parameters<OutreachService['recordConsent']>[1]> = {},
) {
  const said = {
    partyId,
    code: MARKETING_CONSENT,
    given,
    channel: 'APP',
    textVersion: 'v1',
    evidence: 'form-1',
  };
  return outreach.recordConsentFor(actor, { ...said, ...more });
}

/** As a caller does that is told to come again. */
async function again<T>(ask: () => Promise<T>): Promise<T> {
  for (;;)
    try {
      return await ask();
    } catch (error) {
      if (!(error instanceof BusyError)) throw error;
    }
}
