import type { ClientSession, Connection, mongo } from 'mongoose';
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

/** The newest committed sequence number; 0 before the first publication. */
export async function readSequence(connection: Connection): Promise<number> {
  const counter = await collection<CatalogSequence>(connection, CATALOG.sequence).findOne(
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
  connection: Connection,
  session: ClientSession,
  knownSeq: number,
): Promise<CatalogRows> {
  const later = { seq: { $gt: knownSeq } };
  const counter = await collection<CatalogSequence>(connection, CATALOG.sequence).findOne(
    { _id: 'catalog' },
    { session },
  );
  const kinds = await collection<KindRecord>(connection, CATALOG.kinds).find(later, { session }).toArray();
  const categories = await collection<CategoryRecord>(connection, CATALOG.categories)
    .find(later, { session })
    .toArray();
  const brands = await collection<BrandRecord>(connection, CATALOG.brands).find(later, { session }).toArray();
  const touched = await collection<ProductRecord>(connection, CATALOG.products)
    .find(later, { session })
    .toArray();
  const products: ProductRows[] = [];
  for (let start = 0; start < touched.length; start += BATCH)
    products.push(...(await rowsOf(connection, session, touched.slice(start, start + BATCH))));
  return { seq: counter?.seq ?? 0, kinds, categories, brands, products };
}

async function rowsOf(
  connection: Connection,
  session: ClientSession,
  products: readonly ProductRecord[],
): Promise<ProductRows[]> {
  const ofThese = { productId: { $in: products.map((product) => product._id) } };
  const published = { ...ofThese, approvedSeq: { $exists: true } };
  const versions = await byProduct<VersionRecord>(connection, session, CATALOG.versions, published);
  const listings = await byProduct<ListingRecord>(connection, session, CATALOG.listings, {
    ...ofThese,
    supersededSeq: { $exists: false },
  });
  const prices = await byProduct<PriceRowRecord>(connection, session, PRICING_ROWS, published);
  const ratings = await byProduct<RiskRatingRecord>(connection, session, RISK_RATINGS, published);
  return products.map((product) => ({
    product,
    versions: (versions.get(product._id) ?? []).map(publishedVersion),
    listings: listings.get(product._id) ?? [],
    prices: (prices.get(product._id) ?? []).map(priceRow),
    ratings: ratings.get(product._id) ?? [],
  }));
}

async function byProduct<Row extends { readonly productId: string }>(
  connection: Connection,
  session: ClientSession,
  name: string,
  filter: Record<string, unknown>,
): Promise<ReadonlyMap<string, Row[]>> {
  const grouped = new Map<string, Row[]>();
  const rows = collection<mongo.BSON.Document>(connection, name).find(filter, { session });
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

function collection<Row extends object>(connection: Connection, name: string): mongo.Collection<Row> {
  return connection.collection(name) as unknown as mongo.Collection<Row>;
}
