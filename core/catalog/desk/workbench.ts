import type { LocalizedText } from '../../plugin/contract.ts';
import type {
  WorkbenchFigureDeclaration,
  WorkbenchMoment,
  WorkbenchScheduleDeclaration,
} from '../../plugin/workbench.ts';
import { collection } from '../collections.ts';
import { loadNewestVersions, loadProducts } from '../loading.ts';
import {
  CATALOG,
  type Channel,
  type CrossingKind,
  type CrossingRecord,
  type ListingRecord,
  type ProductRecord,
} from '../records.ts';
import { deskToken } from './desk.ts';
import { LIFECYCLES } from './lifecycle.ts';

const MOMENTS_MAX = 50;

export const listedFigure: WorkbenchFigureDeclaration = {
  code: 'listed-products',
  title: { zh: '在架产品', en: 'Listed products' },
  permission: 'product.read',
  link: '/products?lifecycles=LISTED',
  read: async (host, at) => {
    const { facts } = await host.service(deskToken).state(at);
    const listed = LIFECYCLES.indexOf('LISTED');
    const review = LIFECYCLES.indexOf('IN_REVIEW');
    const count = (wanted: number) => facts.lifecycle.reduce((sum, one) => sum + (one === wanted ? 1 : 0), 0);
    const waiting = count(review);
    return {
      value: count(listed),
      unit: 'THINGS',
      of: { zh: '个', en: 'products' },
      note: {
        zh: `共 ${facts.size} 个，${waiting} 个在审核中`,
        en: `of ${facts.size}; ${waiting} in review`,
      },
    };
  },
};

const WHAT: Readonly<Record<CrossingKind, LocalizedText>> = {
  VISIBLE: { zh: '开始展示', en: 'Becomes visible' },
  HIDDEN: { zh: '停止展示', en: 'Is hidden' },
  PURCHASABLE: { zh: '开始可购', en: 'Goes on sale' },
  UNPURCHASABLE: { zh: '停止可购', en: 'Leaves sale' },
};

const CHANNEL_WORDS: Readonly<Record<Channel, LocalizedText>> = {
  WEBSITE: { zh: '网站', en: 'website' },
  TERMINAL: { zh: '终端', en: 'terminal' },
  APP: { zh: '手机 App', en: 'app' },
  CALL_CENTRE: { zh: '热线', en: 'hotline' },
  SMS: { zh: '短信', en: 'SMS' },
  BRANCH: { zh: '营业部', en: 'branches' },
};

/** Window edges of listings that today's clock crosses. */
export const listingSchedule: WorkbenchScheduleDeclaration = {
  code: 'listings',
  title: { zh: '上架', en: 'Listing' },
  permission: 'product.read',
  between: async (host, from, until, at) => {
    const found = await collection<CrossingRecord>(host, CATALOG.crossings)
      .find({ at: { $gte: from, $lt: until } }, { sort: { at: 1 }, limit: MOMENTS_MAX })
      .toArray();
    if (found.length === 0) return [];
    const live = await liveListings(host, found);
    const crossings = found.filter(({ listingId }) => live.has(listingId));
    return host.snapshot(async (session) => {
      const ids = [...new Set(crossings.map(({ productId }) => productId))];
      const products = await loadProducts(host, { session }, ids);
      const versions = await loadNewestVersions(host, { session }, products.values());
      return inGroups(crossings).flatMap((group) => {
        const product = products.get(group[0]!.productId);
        const name = versions.get(group[0]!.productId)?.content.name;
        return product && name ? [toMoment(group, product, name, at)] : [];
      });
    });
  },
};

async function liveListings(
  host: Parameters<WorkbenchScheduleDeclaration['between']>[0],
  crossings: readonly CrossingRecord[],
): Promise<ReadonlySet<string>> {
  const live = await collection<ListingRecord>(host, CATALOG.listings)
    .find(
      { _id: { $in: crossings.map(({ listingId }) => listingId) }, supersededSeq: { $exists: false } },
      { projection: { _id: 1 } },
    )
    .toArray();
  return new Set(live.map(({ _id }) => _id));
}

function toMoment(
  group: readonly CrossingRecord[],
  product: ProductRecord,
  name: { readonly zh: string; readonly en?: string },
  at: Date,
): WorkbenchMoment {
  const [{ kind, at: when }] = group as [CrossingRecord];
  const channels = [...new Set(group.map(({ channel }) => CHANNEL_WORDS[channel]))];
  const barred = product.sale !== 'LISTED';
  const where = {
    zh: channels.map(({ zh }) => zh).join('、'),
    en: channels.map(({ en }) => en).join(', '),
  };
  const because =
    when <= at
      ? { zh: '产品不在架，没有生效', en: 'the product is not listed; nothing happened' }
      : { zh: '产品不在架，届时不会生效', en: 'the product is not listed; it will not happen' };
  return {
    at: when,
    title: { zh: `${name.zh} ${WHAT[kind].zh}`, en: `${name.en ?? name.zh}: ${WHAT[kind].en.toLowerCase()}` },
    detail: barred ? { zh: `${where.zh} · ${because.zh}`, en: `${where.en} · ${because.en}` } : where,
    link: `/products/${encodeURIComponent(product.code)}`,
    ...(barred ? { barred } : {}),
  };
}

/** The same edge of one product at the same instant, on several channels. */
function inGroups(crossings: readonly CrossingRecord[]): CrossingRecord[][] {
  const groups = new Map<string, CrossingRecord[]>();
  for (const crossing of crossings) {
    const key = `${crossing.at.getTime()}:${crossing.productId}:${crossing.kind}`;
    groups.set(key, [...(groups.get(key) ?? []), crossing]);
  }
  return [...groups.values()];
}
