import { RuleDataError, readRuleFile } from '../../core/explain/rule-data.ts';
import type { Host, RuleDataDeclaration } from '../../core/plugin/contract.ts';
import { factorModelFor } from '../../core/risk/derive.ts';
import { loadTypeTable, type TypeTable } from '../../core/risk/type-table.ts';
import { ruleService } from '../../core/rule/service.ts';

const FUND_TYPES = 'fund-types';

/** What a fund's type says of its risk, as rule data that staff may change. */
export const fundTypes: RuleDataDeclaration = {
  kind: FUND_TYPES,
  title: { zh: '基金类型风险对照表', en: 'Risk by fund type' },
  shipped: readRuleFile('plugins', 'fund-pool', 'rules', 'fund-types.json') as RuleDataDeclaration['shipped'],
  validate: (data) => {
    try {
      bind(data);
      return [];
    } catch (error) {
      if (error instanceof RuleDataError) return error.problems;
      throw error;
    }
  },
};

/** The table in force. */
export function fundTypeTable(host: Host): TypeTable {
  return bind(host.service(ruleService).current(FUND_TYPES).data);
}

function bind(data: unknown): TypeTable {
  return loadTypeTable(data, factorModelFor('FINANCIAL'));
}
