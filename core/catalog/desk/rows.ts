import type { ClientSession } from 'mongoose';
import type { Host } from '../../plugin/contract.ts';
import { riskService } from '../../risk/token.ts';
import { chunksOf, collection } from '../collections.ts';
import { loadNewestVersions } from '../loading.ts';
import { CATALOG, type ProductRecord, type RiskRatingRecord, type VersionRecord } from '../records.ts';
import { nameKey } from '../snapshot/orders.ts';
import { searchable } from '../snapshot/text-index.ts';

/** What the staff's list finds, filters and orders by, of one product; drafts included. */
export interface DeskRow {
  readonly product: ProductRecord;
  /** Of the newest version, draft or not. */
  readonly categoryId: string | undefined;
  readonly brandId: string | undefined;
  /** Names compare by it in the order of their pinyin. */
  readonly nameKey: string;
  /** Code and names as they are searched. */
  readonly text: string;
  /** Level of a rating that waits with a draft, 1 to 5; 0 where there is none. What is in force goes first. */
  readonly draftLevel: number;
}

/** Products whose versions one find brings. */
const BATCH = 500;

/** Every product that was written at or after `since`; all of them where it is absent. */
export async function changedProducts(
  host: Host,
  session: ClientSession,
  since: Date | undefined,
): Promise<ProductRecord[]> {
  return collection<ProductRecord>(host, CATALOG.products)
    .find(since ? { changedAt: { $gte: since } } : {}, { session })
    .toArray();
}

export async function loadDeskRows(
  host: Host,
  session: ClientSession,
  products: readonly ProductRecord[],
): Promise<DeskRow[]> {
  const rows: DeskRow[] = [];
  for (const batch of chunksOf(products, BATCH)) {
    const versions = await loadNewestVersions(host, { session }, batch);
    const unfinished = batch.filter(({ lastReview }) => lastReview !== 'APPROVED').map(({ _id }) => _id);
    const drafted =
      unfinished.length === 0 ? [] : await host.service(riskService).ratingsOf(unfinished, { session });
    const levels = draftLevels(drafted);
    for (const product of batch)
      rows.push(deskRow(product, versions.get(product._id), levels.get(product._id) ?? 0));
  }
  return rows;
}

export function deskRow(
  product: ProductRecord,
  version: Pick<VersionRecord, 'content'> | undefined,
  draftLevel: number,
): DeskRow {
  const content = version?.content;
  const names = [product.code, content?.name.zh, content?.name.en].filter((name) => name !== undefined);
  return {
    product,
    categoryId: content?.categoryId,
    brandId: content?.brandId,
    nameKey: nameKey(content?.name.zh ?? product.code),
    text: searchable(names.join('\n')),
    draftLevel,
  };
}

/** The newest rating of each product that was neither rejected nor withdrawn. */
function draftLevels(ratings: readonly RiskRatingRecord[]): ReadonlyMap<string, number> {
  const levels = new Map<string, number>();
  for (const { productId, level, closed } of ratings)
    if (closed === undefined) levels.set(productId, Number(level.slice(1)));
  return levels;
}
