import { pricingService } from '../pricing/token.ts';
import { riskService } from '../risk/token.ts';
import type { ApprovalDiffLine, ApprovedChange, Host, LocalizedText } from '../plugin/contract.ts';
import { canonicalJson } from '../trace/record.ts';
import { attributesOf } from './attributes.ts';
import { collection } from './collections.ts';
import { allKinds } from './kinds.ts';
import {
  CATALOG,
  type KindRecord,
  type ProductContent,
  type ProductRecord,
  type VersionRecord,
} from './records.ts';
import type { ChannelWindows } from './windows.ts';

/**
 * For the checker of a submission. One product: field by field against the version before, then prices and rating.
 * Many: a line per product with its names, since thousands of fields are read by nobody.
 */
export async function diffVersions(
  approval: ApprovedChange,
  host: Host,
): Promise<readonly ApprovalDiffLine[]> {
  const wanted = approval.change.versions as readonly { productId: string; no: number }[];
  const [only, ...others] = wanted;
  if (only === undefined) return [];
  if (others.length > 0) return diffMany(wanted, host);
  const versions = await collection<VersionRecord>(host, CATALOG.versions)
    .find({ productId: only.productId, no: { $lte: only.no } }, { sort: { no: 1 } })
    .toArray();
  const after = versions.at(-1);
  const before = versions.slice(0, -1).findLast((version) => version.review === 'APPROVED');
  const product = await collection<ProductRecord>(host, CATALOG.products).findOne({ _id: only.productId });
  const kind = (await allKinds(host)).get(product?.kind ?? '');
  return [
    ...(after ? diffContent(kind, before?.content, after.content) : []),
    ...(await diffParts(approval, host, only.productId)),
  ];
}

/** Every field that differs between two contents, in the order of the kind's attributes. */
export function diffContent(
  kind: KindRecord | undefined,
  before: ProductContent | undefined,
  after: ProductContent,
): ApprovalDiffLine[] {
  const titles = new Map<string, LocalizedText>([
    ['name', { zh: '名称', en: 'Name' }],
    ['summary', { zh: '简介', en: 'Summary' }],
    ['categoryId', { zh: '分类', en: 'Category' }],
    ['brandId', { zh: '品牌', en: 'Brand' }],
    ...(kind ? attributesOf(kind).map(({ name, title }) => [`attributes.${name}`, title] as const) : []),
  ]);
  const [old, now] = [flatten(before), flatten(after)];
  const paths = [...new Set([...titles.keys(), ...Object.keys(old), ...Object.keys(now)])];
  return paths
    .filter((path) => canonicalJson(old[path] ?? null) !== canonicalJson(now[path] ?? null))
    .map((path) => ({
      path,
      title: titles.get(path) ?? { zh: path, en: path },
      before: old[path] ?? null,
      after: now[path] ?? null,
    }));
}

/** For the checker of a listing: the windows that each channel would have. */
export function diffListing(approval: ApprovedChange): Promise<readonly ApprovalDiffLine[]> {
  const channels = approval.change.channels as readonly ChannelWindows[];
  const products = approval.subjectIds.length;
  return Promise.resolve(
    channels.map(({ channel, ...windows }) => ({
      path: channel,
      title: { zh: `上架 ${products} 个产品`, en: `Listing of ${products} products` },
      before: null,
      after: windows,
    })),
  );
}

async function diffMany(
  wanted: readonly { productId: string; no: number }[],
  host: Host,
): Promise<readonly ApprovalDiffLine[]> {
  const versions = await collection<VersionRecord>(host, CATALOG.versions)
    .find({ _id: { $in: wanted.map(({ productId, no }) => `${productId}:${no}`) } })
    .toArray();
  return versions.map((version) => ({
    path: version.productId,
    title: { zh: '产品', en: 'Product' },
    before: null,
    after: { name: version.content.name, versionNo: version.no },
  }));
}

async function diffParts(
  approval: ApprovedChange,
  host: Host,
  productId: string,
): Promise<ApprovalDiffLine[]> {
  const rows = await host.service(pricingService).rowsOf([productId]);
  const ratings = await host.service(riskService).ratingsOf([productId]);
  const prices = rows
    .filter((row) => row.approvalId === approval.id)
    .map(({ _id, scope, channel, currency, amountMinor, billing, quantityFrom }) => ({
      path: `prices.${_id}`,
      title: { zh: '价格行', en: 'Price row' },
      before: null,
      after: { scope, channel: channel ?? null, currency, amountMinor, billing, quantityFrom },
    }));
  const rating = ratings.find((candidate) => candidate.approvalId === approval.id);
  const stands = ratings.findLast((candidate) => candidate.approvedSeq !== undefined && candidate !== rating);
  if (!rating) return prices;
  const level = { zh: '风险等级', en: 'Risk rating' };
  return [...prices, { path: 'rating', title: level, before: stands?.level ?? null, after: rating.level }];
}

function flatten(content: ProductContent | undefined): Record<string, unknown> {
  if (!content) return {};
  const { attributes, kindVersion: _kindVersion, ...rest } = content;
  return {
    ...rest,
    ...Object.fromEntries(Object.entries(attributes).map(([name, value]) => [`attributes.${name}`, value])),
  };
}
