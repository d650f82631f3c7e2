import type { Named } from '../../words/named.ts';
import type { Channel, Lifecycle, PriceFact, Review, RiskLevel } from '../../words/products.tsx';
import type { ListShape } from '../../list/address.ts';
import type { Dropped } from '../../list/FilterBar.tsx';

/** What the list of products asks the platform, and what it is told. */
export const PRODUCTS = `query Products($filter: CatalogProductFilter, $first: Int!, $after: String, $before: String,
    $sort: CatalogProductSort!, $descending: Boolean!) {
  products(filter: $filter, first: $first, after: $after, before: $before, sort: $sort, descending: $descending) {
    totalCount position
    edges { cursor node {
      id code lifecycle review level visibleOn changedAt
      kind { code name { zh en } }
      listPrice { amountMinor currency billing }
      newestVersion { no categoryId brandId name { zh en } }
    } }
    facets {
      kinds { value count name { zh en } } categories { value count name { zh en } }
      brands { value count name { zh en } } lifecycles { value count }
      riskLevels { value count } channels { value count }
    }
    without { condition count }
  }
}`;

export type ProductRow = {
  id: string;
  code: string;
  lifecycle: Lifecycle;
  review: Review;
  level: RiskLevel | null;
  visibleOn: Channel[];
  changedAt: string;
  kind: { code: string; name: Named } | null;
  listPrice: PriceFact | null;
  newestVersion: { no: number; categoryId: string | null; brandId: string | null; name: Named };
};

export type FacetCount = { value: string; count: number; name?: Named | null };

export type ProductsAnswer = {
  products: {
    totalCount: number;
    position: number;
    edges: { cursor: string; node: ProductRow }[];
    facets: Record<
      'kinds' | 'categories' | 'brands' | 'lifecycles' | 'riskLevels' | 'channels',
      FacetCount[]
    >;
    without: Dropped[];
  };
};

export const VIEW_COUNTS = `query ViewCounts($submit: CatalogProductFilter, $review: CatalogProductFilter,
    $ready: CatalogProductFilter, $risky: CatalogProductFilter) {
  all: products(first: 1) { totalCount }
  submit: products(filter: $submit, first: 1) { totalCount }
  review: products(filter: $review, first: 1) { totalCount }
  ready: products(filter: $ready, first: 1) { totalCount }
  risky: products(filter: $risky, first: 1) { totalCount }
}`;

export type ViewCounts = Record<ViewName, { totalCount: number }>;

export const VIEW_NAMES = ['all', 'submit', 'review', 'ready', 'risky'] as const;
export type ViewName = (typeof VIEW_NAMES)[number];

/** The views that everyone has, as conditions. */
export const VIEWS: Record<ViewName, Record<string, string[]>> = {
  all: {},
  submit: { reviews: ['DRAFT', 'REJECTED', 'WITHDRAWN'] },
  review: { reviews: ['IN_REVIEW'] },
  ready: { lifecycles: ['APPROVED'] },
  risky: { lifecycles: ['LISTED'], riskLevels: ['R4', 'R5'] },
};

export const SHAPE: ListShape = {
  fields: ['kinds', 'lifecycles', 'reviews', 'riskLevels', 'channels', 'categories', 'brands'],
  sort: 'CHANGED',
  descending: true,
  sorts: ['CODE', 'NAME', 'CHANGED', 'RISK'],
};

/** A file has at most this many rows; the page says so where there are more. */
export const EXPORT_MAX = 10_000;
