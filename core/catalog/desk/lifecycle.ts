import type { ReviewState, SaleState } from '../records.ts';

/** Where a product stands as one word, from the sale state and the review of its newest version. */
export const LIFECYCLES = [
  'DRAFT',
  'REJECTED',
  'WITHDRAWN',
  'IN_REVIEW',
  'APPROVED',
  'LISTED',
  'SUSPENDED',
  'DELISTED',
  'ARCHIVED',
] as const;
export type Lifecycle = (typeof LIFECYCLES)[number];

/** What was ever listed is told by its sale; what never was, by its review. */
export function lifecycleOf(sale: SaleState, review: ReviewState): Lifecycle {
  return sale === 'NOT_LISTED' ? review : sale;
}
