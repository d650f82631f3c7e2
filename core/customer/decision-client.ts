import type { PriceClient } from '../pricing/scopes.ts';
import type { EligibilityState, SuitabilityClient } from '../suitability/facts.ts';
import type { CustomerFacts } from './facts.ts';

/** A client as pricing and suitability see them. */
export interface DecisionClient extends SuitabilityClient, PriceClient {
  readonly customerNo: string;
  /** For scopes and dimensions that plugins add. */
  readonly facts: Readonly<Record<string, unknown>>;
}

/** What decisions need of a client's facts; an end that has passed is theirs to notice, at the instant they decide for. */
export function decisionClient(facts: CustomerFacts): DecisionClient {
  const { riskProfile: profile, professional, preferences } = facts;
  return {
    id: facts.id,
    customerNo: facts.customerNo,
    tier: facts.tier,
    tierRank: facts.tierRank,
    clubs: facts.clubs,
    region: facts.region,
    status: professional === undefined ? 'ORDINARY' : 'PROFESSIONAL',
    ...(professional === undefined
      ? {}
      : { professional: { evidenceId: professional.evidenceId, validUntil: professional.until } }),
    ...(profile === undefined
      ? {}
      : {
          profile: {
            id: profile.id,
            category: profile.level,
            lowest: profile.lowestCategory,
            validUntil: profile.validUntil,
            ...preferences,
          },
        }),
    eligibility: eligibilityOf(facts),
    ...(facts.bornOn === undefined ? {} : { bornOn: facts.bornOn }),
    facts: { core: facts.core, stage: facts.stage, personalisation: facts.personalisation },
  };
}

/** A permission that was opened is verified; whatever is not on record is unverified, not failed. */
function eligibilityOf({ eligibility, permissions }: CustomerFacts): Record<string, EligibilityState> {
  const states: Record<string, EligibilityState> = {};
  for (const [code, { until, evidenceId }] of Object.entries(eligibility))
    states[code] = { state: 'VERIFIED', validUntil: until, evidenceId };
  for (const code of permissions) states[`permission.${code}`] = { state: 'VERIFIED' };
  return states;
}
