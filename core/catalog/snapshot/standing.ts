import type { PriceRow } from '../../pricing/price-row.ts';
import { inForce, isEffective, isOnSale, nextSaleCrossing } from '../in-force.ts';
import { CHANNELS } from '../records.ts';
import type { Channel, KindRecord, ListingRecord, RiskRatingRecord } from '../records.ts';
import type { ProductRows, PublishedVersion } from './product-rows.ts';

/** Why nobody can buy a product that is shown. */
export type NotOnSale = 'SUSPENDED' | 'KIND_MISSING' | 'BLOCKED' | 'OUTSIDE_WINDOW';

/**
 * How one product stands for buyers from the instant of the question until before `until`: which rows are in force, and
 * on which channels it may be seen and bought. Nothing in it depends on who asks.
 */
export interface Standing {
  readonly version: PublishedVersion | undefined;
  readonly rating: RiskRatingRecord | undefined;
  /** The rating's validity has passed: its level is still shown, the outcome is EXPIRED. */
  readonly ratingExpired: boolean;
  /** Price rows on sale to somebody; which of them wins depends on the client. */
  readonly prices: readonly PriceRow[];
  /** Some price row is for a named client or of a plugin's scope, so that tier and clubs do not settle the price. */
  readonly personalPrices: boolean;
  /** One bit per channel, in the order of `CHANNELS`. */
  readonly visible: number;
  readonly purchasable: number;
  /** Why it cannot be bought on any channel, whatever its windows say. */
  readonly barred: Exclude<NotOnSale, 'OUTSIDE_WINDOW'> | undefined;
  /** Epoch milliseconds of the next instant at which any of this may change; Infinity when only a publication can. */
  readonly until: number;
}

/** A kind that the snapshot knows; `installed` is false when the plugin that declares it is gone. */
export interface KindFacts {
  readonly record: KindRecord;
  readonly installed: boolean;
  /** Attribute names marked `x-filterable` and `x-searchable` in the kind's schema. */
  readonly filterable: readonly string[];
  readonly searchable: readonly string[];
}

/**
 * A product is visible inside its listing's window while it is listed or suspended (not for sale, still shown), has an
 * approved version in force, and carries no block on listing. A product whose kind is gone reads as suspended; one
 * whose kind was never known is hidden, since nobody can say whether it may be shown in public.
 */
export function standingOf(
  rows: ProductRows,
  kind: KindFacts | undefined,
  query: { readonly at: Date; readonly knownSeq: number },
): Standing {
  const version = inForce(rows.versions, query);
  const rating = inForce(rows.ratings, query);
  const shown =
    kind !== undefined &&
    version !== undefined &&
    (rows.product.sale === 'LISTED' || rows.product.sale === 'SUSPENDED') &&
    !isBlocked(rows, 'list');
  const barred = barredBy(rows, kind);
  let visible = 0;
  let purchasable = 0;
  if (shown)
    for (const listing of rows.listings) {
      if (!isKnown(listing, query.knownSeq)) continue;
      const bit = channelBit(listing.channel);
      if (!within(listing.visibleFrom, listing.visibleUntil, query.at)) continue;
      visible |= bit;
      if (barred === undefined && within(listing.purchasableFrom, listing.purchasableUntil, query.at))
        purchasable |= bit;
    }
  const prices = rows.prices.filter((row) => isEffective(row, query.knownSeq) && isOnSale(row, query.at));
  return {
    version,
    rating,
    ratingExpired: rating !== undefined && query.at >= rating.validUntil,
    prices,
    personalPrices: prices.some(({ scope }) => !GROUP_SCOPES.has(scope.kind)),
    visible,
    purchasable,
    barred,
    until: nextChange(rows, rating, query),
  };
}

/** Scopes that all clients of the same tier and clubs share. */
const GROUP_SCOPES: ReadonlySet<string> = new Set(['everyone', 'tier', 'club']);

export function channelBit(channel: Channel): number {
  return 1 << CHANNELS.indexOf(channel);
}

/** The listing of a product on a channel as known at `knownSeq`. */
export function listingOn(rows: ProductRows, channel: Channel, knownSeq: number): ListingRecord | undefined {
  return rows.listings.find((listing) => listing.channel === channel && isKnown(listing, knownSeq));
}

function barredBy(rows: ProductRows, kind: KindFacts | undefined): Standing['barred'] {
  if (kind === undefined || !kind.installed) return 'KIND_MISSING';
  if (rows.product.sale === 'SUSPENDED') return 'SUSPENDED';
  return isBlocked(rows, 'sell') ? 'BLOCKED' : undefined;
}

function isBlocked(rows: ProductRows, scope: 'list' | 'sell'): boolean {
  return rows.product.blocks.some((block) => block.scope === scope);
}

function isKnown(listing: ListingRecord, knownSeq: number): boolean {
  return (
    listing.recordedSeq <= knownSeq &&
    (listing.supersededSeq === undefined || listing.supersededSeq > knownSeq)
  );
}

function within(from: Date, until: Date | undefined, at: Date): boolean {
  return from <= at && (until === undefined || at < until);
}

function nextChange(
  rows: ProductRows,
  rating: RiskRatingRecord | undefined,
  query: { readonly at: Date; readonly knownSeq: number },
): number {
  let next = Infinity;
  const consider = (instant: Date | undefined) => {
    if (instant !== undefined && instant > query.at) next = Math.min(next, instant.getTime());
  };
  consider(nextSaleCrossing(rows.versions, query));
  consider(nextSaleCrossing(rows.prices, query));
  consider(nextSaleCrossing(rows.ratings, query));
  consider(rating?.validUntil);
  for (const listing of rows.listings) {
    if (!isKnown(listing, query.knownSeq)) continue;
    consider(listing.visibleFrom);
    consider(listing.visibleUntil);
    consider(listing.purchasableFrom);
    consider(listing.purchasableUntil);
  }
  return next;
}
