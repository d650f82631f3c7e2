import { PlatformError } from '../../core/errors.ts';
import { RuleDataError, problemsOf, readRuleFile } from '../../core/explain/rule-data.ts';
import type { Host, RuleDataDeclaration } from '../../core/plugin/contract.ts';
import type { FactorModel } from '../../core/risk/factor-model.ts';
import { factorModels } from '../../core/risk/rule-data.ts';
import { loadTypeTable, type TypeTable } from '../../core/risk/type-table.ts';
import { ruleService } from '../../core/rule/service.ts';

const FUND_TYPES = 'fund-types';

/** What a fund's type says of its risk, as rule data that staff may change. */
export const fundTypes: RuleDataDeclaration = {
  kind: FUND_TYPES,
  title: { zh: '基金类型风险对照表', en: 'Risk by fund type' },
  shipped: readRuleFile('plugins', 'fund-pool', 'rules', 'fund-types.json') as RuleDataDeclaration['shipped'],
  validate: (data, host) => problemsOf(() => loadTypeTable(data, host.service(factorModels).of('FINANCIAL'))),
};

/** What rates a fund by its type. */
export interface FundRules {
  readonly typeTable: TypeTable;
  readonly model: FactorModel;
}

/**
 * The table and the factor model in force.
 * @throws RULE_DATA_OUTDATED where the table was made for another version of the model
 */
export function fundRules(host: Host): FundRules {
  const model = host.service(factorModels).of('FINANCIAL');
  const { version, data } = host.service(ruleService).current(FUND_TYPES);
  try {
    return { model, typeTable: loadTypeTable(data, model) };
  } catch (error) {
    if (!(error instanceof RuleDataError)) throw error;
    throw new PlatformError(
      'RULE_DATA_OUTDATED',
      `The table ${version} of fund types does not fit the factor model in force. Propose one that does (proposeRule). ${error.message}`,
      { status: 409, cause: error },
    );
  }
}
