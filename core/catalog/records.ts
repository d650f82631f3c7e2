import type { LocalizedText } from '../plugin/contract.ts';

/** Touchpoints at which a product can be listed (接触点). */
export const CHANNELS = ['WEBSITE', 'TERMINAL', 'APP', 'CALL_CENTRE', 'SMS', 'BRANCH'] as const;
export type Channel = (typeof CHANNELS)[number];

/** Review state of one version; it moves only by the lifecycle. */
export type ReviewState = 'DRAFT' | 'IN_REVIEW' | 'APPROVED' | 'REJECTED' | 'WITHDRAWN';
/** Sale state of a product; scheduled, visible and purchasable are derived per channel and never stored. */
export type SaleState = 'NOT_LISTED' | 'LISTED' | 'SUSPENDED' | 'DELISTED' | 'ARCHIVED';

export type BlockScope = 'list' | 'sell' | 'redeem';

/** A bar that a feature has put on a product; written into the product so that it conflicts with a concurrent listing. */
export interface Block {
  readonly scope: BlockScope;
  readonly reason: string;
  /** Who placed it and alone may lift it: a plugin or core feature. */
  readonly owner: string;
  readonly at: Date;
}

/** One document per product: what it is, and whether it is on sale. Collection `catalog_products`. */
export interface ProductRecord {
  _id: string;
  /** What people call it by; unique, never reused. */
  code: string;
  kind: string;
  sale: SaleState;
  blocks: Block[];
  /** Number of the newest version, draft included. */
  lastVersionNo: number;
  /** Review state of the newest version, kept here by the lifecycle alone, so that staff can filter by it. */
  lastReview: ReviewState;
  /** Branch that drafts it; `/` is headquarters. */
  orgPath: string;
  /** `catalogSeq` of the last publication that touched this product or its versions, listings, prices or ratings; 0 if none. */
  seq: number;
  /** Advanced by every write, for optimistic locking. */
  revision: number;
  createdAt: Date;
  /** When the product, or anything that belongs to it, was last written; the staff's list is told by it what to read again. */
  changedAt: Date;
}

/**
 * How versions, price rows and ratings are ordered in record time (by `catalogSeq`) and valid time (by instants).
 * `inForce` (in-force.ts) is the one function that reads them.
 */
export interface InForceFields {
  /** 1, 2, 3 … within the product (versions, ratings) or price key. */
  no: number;
  /** The last publication when the row was written: what its maker could see. A row counts only from `approvedSeq` on. */
  recordedSeq: number;
  approvedSeq?: number;
  /** Set when a correction replaced this row. */
  retractedSeq?: number;
  /** New buyers get it from this instant … */
  saleFrom: Date;
  /** … until before this one. */
  saleUntil?: Date;
  /** When existing holders take it over. */
  existing: ExistingHolders;
}

export type ExistingHolders =
  | { readonly mode: 'never' }
  | { readonly mode: 'renewal'; readonly from: Date }
  | { readonly mode: 'date'; readonly from: Date };

/** What review and listing act on. */
export interface ProductContent {
  readonly name: { readonly zh: string; readonly en?: string };
  readonly summary?: { readonly zh: string; readonly en?: string };
  readonly categoryId?: string;
  readonly brandId?: string;
  /** Values of the kind's attribute schema. */
  readonly attributes: Readonly<Record<string, unknown>>;
  /** The kind's schema version that the attributes were checked against. */
  readonly kindVersion: number;
}

/** Immutable once submitted; a change is a new version. Collection `catalog_versions`, `_id` = `${productId}:${no}`. */
export interface VersionRecord extends InForceFields {
  _id: string;
  productId: string;
  review: ReviewState;
  content: ProductContent;
  /** Who wrote it last. */
  maker: { id: string; name: string };
  /** Who wrote it before, however little of that is left. */
  drafterIds?: readonly string[];
  /** Who submitted it; none of these may decide on it. */
  submittedBy?: { id: string; name: string };
  checker?: { id: string; name: string };
  approvalId?: string;
  /** Reason of the last transition. */
  reason?: string;
  changedAt: Date;
}

/**
 * Both windows of a product on a channel. Collection `catalog_listings`; a change is a new row that supersedes the old
 * one, so that `asOf` can be answered. `_id` = `${productId}:${channel}:${recordedSeq}`.
 */
export interface ListingRecord {
  _id: string;
  productId: string;
  channel: Channel;
  visibleFrom: Date;
  visibleUntil?: Date;
  purchasableFrom: Date;
  purchasableUntil?: Date;
  recordedSeq: number;
  supersededSeq?: number;
}

/** Sale-state history, one row per transition: who, when, why. Collection `catalog_transitions`. */
export interface TransitionRecord {
  _id: string;
  productId: string;
  from: SaleState;
  to: SaleState;
  at: Date;
  seq: number;
  actor: { id: string; name: string };
  reason: string;
}

/** What begins or ends on a channel when the clock crosses a window. */
export type CrossingKind = 'VISIBLE' | 'HIDDEN' | 'PURCHASABLE' | 'UNPURCHASABLE';

/**
 * A crossing that still has to be announced: written with its listing for every window edge that lies ahead, marked in
 * the transaction of the announcement. Collection `catalog_crossings`, `_id` = `${listingId}:${kind}`.
 */
export interface CrossingRecord {
  _id: string;
  listingId: string;
  productId: string;
  channel: Channel;
  kind: CrossingKind;
  at: Date;
  pending?: true;
}

/** Collection `catalog_categories` and `catalog_brands`: trees by parent. */
export interface CategoryRecord {
  _id: string;
  code: string;
  name: LocalizedText;
  parentId?: string;
  order: number;
  seq: number;
}
export type BrandRecord = CategoryRecord;

/** A product kind as in force: declared by core or a plugin, later editable by staff. Collection `catalog_kinds`, `_id` = code. */
export interface KindRecord {
  _id: string;
  owner: string;
  name: LocalizedText;
  nature: 'FINANCIAL' | 'SERVICE';
  version: number;
  attributes: Record<string, unknown>;
  requiredToList: ('PRICE' | 'RISK_RATING' | 'CATEGORY' | 'NAME_EN')[];
  suitabilityDimensions?: string[];
  riskFloor?: string;
  publicOffer: boolean;
  seq: number;
  /** Nobody installed declares it any more: its products read as suspended (`KIND_MISSING`) until somebody does. */
  gone?: true;
}

/** The one counter of publications. Collection `catalog_sequence`, `_id` = `catalog`. */
export interface CatalogSequence {
  _id: 'catalog';
  seq: number;
}

export const CATALOG = {
  products: 'catalog_products',
  versions: 'catalog_versions',
  listings: 'catalog_listings',
  transitions: 'catalog_transitions',
  crossings: 'catalog_crossings',
  categories: 'catalog_categories',
  brands: 'catalog_brands',
  kinds: 'catalog_kinds',
  sequence: 'catalog_sequence',
} as const;

/** A row of the price list, keyed by product. Collection `pricing_rows`. */
export interface PriceRowRecord extends InForceFields {
  _id: string;
  productId: string;
  scope: {
    readonly kind: string;
    readonly ref?: string;
    readonly params?: Readonly<Record<string, string | number | boolean>>;
  };
  channel?: Channel;
  currency: 'CNY' | 'POINTS';
  /** 分 for CNY, whole points for POINTS. */
  amountMinor: number;
  billing: 'ONCE' | 'MONTH' | 'QUARTER' | 'YEAR';
  quantityFrom: number;
  /** Part of a CNY price that may be paid in points, in percent. */
  pointsShareMaxPct?: number;
  /** Id of the row that this one takes back when it is approved. */
  retracts?: string;
  maker: { id: string; name: string };
  approvalId?: string;
  /** Set when its approval was rejected or withdrawn; such a row never comes into force. */
  closed?: 'REJECTED' | 'WITHDRAWN';
}

export type RiskLevel = 'R1' | 'R2' | 'R3' | 'R4' | 'R5';

/** A signed product rating with the factors that gave it. Collection `risk_ratings`, `_id` = `${productId}:${no}`. */
export interface RiskRatingRecord extends InForceFields {
  _id: string;
  productId: string;
  level: RiskLevel;
  score: number;
  evidence: 'FACTOR_SHEET' | 'DERIVED_FROM_TYPE' | 'OVERRIDE';
  modelVersion: string;
  /** Factor scores, floors and reasons as `rate()` returned them. */
  basis: Record<string, unknown>;
  ratedAt: Date;
  /** Re-rating is due before this instant; past it the outcome is EXPIRED. */
  validUntil: Date;
  /** Who proposed it; the second signature is the approval's. */
  signedBy: { id: string; name: string };
  approvalId?: string;
  /** Set when its approval was rejected or withdrawn; such a row never comes into force. */
  closed?: 'REJECTED' | 'WITHDRAWN';
}

/**
 * Guard of a product's price list: whoever changes the list advances it in the same transaction, so that two changes,
 * each unambiguous alone, cannot both pass. Collection `pricing_books`, `_id` = product id.
 */
export interface PriceBookRecord {
  _id: string;
  /** The greatest `no` given to a row of this product. */
  lastNo: number;
}

export const PRICING_ROWS = 'pricing_rows';
export const PRICING_BOOKS = 'pricing_books';
export const RISK_RATINGS = 'risk_ratings';
