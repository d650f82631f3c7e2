import type { PriceRow } from '../../pricing/price-row.ts';
import type { InForceRow } from '../in-force.ts';
import type {
  BrandRecord,
  CategoryRecord,
  KindRecord,
  ListingRecord,
  ProductContent,
  ProductRecord,
  RiskRatingRecord,
} from '../records.ts';

/** An approved version as the snapshot keeps it: its window as fields, its content as bytes. */
export interface PublishedVersion extends InForceRow {
  /** JSON of the content, UTF-8 bytes held one per character: half the memory of objects, and ready to send. */
  readonly document: string;
}

/** Everything published about one product; a change to any of it replaces the whole. */
export interface ProductRows {
  readonly product: ProductRecord;
  /** Approved versions only: a draft is nobody's business outside the house. */
  readonly versions: readonly PublishedVersion[];
  readonly listings: readonly ListingRecord[];
  readonly prices: readonly PriceRow[];
  readonly ratings: readonly RiskRatingRecord[];
}

/** What a publication, or a first load, brings into memory. */
export interface CatalogRows {
  /** The catalogue sequence that these rows lead to. */
  readonly seq: number;
  readonly products: readonly ProductRows[];
  readonly kinds: readonly KindRecord[];
  readonly categories: readonly CategoryRecord[];
  readonly brands: readonly BrandRecord[];
}

export function encodeContent(content: ProductContent): string {
  return oneByte(JSON.stringify(content));
}

export function contentOf(version: PublishedVersion): ProductContent {
  return JSON.parse(Buffer.from(version.document, 'latin1').toString('utf8')) as ProductContent;
}

/** UTF-8 bytes of a text, one per character, flat: concatenated and written without being encoded again. */
export function oneByte(text: string): string {
  return Buffer.from(text, 'utf8').toString('latin1');
}
