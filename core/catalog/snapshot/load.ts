import type { ClientSession, mongo } from 'mongoose';
import type { Host } from '../../plugin/contract.ts';
import type { PriceRow } from '../../pricing/price-row.ts';
import { CATALOG, PRICING_ROWS, RISK_RATINGS } from '../records.ts';
import type {
  BrandRecord,
  CatalogSequence,
  CategoryRecord,
  KindRecord,
  ListingRecord,
  PriceRowRecord,
  ProductRecord,
  RiskRatingRecord,
  VersionRecord,
} from '../records.ts';
import { encodeContent } from './product-rows.ts';
import type { CatalogRows, ProductRows, PublishedVersion } from './product-rows.ts';

/** Products whose rows one round of finds brings. */
const BATCH = 500;

/** The collections of the catalogue, of prices and of ratings. */
export type RowSource = Pick<Host, 'model'>;

/** The newest committed sequence number; 0 before the first publication. */
export async function readSequence(source: RowSource): Promise<number> {
  const counter = await collection<CatalogSequence>(source, CATALOG.sequence).findOne(
    { _id: 'catalog' },
    { readConcern: { level: 'majority' } },
  );
  return counter?.seq ?? 0;
}

/**
 * Everything that publications after `knownSeq` touched, whole product by product, as of one instant of the database.
 * A row of the catalogue never disappears, so that what is not read again has not changed.
 */
export async function loadRows(
  source: RowSource,
  session: ClientSession,
  knownSeq: number,
): Promise<CatalogRows> {
  const later = { seq: { $gt: knownSeq } };
  const counter = await collection<CatalogSequence>(source, CATALOG.sequence).findOne(
    { _id: 'catalog' },
    { session },
  );
  const kinds = await collection<KindRecord>(source, CATALOG.kinds).find(later, { session }).toArray();
  const categories = await collection<CategoryRecord>(source, CATALOG.categories)
    .find(later, { session })
    .toArray();
  const brands = await collection<BrandRecord>(source, CATALOG.brands).find(later, { session }).toArray();
  const touched = await collection<ProductRecord>(source, CATALOG.products)
    .find(later, { session })
    .toArray();
  const products: ProductRows[] = [];
  for (let start = 0; start < touched.length; start += BATCH)
    products.push(...(await rowsOf(source, session, touched.slice(start, start + BATCH))));
  return { seq: counter?.seq ?? 0, kinds, categories, brands, products };
}

async function rowsOf(
  source: RowSource,
  session: ClientSession,
  products: readonly ProductRecord[],
): Promise<ProductRows[]> {
  const ofThese = { productId: { $in: products.map((product) => product._id) } };
  const published = { ...ofThese, approvedSeq: { $exists: true } };
  const versions = await byProduct<VersionRecord>(source, session, CATALOG.versions, published);
  const listings = await byProduct<ListingRecord>(source, session, CATALOG.listings, {
    ...ofThese,
    supersededSeq: { $exists: false },
  });
  const prices = await byProduct<PriceRowRecord>(source, session, PRICING_ROWS, published);
  const ratings = await byProduct<RiskRatingRecord>(source, session, RISK_RATINGS, published);
  return products.map((product) => ({
    product,
    versions: (versions.get(product._id) ?? []).map(publishedVersion),
    listings: listings.get(product._id) ?? [],
    prices: (prices.get(product._id) ?? []).map(priceRow),
    ratings: ratings.get(product._id) ?? [],
  }));
}

async function byProduct<Row extends { readonly productId: string }>(
  source: RowSource,
  session: ClientSession,
  name: string,
  filter: Record<string, unknown>,
): Promise<ReadonlyMap<string, Row[]>> {
  const grouped = new Map<string, Row[]>();
  const rows = collection<mongo.BSON.Document>(source, name).find(filter, { session });
  for await (const row of rows as unknown as AsyncIterable<Row>) {
    const group = grouped.get(row.productId);
    if (group) group.push(row);
    else grouped.set(row.productId, [row]);
  }
  return grouped;
}

export function publishedVersion(version: VersionRecord): PublishedVersion {
  return {
    no: version.no,
    recordedSeq: version.recordedSeq,
    ...(version.approvedSeq === undefined ? {} : { approvedSeq: version.approvedSeq }),
    ...(version.retractedSeq === undefined ? {} : { retractedSeq: version.retractedSeq }),
    saleFrom: version.saleFrom,
    ...(version.saleUntil === undefined ? {} : { saleUntil: version.saleUntil }),
    existing: version.existing,
    document: encodeContent(version.content),
  };
}

export function priceRow({ _id, ...row }: PriceRowRecord): PriceRow {
  return { id: _id, ...row };
}

function collection<Row extends object>(source: RowSource, name: string): mongo.Collection<Row> {
  return source.model(name).collection as unknown as mongo.Collection<Row>;
}
