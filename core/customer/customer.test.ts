import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { startPlatform, type TestPlatform } from '../../test/support/platform.ts';
import { systemActor } from '../access/actor.ts';
import { TRACE_RECORDS, type TraceRecord } from '../trace/record.ts';
import type { CustomerInput } from './customer-input.ts';
import { CUSTOMER, type CustomerRecord, type RiskProfileRecord } from './records.ts';
import { decisionClient } from './decision-client.ts';
import { customerService, type CustomerService } from './service.ts';

const actor = systemActor('test');
let platform: TestPlatform;
let service: CustomerService;
let auditor: string;

beforeAll(async () => {
  platform = await startPlatform();
  service = platform.app.hosts.core.service(customerService);
  auditor = await platform.signIn('auditor');
});
afterAll(() => platform.stop());

let made = 0;
function client(change: Partial<CustomerInput> = {}): CustomerInput {
  const no = String(++made).padStart(6, '0');
  return {
    externalId: `ext-${no}`,
    customerNo: `CL${no}`,
    orgPath: '/east/lakeside',
    region: 'CN',
    tier: 'GOLD',
    clubs: [],
    stage: 'MATURE',
    name: '王小宁',
    phone: `154${no.padStart(8, '0')}`,
    birthDate: '1955-06-01',
    riskProfile: {
      level: 'C2',
      lowestCategory: false,
      assessedAt: new Date('2026-01-01T00:00:00Z'),
      validUntil: new Date('2028-01-01T00:00:00Z'),
    },
    eligibility: {},
    permissions: ['star-market'],
    preferences: { term: 'MEDIUM' },
    personalisation: true,
    consents: [{ code: 'MARKETING_SMS', givenAt: new Date('2026-01-01T00:00:00Z') }],
    ...change,
  };
}

const records = () => platform.app.database.model<CustomerRecord>(CUSTOMER.customers);
const traces = (partyId: string) =>
  platform.app.database.model<TraceRecord>(TRACE_RECORDS).find({ partyId }).lean<TraceRecord[]>();
const partyOf = async (customerNo: string) => (await records().findOne({ customerNo }).lean())!._id;

describe('clients', () => {
  test('name, phone and birth date are nowhere in the database in clear', async () => {
    const input = client({ name: '欧阳澄澄', phone: '15498761234', birthDate: '1949-03-17' });
    await service.upsert(actor, [input]);
    const stored = await platform.app.database.connection.db!.collections();
    let everything = '';
    for (const one of stored) everything += JSON.stringify(await one.find().toArray());
    expect(everything).toContain(input.customerNo);
    expect(everything).not.toMatch(/欧阳澄澄|15498761234|98761234|1949-03-17/);
  });

  test('the same input again changes nothing and leaves no trace; a change keeps the party', async () => {
    const input = client();
    expect(await service.upsert(actor, [input])).toEqual({ created: 1, changed: 0, unchanged: 0 });
    const partyId = await partyOf(input.customerNo);
    const left = (await traces(partyId)).length;
    expect(await service.upsert(actor, [input])).toEqual({ created: 0, changed: 0, unchanged: 1 });
    expect((await traces(partyId)).length).toBe(left);
    const changed = { ...input, tier: 'DIAMOND' };
    expect(await service.compare([changed])).toEqual({ created: 0, changed: 1, unchanged: 0 });
    expect(await service.upsert(actor, [changed])).toEqual({ created: 0, changed: 1, unchanged: 0 });
    expect(await partyOf(input.customerNo)).toBe(partyId);
    expect((await service.factsOf(input.customerNo, new Date()))?.tier).toBe('DIAMOND');
  });

  test('a client number belongs to one external id, and what the database was asked stays whole', async () => {
    const input = client();
    await service.upsert(actor, [input]);
    const thief = client({ customerNo: input.customerNo });
    expect(await service.numberConflicts([thief, client()])).toHaveLength(1);
    const before = await records().countDocuments();
    await expect(service.upsert(actor, [client(), thief])).rejects.toThrow();
    expect(await records().countDocuments()).toBe(before);
    await expect(service.upsert(actor, [{ ...input, customerNo: 'CL999999' }])).rejects.toThrow(
      /change its number/,
    );
  });

  test('an imported profile that is older than the one recorded here does not replace it', async () => {
    const input = client();
    await service.upsert(actor, [input]);
    const profile = {
      level: 'C4' as const,
      lowestCategory: false,
      assessedAt: new Date('2026-06-01T00:00:00Z'),
      validUntil: new Date('2028-06-01T00:00:00Z'),
    };
    await service.recordRiskProfile(actor, { customerNo: input.customerNo, profile, source: 'CLIENT' });
    await service.upsert(actor, [{ ...input, tier: 'PLATINUM' }]);
    const facts = await service.factsOf(input.customerNo, new Date());
    expect(facts).toMatchObject({ tier: 'PLATINUM', riskProfile: { level: 'C4', no: 2 } });
    const kept = await platform.app.database
      .model<RiskProfileRecord>(CUSTOMER.riskProfiles)
      .find({ partyId: facts!.id })
      .lean();
    expect(kept.map(({ no, level, source }) => [no, level, source]).sort()).toEqual([
      [1, 'C2', 'IMPORT'],
      [2, 'C4', 'CLIENT'],
    ]);
  });
});

describe('facts', () => {
  test('facts say who the client is to a decision, with age and ranks at the instant', async () => {
    await service.recordScheme(actor, {
      ...(await service.scheme(new Date())),
      clubs: [{ code: 'LAKE', name: { zh: '澄湖会', en: 'Lake Club' }, rank: 9, admission: 'INVITATION' }],
      inForceFrom: new Date('2026-01-01T00:00:00Z'),
    });
    const input = client({ clubs: ['LAKE'] });
    await service.upsert(actor, [input]);
    const facts = await service.factsOf(input.customerNo, new Date('2026-06-01T00:00:00Z'));
    expect(facts).toEqual({
      id: await partyOf(input.customerNo),
      customerNo: input.customerNo,
      orgPath: '/east/lakeside',
      region: 'CN',
      tier: 'GOLD',
      tierRank: 30,
      core: true,
      clubs: [{ code: 'LAKE', rank: 9 }],
      stage: 'MATURE',
      bornOn: '1955-06-01',
      ageYears: 71,
      riskProfile: { id: `${facts!.id}:1`, no: 1, ...input.riskProfile },
      eligibility: {},
      permissions: ['star-market'],
      preferences: { term: 'MEDIUM' },
      personalisation: true,
      consents: ['MARKETING_SMS'],
    });
    expect((await service.factsOf(input.customerNo, new Date('2025-06-01T00:00:00Z')))?.clubs).toEqual([]);
    expect(await service.factsOf('CL404', new Date())).toBeUndefined();
  });

  test('a list reads from memory, and sees at once what its own process changed', async () => {
    const input = client();
    await service.upsert(actor, [input]);
    const at = new Date();
    await service.refresh();
    const loaded = await service.factsForList(input.customerNo, at);
    const peeked = service.peekClient(input.customerNo, at);
    expect(peeked).toEqual(decisionClient(loaded!));
    expect(service.peekClient(input.customerNo, at)).toBe(peeked);
    expect(loaded).toEqual(await service.factsOf(input.customerNo, at));
    await service.upsert(actor, [{ ...input, personalisation: false }]);
    expect((await service.factsForList(input.customerNo, at))?.personalisation).toBe(false);
    expect(await service.factsForList('CL404', at)).toBeUndefined();
  });

  test('another process forgets a client that was changed here, and learns a new scheme', async () => {
    const beside = await startPlatform({ beside: platform });
    try {
      const other = beside.app.hosts.core.service(customerService);
      const input = client();
      await service.upsert(actor, [input]);
      const at = new Date();
      await other.refresh();
      expect((await other.factsForList(input.customerNo, at))?.core).toBe(true);
      expect(other.peekClient(input.customerNo, at)?.facts.personalisation).toBe(true);
      await service.upsert(actor, [{ ...input, personalisation: false }]);
      await service.recordScheme(actor, {
        ...(await service.scheme(at)),
        coreFromTier: 'DIAMOND',
        inForceFrom: at,
      });
      await other.refresh();
      expect(other.peekClient(input.customerNo, at)).toBeUndefined();
      const seen = await other.factsForList(input.customerNo, at);
      expect(seen).toMatchObject({ personalisation: false, core: false });
    } finally {
      await beside.stop();
    }
  });

  test('concurrent changes get numbers in the order of their commits, each its own', async () => {
    const inputs = Array.from({ length: 40 }, () => client());
    await Promise.all(inputs.map((input) => service.upsert(actor, [input])));
    const seqs = (
      await records()
        .find({ customerNo: { $in: inputs.map((one) => one.customerNo) } })
        .lean()
    ).map((record) => record.seq);
    expect(new Set(seqs).size).toBe(40);
    const counter = await platform.app.database
      .model<{ _id: string; seq: number }>(CUSTOMER.sequence)
      .findOne()
      .lean();
    expect(counter?.seq).toBe(Math.max(...seqs));
  });
});

describe('clients over GraphQL', () => {
  test('staff find a client by whole name, whole phone or the beginning of the number, and see a mask', async () => {
    const input = client({ name: 'Nora Whitfield', phone: '+86 154-7777-0001', customerNo: 'ZX700001' });
    await service.upsert(actor, [input]);
    for (const search of ['nora  whitfield', '15477770001', '0086 154 7777 0001', 'zx7', 'ZX700001']) {
      const { data } = await platform.graphql<{ customers: { edges: { node: Record<string, unknown> }[] } }>(
        auditor,
        'query ($search: String) { customers(search: $search) { edges { node { customerNo nameMasked phoneMasked ageYears clubs riskProfile { level } eligibility { code } } } } }',
        { search },
      );
      expect(data.customers.edges.map(({ node }) => node)).toEqual([
        {
          customerNo: 'ZX700001',
          nameMasked: 'N*** W********',
          phoneMasked: '154****0001',
          ageYears: expect.any(Number),
          clubs: [],
          riskProfile: { level: 'C2' },
          eligibility: [],
        },
      ]);
    }
    for (const search of ['Nora', '1547777', 'Nora Whitfiel']) {
      const { data } = await platform.graphql<{ customers: { edges: unknown[] } }>(
        auditor,
        'query ($search: String) { customers(search: $search) { edges { cursor } } }',
        { search },
      );
      expect(data.customers.edges).toEqual([]);
    }
  });

  test('pages go through all clients once, in order', async () => {
    await service.upsert(
      actor,
      Array.from({ length: 23 }, () => client()),
    );
    const seen: string[] = [];
    let after: string | null = null;
    for (;;) {
      const { data }: { data: { customers: Page } } = await platform.graphql(
        auditor,
        'query ($after: String) { customers(first: 10, after: $after) { edges { node { customerNo } } pageInfo { hasNextPage endCursor } } }',
        { after },
      );
      seen.push(...data.customers.edges.map(({ node }) => node.customerNo));
      if (!data.customers.pageInfo.hasNextPage) break;
      after = data.customers.pageInfo.endCursor;
    }
    const all = await records().find({}, { customerNo: 1 }).lean();
    expect(seen).toEqual(all.map((record) => record.customerNo).sort());
  });

  test('a client is shown in clear only with a reason, which stays in the trace', async () => {
    const input = client({ name: '沈澄', phone: '15466660001' });
    await service.upsert(actor, [input]);
    const reveal = (customerNo: string, reason: string) =>
      platform.graphql(
        auditor,
        'mutation ($customerNo: String!, $reason: String!) { revealCustomer(customerNo: $customerNo, reason: $reason) { __typename ... on RevealedCustomer { name phone birthDate } ... on Refusal { code message { zh en } } } }',
        { customerNo, reason },
      );
    const partyId = await partyOf(input.customerNo);
    const before = (await traces(partyId)).length;
    expect((await reveal(input.customerNo, ' 查  ')).data.revealCustomer).toMatchObject({
      code: 'REVEAL_REASON_MISSING',
    });
    expect((await traces(partyId)).length).toBe(before);
    expect((await reveal(input.customerNo, '客户来电核对预留手机')).data.revealCustomer).toEqual({
      __typename: 'RevealedCustomer',
      name: '沈澄',
      phone: '15466660001',
      birthDate: '1955-06-01',
    });
    const trace = (await traces(partyId)).find((one) => one.action === 'customer.revealed');
    expect(trace).toMatchObject({ reason: '客户来电核对预留手机', actor: { kind: 'staff' } });
    expect(JSON.stringify(trace)).not.toMatch(/沈澄|15466660001/);
    expect((await reveal('CL404', 'a good reason')).data.revealCustomer).toMatchObject({
      code: 'UNKNOWN_CUSTOMER',
    });
  });

  test('who may not see clients in clear is refused, and so is an unknown caller', async () => {
    const manager = await platform.signIn('product-manager');
    const query = 'mutation { revealCustomer(customerNo: "CL000001", reason: "curiosity") { __typename } }';
    expect((await platform.graphql(manager, query)).errors?.[0]?.extensions.code).toBe('FORBIDDEN');
    const touchpoint = platform.apiClients[0]!.token;
    const read = await platform.graphql(touchpoint, '{ customer(customerNo: "CL000001") { nameMasked } }');
    expect(read.errors?.[0]?.extensions.code).toBe('FORBIDDEN');
  });

  test('a touchpoint records an assessment; what contradicts itself is refused with every reason', async () => {
    const input = client();
    await service.upsert(actor, [input]);
    const touchpoint = platform.apiClients[0]!.token;
    const record = (profile: object) =>
      platform.graphql(
        touchpoint,
        'mutation ($input: RiskProfileInput!) { recordRiskProfile(input: $input) { __typename ... on RiskProfileRecorded { level lowestCategory evidenceId } ... on RiskProfileRefused { reasons { code path } } ... on UnknownCustomer { customerNo } } }',
        { input: { customerNo: input.customerNo, ...profile } },
      );
    const good = {
      level: 'C1',
      lowestCategory: true,
      assessedAt: '2026-06-01T00:00:00.000Z',
      validUntil: '2028-06-01T00:00:00.000Z',
    };
    expect((await record(good)).data.recordRiskProfile).toMatchObject({
      __typename: 'RiskProfileRecorded',
      level: 'C1',
      lowestCategory: true,
    });
    expect((await service.factsForList(input.customerNo, new Date()))?.riskProfile?.lowestCategory).toBe(
      true,
    );
    const wrong = {
      level: 'C3',
      lowestCategory: true,
      assessedAt: '2020-01-01T00:00:00.000Z',
      validUntil: '2019-01-01T00:00:00.000Z',
    };
    expect((await record(wrong)).data.recordRiskProfile).toEqual({
      __typename: 'RiskProfileRefused',
      reasons: [
        { code: 'LOWEST_CATEGORY_NOT_C1', path: 'lowestCategory' },
        { code: 'VALIDITY_EMPTY', path: 'validUntil' },
        { code: 'ASSESSED_BEFORE_CURRENT', path: 'assessedAt' },
      ],
    });
    expect((await record({ ...good, customerNo: 'CL404' })).data.recordRiskProfile).toMatchObject({
      customerNo: 'CL404',
    });
  });

  test('tiers and clubs are told by rank', async () => {
    const { data } = await platform.graphql<{ customerScheme: { tiers: { code: string }[] } }>(
      auditor,
      '{ customerScheme(asOf: "2025-01-01T00:00:00.000Z") { version coreFromTier tiers { code rank name { zh en } } clubs { code } } }',
    );
    expect(data.customerScheme).toMatchObject({ version: 1, coreFromTier: 'GOLD', clubs: [] });
    expect(data.customerScheme.tiers.map((tier) => tier.code)).toEqual([
      'BASIC',
      'SILVER',
      'GOLD',
      'PLATINUM',
      'DIAMOND',
    ]);
  });
});

interface Page {
  readonly edges: readonly { readonly node: { readonly customerNo: string } }[];
  readonly pageInfo: { readonly hasNextPage: boolean; readonly endCursor: string | null };
}
