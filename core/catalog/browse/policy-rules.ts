import type { DecisionClient } from '../../customer/decision-client.ts';
import { decide, suitabilityClassKey, type Decision } from '../../suitability/decide.ts';
import { dimensionLine, eligibilityLine, explainOutcomeText, sayReason } from '../../suitability/explain.ts';
import type { EligibilityState, SuitabilityClient, SuitabilityProduct } from '../../suitability/facts.ts';
import type { Policy } from '../../suitability/policy.ts';
import { addDays, businessDate, startOfBusinessDate } from '../../time/business-day.ts';
import type { ExplainLine } from '../../explain/line.ts';
import type { LocalizedText } from '../../plugin/contract.ts';
import { contentOf } from '../snapshot/product-rows.ts';
import { suitabilityAttributes } from '../suitability-product.ts';
import type { SuitabilityRules, Verdict } from './suitability.ts';

/** Distinct verdicts that are remembered with their words. */
const VERDICTS_MAX = 20_000;
const LONG_AGO = new Date(0);
const FAR_AHEAD = new Date(8.64e15);

/** How lists decide by the suitability policy in force; the policy may change while lists are served. */
export function policyRules(
  policyInForce: () => Policy,
): SuitabilityRules<DecisionClient, SuitabilityProduct> {
  const verdicts = new Map<string, Verdict>();
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
                // Past or not is all that counts, so that products rated on different days share a class.
                validUntil: standing.ratingExpired ? LONG_AGO : FAR_AHEAD,
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
      return {
        verdict: sharedVerdict(verdicts, decision, policy),
        evidenceIds: decision.evidenceIds.filter((id) => id !== product.rating?.id),
        eligible: decision.visible,
      };
    },
    explain: (client, product, context) => {
      const policy = policyInForce();
      const decision = decide(policy, client, product, context);
      const en = explainOutcomeText(decision, policy, 'en');
      return explainOutcomeText(decision, policy, 'zh').map((zh, line) => ({ zh, en: en[line]! }));
    },
    sameClient,
    changesAt: nextChange,
  };
}

/** Equal decisions as one verdict, put into words once however many clients are told it. */
function sharedVerdict(verdicts: Map<string, Verdict>, decision: Decision, policy: Policy): Verdict {
  const { outcome, dimensions, eligibility, duties, recommendable, policyVersion } = decision;
  const key = JSON.stringify([policyVersion, outcome, dimensions, eligibility, duties, recommendable]);
  const known = verdicts.get(key);
  if (known) return known;
  if (verdicts.size >= VERDICTS_MAX) verdicts.clear();
  const verdict = toVerdict(decision, policy);
  verdicts.set(key, verdict);
  return verdict;
}

function toVerdict(decision: Decision, policy: Policy): Verdict {
  const inWords = (line: ExplainLine): LocalizedText => ({
    zh: sayReason(line, policy, 'zh'),
    en: sayReason(line, policy, 'en'),
  });
  return {
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
