import { readRuleFile } from '../explain/rule-data.ts';
import type { Plugin, RuleDataDeclaration } from '../plugin/contract.ts';
import { validatePolicy } from './policy.ts';
import { SUITABILITY_POLICY, SuitabilityService, suitabilityService } from './service.ts';

/** What may be shown, recommended and sold to whom (适当性); the policy is rule data. */
export function suitabilityFeature(): Omit<Plugin, 'name' | 'version' | 'requires'> {
  return {
    services: [{ token: suitabilityService, create: (host) => new SuitabilityService(host) }],
    ruleData: [
      {
        kind: SUITABILITY_POLICY,
        title: { zh: '适当性政策', en: 'Suitability policy' },
        shipped: readRuleFile(
          'core',
          'suitability',
          'policies',
          'csrc-order-130.json',
        ) as RuleDataDeclaration['shipped'],
        validate: (data) => validatePolicy(data),
      },
    ],
  };
}
