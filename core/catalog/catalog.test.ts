import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { ManualClock } from '../time/clock.ts';
import { approvalService } from '../approval/service.ts';
import { OUTBOX, type OutboxEvent } from '../event/outbox.ts';
import { pricingService } from '../pricing/token.ts';
import { riskService } from '../risk/token.ts';
import { TRACE_RECORDS, type TraceRecord } from '../trace/record.ts';
import {
  done,
  rating,
  refusalCodes,
  startTestCatalog,
  type TestCatalog,
} from '../../test/support/catalog.ts';
import { announceCrossings } from './crossings.ts';
import { CATALOG, type VersionRecord } from './records.ts';

const NOON = new Date('2026-11-23T04:00:00Z');
const HOUR_MS = 3_600_000;

let clock: ManualClock;
let house: TestCatalog;

beforeAll(async () => {
  clock = new ManualClock(NOON);
  house = await startTestCatalog({ clock });
});
afterAll(() => house.close());

async function draft(code: string, changes = {}): Promise<string> {
  return done(await house.catalog.createProduct(house.maker, house.product(code, changes))).productId;
}

async function approved(code: string): Promise<string> {
  const id = await draft(code);
  const { approvalIds } = await house.catalog.submit(house.maker, [id], 'ready');
  await house.approve(approvalIds);
  return id;
}

async function listed(code: string): Promise<string> {
  const id = await approved(code);
  const proposal = await house.catalog.proposeListing(house.maker, [id], [{ channel: 'APP' }], 'launch');
  await house.approve(proposal.approvalIds);
  return id;
}

function outcomeCodes(outcomes: readonly { refused?: readonly { code: string }[] }[]): string[][] {
  return outcomes.map((outcome) => (outcome.refused ?? []).map((reason) => reason.code));
}

async function eventsNamed(name: string): Promise<OutboxEvent[]> {
  return house.database.model<OutboxEvent>(OUTBOX).find({ name }).lean<OutboxEvent[]>();
}

describe('a draft', () => {
  test('is created with its first prices and rating, and is not on sale', async () => {
    const id = await draft('D1');
    const at = (await house.catalog.productAt(id, clock.now()))!;
    expect(at.product).toMatchObject({ code: 'D1', sale: 'NOT_LISTED', lastReview: 'DRAFT', seq: 0 });
    expect(at.version).toBeUndefined();
    expect(at.prices).toEqual([]);
    const [row] = await house.core.service(pricingService).rowsOf([id]);
    expect(row).toMatchObject({ amountMinor: 30_000, currency: 'CNY', maker: { id: 'maker' } });
  });

  test('with a code that was used before, an unknown kind or a value that does not fit is refused by name', async () => {
    await draft('D2');
    const create = (code: string, changes = {}) =>
      house.catalog.createProduct(house.maker, house.product(code, changes));
    expect(refusalCodes(await create('D2'))).toEqual(['CODE_TAKEN']);
    expect(refusalCodes(await create('D3', { kind: 'nonsense' }))).toEqual(['KIND_MISSING']);
    const content = { name: { zh: '条件单' }, attributes: { markets: 'SH' } };
    expect(refusalCodes(await create('D3', { content }))).toEqual(['ATTRIBUTE_INVALID']);
    expect(await house.catalog.productByCode('D3')).toBeUndefined();
  });

  test('whose prices have no precedence is refused, naming both rows', async () => {
    const price = { currency: 'CNY', amountMinor: 100, billing: 'MONTH', saleFrom: NOON } as const;
    const prices = [price, { ...price, amountMinor: 200 }];
    const result = await house.catalog.createProduct(house.maker, house.product('D4', { prices }));
    expect(refusalCodes(result)).toEqual(['AMBIGUOUS_PRICE_ROWS']);
    expect('refused' in result && result.refused[0]!.text.en).toMatch(/:1 and .*:2 goes before/);
  });

  test('is saved over, unless somebody else changed the product since', async () => {
    const id = await draft('D5');
    const input = house.product('D5');
    const saved = done(await house.catalog.saveDraft(house.maker, id, input, 1));
    expect(saved).toMatchObject({ versionNo: 1, revision: 2 });
    expect(refusalCodes(await house.catalog.saveDraft(house.colleague, id, input, 1))).toEqual([
      'CHANGED_MEANWHILE',
    ]);
  });
});

describe('a submission', () => {
  test('takes what is complete and tells the others every part that they lack', async () => {
    const whole = await draft('S1');
    const bare = await draft('S2', {
      content: { name: { zh: '空' }, attributes: {} },
      prices: undefined,
      rating: undefined,
    });
    const result = await house.catalog.submit(house.maker, [whole, bare, 'nobody'], 'ready');
    expect(outcomeCodes(result.outcomes)).toEqual([
      [],
      ['ATTRIBUTE_MISSING', 'PRICE_MISSING', 'RISK_RATING_MISSING', 'CATEGORY_MISSING', 'NAME_EN_MISSING'],
      ['PRODUCT_UNKNOWN'],
    ]);
    expect(result.approvalIds).toHaveLength(1);
    expect(refusalCodes(await house.catalog.saveDraft(house.maker, whole, house.product('S1')))).toEqual([
      'STATE_REFUSES',
    ]);
  });

  test('approved by a second person brings version, price and rating into force under one number', async () => {
    const id = await approved('S3');
    const at = (await house.catalog.productAt(id, clock.now()))!;
    const { seq } = at.product;
    expect(at.version).toMatchObject({ review: 'APPROVED', approvedSeq: seq, checker: { id: 'checker' } });
    expect(at.prices).toMatchObject([{ approvedSeq: seq, amountMinor: 30_000 }]);
    expect(at.rating).toMatchObject({ approvedSeq: seq, level: 'R2' });
    const traces = await house.database
      .model<TraceRecord>(TRACE_RECORDS)
      .find({ subjectType: 'Product', subjectId: id })
      .lean<TraceRecord[]>();
    expect(traces.map((trace) => [trace.action, trace.actor.id]).sort()).toEqual([
      ['product.approved', 'checker'],
      ['product.created', 'maker'],
      ['product.submitted', 'maker'],
    ]);
  });

  test('is decided neither by who submitted it nor by who wrote it', async () => {
    const id = await draft('S4');
    done(await house.catalog.saveDraft(house.colleague, id, house.product('S4')));
    const { approvalIds } = await house.catalog.submit(house.maker, [id], 'ready');
    const decide = house.core.service(approvalService);
    const decision = { decision: 'APPROVE' } as const;
    for (const person of [house.maker, house.colleague]) {
      const outcome = await decide.decide(person, approvalIds[0]!, decision);
      expect(outcome.ok).toBe(false);
    }
    expect((await house.catalog.productAt(id, clock.now()))!.product.lastReview).toBe('IN_REVIEW');
  });

  test('is not decided by who wrote an earlier state of the draft, whose prices still stand', async () => {
    const product = house.product('S10');
    const id = done(await house.catalog.createProduct(house.colleague, product)).productId;
    done(await house.catalog.saveDraft(house.maker, id, { content: product.content }));
    const { approvalIds } = await house.catalog.submit(house.maker, [id], 'ready');
    const decide = house.core.service(approvalService);
    const outcome = await decide.decide(house.colleague, approvalIds[0]!, { decision: 'APPROVE' });
    expect(outcome).toMatchObject({
      ok: false,
      refusal: { message: { en: expect.stringContaining('proposed') } },
    });
    await house.approve(approvalIds);
  });

  test('that is rejected closes its version; the next draft takes its prices and rating along', async () => {
    const id = await draft('S5');
    const { approvalIds } = await house.catalog.submit(house.maker, [id], 'ready');
    const reject = { decision: 'REJECT', comment: 'the name misleads' } as const;
    await house.core.service(approvalService).decide(house.checker, approvalIds[0]!, reject);
    expect(await house.catalog.versions(id)).toMatchObject([
      { review: 'REJECTED', reason: 'the name misleads', checker: { id: 'checker' } },
    ]);
    const input = { content: house.product('S5').content };
    expect(done(await house.catalog.saveDraft(house.maker, id, input)).versionNo).toBe(2);
    const again = await house.catalog.submit(house.maker, [id], 'better name');
    await house.approve(again.approvalIds);
    const at = (await house.catalog.productAt(id, clock.now()))!;
    expect([at.version?.no, at.prices.length, at.rating?.level]).toEqual([2, 1, 'R2']);
  });

  test('loses the products that are taken out of it, and closes with the last', async () => {
    const ids = [await draft('S6'), await draft('S7'), await draft('S8')];
    const { approvalIds } = await house.catalog.submit(house.maker, ids, 'ready');
    const foreign = await house.catalog.withdraw(house.checker, [ids[0]!], 'no');
    expect(outcomeCodes(foreign.outcomes)).toEqual([['NOT_THE_MAKER']]);
    const own = await house.catalog.reject(house.maker, [ids[0]!], 'no');
    expect(outcomeCodes(own.outcomes)).toEqual([['MAKER_IS_CHECKER']]);
    await house.catalog.withdraw(house.maker, [ids[0]!], 'mistake');
    await house.catalog.reject(house.checker, [ids[1]!], 'too dear');
    const approvals = house.core.service(approvalService);
    expect((await approvals.find(approvalIds[0]!))!.state).toBe('WAITING');
    await house.catalog.withdraw(house.maker, [ids[2]!], 'later');
    expect((await approvals.find(approvalIds[0]!))!.state).toBe('WITHDRAWN');
    const states = await Promise.all(ids.map(async (id) => (await house.catalog.versions(id))[0]!.review));
    expect(states).toEqual(['WITHDRAWN', 'REJECTED', 'WITHDRAWN']);
  });

  test('of a new version leaves the old one in force until it is approved and its time has come', async () => {
    const id = await approved('S9');
    const tomorrow = new Date(clock.now().getTime() + 24 * HOUR_MS);
    const next = { content: house.product('S9x').content, saleFrom: tomorrow };
    done(await house.catalog.saveDraft(house.maker, id, next));
    const noAt = async (at: Date) => (await house.catalog.productAt(id, at))!.version!.no;
    expect(await noAt(tomorrow)).toBe(1);
    await house.approve((await house.catalog.submit(house.maker, [id], 'new')).approvalIds);
    expect(await noAt(new Date(tomorrow.getTime() - 1))).toBe(1);
    expect(await noAt(tomorrow)).toBe(2);
  });
});

describe('a listing', () => {
  test('takes effect by a second person, per channel, with both windows', async () => {
    const id = await approved('L1');
    const soon = new Date(clock.now().getTime() + HOUR_MS).toISOString();
    const windows = [{ channel: 'APP' as const, purchasableFrom: soon }, { channel: 'BRANCH' as const }];
    const proposal = await house.catalog.proposeListing(house.maker, [id], windows, 'launch');
    expect((await house.catalog.productAt(id, clock.now()))!.sale).toBe('NOT_LISTED');
    await house.approve(proposal.approvalIds);
    const at = (await house.catalog.productAt(id, clock.now()))!;
    expect(at.sale).toBe('LISTED');
    expect(at.channels.map((one) => [one.listing.channel, one.visible, one.purchasable])).toEqual([
      ['APP', true, false],
      ['BRANCH', true, true],
    ]);
    const later = (await house.catalog.productAt(id, new Date(soon)))!;
    expect(later.channels[0]).toMatchObject({ visible: true, purchasable: true });
  });

  test('is refused before approval, with an empty window, and with a channel named twice', async () => {
    const id = await draft('L2');
    const propose = (channels: Parameters<typeof house.catalog.proposeListing>[2], ids = [id]) =>
      house.catalog.proposeListing(house.maker, ids, channels, 'launch');
    expect(outcomeCodes((await propose([{ channel: 'APP' }])).outcomes)).toEqual([
      ['VERSION_NOT_APPROVED', 'RISK_RATING_MISSING'],
    ]);
    const good = await approved('L3');
    const empty = {
      channel: 'APP' as const,
      visibleFrom: NOON.toISOString(),
      visibleUntil: NOON.toISOString(),
    };
    expect(outcomeCodes((await propose([empty, { channel: 'APP' }], [good])).outcomes)).toEqual([
      ['WINDOW_EMPTY', 'CHANNEL_TWICE'],
    ]);
  });

  test('is suspended, resumed, delisted and comes back only by a new review', async () => {
    const id = await listed('L4');
    const sale = async () => (await house.catalog.productAt(id, clock.now()))!.sale;
    for (const [command, state] of [
      ['suspend', 'SUSPENDED'],
      ['resume', 'LISTED'],
      ['delist', 'DELISTED'],
    ] as const) {
      const result = await house.catalog.changeSale(house.maker, command, [id], 'market closed');
      expect(outcomeCodes(result.outcomes)).toEqual([[]]);
      expect(await sale()).toBe(state);
    }
    const again = () => house.catalog.proposeListing(house.maker, [id], [{ channel: 'APP' }], 'back');
    expect(outcomeCodes((await again()).outcomes)).toEqual([['RELISTING_NEEDS_REVIEW']]);
    done(await house.catalog.saveDraft(house.maker, id, { content: house.product('L4').content }));
    await house.approve((await house.catalog.submit(house.maker, [id], 'new')).approvalIds);
    await house.approve((await again()).approvalIds);
    expect(await sale()).toBe('LISTED');
  });

  test('tells staff what was on sale at an instant in the past', async () => {
    const id = await listed('L5');
    const whenListed = clock.now();
    clock.advance(HOUR_MS);
    await house.catalog.changeSale(house.maker, 'delist', [id], 'ended');
    clock.advance(HOUR_MS);
    const then = (await house.catalog.productAt(id, new Date(whenListed.getTime() + 1)))!;
    expect([then.sale, then.channels[0]?.visible]).toEqual(['LISTED', true]);
    const now = (await house.catalog.productAt(id, clock.now()))!;
    expect([now.sale, now.channels]).toEqual(['DELISTED', []]);
  });

  test('needs a rating that has not expired', async () => {
    const id = await approved('L6');
    clock.advance(366 * 24 * HOUR_MS);
    const proposal = await house.catalog.proposeListing(house.maker, [id], [{ channel: 'APP' }], 'launch');
    expect(outcomeCodes(proposal.outcomes)).toEqual([['RISK_RATING_EXPIRED']]);
  });

  test('has its windows announced once each when the clock crosses them', async () => {
    await announceCrossings(house.core);
    const id = await approved('L7');
    const at = (hours: number) => new Date(clock.now().getTime() + hours * HOUR_MS).toISOString();
    const windows = {
      channel: 'SMS' as const,
      visibleFrom: at(1),
      visibleUntil: at(3),
      purchasableFrom: at(2),
    };
    const proposal = await house.catalog.proposeListing(house.maker, [id], [windows], 'launch');
    await house.approve(proposal.approvalIds);
    expect(await announceCrossings(house.core)).toBe(0);
    clock.advance(2 * HOUR_MS);
    expect(await announceCrossings(house.core)).toBe(2);
    expect(await announceCrossings(house.core)).toBe(0);
    const [event, ...more] = await eventsNamed('product.visible');
    expect(more).toEqual([]);
    expect(event!.payload).toEqual({ channel: 'SMS', at: windows.visibleFrom, productIds: [id] });
    await house.catalog.changeSale(house.maker, 'delist', [id], 'ended');
    clock.advance(2 * HOUR_MS);
    expect(await announceCrossings(house.core)).toBe(0);
  });
});

describe('prices and ratings of a product in force', () => {
  test('a price changes by two people; the row that it takes back ends under the same number', async () => {
    const id = await approved('P1');
    const pricing = house.core.service(pricingService);
    const [old] = await pricing.rowsOf([id]);
    const row = { currency: 'CNY', amountMinor: 20_000, billing: 'MONTH', retracts: old!._id } as const;
    const change = { productId: id, rows: [row], reason: 'cheaper' };
    const { approvalId } = done(await pricing.proposeRows(house.maker, change));
    expect((await house.catalog.productAt(id, clock.now()))!.prices[0]!.amountMinor).toBe(30_000);
    await house.approve([approvalId]);
    const at = (await house.catalog.productAt(id, clock.now()))!;
    expect(at.prices.map((price) => price.amountMinor)).toEqual([20_000]);
    const rows = await pricing.rowsOf([id]);
    expect(rows[0]!.retractedSeq).toBe(rows[1]!.approvedSeq);
  });

  test('two changes at once, each unambiguous alone, do not both pass', async () => {
    const id = await approved('P2');
    const pricing = house.core.service(pricingService);
    const saleFrom = new Date(clock.now().getTime() + HOUR_MS);
    const change = (amountMinor: number) =>
      pricing.proposeRows(house.maker, {
        productId: id,
        rows: [{ currency: 'POINTS', amountMinor, billing: 'MONTH', saleFrom }],
        reason: 'points',
      });
    const results = await Promise.all([change(100), change(200), change(300)]);
    expect(results.filter((result) => 'refused' in result)).toHaveLength(2);
  });

  test('a rating is raised by two people, and never lowered by hand', async () => {
    const id = await approved('P3');
    const risk = house.core.service(riskService);
    const override = (level: 'R1' | 'R2' | 'R4') =>
      risk.proposeOverride(house.maker, { productId: id, level, reason: 'drawdown' });
    expect(refusalCodes(await override('R1'))).toEqual(['OVERRIDE_NOT_HIGHER']);
    expect(refusalCodes(await override('R2'))).toEqual(['OVERRIDE_NOT_HIGHER']);
    await house.approve([done(await override('R4')).approvalId]);
    expect((await house.catalog.productAt(id, clock.now()))!.rating).toMatchObject({
      level: 'R4',
      evidence: 'OVERRIDE',
    });
  });

  test('an override that a higher rating has overtaken is refused when it is decided', async () => {
    const id = await approved('P4');
    const risk = house.core.service(riskService);
    const rerated = await risk.proposeRating(house.maker, {
      productId: id,
      rating: rating('R5', clock.now()),
      reason: 'yearly review',
    });
    clock.advance(1000);
    const override = done(
      await risk.proposeOverride(house.maker, { productId: id, level: 'R3', reason: 'drawdown' }),
    );
    await house.approve([done(rerated).approvalId]);
    await expect(house.approve([override.approvalId])).rejects.toThrow();
    expect((await house.catalog.productAt(id, clock.now()))!.rating).toMatchObject({ level: 'R5' });
  });
});

test('every transition of a version left its state in exactly one place', async () => {
  const versions = await house.database
    .model<VersionRecord>(CATALOG.versions)
    .find({})
    .lean<VersionRecord[]>();
  for (const version of versions)
    expect(version.approvedSeq !== undefined).toBe(version.review === 'APPROVED');
});
