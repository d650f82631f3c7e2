import type { mongo } from 'mongoose';
import type { Tx } from '../db/database.ts';
import type { Host, Reason } from '../plugin/contract.ts';
import { pricingService } from '../pricing/token.ts';
import { riskService } from '../risk/token.ts';
import { collection } from './collections.ts';
import { inForce } from './in-force.ts';
import { allKinds, readSale } from './kinds.ts';
import { loadProducts } from './loading.ts';
import { lastPublished } from './publish.ts';
import {
  CATALOG,
  type KindRecord,
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
  /** Its kind as stored; absent where nobody declares it. */
  readonly kind?: KindRecord;
  /** The last publication that was known. */
  readonly knownSeq: number;
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

/** Products at an instant, from the database as of one snapshot; those that did not exist yet are absent. */
export async function productsAt(
  host: Host,
  productIds: readonly string[],
  at: Date,
): Promise<ReadonlyMap<string, ProductAt>> {
  return host.snapshot((session) => productsIn(host, { session }, productIds, at));
}

/** The same as a transaction sees them, for what is decided in it. */
export async function productsIn(
  host: Host,
  tx: Pick<Tx, 'session'>,
  productIds: readonly string[],
  at: Date,
): Promise<ReadonlyMap<string, ProductAt>> {
  const products = await loadProducts(host, tx, productIds);
  const knownSeq = await lastPublished(host, tx);
  const ofThese = { productId: { $in: [...products.keys()] } };
  const kinds = await allKinds(host, tx);
  const all: Everything = {
    versions: grouped(await rowsOf<VersionRecord>(host, CATALOG.versions, ofThese, { no: 1 }, tx)),
    prices: grouped(await host.service(pricingService).rowsOf(productIds, tx)),
    ratings: grouped(await host.service(riskService).ratingsOf(productIds, tx)),
    transitions: grouped(await rowsOf<TransitionRecord>(host, CATALOG.transitions, ofThese, { seq: 1 }, tx)),
    listings: grouped(
      await rowsOf<ListingRecord>(host, CATALOG.listings, ofThese, { channel: 1, recordedSeq: 1 }, tx),
    ),
  };
  const existing = [...products.values()].filter((product) => product.createdAt <= at);
  return new Map(existing.map((product) => [product._id, stateAt(product, all, kinds, { at, knownSeq })]));
}

interface Everything {
  readonly versions: ReadonlyMap<string, VersionRecord[]>;
  readonly prices: ReadonlyMap<string, PriceRowRecord[]>;
  readonly ratings: ReadonlyMap<string, RiskRatingRecord[]>;
  readonly transitions: ReadonlyMap<string, TransitionRecord[]>;
  readonly listings: ReadonlyMap<string, ListingRecord[]>;
}

function stateAt(
  product: ProductRecord,
  all: Everything,
  kinds: ReadonlyMap<string, KindRecord>,
  query: { readonly at: Date; readonly knownSeq: number },
): ProductAt {
  const { _id: id, kind } = product;
  const { sale: stored, seq } = saleAt(all.transitions.get(id) ?? [], query.at);
  const { sale, because } = readSale({ kind, sale: stored }, kinds);
  const version = inForce(all.versions.get(id) ?? [], query);
  const rating = inForce(all.ratings.get(id) ?? [], query);
  const listings = (all.listings.get(id) ?? []).filter(
    (listing) =>
      listing.recordedSeq <= seq && (listing.supersededSeq === undefined || listing.supersededSeq > seq),
  );
  const kindRecord = kinds.get(kind);
  return {
    product,
    ...(kindRecord && !kindRecord.gone ? { kind: kindRecord } : {}),
    knownSeq: query.knownSeq,
    sale,
    ...(because ? { saleBecause: because } : {}),
    ...(version ? { version } : {}),
    ...(rating ? { rating } : {}),
    prices: byKey(all.prices.get(id) ?? []).flatMap((ofKey) => inForce(ofKey, query) ?? []),
    channels: listings.map((listing) => {
      const { visible, purchasable } = windowsAt(listing, query.at);
      const listed = sale === 'LISTED';
      return { listing, visible: listed && visible, purchasable: listed && purchasable };
    }),
  };
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

/** The stored sale state at an instant, and up to which publication the product's listings count then. */
function saleAt(history: readonly TransitionRecord[], at: Date): { sale: SaleState; seq: number } {
  const before = history.findLast((transition) => transition.at <= at);
  const isLatest = before === history.at(-1);
  return { sale: before?.to ?? 'NOT_LISTED', seq: isLatest ? Infinity : (before?.seq ?? 0) };
}

function rowsOf<T extends { _id: string }>(
  host: Host,
  name: string,
  filter: Record<string, unknown>,
  sort: Record<string, 1>,
  tx: Pick<Tx, 'session'>,
): Promise<T[]> {
  return collection<T>(host, name)
    .find(filter as mongo.Filter<T>, { session: tx.session, sort })
    .toArray() as Promise<T[]>;
}

function grouped<T extends { readonly productId: string }>(rows: readonly T[]): ReadonlyMap<string, T[]> {
  const groups = new Map<string, T[]>();
  for (const row of rows) {
    const group = groups.get(row.productId);
    if (group) group.push(row);
    else groups.set(row.productId, [row]);
  }
  return groups;
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
