import { sayLine } from '../explain/line.ts';
import type { ExplainLine, Language, Messages } from '../explain/line.ts';
import type { Decision, EligibilityResult } from './decide.ts';
import type { DimensionResult } from './dimensions.ts';
import { SUITABILITY_MESSAGES_EN } from './messages.en.ts';
import { SUITABILITY_MESSAGES_ZH } from './messages.zh.ts';
import { CORE_DIMENSIONS } from './policy.ts';
import type { Policy } from './policy.ts';

export const SUITABILITY_MESSAGES: Readonly<Record<Language, Messages>> = {
  en: SUITABILITY_MESSAGES_EN,
  zh: SUITABILITY_MESSAGES_ZH,
};

/** Why the outcome is what it is: outcome, each dimension, each condition, each duty, and what it does not say. */
export function explainOutcome(decision: Decision): ExplainLine[] {
  return [
    { key: `suitability.outcome.${decision.outcome}`, params: { policy: decision.policyVersion } },
    ...(decision.visible ? [] : [{ key: 'suitability.invisible', params: {} }]),
    ...decision.dimensions.map(dimensionLine),
    ...decision.eligibility.map(eligibilityLine),
    ...decision.duties.map(({ code, due }) => ({ key: `suitability.duty.${due}`, params: { duty: code } })),
    { key: 'suitability.disclaimer', params: {} },
  ];
}

/** The explanation in words, one text a line; duties and conditions by their titles in the policy. */
export function explainOutcomeText(decision: Decision, policy: Policy, language: Language): string[] {
  return explainOutcome(decision).map((line) => sayReason(line, policy, language));
}

/** One line in words. */
export function sayReason({ key, params }: ExplainLine, policy: Policy, language: Language): string {
  const messages = SUITABILITY_MESSAGES[language];
  const { duties, eligibility } = policy.pack;
  const words = { ...params };
  const dimension = messages[`suitability.dimension.${words['dimension']}`];
  const duty = duties.find((one) => one.code === words['duty'])?.text[language];
  const condition = eligibility.find((one) => one.code === words['code'])?.title[language];
  if (dimension !== undefined) words['dimension'] = dimension;
  if (duty !== undefined) words['duty'] = duty;
  if (condition !== undefined) words['code'] = condition;
  return sayLine({ key, params: words }, messages);
}

export function eligibilityLine({ code, reason }: EligibilityResult): ExplainLine {
  return { key: `suitability.${reason}`, params: { code } };
}

export function dimensionLine({ code, reason, params }: DimensionResult): ExplainLine {
  const own: readonly string[] = CORE_DIMENSIONS;
  // A plugin words its own reasons; it may use a name that core uses too.
  return own.includes(code) || reason === 'DIMENSION_UNKNOWN' || reason === 'DIMENSION_FAILED'
    ? { key: `suitability.reason.${reason}`, params: { dimension: code, ...params } }
    : { key: 'suitability.reason.added', params: { dimension: code, reason } };
}
