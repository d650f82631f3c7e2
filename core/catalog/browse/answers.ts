import type { LocalizedText } from '../../plugin/contract.ts';
import { toGlobalId } from '../../graphql/global-id.ts';
import type { Channel, ProductContent, RiskLevel } from '../records.ts';
import { contentOf } from '../snapshot/product-rows.ts';
import { channelBit, listingOn } from '../snapshot/standing.ts';
import type { NotOnSale } from '../snapshot/standing.ts';
import type { View } from '../snapshot/view.ts';
import type { ListPage } from './browse.ts';
import type { ListClient } from './client.ts';
import type { Facets } from './selection.ts';
import type { Verdict } from './suitability.ts';

/*
 * The objects of schemas/core/browse.graphql as plain data, so that graphql-js, compiled execution and the encoder of
 * fragments all read them without resolvers of their own.
 */

export interface Term {
  readonly code: string;
  readonly name: LocalizedText;
}

export interface BrowsedProduct {
  readonly id: string;
  readonly code: string;
  readonly name: ProductContent['name'];
  readonly summary: ProductContent['summary'] | undefined;
  readonly kind: Term;
  readonly category: Term | undefined;
  readonly brand: Term | undefined;
  readonly riskRating:
    { readonly level: RiskLevel; readonly validUntil: Date; readonly expired: boolean } | undefined;
  readonly attributes: Readonly<Record<string, unknown>>;
  readonly versionNo: number;
}

/** @param slot of a product that is visible, which has a version in force and a known kind */
export function productAnswer<Class>(view: View<Class>, slot: number): BrowsedProduct {
  const { product } = view.rowsAt(slot);
  const { version, rating, ratingExpired } = view.standingAt(slot);
  const content = contentOf(version!);
  const { kinds, categories, brands } = view.snapshot;
  return {
    id: toGlobalId('Product', product._id),
    code: product.code,
    name: content.name,
    summary: content.summary,
    kind: termOf(product.kind, kinds.get(product.kind)?.record.name),
    category: termIn(categories, content.categoryId),
    brand: termIn(brands, content.brandId),
    riskRating: rating && { level: rating.level, validUntil: rating.validUntil, expired: ratingExpired },
    attributes: content.attributes,
    versionNo: version!.no,
  };
}

export interface SuitabilityAnswer extends Verdict {
  readonly evidenceIds: readonly string[];
}

export function suitabilityAnswer<Client extends ListClient, Class>(
  { view, decided }: Pick<ListPage<Client, Class>, 'view' | 'decided'>,
  slot: number,
): SuitabilityAnswer | undefined {
  const decision = decided.decision(view, view.columns.classNo[slot]!);
  if (decision === undefined) return undefined;
  const { rating } = view.standingAt(slot);
  const evidenceIds = rating ? [...decision.evidenceIds, rating._id] : decision.evidenceIds;
  return { ...decision.verdict, evidenceIds };
}

/** Why nobody can buy it on this channel now; undefined when it is on sale there. */
export function notPurchasable<Class>(
  view: View<Class>,
  slot: number,
  channel: Channel,
): NotOnSale | undefined {
  const standing = view.standingAt(slot);
  if ((standing.purchasable & channelBit(channel)) !== 0) return undefined;
  return standing.barred ?? 'OUTSIDE_WINDOW';
}

/** @param slot of a product that is visible on the channel, which therefore has a listing there */
export function listingAnswer<Class>(view: View<Class>, slot: number, channel: Channel) {
  const listing = listingOn(view.rowsAt(slot), channel, view.snapshot.seq)!;
  const { visibleFrom, visibleUntil, purchasableFrom, purchasableUntil } = listing;
  return { visibleFrom, visibleUntil, purchasableFrom, purchasableUntil };
}

export function facetsAnswer<Class>(view: View<Class>, facets: Facets) {
  const { kinds, categories, brands } = view.snapshot;
  return {
    kinds: facets.kinds.map(({ value, count }) => ({
      term: termOf(value, kinds.get(value)?.record.name),
      count,
    })),
    categories: facets.categories.flatMap(({ value, count }) => counted(termIn(categories, value), count)),
    brands: facets.brands.flatMap(({ value, count }) => counted(termIn(brands, value), count)),
    riskLevels: facets.riskLevels.map(({ value, count }) => ({ level: value, count })),
    attributes: facets.attributes.map(({ value, count }) => ({ ...value, count })),
  };
}

function counted(term: Term | undefined, count: number) {
  return term ? [{ term, count }] : [];
}

function termIn(
  terms: ReadonlyMap<string, { readonly code: string; readonly name: LocalizedText }>,
  id: string | undefined,
): Term | undefined {
  const found = id === undefined ? undefined : terms.get(id);
  return found && { code: found.code, name: found.name };
}

function termOf(code: string, name: LocalizedText | undefined): Term {
  return { code, name: name ?? { zh: code, en: code } };
}
