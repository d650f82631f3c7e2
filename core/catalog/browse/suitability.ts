import type { LocalizedText } from '../../plugin/contract.ts';
import type { Channel } from '../records.ts';
import type { Classify } from '../snapshot/view.ts';

export const OUTCOMES = ['MATCH', 'WARN_REQUIRED', 'EXPIRED', 'INCOMPLETE', 'FORBIDDEN'] as const;
export type Outcome = (typeof OUTCOMES)[number];

/** What a client is told about every product of a class, as schemas/core/browse.graphql shows it. */
export interface Verdict {
  readonly outcome: Outcome;
  readonly recommendable: boolean;
  readonly reasons: readonly {
    readonly dimension: string;
    readonly outcome: Outcome;
    readonly code: string;
    readonly text: LocalizedText;
  }[];
  readonly duties: readonly {
    readonly code: string;
    readonly due: 'BEFORE_RESERVATION' | 'AFTER_SALE';
    readonly text: LocalizedText;
  }[];
  readonly policyVersion: string;
}

/** A suitability decision about one client and every product of a class. */
export interface ClassDecision {
  readonly verdict: Verdict;
  /** What it rests on of the client's; a product's own evidence is its rating. */
  readonly evidenceIds: readonly string[];
  /** False while a legal condition of the product is failed or not verified: then a non-public one is not shown. */
  readonly eligible: boolean;
}

export interface DecisionContext {
  readonly at: Date;
  readonly channel: Channel;
}

/** How lists decide suitability: the policy, told apart by product class. */
export interface SuitabilityRules<Client, Class> {
  /** Time must show in a product's class (a rating that has run out makes another), since decisions outlast instants. */
  readonly classify: Classify<Class>;
  /** May be shown to anybody (公开发行). */
  isPublic(product: Class): boolean;
  /** Equal verdicts should be one object: each is encoded once, however many clients are told it. */
  decide(client: Client, product: Class, context: DecisionContext): ClassDecision;
  /** The same in whole sentences, with what a verdict does not say. */
  explain(client: Client, product: Class, context: DecisionContext): readonly LocalizedText[];
  /** True when no decision can tell the two apart. */
  sameClient(a: Client, b: Client): boolean;
  /** Epoch milliseconds of the next instant at which time alone changes a decision about this client. */
  changesAt(client: Client, at: Date): number;
}
