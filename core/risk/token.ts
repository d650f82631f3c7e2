import type { Actor } from '../access/actor.ts';
import type { Refused } from '../catalog/outcome.ts';
import type { SubmissionPart } from '../catalog/parts.ts';
import type { RiskLevel, RiskRatingRecord } from '../catalog/records.ts';
import type { Tx } from '../db/database.ts';
import type { Reason } from '../plugin/contract.ts';
import { serviceToken } from '../plugin/service.ts';

/** A rating as it was derived, ready to be signed by a maker and a checker. */
export interface RatingInput {
  readonly level: RiskLevel;
  /** Weighted sum of the factors (100–500); 0 where no factor sheet was filled. */
  readonly score: number;
  readonly evidence: RiskRatingRecord['evidence'];
  readonly modelVersion: string;
  readonly basis: Readonly<Record<string, unknown>>;
  readonly ratedAt: Date;
  readonly validUntil: Date;
}

export interface RatingChange {
  readonly productId: string;
  readonly rating: RatingInput;
  readonly reason: string;
}

export interface OverrideChange {
  readonly productId: string;
  /** Above the level in force: an override goes up only. */
  readonly level: RiskLevel;
  readonly reason: string;
}

/** The write side of product risk ratings. */
export interface RiskService extends SubmissionPart {
  /** Puts a rating before a second person. */
  proposeRating(actor: Actor, change: RatingChange): Promise<{ readonly approvalId: string } | Refused>;
  /** Puts a higher level than the one in force before a second person. */
  proposeOverride(actor: Actor, change: OverrideChange): Promise<{ readonly approvalId: string } | Refused>;
  /** Replaces the open rating of a product's draft. */
  saveDraftRating(tx: Tx, productId: string, rating: RatingInput): Promise<readonly Reason[]>;
  check(rating: RatingInput): readonly Reason[];
  /** Open or submitted first ratings of new products, many at once; the caller has checked them. */
  insertFirstRatings(
    tx: Tx,
    first: readonly { readonly productId: string; readonly rating: RatingInput }[],
    recordedSeq: number,
    approvalId?: string,
  ): Promise<void>;
  /** All ratings of these products, in force or not, oldest first. */
  ratingsOf(productIds: readonly string[], tx?: Pick<Tx, 'session'>): Promise<readonly RiskRatingRecord[]>;
}

export const riskService = serviceToken<RiskService>('core', 'risk');
