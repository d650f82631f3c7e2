import { coreDimension, isHighRisk, regionDimension, viewOf } from './dimensions.ts';
import type { ClassFacts, ClientView, DimensionResult, EvidenceSource } from './dimensions.ts';
import { OUTCOMES, worse } from './facts.ts';
import type {
  DecisionContext,
  JsonFacts,
  Outcome,
  SuitabilityClient,
  SuitabilityDimension,
  SuitabilityProduct,
} from './facts.ts';
import type { Duty, Policy } from './policy.ts';

export type EligibilityReason =
  | 'eligibility.VERIFIED'
  | 'eligibility.FAILED'
  | 'eligibility.UNVERIFIED'
  | 'eligibility.EVIDENCE_EXPIRED'
  | 'eligibility.UNKNOWN_RULE';

export interface EligibilityResult {
  readonly code: string;
  readonly outcome: Outcome;
  readonly reason: EligibilityReason;
}

/** May this product be recommended or sold to this client, and under which conditions. */
export interface Decision {
  /** The worst of the dimensions required and of eligibility. */
  readonly outcome: Outcome;
  /** Every required dimension, also beside a worse one. */
  readonly dimensions: readonly DimensionResult[];
  readonly eligibility: readonly EligibilityResult[];
  /** What must be done although the outcome allows the sale; nothing where it is FORBIDDEN. */
  readonly duties: readonly Duty[];
  /** False: must not appear to this client at all, not even in a count. */
  readonly visible: boolean;
  /** Only a MATCH may be recommended or pushed. */
  readonly recommendable: boolean;
  readonly policyVersion: string;
  readonly evidenceIds: readonly string[];
}

/** What one class of products shares: all that a decision may look at. */
export interface SuitabilityClass {
  readonly key: string;
  readonly facts: ClassFacts;
  /** What the required dimensions of plugins know of the product, by code. */
  readonly projections: Readonly<Record<string, JsonFacts>>;
}

/** Decides one product for one client; `null` is a visitor of whom nothing is known. */
export function decide(
  policy: Policy,
  client: SuitabilityClient | null,
  product: SuitabilityProduct,
  context: DecisionContext,
): Decision {
  const decision = decideClass(policy, viewOf(client, context.at), classOf(policy, product), context);
  return decisionFor(decision, product);
}

/** Decides each class once for a client: the whole catalogue in one pass, in the order of `classes`. */
export function decideClasses(
  policy: Policy,
  client: SuitabilityClient | null,
  classes: readonly SuitabilityClass[],
  context: DecisionContext,
): Decision[] {
  const view = viewOf(client, context.at);
  return classes.map((one) => decideClass(policy, view, one, context));
}

/** Bit of `scanClasses` that says visible; the lower three bits are an index of `OUTCOMES`. */
export const VISIBLE_BIT = 8;

/**
 * Only outcome and visibility of each class, for counts, facets and choosing a page: `OUTCOMES[code & 7]`, and
 * `code & VISIBLE_BIT`. A class is recommendable when its code is exactly `VISIBLE_BIT` (a visible MATCH). What
 * `decideClasses` answers, for a fraction of the cost; take whole decisions for the classes that are shown.
 */
export function scanClasses(
  policy: Policy,
  client: SuitabilityClient | null,
  classes: readonly SuitabilityClass[],
  context: DecisionContext,
): Uint8Array {
  const view = viewOf(client, context.at);
  const codes = new Uint8Array(classes.length);
  for (let index = 0; index < classes.length; index += 1) {
    const one = classes[index]!;
    const { facts } = one;
    let worst = 0;
    for (const code of facts.dimensions ?? []) {
      worst = Math.max(worst, OUTCOMES.indexOf(judge(code, policy, view, one, context).outcome));
    }
    let eligible = true;
    if (facts.needs.length > 0 || facts.regions !== undefined) {
      for (const { outcome } of eligibilityOf(policy, client, facts, context.at)) {
        worst = Math.max(worst, OUTCOMES.indexOf(outcome));
        eligible &&= outcome === 'MATCH';
      }
    }
    codes[index] = worst | (eligible || !facts.nonPublic ? VISIBLE_BIT : 0);
  }
  return codes;
}

/** The decision of a class for one of its products: the same with the evidence of this product's own rating. */
export function decisionFor(ofClass: Decision, product: SuitabilityProduct): Decision {
  const { rating } = product;
  if (rating === undefined) return ofClass;
  return { ...ofClass, evidenceIds: [...ofClass.evidenceIds, rating.id] };
}

/** Equal for products that every client is answered alike for; it holds no time, so it lasts as long as the facts. */
export function suitabilityClassKey(policy: Policy, product: SuitabilityProduct): string {
  return classOf(policy, product).key;
}

/** Groups products into classes; `classIndex[i]` is the class of `products[i]`. */
export function groupIntoClasses(
  policy: Policy,
  products: readonly SuitabilityProduct[],
): { readonly classes: readonly SuitabilityClass[]; readonly classIndex: Uint32Array } {
  const classes: SuitabilityClass[] = [];
  const indexByKey = new Map<string, number>();
  const classIndex = new Uint32Array(products.length);
  for (const [position, product] of products.entries()) {
    const one = classOf(policy, product);
    let index = indexByKey.get(one.key);
    if (index === undefined) {
      index = classes.push(one) - 1;
      indexByKey.set(one.key, index);
    }
    classIndex[position] = index;
  }
  return { classes, classIndex };
}

/** Dimensions that bind this product: its kind's, else the policy's; and risk for all that is financial or rated. */
export function requiredDimensions(policy: Policy, product: SuitabilityProduct): readonly string[] {
  const stated = product.dimensions ?? policy.pack.dimensions[product.nature];
  const needsRisk = product.nature === 'FINANCIAL' || product.rating !== undefined;
  return needsRisk && !stated.includes('risk') ? ['risk', ...stated] : stated;
}

function classOf(policy: Policy, product: SuitabilityProduct): SuitabilityClass {
  const { id: _id, kind: _kind, facts: _facts, rating, needs, ...rest } = product;
  const dimensions = requiredDimensions(policy, product);
  const all = product.nonPublic ? [...needs, ...policy.pack.nonPublicNeeds] : needs;
  const facts: ClassFacts = {
    ...rest,
    dimensions,
    needs: [...new Set(all)].sort(),
    ...(rating === undefined ? {} : { rating: { level: rating.level, validUntil: rating.validUntil } }),
  };
  const projections: Record<string, JsonFacts> = {};
  for (const code of dimensions) {
    const added = policy.extra.get(code);
    if (added !== undefined) projections[code] = projected(added, product);
  }
  const { nature, term, investmentKind, returnGoal, nonPublic, regions, tierRankFrom } = facts;
  const key = JSON.stringify([
    nature,
    facts.rating?.level ?? null,
    facts.rating?.validUntil.getTime() ?? null,
    dimensions,
    [term ?? null, investmentKind ?? null, returnGoal ?? null, tierRankFrom ?? null],
    nonPublic,
    facts.needs,
    regions ?? null,
    projections,
  ]);
  return { key, facts, projections };
}

function projected(dimension: SuitabilityDimension, product: SuitabilityProduct): JsonFacts {
  const entries = Object.entries(dimension.project(product));
  return Object.fromEntries(entries.sort(([a], [b]) => (a < b ? -1 : 1)));
}

function decideClass(
  policy: Policy,
  view: ClientView,
  one: SuitabilityClass,
  context: DecisionContext,
): Decision {
  const { facts } = one;
  let outcome: Outcome = 'MATCH';
  const dimensions = (facts.dimensions ?? []).map((code) => {
    const judged = judge(code, policy, view, one, context);
    outcome = worse(outcome, judged.outcome);
    return judged;
  });
  let eligible = true;
  const eligibility = eligibilityOf(policy, view.client, facts, context.at);
  for (const judged of eligibility) {
    outcome = worse(outcome, judged.outcome);
    eligible &&= judged.outcome === 'MATCH';
  }
  const visible = eligible || !facts.nonPublic;
  return {
    outcome,
    dimensions,
    eligibility,
    duties: dutiesOf(policy, view, facts, outcome, context.channel),
    visible,
    recommendable: visible && outcome === 'MATCH',
    policyVersion: policy.version,
    evidenceIds: clientEvidence(view, facts, dimensions),
  };
}

function judge(
  code: string,
  policy: Policy,
  view: ClientView,
  one: SuitabilityClass,
  context: DecisionContext,
): DimensionResult {
  return (
    coreDimension(code, policy, view, one.facts, context) ?? addedDimension(code, policy, view, one, context)
  );
}

function addedDimension(
  code: string,
  policy: Policy,
  { client }: ClientView,
  one: SuitabilityClass,
  { at, channel }: DecisionContext,
): DimensionResult {
  const added = policy.extra.get(code);
  const product = one.projections[code];
  if (added === undefined || product === undefined) {
    return {
      code,
      outcome: 'INCOMPLETE',
      reason: 'DIMENSION_UNKNOWN',
      params: { dimension: code },
      evidence: [],
    };
  }
  // One plugin's fault must not take a whole list down, and must never read as a match.
  try {
    const { outcome, reason } = added.assess(
      { client, product, at, channel },
      policy.pack.params?.[code] ?? {},
    );
    if (!OUTCOMES.includes(outcome)) throw new Error(`answered "${String(outcome)}", which is no outcome`);
    return { code, outcome, reason, params: {}, evidence: ['client', 'product'] };
  } catch (error) {
    const params = { dimension: code, error: error instanceof Error ? error.message : String(error) };
    return { code, outcome: 'INCOMPLETE', reason: 'DIMENSION_FAILED', params, evidence: [] };
  }
}

function eligibilityOf(
  policy: Policy,
  client: SuitabilityClient | null,
  facts: ClassFacts,
  at: Date,
): EligibilityResult[] {
  const results = facts.needs.map((code) => needOf(policy, code, client, facts, at));
  if (facts.regions !== undefined && !facts.needs.includes(policy.regionCode)) {
    results.push(regionNeed(policy.regionCode, client, facts));
  }
  return results;
}

function needOf(
  policy: Policy,
  code: string,
  client: SuitabilityClient | null,
  facts: ClassFacts,
  at: Date,
): EligibilityResult {
  const rule = policy.eligibilityBy.get(code);
  if (rule === undefined) return { code, outcome: 'INCOMPLETE', reason: 'eligibility.UNKNOWN_RULE' };
  if (rule.by === 'REGION') return regionNeed(code, client, facts);
  const known = client?.eligibility[code];
  if (known === undefined || known.state === 'UNVERIFIED') {
    return { code, outcome: 'INCOMPLETE', reason: 'eligibility.UNVERIFIED' };
  }
  if (known.state === 'FAILED') return { code, outcome: 'FORBIDDEN', reason: 'eligibility.FAILED' };
  // A verification that has run out is none: it is unverified, not a lesser match.
  return known.validUntil !== undefined && known.validUntil <= at
    ? { code, outcome: 'INCOMPLETE', reason: 'eligibility.EVIDENCE_EXPIRED' }
    : { code, outcome: 'MATCH', reason: 'eligibility.VERIFIED' };
}

function regionNeed(code: string, client: SuitabilityClient | null, facts: ClassFacts): EligibilityResult {
  const { outcome } = regionDimension(client, facts);
  if (outcome === 'MATCH') return { code, outcome, reason: 'eligibility.VERIFIED' };
  return { code, outcome, reason: outcome === 'FORBIDDEN' ? 'eligibility.FAILED' : 'eligibility.UNVERIFIED' };
}

function dutiesOf(
  policy: Policy,
  view: ClientView,
  facts: ClassFacts,
  outcome: Outcome,
  channel: string,
): Duty[] {
  if (outcome === 'FORBIDDEN') return [];
  const highRisk = isHighRisk(policy, facts);
  const status = view.professional ? 'PROFESSIONAL' : 'ORDINARY';
  const duties: Duty[] = [];
  for (const { when, duty } of policy.duties) {
    if (when.client !== undefined && when.client !== status) continue;
    if (when.nature !== undefined && when.nature !== facts.nature) continue;
    if (when.outcomes !== undefined && !when.outcomes.includes(outcome)) continue;
    if (when.highRisk && !highRisk) continue;
    if (when.nonPublic && !facts.nonPublic) continue;
    if (when.channels !== undefined && !when.channels.includes(channel)) continue;
    if (when.ageFrom !== undefined && (view.age === undefined || view.age < when.ageFrom)) continue;
    duties.push(duty);
  }
  return duties;
}

function clientEvidence(
  { client }: ClientView,
  facts: ClassFacts,
  dimensions: readonly DimensionResult[],
): string[] {
  if (client === null) return [];
  const uses = (source: EvidenceSource) => dimensions.some((one) => one.evidence.includes(source));
  const ids: string[] = [];
  if (client.professional && uses('professional')) ids.push(client.professional.evidenceId);
  if (client.profile && uses('profile')) ids.push(client.profile.id);
  for (const code of facts.needs) {
    const id = client.eligibility[code]?.evidenceId;
    if (id !== undefined) ids.push(id);
  }
  return ids;
}
