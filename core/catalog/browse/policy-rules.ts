import type { DecisionClient } from '../../customer/decision-client.ts';
import { decide, suitabilityClassKey, type Decision } from '../../suitability/decide.ts';
import { dimensionLine, eligibilityLine, sayReason } from '../../suitability/explain.ts';
import type { EligibilityState, SuitabilityClient, SuitabilityProduct } from '../../suitability/facts.ts';
import type { Policy } from '../../suitability/policy.ts';
import { addDays, businessDate, startOfBusinessDate } from '../../time/business-day.ts';
import type { ExplainLine } from '../../explain/line.ts';
import type { LocalizedText } from '../../plugin/contract.ts';
import { contentOf } from '../snapshot/product-rows.ts';
import type { ClassDecision, SuitabilityRules } from './suitability.ts';

/** How lists decide by the suitability policy in force; the policy may change while lists are served. */
export function policyRules(
  policyInForce: () => Policy,
): SuitabilityRules<DecisionClient, SuitabilityProduct> {
  return {
    classify: (rows, standing, kind) => {
      const policy = policyInForce();
      const attributes = standing.version ? contentOf(standing.version).attributes : {};
      const { nature, publicOffer, suitabilityDimensions: dimensions } = kind.record;
      const facts: SuitabilityProduct = {
        id: rows.product._id,
        kind: rows.product.kind,
        nature,
        nonPublic: !publicOffer,
        ...suitabilityAttributes(attributes),
        ...(dimensions ? { dimensions } : {}),
        ...(standing.rating
          ? {
              rating: {
                id: standing.rating._id,
                level: standing.rating.level,
                validUntil: standing.rating.validUntil,
              },
            }
          : {}),
      };
      // Decisions are kept as long as a class lasts, so another policy or an expired rating makes another class.
      return {
        key: `${policy.version} ${standing.ratingExpired} ${suitabilityClassKey(policy, facts)}`,
        facts,
      };
    },
    isPublic: ({ nonPublic }) => !nonPublic,
    decide: (client, product, context) => {
      const policy = policyInForce();
      // Without its own id: the rating is each product's evidence, and this decision is of its whole class.
      const decision = decide(policy, client, product, context);
      return toClassDecision(decision, policy, product.rating?.id);
    },
    sameClient,
    changesAt: nextChange,
  };
}

/** Attributes with these names mean the same to suitability in every kind. */
function suitabilityAttributes(
  attributes: Readonly<Record<string, unknown>>,
): Pick<SuitabilityProduct, 'term' | 'investmentKind' | 'returnGoal' | 'needs' | 'regions' | 'tierRankFrom'> {
  const { term, investmentKind, returnGoal, eligibilityNeeds, regions, tierRankFrom } =
    attributes as Partial<SuitabilityProduct> & {
      eligibilityNeeds?: readonly string[];
    };
  return {
    needs: eligibilityNeeds ?? [],
    ...(term === undefined ? {} : { term }),
    ...(investmentKind === undefined ? {} : { investmentKind }),
    ...(returnGoal === undefined ? {} : { returnGoal }),
    ...(regions === undefined ? {} : { regions }),
    ...(tierRankFrom === undefined ? {} : { tierRankFrom }),
  };
}

function toClassDecision(decision: Decision, policy: Policy, ratingId: string | undefined): ClassDecision {
  const inWords = (line: ExplainLine): LocalizedText => ({
    zh: sayReason(line, policy, 'zh'),
    en: sayReason(line, policy, 'en'),
  });
  return {
    verdict: {
      outcome: decision.outcome,
      recommendable: decision.recommendable,
      reasons: [
        ...decision.dimensions.map((one) => ({
          dimension: one.code,
          outcome: one.outcome,
          code: one.reason,
          text: inWords(dimensionLine(one)),
        })),
        ...decision.eligibility.map((one) => ({
          dimension: 'eligibility',
          outcome: one.outcome,
          code: one.reason,
          text: inWords(eligibilityLine(one)),
        })),
      ],
      duties: decision.duties.map(({ code, due }) => ({
        code,
        due,
        text: policy.pack.duties.find((duty) => duty.code === code)!.text,
      })),
      policyVersion: decision.policyVersion,
    },
    evidenceIds: decision.evidenceIds.filter((id) => id !== ratingId),
    eligible: decision.visible,
  };
}

/** Facts are read anew for each request: equal ones must be known as equal in about a microsecond. */
function sameClient(a: DecisionClient, b: DecisionClient): boolean {
  return (
    a.id === b.id &&
    a.tier === b.tier &&
    a.tierRank === b.tierRank &&
    a.region === b.region &&
    a.bornOn === b.bornOn &&
    a.status === b.status &&
    a.professional?.evidenceId === b.professional?.evidenceId &&
    instantOf(a.professional?.validUntil) === instantOf(b.professional?.validUntil) &&
    sameProfile(a.profile, b.profile) &&
    sameEligibility(a.eligibility, b.eligibility) &&
    a.clubs.length === b.clubs.length &&
    a.clubs.every(
      (club, index) => club.code === b.clubs[index]!.code && club.rank === b.clubs[index]!.rank,
    ) &&
    sameFacts(a.facts, b.facts)
  );
}

function sameProfile(a: SuitabilityClient['profile'], b: SuitabilityClient['profile']): boolean {
  if (a === undefined || b === undefined) return a === b;
  return (
    a.id === b.id &&
    a.category === b.category &&
    a.lowest === b.lowest &&
    a.validUntil.getTime() === b.validUntil.getTime() &&
    a.term === b.term &&
    a.returnGoal === b.returnGoal &&
    (a.investmentKinds === b.investmentKinds || String(a.investmentKinds) === String(b.investmentKinds))
  );
}

function sameEligibility(
  a: Readonly<Record<string, EligibilityState>>,
  b: Readonly<Record<string, EligibilityState>>,
): boolean {
  const codes = Object.keys(a);
  return (
    codes.length === Object.keys(b).length &&
    codes.every((code) => {
      const one = a[code]!;
      const other = b[code];
      return (
        other !== undefined &&
        one.state === other.state &&
        one.evidenceId === other.evidenceId &&
        instantOf(one.validUntil) === instantOf(other.validUntil)
      );
    })
  );
}

function sameFacts(a: Readonly<Record<string, unknown>>, b: Readonly<Record<string, unknown>>): boolean {
  const names = Object.keys(a);
  return names.length === Object.keys(b).length && names.every((name) => Object.is(a[name], b[name]));
}

/** The next end of an evidence, or the next midnight in Shanghai, at which an age may change. */
function nextChange({ profile, professional, eligibility, bornOn }: DecisionClient, at: Date): number {
  const ends = [
    profile?.validUntil,
    professional?.validUntil,
    ...Object.values(eligibility).map(({ validUntil }) => validUntil),
  ];
  const midnight =
    bornOn === undefined ? Infinity : startOfBusinessDate(businessDate(addDays(at, 1))).getTime();
  return Math.min(
    midnight,
    ...ends.map((end) => (end === undefined || end <= at ? Infinity : end.getTime())),
  );
}

function instantOf(date: Date | undefined): number | undefined {
  return date?.getTime();
}
