import type { Case } from './case.ts';
import { comparisonCases } from './comparison.ts';
import { expressionCases } from './expression.ts';
import { pipelineCases } from './pipeline.ts';
import { queryCases } from './query.ts';
import { refusedCases } from './refused.ts';
import { shapeCases } from './shape.ts';
import { updateArrayCases } from './update-array.ts';
import { updateCases } from './update.ts';

export type { Case } from './case.ts';

/** What the embedded database answers, as the MongoDB manual says; each case can be asked of any server. */
export const CASES: readonly Case[] = [
  ...comparisonCases,
  ...queryCases,
  ...shapeCases,
  ...updateCases,
  ...updateArrayCases,
  ...pipelineCases,
  ...expressionCases,
  ...refusedCases,
];

/** The cases by the page of the manual that they cite. */
export function casesByPage(): [page: string, cases: Case[]][] {
  const pages = new Map<string, Case[]>();
  for (const one of CASES) pages.set(one.manual, [...(pages.get(one.manual) ?? []), one]);
  return [...pages];
}
