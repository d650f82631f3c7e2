import { problemsOf, readRuleFile } from '../explain/rule-data.ts';
import type { Feature } from '../features.ts';
import type { Host, OccurrenceDeclaration, RuleDataDeclaration } from '../plugin/contract.ts';
import { ruleService } from '../rule/service.ts';
import { loadEarningRules } from './check.ts';
import { loadIncentivePolicy, type IncentivePolicy } from './policy.ts';
import type { EarningRules } from './rule.ts';

export const INCENTIVE_POLICY = 'incentive-policy';
export const EARNING_RULES = 'earning-rules';

/** Rules by which clients earn points, as data that is checked here and read by whoever keeps points. */
export function earningFeature(): Feature {
  return {
    ruleData: [
      {
        kind: INCENTIVE_POLICY,
        title: { zh: '激励合规政策', en: 'Incentive policy' },
        shipped: readRuleFile(
          'core',
          'earning',
          'rules',
          'incentive-policy.json',
        ) as RuleDataDeclaration['shipped'],
        validate: (data) => problemsOf(() => loadIncentivePolicy(data)),
      },
      {
        kind: EARNING_RULES,
        title: { zh: '积分生成规则', en: 'Earning rules' },
        // No house earns by a rule that it did not approve.
        shipped: { id: 'earning-rules', version: 1, rules: [], boosts: [] } as RuleDataDeclaration['shipped'],
        validate: (data, host) => problemsOf(() => checkedRules(data, host)),
      },
    ],
  };
}

/** The incentive policy in force in this process. */
export function incentivePolicy(host: Host): IncentivePolicy {
  return loadIncentivePolicy(host.service(ruleService).current(INCENTIVE_POLICY).data);
}

/** @throws RuleDataError */
export function checkedRules(data: unknown, host: Host): EarningRules {
  return loadEarningRules(data, { occurrences: declaredOccurrences(host), policy: incentivePolicy(host) });
}

/** Every declared event that rules may speak of, by name. */
export function declaredOccurrences(host: Host): ReadonlyMap<string, OccurrenceDeclaration> {
  return new Map(
    host
      .declared('events')
      .flatMap(({ name, occurrence }) => (occurrence ? [[name, occurrence] as const] : [])),
  );
}
