import type { mongo } from 'mongoose';
import type { Tx } from '../db/database.ts';
import type { Host, Reason } from '../plugin/contract.ts';
import { pricingService } from '../pricing/token.ts';
import { riskService } from '../risk/token.ts';
import { collection } from './collections.ts';
import { inForce } from './in-force.ts';
import { allKinds, readSale } from './kinds.ts';
import { lastPublished } from './publish.ts';
import {
  CATALOG,
  type ListingRecord,
  type PriceRowRecord,
  type ProductRecord,
  type RiskRatingRecord,
  type SaleState,
  type TransitionRecord,
  type VersionRecord,
} from './records.ts';
import { windowsAt } from './windows.ts';

/** A product as staff see it at an instant, past or to come, by what is known now. */
export interface ProductAt {
  readonly product: ProductRecord;
  readonly sale: SaleState;
  /** Why it reads otherwise than it is stored, e.g. `KIND_MISSING`. */
  readonly saleBecause?: Reason;
  /** What a new buyer would get; absent where nothing is in force. */
  readonly version?: VersionRecord;
  readonly rating?: RiskRatingRecord;
  readonly prices: readonly PriceRowRecord[];
  readonly channels: readonly {
    readonly listing: ListingRecord;
    readonly visible: boolean;
    readonly purchasable: boolean;
  }[];
}

export interface ProductFilter {
  readonly kind?: string;
  readonly sale?: SaleState;
  readonly review?: ProductRecord['lastReview'];
  /** The beginning of the code. */
  readonly codePrefix?: string;
}

/** A page of products in the order of their codes. */
export interface ProductPage {
  readonly products: readonly ProductRecord[];
  readonly hasNextPage: boolean;
}

/** The product at an instant, from the database; undefined where there was none yet. */
export async function productAt(host: Host, productId: string, at: Date): Promise<ProductAt | undefined> {
  return host.snapshot(async (session) => {
    const tx = { session };
    const product = await collection<ProductRecord>(host, CATALOG.products).findOne({ _id: productId }, tx);
    if (!product || product.createdAt > at) return undefined;
    const knownSeq = await lastPublished(host, tx);
    const query = { at, knownSeq };
    const versions = await versionsOf(host, productId, tx);
    const rows = await host.service(pricingService).rowsOf([productId], tx);
    const ratings = await host.service(riskService).ratingsOf([productId], tx);
    const { sale, seq } = await saleAt(host, product, at, tx);
    const listings = await listingsKnownAt(host, productId, seq, tx);
    const read = readSale({ kind: product.kind, sale }, await allKinds(host, tx));
    const version = inForce(versions, query);
    const rating = inForce(ratings, query);
    return {
      product,
      sale: read.sale,
      ...(read.because ? { saleBecause: read.because } : {}),
      ...(version ? { version } : {}),
      ...(rating ? { rating } : {}),
      prices: byKey(rows).flatMap((ofKey) => inForce(ofKey, query) ?? []),
      channels: listings.map((listing) => {
        const { visible, purchasable } = windowsAt(listing, at);
        const onSale = read.sale === 'LISTED';
        return { listing, visible: onSale && visible, purchasable: onSale && purchasable };
      }),
    };
  });
}

/** Every version of a product, oldest first. */
export function versionsOf(
  host: Host,
  productId: string,
  tx?: Pick<Tx, 'session'>,
): Promise<VersionRecord[]> {
  return collection<VersionRecord>(host, CATALOG.versions)
    .find({ productId }, { sort: { no: 1 }, ...(tx ? { session: tx.session } : {}) })
    .toArray();
}

/** Products by filter, in the order of their codes, after a code. */
export async function findProducts(
  host: Host,
  filter: ProductFilter,
  page: { readonly first: number; readonly afterCode?: string },
): Promise<ProductPage> {
  const found = await collection<ProductRecord>(host, CATALOG.products)
    .find(toQuery(filter, page.afterCode), { sort: { code: 1 }, limit: page.first + 1 })
    .toArray();
  return { products: found.slice(0, page.first), hasNextPage: found.length > page.first };
}

export function countProducts(host: Host, filter: ProductFilter): Promise<number> {
  return collection<ProductRecord>(host, CATALOG.products).countDocuments(toQuery(filter));
}

/** Ids of at most `max` products that the filter finds, in the order of their codes: what a bulk command acts on. */
export async function findProductIds(host: Host, filter: ProductFilter, max: number): Promise<string[]> {
  const found = await collection<ProductRecord>(host, CATALOG.products)
    .find(toQuery(filter), { sort: { code: 1 }, limit: max, projection: { _id: 1 } })
    .toArray();
  return found.map((product) => product._id);
}

function toQuery(filter: ProductFilter, afterCode?: string): mongo.Filter<ProductRecord> {
  const prefix = filter.codePrefix;
  const code = {
    // Codes are ASCII: every code with the prefix lies between it and the prefix followed by the greatest character.
    ...(prefix ? { $gte: prefix, $lt: `${prefix}\uffff` } : {}),
    ...(afterCode !== undefined ? { $gt: afterCode } : {}),
  };
  return {
    ...(filter.kind ? { kind: filter.kind } : {}),
    ...(filter.sale ? { sale: filter.sale } : {}),
    ...(filter.review ? { lastReview: filter.review } : {}),
    ...(Object.keys(code).length > 0 ? { code } : {}),
  };
}

/** The stored sale state at an instant, and up to which publication the product's listings count then. */
async function saleAt(host: Host, product: ProductRecord, at: Date, tx: Pick<Tx, 'session'>) {
  const history = await collection<TransitionRecord>(host, CATALOG.transitions)
    .find({ productId: product._id }, { session: tx.session, sort: { seq: 1 } })
    .toArray();
  const before = history.findLast((transition) => transition.at <= at);
  const isLatest = before === history.at(-1);
  return {
    sale: before?.to ?? ('NOT_LISTED' as const),
    seq: isLatest ? Infinity : (before?.seq ?? 0),
  };
}

async function listingsKnownAt(host: Host, productId: string, seq: number, tx: Pick<Tx, 'session'>) {
  const all = await collection<ListingRecord>(host, CATALOG.listings)
    .find({ productId }, { session: tx.session, sort: { channel: 1, recordedSeq: 1 } })
    .toArray();
  return all.filter(
    (listing) =>
      listing.recordedSeq <= seq && (listing.supersededSeq === undefined || listing.supersededSeq > seq),
  );
}

/** Rows that compete with one another in time: of one client scope, channel, currency, billing and quantity step. */
function byKey(rows: readonly PriceRowRecord[]): PriceRowRecord[][] {
  const groups = new Map<string, PriceRowRecord[]>();
  for (const row of rows) {
    if (row.closed) continue;
    const { scope, channel, currency, billing, quantityFrom } = row;
    const key = JSON.stringify([
      scope.kind,
      scope.ref,
      scope.params,
      channel,
      currency,
      billing,
      quantityFrom,
    ]);
    groups.set(key, [...(groups.get(key) ?? []), row]);
  }
  return [...groups.values()];
}
