import type { Actor } from '../access/actor.ts';
import { isRefused } from '../catalog/outcome.ts';
import type { ProductRecord } from '../catalog/records.ts';
import { catalogService, type CatalogService } from '../catalog/service.ts';
import type { Tree } from '../catalog/trees.ts';
import type { ChannelWindows } from '../catalog/windows.ts';
import { customerService } from '../customer/service.ts';
import { readRuleFile } from '../explain/rule-data.ts';
import type { Host } from '../plugin/contract.ts';
import { loadFactorModel } from '../risk/factor-model.ts';
import { startOfBusinessDate } from '../time/business-day.ts';
import { clientNo } from './clients.ts';
import { shiftDate } from './dates.ts';
import { readClients, readFirm, readProducts, type Firm } from './firm.ts';
import { toNewProduct, type LoadingContext, type SampleProduct } from './products.ts';
import { SAMPLE_REASON, approveWaiting, refuseRefusals, sampleStaff } from './staff.ts';

/**
 * Categories, brands and products of the sample, each step asking first what is there already, so that it goes on where
 * it was interrupted: created and submitted, approved, listed, approved again.
 */
export async function loadProducts(
  host: Host,
  loadedOn: string,
  progress: (done: number, total: number) => void,
): Promise<void> {
  const firm = readFirm();
  const products = readProducts();
  const staff = await sampleStaff(host);
  const catalog = host.service(catalogService);
  const context = await loadingContext(host, firm, staff.maker, loadedOn);
  const steps = 4;
  const total = products.length * steps;
  const imported = await catalog.importProducts(
    staff.maker,
    products.map((product) => toNewProduct(product, context)),
    { submitBecause: SAMPLE_REASON },
  );
  refuseRefusals(
    'import',
    imported.refused.map(({ code, reasons }) => ({ code, refused: reasons })),
  );
  progress(products.length, total);
  await submitLeftOver(catalog, products, staff.maker);
  await approveWaiting(host, staff, 'product.version');
  progress(products.length * 2, total);
  await proposeListings(catalog, firm, products, staff.maker, loadedOn);
  await approveWaiting(host, staff, 'product.listing');
  progress(products.length * 3, total);
  await delistAwkward(catalog, products, staff.maker);
  progress(total, total);
}

async function loadingContext(
  host: Host,
  firm: Firm,
  maker: Actor,
  loadedOn: string,
): Promise<LoadingContext> {
  const catalog = host.service(catalogService);
  const at = host.clock.now();
  const customers = host.service(customerService);
  const personas = new Map<string, string>();
  for (const [index, { key }] of readClients().personas.entries()) {
    const facts = await customers.factsOf(clientNo(index), at);
    if (facts) personas.set(key, facts.id);
  }
  return {
    loadedOn,
    at,
    natures: new Map((await catalog.kinds()).map((kind) => [kind._id, kind.nature])),
    models: {
      FINANCIAL: loadFactorModel(readRuleFile('core', 'risk', 'rules', 'financial-factors.json')),
      SERVICE: loadFactorModel(readRuleFile('core', 'risk', 'rules', 'service-factors.json')),
    },
    categoryIds: await ensureTree(catalog, maker, 'categories', firm.categories),
    brandIds: await ensureTree(catalog, maker, 'brands', firm.brands),
    personas,
  };
}

async function ensureTree(
  catalog: CatalogService,
  maker: Actor,
  tree: Tree,
  nodes: Firm['brands'],
): Promise<Map<string, string>> {
  const ids = new Map((await catalog.tree(tree)).map((node) => [node.code, node._id]));
  for (const [order, { code, name, parent }] of nodes.entries()) {
    if (ids.has(code)) continue;
    const parentId = parent === undefined ? {} : { parentId: ids.get(parent)! };
    const saved = await catalog.createNode(maker, tree, { code, name, order, ...parentId });
    if (isRefused(saved)) refuseRefusals(`create ${tree}`, [{ code, refused: saved.refused }]);
    else ids.set(code, saved.node._id);
  }
  return ids;
}

/** Drafts that an interrupted load had created but not submitted. */
async function submitLeftOver(
  catalog: CatalogService,
  products: readonly SampleProduct[],
  maker: Actor,
): Promise<void> {
  const complete = products.filter((product) => !product.draftOnly);
  const drafts = (await found(catalog, complete)).filter(({ record }) => record.lastReview === 'DRAFT');
  if (drafts.length === 0) return;
  const result = await catalog.submit(
    maker,
    drafts.map(({ record }) => record._id),
    SAMPLE_REASON,
  );
  refuseRefusals('submit', result.outcomes);
}

async function proposeListings(
  catalog: CatalogService,
  firm: Firm,
  products: readonly SampleProduct[],
  maker: Actor,
  loadedOn: string,
): Promise<void> {
  const groups = new Map<string, { channels: ChannelWindows[]; ids: string[] }>();
  for (const { product, record } of await found(catalog, products)) {
    if (record.sale !== 'NOT_LISTED' || record.lastReview !== 'APPROVED') continue;
    const channels = windowsOf(firm, product, loadedOn);
    const key = JSON.stringify(channels);
    const group = groups.get(key) ?? { channels, ids: [] };
    group.ids.push(record._id);
    groups.set(key, group);
  }
  for (const { channels, ids } of groups.values())
    refuseRefusals('list', (await catalog.proposeListing(maker, ids, channels, SAMPLE_REASON)).outcomes);
}

function windowsOf(firm: Firm, { kind, code, listing }: SampleProduct, loadedOn: string): ChannelWindows[] {
  const channels = firm.channels[kind];
  if (!channels) throw new Error(`The sample does not say where ${code} of kind ${kind} is listed.`);
  const from = (days: number) => startOfBusinessDate(shiftDate(loadedOn, days)).toISOString();
  return channels.map((channel) => ({
    channel,
    ...(listing
      ? { visibleFrom: from(listing.visibleFromDays), purchasableFrom: from(listing.purchasableFromDays) }
      : {}),
  }));
}

async function delistAwkward(
  catalog: CatalogService,
  products: readonly SampleProduct[],
  maker: Actor,
): Promise<void> {
  const leaving = (await found(catalog, products)).filter(
    ({ product, record }) => product.awkward === 'DELISTED' && record.sale === 'LISTED',
  );
  if (leaving.length === 0) return;
  const ids = leaving.map(({ record }) => record._id);
  refuseRefusals('delist', (await catalog.changeSale(maker, 'delist', ids, SAMPLE_REASON)).outcomes);
}

async function found(
  catalog: CatalogService,
  products: readonly SampleProduct[],
): Promise<{ product: SampleProduct; record: ProductRecord }[]> {
  const pairs = [];
  for (const product of products) {
    const record = await catalog.productByCode(product.code);
    if (record) pairs.push({ product, record });
  }
  return pairs;
}
