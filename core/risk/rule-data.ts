import { problemsOf, readRuleFile } from '../explain/rule-data.ts';
import type { Host, RuleDataDeclaration } from '../plugin/contract.ts';
import { serviceToken } from '../plugin/service.ts';
import { ruleService } from '../rule/service.ts';
import { loadFactorModel, type FactorModel } from './factor-model.ts';
import { loadQuestionnaire } from './questionnaire.ts';

export type Nature = 'FINANCIAL' | 'SERVICE';

const MODEL_KIND: Readonly<Record<Nature, string>> = {
  FINANCIAL: 'financial-factors',
  SERVICE: 'service-factors',
};

/** The factor models and the questionnaire, as rule data that staff may change. */
export const riskRuleData: readonly RuleDataDeclaration[] = [
  ruleData(
    'financial-factors',
    { zh: '理财类产品风险因子', en: 'Risk factors of financial products' },
    loadFactorModel,
  ),
  ruleData('service-factors', { zh: '服务类产品风险因子', en: 'Risk factors of services' }, loadFactorModel),
  ruleData('questionnaire', { zh: '风险测评问卷', en: 'Risk questionnaire' }, loadQuestionnaire),
];

/** The factor models in force, checked once per version. */
export class FactorModels {
  readonly #host: Host;
  readonly #bound = new Map<Nature, { readonly data: unknown; readonly model: FactorModel }>();

  constructor(host: Host) {
    this.#host = host;
  }

  /** Financial products are rated by the guidelines' factors, services by their own. */
  of(nature: Nature): FactorModel {
    const { data } = this.#host.service(ruleService).current(MODEL_KIND[nature]);
    const known = this.#bound.get(nature);
    if (known !== undefined && known.data === data) return known.model;
    const model = loadFactorModel(data);
    this.#bound.set(nature, { data, model });
    return model;
  }
}

export const factorModels = serviceToken<FactorModels>('core', 'risk-factor-models');

function ruleData(
  kind: string,
  title: RuleDataDeclaration['title'],
  load: (data: unknown) => unknown,
): RuleDataDeclaration {
  return {
    kind,
    title,
    shipped: readRuleFile('core', 'risk', 'rules', `${kind}.json`) as RuleDataDeclaration['shipped'],
    validate: (data) => problemsOf(() => load(data)),
  };
}
