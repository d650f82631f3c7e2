import type { NewProduct } from '../../../core/catalog/drafts.ts';
import { isRefused } from '../../../core/catalog/outcome.ts';
import type { Channel, ProductRecord } from '../../../core/catalog/records.ts';
import { catalogService, type CatalogService } from '../../../core/catalog/service.ts';
import type { Host } from '../../../core/plugin/contract.ts';
import { sampleService } from '../../../core/sample/loader.ts';
import {
  SAMPLE_REASON,
  approveWaiting,
  refuseRefusals,
  sampleStaff,
  type SampleStaff,
} from '../../../core/sample/staff.ts';
import { fundProduct } from '../fund-product.ts';
import { fundRules } from '../fund-types.ts';
import { POOL_MOVE_SUBJECT } from '../moves.ts';
import type { Pool } from '../pool.ts';
import { MOVES_MAX, fundPoolService } from '../service.ts';
import { readFundsData, sampleFunds, type SampleFund } from './funds.ts';

const CHANNELS: readonly Channel[] = ['APP', 'WEBSITE', 'TERMINAL', 'BRANCH'];
const CATEGORY = { code: 'funds', name: { zh: '基金', en: 'Funds' }, order: 90 };

/** Pools in two steps: what a fund must have been before it may enter the core pool or leave them all. */
const FIRST_POOL: Readonly<Record<Pool, Pool>> = {
  BASE: 'BASE',
  CANDIDATE: 'CANDIDATE',
  WATCH: 'WATCH',
  FORBIDDEN: 'FORBIDDEN',
  CORE: 'CANDIDATE',
  OUT: 'BASE',
};

/**
 * The simulated funds, proposed and approved by the demo staff: imported and reviewed, moved into their pools, listed,
 * and those that are closed suspended. Each step asks first what is there already, so that it goes on where it was
 * interrupted.
 */
export async function loadFunds(host: Host, progress: (done: number, total: number) => void): Promise<void> {
  const loadedOn = await host.service(sampleService).loadedOn('funds');
  const funds = sampleFunds(readFundsData(), loadedOn);
  const staff = await sampleStaff(host);
  const steps = [
    () => importAndReview(host, funds, staff),
    () => moveIntoPools(host, funds, staff, ({ pool }) => pool && FIRST_POOL[pool]),
    () => moveIntoPools(host, funds, staff, ({ pool }) => pool),
    () => listFunds(host, funds, staff),
    () => suspendClosed(host, funds, staff),
  ];
  for (const [done, step] of steps.entries()) {
    progress(done * funds.length, steps.length * funds.length);
    await step();
  }
}

async function importAndReview(host: Host, funds: readonly SampleFund[], staff: SampleStaff): Promise<void> {
  const catalog = host.service(catalogService);
  const categoryId = await ensureCategory(catalog, staff);
  const rules = fundRules(host);
  const at = host.clock.now();
  const rows = funds.map((fund): NewProduct => {
    const { product } = fundProduct(fund, rules, at);
    const name = { zh: fund.name, en: fund.nameEn };
    return { ...product, content: { ...product.content, name, categoryId } };
  });
  const { refused } = await catalog.importProducts(staff.maker, rows, { submitBecause: SAMPLE_REASON });
  refuseRefusals(
    'import funds',
    refused.map(({ code, reasons }) => ({ code, refused: reasons })),
  );
  const drafts = (await recordsOf(catalog, funds)).filter(({ record }) => record.lastReview === 'DRAFT');
  if (drafts.length > 0) {
    const ids = drafts.map(({ record }) => record._id);
    refuseRefusals('submit funds', (await catalog.submit(staff.maker, ids, SAMPLE_REASON)).outcomes);
  }
  await approveWaiting(host, staff, 'product.version');
}

async function ensureCategory(catalog: CatalogService, { maker }: SampleStaff): Promise<string> {
  const known = (await catalog.tree('categories')).find(({ code }) => code === CATEGORY.code);
  if (known) return known._id;
  const saved = await catalog.createNode(maker, 'categories', CATEGORY);
  if (isRefused(saved)) throw new Error(`The sample cannot create the category: ${saved.refused[0]?.code}.`);
  return saved.node._id;
}

/** Moves the funds that are not yet as far as this step takes them. */
async function moveIntoPools(
  host: Host,
  funds: readonly SampleFund[],
  staff: SampleStaff,
  target: (fund: SampleFund) => Pool | undefined,
): Promise<void> {
  const pools = host.service(fundPoolService);
  await approveWaiting(host, staff, POOL_MOVE_SUBJECT);
  const wanted = new Map<Pool, string[]>();
  for (const { fund, record } of await recordsOf(host.service(catalogService), funds)) {
    const to = target(fund);
    const now = (await pools.membership(record._id))?.pool;
    if (to === undefined || now === to || now === fund.pool) continue;
    wanted.set(to, [...(wanted.get(to) ?? []), fund.code]);
  }
  for (const [to, codes] of wanted)
    for (let from = 0; from < codes.length; from += MOVES_MAX) {
      const chunk = codes.slice(from, from + MOVES_MAX);
      const proposed = await pools.propose(staff.maker, { codes: chunk, to, reason: SAMPLE_REASON });
      if ('refused' in proposed)
        throw new Error(`The sample cannot move funds to ${to}: ${proposed.refused[0]!.text.en}`);
    }
  await approveWaiting(host, staff, POOL_MOVE_SUBJECT);
}

/** Lists everything that no pool forbids. */
async function listFunds(host: Host, funds: readonly SampleFund[], staff: SampleStaff): Promise<void> {
  const catalog = host.service(catalogService);
  await approveWaiting(host, staff, 'product.listing');
  const ids = (await recordsOf(catalog, funds))
    .filter(({ fund, record }) => record.sale === 'NOT_LISTED' && fund.pool !== 'FORBIDDEN')
    .map(({ record }) => record._id);
  if (ids.length === 0) return;
  const channels = CHANNELS.map((channel) => ({ channel }));
  refuseRefusals(
    'list funds',
    (await catalog.proposeListing(staff.maker, ids, channels, SAMPLE_REASON)).outcomes,
  );
  await approveWaiting(host, staff, 'product.listing');
}

async function suspendClosed(
  host: Host,
  funds: readonly SampleFund[],
  { maker }: SampleStaff,
): Promise<void> {
  const catalog = host.service(catalogService);
  const ids = (await recordsOf(catalog, funds))
    .filter(({ fund, record }) => fund.dealing === 'SUSPENDED' && record.sale === 'LISTED')
    .map(({ record }) => record._id);
  if (ids.length === 0) return;
  const reason = '暂停申购（模拟） Closed to new investors (simulated)';
  refuseRefusals('suspend funds', (await catalog.changeSale(maker, 'suspend', ids, reason)).outcomes);
}

async function recordsOf(
  catalog: CatalogService,
  funds: readonly SampleFund[],
): Promise<{ fund: SampleFund; record: ProductRecord }[]> {
  const pairs = [];
  for (const fund of funds) {
    const record = await catalog.productByCode(fund.code);
    if (record) pairs.push({ fund, record });
  }
  return pairs;
}
