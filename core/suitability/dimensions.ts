import { isHigher } from '../risk/levels.ts';
import { RETURN_GOALS, TERMS } from '../risk/questionnaire.ts';
import { businessDate } from '../time/business-day.ts';
import type { DecisionContext, Outcome, SuitabilityClient, SuitabilityProduct } from './facts.ts';
import type { MatrixRow, Policy } from './policy.ts';

/** Where a judgement comes from; the ids stand in `evidenceIds` of the decision. */
export type EvidenceSource = 'profile' | 'professional' | 'rating' | 'eligibility' | 'product' | 'client';

export type CoreReason =
  | 'RISK_MATCH'
  | 'RISK_ABOVE_CAPACITY'
  | 'RISK_FORBIDDEN'
  | 'RISK_LOWEST_CATEGORY'
  | 'RISK_PROFESSIONAL'
  | 'PRODUCT_UNRATED'
  | 'RATING_EXPIRED'
  | 'PROFILE_EXPIRED'
  | 'PROFILE_AND_RATING_EXPIRED'
  | 'CLIENT_UNKNOWN'
  | 'PROFILE_MISSING'
  | 'PROFESSIONAL_UNPROVEN'
  | 'STATED_MATCH'
  | 'STATEMENT_MISSING'
  | 'STATEMENT_NOT_NEEDED'
  | 'PRODUCT_FACT_MISSING'
  | 'TERM_TOO_LONG'
  | 'KIND_NOT_WISHED'
  | 'RETURN_NOT_SOUGHT'
  | 'VALUE_OPEN'
  | 'VALUE_ENTITLED'
  | 'VALUE_PAYS'
  | 'VALUE_UNKNOWN'
  | 'CHANNEL_BY_LISTING'
  | 'REGION_ANY'
  | 'REGION_INSIDE'
  | 'REGION_OUTSIDE'
  | 'REGION_UNKNOWN'
  | 'AGE_KNOWN'
  | 'AGE_UNKNOWN'
  | 'DIMENSION_UNKNOWN'
  | 'DIMENSION_FAILED';

export interface DimensionResult {
  readonly code: string;
  readonly outcome: Outcome;
  /** A `CoreReason`, or the reason of a dimension that a plugin added. */
  readonly reason: string;
  readonly params: Readonly<Record<string, string | number>>;
  readonly evidence: readonly EvidenceSource[];
}

/** The part of a product that a decision may look at: without anything that is only this product's. */
export type ClassFacts = Omit<SuitabilityProduct, 'id' | 'kind' | 'rating' | 'facts'> & {
  readonly rating?: Omit<NonNullable<SuitabilityProduct['rating']>, 'id'>;
};

/** The client with what follows from the clock, worked out once for a whole catalogue. */
export interface ClientView {
  readonly client: SuitabilityClient | null;
  readonly professional: boolean;
  readonly profileExpired: boolean;
  /** Full years of age; absent when unknown. */
  readonly age?: number;
}

const NONE = {};

export function viewOf(client: SuitabilityClient | null, at: Date): ClientView {
  if (client === null) return { client, professional: false, profileExpired: false };
  const { status, professional: proof, profile, bornOn } = client;
  return {
    client,
    professional:
      status === 'PROFESSIONAL' &&
      proof !== undefined &&
      (proof.validUntil === undefined || at < proof.validUntil),
    profileExpired: profile !== undefined && profile.validUntil <= at,
    ...(bornOn === undefined ? {} : { age: fullYears(bornOn, businessDate(at)) }),
  };
}

/** One of core's dimensions; `undefined` when the code is none of them. */
export function coreDimension(
  code: string,
  policy: Policy,
  view: ClientView,
  product: ClassFacts,
  context: DecisionContext,
): DimensionResult | undefined {
  switch (code) {
    case 'risk':
      return riskDimension(policy, view, product, context.at);
    case 'term':
    case 'kind':
    case 'return':
      return statedDimension(code, policy, view, product);
    case 'value':
      return valueDimension(view, product);
    case 'channel':
      return result('channel', 'MATCH', 'CHANNEL_BY_LISTING', [], { channel: context.channel });
    case 'region':
      return regionDimension(view.client, product);
    case 'age':
      return view.age === undefined
        ? result('age', 'INCOMPLETE', 'AGE_UNKNOWN', ['client'])
        : result('age', 'MATCH', 'AGE_KNOWN', ['client'], { age: view.age });
    default:
      return undefined;
  }
}

/** Where the product may be offered: the judgement of the eligibility rule by REGION too. */
export function regionDimension(client: SuitabilityClient | null, { regions }: ClassFacts): DimensionResult {
  if (regions === undefined) return result('region', 'MATCH', 'REGION_ANY', ['product']);
  const region = client?.region;
  if (region === undefined) return result('region', 'INCOMPLETE', 'REGION_UNKNOWN', ['client']);
  return regions.includes(region)
    ? result('region', 'MATCH', 'REGION_INSIDE', ['client', 'product'], { region })
    : result('region', 'FORBIDDEN', 'REGION_OUTSIDE', ['client', 'product'], { region });
}

function riskDimension(
  { pack }: Policy,
  { client, professional, profileExpired }: ClientView,
  { rating }: ClassFacts,
  at: Date,
): DimensionResult {
  if (rating === undefined) return result('risk', 'INCOMPLETE', 'PRODUCT_UNRATED', ['product']);
  const { level } = rating;
  const ratingExpired = rating.validUntil <= at;
  if (professional) {
    if (ratingExpired) return result('risk', 'EXPIRED', 'RATING_EXPIRED', ['rating'], { level });
    const cell = pack.matrix.PROFESSIONAL[level];
    const reason =
      cell === 'MATCH'
        ? 'RISK_PROFESSIONAL'
        : cell === 'FORBIDDEN'
          ? 'RISK_FORBIDDEN'
          : 'RISK_ABOVE_CAPACITY';
    return result('risk', cell, reason, ['professional', 'rating'], { category: 'PROFESSIONAL', level });
  }
  const profile = client?.profile;
  if (profile === undefined) return result('risk', 'INCOMPLETE', missingProfile(client), ['client']);
  const row: MatrixRow = profile.lowest ? 'C1_LOWEST' : profile.category;
  const cell = pack.matrix[row][level];
  const evidence: EvidenceSource[] = ['profile', 'rating'];
  const params = { category: profile.category, level };
  // The last known lowest category protects also when profile or rating have run out.
  if (profile.lowest && cell === 'FORBIDDEN')
    return result('risk', cell, 'RISK_LOWEST_CATEGORY', evidence, params);
  if (profileExpired || ratingExpired) {
    const both = profileExpired && ratingExpired;
    const reason = both
      ? 'PROFILE_AND_RATING_EXPIRED'
      : profileExpired
        ? 'PROFILE_EXPIRED'
        : 'RATING_EXPIRED';
    return result('risk', 'EXPIRED', reason, evidence, params);
  }
  const reason =
    cell === 'MATCH' ? 'RISK_MATCH' : cell === 'FORBIDDEN' ? 'RISK_FORBIDDEN' : 'RISK_ABOVE_CAPACITY';
  return result('risk', cell, reason, evidence, params);
}

function missingProfile(client: SuitabilityClient | null): CoreReason {
  if (client === null) return 'CLIENT_UNKNOWN';
  return client.status === 'PROFESSIONAL' ? 'PROFESSIONAL_UNPROVEN' : 'PROFILE_MISSING';
}

function statedDimension(
  code: 'term' | 'kind' | 'return',
  { pack }: Policy,
  { client, professional, profileExpired }: ClientView,
  product: ClassFacts,
): DimensionResult {
  const aimed =
    code === 'term' ? product.term : code === 'kind' ? product.investmentKind : product.returnGoal;
  if (aimed === undefined) return result(code, 'INCOMPLETE', 'PRODUCT_FACT_MISSING', ['product']);
  const profile = client?.profile;
  const needless = professional && pack.professionalNeedsNoStatement.includes(code);
  const stated =
    profile === undefined || (needless && profileExpired)
      ? undefined
      : code === 'term'
        ? profile.term
        : code === 'kind'
          ? profile.investmentKinds
          : profile.returnGoal;
  if (stated === undefined) {
    if (needless) return result(code, 'MATCH', 'STATEMENT_NOT_NEEDED', ['professional']);
    const reason = profile === undefined ? missingProfile(client) : 'STATEMENT_MISSING';
    return result(code, 'INCOMPLETE', reason, ['client']);
  }
  if (profileExpired) return result(code, 'EXPIRED', 'PROFILE_EXPIRED', ['profile']);
  const mismatch = statedMismatch(code, product, stated);
  return result(
    code,
    mismatch === undefined ? 'MATCH' : 'WARN_REQUIRED',
    mismatch ?? 'STATED_MATCH',
    ['profile', 'product'],
    {
      product: aimed,
      client: typeof stated === 'string' ? stated : stated.join(' '),
    },
  );
}

/** A product may be shorter or calmer than what the client wishes, never longer or bolder. */
function statedMismatch(
  code: 'term' | 'kind' | 'return',
  product: ClassFacts,
  stated: string | readonly string[],
) {
  if (code === 'kind') return stated.includes(product.investmentKind ?? '') ? undefined : 'KIND_NOT_WISHED';
  const scale: readonly string[] = code === 'term' ? TERMS : RETURN_GOALS;
  const aimed = (code === 'term' ? product.term : product.returnGoal) ?? '';
  if (scale.indexOf(aimed) <= scale.indexOf(String(stated))) return undefined;
  return code === 'term' ? 'TERM_TOO_LONG' : 'RETURN_NOT_SOUGHT';
}

/** Value match sets price or entitlement only, so a lesser tier is no mismatch. */
function valueDimension({ client }: ClientView, { tierRankFrom }: ClassFacts): DimensionResult {
  if (tierRankFrom === undefined) return result('value', 'MATCH', 'VALUE_OPEN', ['product']);
  const rank = client?.tierRank;
  if (rank === undefined) return result('value', 'INCOMPLETE', 'VALUE_UNKNOWN', ['client']);
  return result('value', 'MATCH', rank >= tierRankFrom ? 'VALUE_ENTITLED' : 'VALUE_PAYS', [
    'client',
    'product',
  ]);
}

/** Whether the product is high-risk by this policy; unknown while it is unrated. */
export function isHighRisk({ pack }: Policy, { rating }: ClassFacts): boolean {
  return rating !== undefined && !isHigher(pack.highRiskFrom, rating.level);
}

function fullYears(bornOn: string, today: string): number {
  const years = Number(today.slice(0, 4)) - Number(bornOn.slice(0, 4));
  return today.slice(5) < bornOn.slice(5) ? years - 1 : years;
}

function result(
  code: string,
  outcome: Outcome,
  reason: CoreReason,
  evidence: readonly EvidenceSource[],
  params: DimensionResult['params'] = NONE,
): DimensionResult {
  return { code, outcome, reason, params, evidence };
}
