import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { startPlatform, type TestPlatform } from '../../test/support/platform.ts';
import { accessService } from '../access/service.ts';
import { APPROVALS, type ApprovalRecord } from '../approval/records.ts';
import { CATALOG, RISK_RATINGS, type ProductRecord, type RiskRatingRecord } from '../catalog/records.ts';
import { CUSTOMER } from '../customer/records.ts';
import { decisionClient } from '../customer/decision-client.ts';
import { customerService } from '../customer/service.ts';
import { readRuleFile } from '../explain/rule-data.ts';
import { decide } from '../suitability/decide.ts';
import { loadPolicy } from '../suitability/policy.ts';
import { ManualClock } from '../time/clock.ts';
import { clientNo } from './clients.ts';
import { readClients, readFirm, readProducts } from './firm.ts';
import { sampleService, type SampleProgress } from './loader.ts';
import { SAMPLE_LOADS } from './records.ts';

const clock = new ManualClock(new Date());
let platform: TestPlatform;

/** What the process that was stopped in the midst of loading had told while it loaded. */
let whileLoading: SampleProgress;

beforeAll(async () => {
  platform = await startPlatform({ clock });
  whileLoading = await loadAndStopMidway();
  await platform.app.hosts.core.service(sampleService).load();
}, 240_000);
afterAll(() => platform.stop());

const model = <T>(name: string) => platform.app.database.model<T>(name);

describe('the sample firm', () => {
  test('lets the server answer while it loads, and goes on where a process was stopped', () => {
    expect(whileLoading).toMatchObject({ state: 'LOADING', part: 'clients', total: 5000 });
    expect(whileLoading.done).toBeGreaterThan(0);
    expect(whileLoading.done).toBeLessThan(5000);
  });

  test('is there whole: branches, tiers, clubs, 5,000 clients and every product', async () => {
    const firm = readFirm();
    expect(await model(CUSTOMER.branches).countDocuments()).toBe(12);
    expect(await model(CUSTOMER.customers).countDocuments()).toBe(5000);
    const scheme = await platform.app.hosts.core.service(customerService).scheme(clock.now());
    expect(scheme.clubs.map((club) => club.code)).toEqual(firm.scheme.clubs.map((club) => club.code));
    const codes = (await model<ProductRecord>(CATALOG.products).find({}, { code: 1 }).lean()).map(
      ({ code }) => code,
    );
    expect(codes).toEqual(expect.arrayContaining(readProducts().map(({ code }) => code)));
  });

  test('everything is listed except the four awkward ones, which are as they are meant to be', async () => {
    const state = async (code: string) =>
      (await model<ProductRecord>(CATALOG.products).findOne({ code }).lean())!;
    for (const { code, awkward } of readProducts()) {
      const { sale, lastReview, _id } = await state(code);
      if (awkward === 'DRAFT_INCOMPLETE')
        expect([code, sale, lastReview]).toEqual([code, 'NOT_LISTED', 'DRAFT']);
      else
        expect([code, sale, lastReview]).toEqual([
          code,
          awkward === 'DELISTED' ? 'DELISTED' : 'LISTED',
          'APPROVED',
        ]);
      if (awkward === 'RATING_EXPIRED') {
        const rating = await model<RiskRatingRecord>(RISK_RATINGS).findOne({ productId: _id }).lean();
        expect(rating!.validUntil.getTime() - clock.now().getTime()).toBeLessThanOrEqual(10 * 60_000);
      }
      if (awkward === 'SCHEDULED_TOMORROW') {
        const listing = await model<{ visibleFrom: Date }>(CATALOG.listings)
          .findOne({ productId: _id })
          .lean();
        expect(listing!.visibleFrom > clock.now()).toBe(true);
      }
    }
    expect(
      readProducts()
        .flatMap(({ awkward }) => awkward ?? [])
        .sort(),
    ).toEqual(['DELISTED', 'DRAFT_INCOMPLETE', 'RATING_EXPIRED', 'SCHEDULED_TOMORROW']);
  });

  test('was proposed by one person of the house and approved by another', async () => {
    const access = platform.app.hosts.core.service(accessService);
    const { staff } = readFirm();
    const [maker, checker] = [await access.staff(staff.maker), await access.staff(staff.checker)];
    const approvals = await model<ApprovalRecord>(APPROVALS).find().lean<ApprovalRecord[]>();
    expect(approvals.length).toBeGreaterThanOrEqual(2);
    // Plugins leave something on the checker's desk on purpose; of the products nothing waits.
    const waiting = approvals.filter(({ state }) => state === 'WAITING');
    expect(waiting.map(({ type }) => type).filter((type) => /^(product|rule)\./.test(type))).toEqual([]);
    for (const approval of approvals) {
      if (waiting.includes(approval)) continue;
      expect(approval.state).toBe('APPROVED');
      expect([approval.maker.id, approval.decided?.id]).toEqual([maker!.id, checker!.id]);
    }
  });

  test('prices follow the ladders of the house, and one is for a named client', async () => {
    const product = await model<ProductRecord>(CATALOG.products).findOne({ code: 'TC-DEPTH' }).lean();
    const rows = await model<PriceRow>('pricing_rows').find({ productId: product!._id }).lean<PriceRow[]>();
    const told = rows.map(({ scope, currency, amountMinor }) => [
      scope.kind,
      scope.ref,
      currency,
      amountMinor,
    ]);
    expect(told).toEqual(
      expect.arrayContaining([
        ['everyone', undefined, 'CNY', 3800],
        ['tier', 'SILVER', 'CNY', 3500],
        ['tier', 'GOLD', 'CNY', 2800],
        ['tier', 'PLATINUM', 'CNY', 1800],
        ['tier', 'DIAMOND', 'CNY', 0],
        ['everyone', undefined, 'POINTS', 3800],
        ['club', 'LAKE', 'CNY', 0],
      ]),
    );
    const vip = readClients().personas.findIndex((persona) => persona.key === 'VIP');
    const facts = await platform.app.hosts.core.service(customerService).factsOf(clientNo(vip), clock.now());
    const named = await model<PriceRow>('pricing_rows').find({ 'scope.kind': 'client' }).lean<PriceRow[]>();
    expect(named.map(({ scope }) => scope.ref)).toEqual([facts!.id]);
  });

  test('its personas reach every outcome before a product of R3', async () => {
    const policy = loadPolicy(readRuleFile('core', 'suitability', 'policies', 'csrc-order-130.json'));
    const customers = platform.app.hosts.core.service(customerService);
    const at = clock.now();
    const rating = { id: 'r', level: 'R3', validUntil: new Date(at.getTime() + 86_400_000) } as const;
    const outcome = async (key: string, nonPublic = false) => {
      const index = readClients().personas.findIndex((persona) => persona.key === key);
      const facts = await customers.factsOf(clientNo(index), at);
      const product = {
        id: 'p',
        kind: 'fund',
        nature: 'FINANCIAL',
        rating,
        dimensions: ['risk'],
        needs: [],
        nonPublic,
      } as const;
      const decision = decide(policy, decisionClient(facts!), product, { at, channel: 'APP' });
      return decision.visible ? decision.outcome : 'INVISIBLE';
    };
    const keys = ['LOWEST_CATEGORY', 'C2_WARNED', 'EXPIRED', 'INCOMPLETE', 'NOT_PERSONALISED', 'VIP'];
    expect(await Promise.all(keys.map((key) => outcome(key)))).toEqual([
      'FORBIDDEN',
      'WARN_REQUIRED',
      'EXPIRED',
      'INCOMPLETE',
      'MATCH',
      'MATCH',
    ]);
    expect([await outcome('QUALIFIED', true), await outcome('TWO_NUMBERS', true)]).toEqual([
      'MATCH',
      'INVISIBLE',
    ]);
  });

  test('loaded again, also as if it had been interrupted at any part, nothing changes', async () => {
    const count = async () =>
      Promise.all(
        [
          CUSTOMER.customers,
          CUSTOMER.schemes,
          CATALOG.products,
          CATALOG.versions,
          CATALOG.listings,
          'pricing_rows',
          RISK_RATINGS,
          APPROVALS,
        ].map((name) => model(name).countDocuments()),
      );
    const before = await count();
    const loader = platform.app.hosts.core.service(sampleService);
    await loader.load();
    expect(loader.progress).toMatchObject({ state: 'DONE' });
    await model(SAMPLE_LOADS).updateMany(
      { _id: { $in: ['house', 'clients', 'products', 'funds'] as never[] } },
      { $unset: { doneAt: 1 } },
    );
    await loader.load();
    expect(await count()).toEqual(before);
  }, 120_000);

  test('tells over GraphQL how far it is', async () => {
    const token = await platform.signIn('auditor');
    const { data } = await platform.graphql<{ sampleProgress: object }>(
      token,
      '{ sampleProgress { state part partsDone parts } }',
    );
    expect(data.sampleProgress).toMatchObject({ state: 'DONE', part: null });
  });
});

async function loadAndStopMidway(): Promise<SampleProgress> {
  const loading = await startPlatform({ clock, beside: platform, environment: { TESSERA_SAMPLE: '1' } });
  try {
    const token = await loading.signIn('auditor');
    const deadline = Date.now() + 120_000;
    for (;;) {
      const { data } = await loading.graphql<{ sampleProgress: SampleProgress }>(
        token,
        '{ sampleProgress { state part done total partsDone parts } }',
      );
      const told = data.sampleProgress;
      if (told.part === 'clients' && told.done > 0) return told;
      if (told.state !== 'LOADING' || Date.now() > deadline)
        throw new Error(`The sample was never seen loading clients: ${JSON.stringify(told)}`);
    }
  } finally {
    await loading.stop();
  }
}

interface PriceRow {
  readonly scope: { readonly kind: string; readonly ref?: string };
  readonly currency: string;
  readonly amountMinor: number;
}
