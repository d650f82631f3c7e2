import type { RiskCategory, RiskLevel } from '../risk/levels.ts';
import type { ReturnGoal, Term } from '../risk/questionnaire.ts';

/** From mild to grave; the worst of what a product requires is the outcome. */
export const OUTCOMES = ['MATCH', 'WARN_REQUIRED', 'EXPIRED', 'INCOMPLETE', 'FORBIDDEN'] as const;
export type Outcome = (typeof OUTCOMES)[number];

export function worse(a: Outcome, b: Outcome): Outcome {
  return OUTCOMES.indexOf(a) >= OUTCOMES.indexOf(b) ? a : b;
}

/** The client as suitability sees them. Validity ends are exclusive. */
export interface SuitabilityClient {
  readonly id: string;
  readonly status: 'ORDINARY' | 'PROFESSIONAL';
  /** Evidence of professional status; without it, or past it, the client counts as ordinary. */
  readonly professional?: { readonly evidenceId: string; readonly validUntil?: Date };
  readonly profile?: {
    readonly id: string;
    readonly category: RiskCategory;
    /** 最低类别: knocked out by an answer, whatever the score. */
    readonly lowest: boolean;
    readonly validUntil: Date;
    readonly term?: Term;
    readonly investmentKinds?: readonly string[];
    readonly returnGoal?: ReturnGoal;
  };
  /** What was verified of the client, by eligibility code. A code that is absent is unverified. */
  readonly eligibility: Readonly<Record<string, EligibilityState>>;
  /** Rank of the value tier. */
  readonly tierRank?: number;
  readonly region?: string;
  /** Date of birth, `1958-04-30`. */
  readonly bornOn?: string;
  /** Facts for dimensions that plugins add. */
  readonly facts?: Readonly<Record<string, unknown>>;
}

export interface EligibilityState {
  readonly state: 'VERIFIED' | 'FAILED' | 'UNVERIFIED';
  readonly validUntil?: Date;
  readonly evidenceId?: string;
}

/** The product as suitability sees it. */
export interface SuitabilityProduct {
  readonly id: string;
  readonly kind: string;
  readonly nature: 'FINANCIAL' | 'SERVICE';
  /** The rating in force; absent when there is none. */
  readonly rating?: { readonly id: string; readonly level: RiskLevel; readonly validUntil: Date };
  /** Dimensions that its kind requires; absent: the policy's for its nature. Anything rated also requires `risk`. */
  readonly dimensions?: readonly string[];
  readonly term?: Term;
  readonly investmentKind?: string;
  readonly returnGoal?: ReturnGoal;
  /** Eligibility codes that a client must meet. */
  readonly needs: readonly string[];
  /** May not be promoted publicly: invisible to a client whose eligibility is not verified. */
  readonly nonPublic: boolean;
  /** Regions where it may be offered; absent: anywhere. */
  readonly regions?: readonly string[];
  /** Clients of tiers from this rank are entitled to it, others pay. */
  readonly tierRankFrom?: number;
  /** Facts for dimensions that plugins add. */
  readonly facts?: Readonly<Record<string, unknown>>;
}

export interface DecisionContext {
  readonly at: Date;
  readonly channel: string;
}

/**
 * A dimension that a plugin adds. `project` says all that it needs to know of a product, as plain data; it is all that
 * `assess` gets to see, so that products alike in it can be decided together.
 */
export interface SuitabilityDimension {
  readonly code: string;
  project(product: SuitabilityProduct): JsonFacts;
  assess(
    facts: { readonly client: SuitabilityClient | null; readonly product: JsonFacts } & DecisionContext,
    params: JsonFacts,
  ): { readonly outcome: Outcome; readonly reason: string };
}

export type JsonFacts = Readonly<Record<string, string | number | boolean | null>>;
