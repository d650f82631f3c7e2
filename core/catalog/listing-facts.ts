import type { Tx } from '../db/database.ts';
import type { Host, Reason } from '../plugin/contract.ts';
import { asCoreHost } from '../plugin/host.ts';
import { riskService } from '../risk/token.ts';
import { collection } from './collections.ts';
import { noProduct } from './drafts.ts';
import { inForce } from './in-force.ts';
import { allKinds, kindInUse, kindMissing } from './kinds.ts';
import { nextSale, type SaleCommand } from './lifecycle.ts';
import { loadProducts } from './loading.ts';
import {
  CATALOG,
  type KindRecord,
  type ProductRecord,
  type RiskRatingRecord,
  type TransitionRecord,
  type VersionRecord,
} from './records.ts';

/** What a listing decides on, loaded at once for a whole chunk. */
export interface ListingFacts {
  readonly products: ReadonlyMap<string, ProductRecord>;
  /** The publication of the newest approved version, by product. */
  readonly approvedSeq: ReadonlyMap<string, number>;
  /** The publication of the last delisting, by product. */
  readonly delistedSeq: ReadonlyMap<string, number>;
  readonly kinds: ReadonlyMap<string, KindRecord>;
  readonly ratings: ReadonlyMap<string, readonly RiskRatingRecord[]>;
  readonly gates: ReadonlyMap<string, readonly Reason[]>;
  readonly seq: number;
  readonly at: Date;
}

export async function loadListingFacts(
  host: Host,
  tx: Tx,
  ids: readonly string[],
  seq: number,
): Promise<ListingFacts> {
  const { session, at } = tx;
  const products = await loadProducts(host, tx, ids);
  const approved = await collection<VersionRecord>(host, CATALOG.versions)
    .find(
      { productId: { $in: [...ids] }, review: 'APPROVED', retractedSeq: { $exists: false } },
      { session, projection: { productId: 1, approvedSeq: 1 } },
    )
    .toArray();
  const delistedIds = [...products.values()].filter(({ sale }) => sale === 'DELISTED').map(({ _id }) => _id);
  const delistings =
    delistedIds.length === 0
      ? []
      : await collection<TransitionRecord>(host, CATALOG.transitions)
          .find({ productId: { $in: delistedIds }, to: 'DELISTED' }, { session })
          .toArray();
  const ratings = new Map<string, RiskRatingRecord[]>();
  for (const rating of await host.service(riskService).ratingsOf(ids, tx))
    ratings.set(rating.productId, [...(ratings.get(rating.productId) ?? []), rating]);
  return {
    products,
    approvedSeq: greatest(approved.map(({ productId, approvedSeq }) => [productId, approvedSeq!])),
    delistedSeq: greatest(delistings.map((transition) => [transition.productId, transition.seq])),
    kinds: await allKinds(host, tx),
    ratings,
    gates: await checkGates(host, ids, at),
    seq,
    at,
  };
}

/** Whether a product may be listed now, and what it becomes; every reason against it at once. */
export function decideListing(
  facts: ListingFacts,
  id: string,
  reason: string,
): { readonly to: ProductRecord['sale'] } | { readonly refused: readonly Reason[] } {
  const product = facts.products.get(id);
  if (!product) return { refused: [noProduct()] };
  const approvedSeq = facts.approvedSeq.get(id);
  const next = nextSale(product.sale, {
    command: COMMAND_FROM[product.sale],
    reason,
    approved: approvedSeq !== undefined,
    approvedSinceDelisting: (approvedSeq ?? -1) > (facts.delistedSeq.get(id) ?? 0),
  });
  const kind = kindInUse(facts.kinds, product.kind);
  const reasons = [
    ...('refused' in next ? [next.refused] : []),
    ...listBlocks(product),
    ...(kind === undefined ? [kindMissing(product.kind)] : ratingReasons(kind, facts, id)),
    ...(facts.gates.get(id) ?? []),
  ];
  return 'to' in next && reasons.length === 0 ? { to: next.to } : { refused: reasons };
}

/** What asking for a listing means in each sale state. */
const COMMAND_FROM: Readonly<Record<ProductRecord['sale'], SaleCommand>> = {
  NOT_LISTED: 'list',
  LISTED: 'changeListing',
  SUSPENDED: 'changeListing',
  DELISTED: 'relist',
  ARCHIVED: 'list',
};

export function listBlocks(product: ProductRecord): Reason[] {
  return product.blocks
    .filter((block) => block.scope === 'list')
    .map((block) => ({
      code: 'LISTING_BLOCKED',
      text: { zh: `禁止上架：${block.reason}`, en: `Listing is barred by ${block.owner}: ${block.reason}` },
    }));
}

function ratingReasons(kind: KindRecord, facts: ListingFacts, id: string): Reason[] {
  if (!kind.requiredToList.includes('RISK_RATING')) return [];
  const rating = inForce(facts.ratings.get(id) ?? [], { at: facts.at, knownSeq: facts.seq });
  if (rating && rating.validUntil > facts.at) return [];
  return [
    {
      code: rating ? 'RISK_RATING_EXPIRED' : 'RISK_RATING_MISSING',
      text: rating
        ? {
            zh: '风险等级已过有效期，请先重新评级。',
            en: 'Its risk rating has expired: rate it again first.',
          }
        : { zh: '缺少风险等级。', en: 'It has no risk rating in force.' },
      path: 'rating',
    },
  ];
}

/** Every gate is asked once per chunk; its reasons are merged per product. */
async function checkGates(
  host: Host,
  ids: readonly string[],
  at: Date,
): Promise<ReadonlyMap<string, Reason[]>> {
  const merged = new Map<string, Reason[]>();
  for (const gate of host.declared('listingGates'))
    for (const [id, reasons] of await gate.check(ids, asCoreHost(host).hostOf(gate.owner), at))
      merged.set(id, [...(merged.get(id) ?? []), ...reasons]);
  return merged;
}

function greatest(pairs: readonly (readonly [string, number])[]): ReadonlyMap<string, number> {
  const greatestBy = new Map<string, number>();
  for (const [key, value] of pairs) greatestBy.set(key, Math.max(value, greatestBy.get(key) ?? value));
  return greatestBy;
}
