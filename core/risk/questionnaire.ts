import { z } from 'zod';
import { RuleDataError, schemaProblems } from '../explain/rule-data.ts';
import type { RuleProblem } from '../explain/rule-data.ts';
import { RISK_CATEGORIES } from './levels.ts';
import type { RiskCategory } from './levels.ts';

/** How long money can stay invested: up to 1 year, up to 5 years, longer. */
export const TERMS = ['SHORT', 'MEDIUM', 'LONG'] as const;
export type Term = (typeof TERMS)[number];

/** What a client hopes to earn, and what a product aims at. */
export const RETURN_GOALS = ['PRESERVE', 'STEADY', 'GROWTH', 'AGGRESSIVE'] as const;
export type ReturnGoal = (typeof RETURN_GOALS)[number];

export interface QuestionOption {
  readonly key: string;
  readonly text: { readonly zh: string; readonly en?: string };
  readonly score: number;
  /** This answer alone makes the client of the lowest category, whatever the score. */
  readonly knockOut?: boolean;
  /** What the answer says about the client's wishes. */
  readonly states?: {
    readonly term?: Term;
    readonly investmentKinds?: readonly string[];
    readonly returnGoal?: ReturnGoal;
  };
}

export interface Question {
  readonly id: string;
  readonly text: { readonly zh: string; readonly en?: string };
  /** Several options may be chosen; the highest of them counts. */
  readonly multiple: boolean;
  readonly options: readonly QuestionOption[];
}

/** A risk questionnaire (风险测评问卷) as versioned data. */
export interface Questionnaire {
  readonly id: string;
  readonly version: number;
  readonly source: readonly string[];
  readonly questions: readonly Question[];
  /** Rising; a score of at least `from` (and below the next) is of this category. */
  readonly bands: readonly { readonly category: RiskCategory; readonly from: number }[];
  readonly validityMonths: number;
}

const text = z.strictObject({ zh: z.string().min(1), en: z.string().min(1).optional() });
const questionnaireSchema = z.strictObject({
  id: z.string().min(1),
  version: z.int().min(1),
  source: z.array(z.string().min(1)).min(1),
  questions: z
    .array(
      z.strictObject({
        id: z.string().min(1),
        text,
        multiple: z.boolean(),
        options: z
          .array(
            z.strictObject({
              key: z.string().min(1),
              text,
              score: z.int().min(0).max(100),
              knockOut: z.boolean().optional(),
              states: z
                .strictObject({
                  term: z.enum(TERMS).optional(),
                  investmentKinds: z.array(z.string().min(1)).min(1).optional(),
                  returnGoal: z.enum(RETURN_GOALS).optional(),
                })
                .optional(),
            }),
          )
          .min(2),
      }),
    )
    .min(1),
  bands: z.array(z.strictObject({ category: z.enum(RISK_CATEGORIES), from: z.int().min(0) })),
  validityMonths: z.int().min(1).max(60),
});

/** Checks a questionnaire from outside. Throws `RuleDataError` naming every problem. */
export function loadQuestionnaire(input: unknown): Questionnaire {
  const parsed = questionnaireSchema.safeParse(input);
  if (!parsed.success) throw new RuleDataError('Questionnaire', schemaProblems(parsed.error));
  const questionnaire = parsed.data as Questionnaire;
  const problems = questionnaireProblems(questionnaire);
  if (problems.length > 0) {
    throw new RuleDataError(`Questionnaire ${questionnaire.id}@${questionnaire.version}`, problems);
  }
  return questionnaire;
}

/** The least and greatest score that answers can reach. */
export function scoreRange(questionnaire: Questionnaire): { readonly min: number; readonly max: number } {
  let min = 0;
  let max = 0;
  for (const { options } of questionnaire.questions) {
    const scores = options.map((option) => option.score);
    min += Math.min(...scores);
    max += Math.max(...scores);
  }
  return { min, max };
}

function questionnaireProblems(questionnaire: Questionnaire): RuleProblem[] {
  const problems: RuleProblem[] = [];
  const { bands } = questionnaire;
  if (bands.length !== RISK_CATEGORIES.length) {
    problems.push({ path: 'bands', message: `needs one band for each of ${RISK_CATEGORIES.join(', ')}` });
  }
  if (bands[0]?.from !== 0) problems.push({ path: 'bands.0.from', message: 'the first band starts at 0' });
  for (const [index, band] of bands.entries()) {
    const path = `bands.${index}`;
    const previous = bands[index - 1]?.from;
    if (band.category !== RISK_CATEGORIES[index]) {
      problems.push({ path, message: `must be of category ${RISK_CATEGORIES[index]}` });
    }
    if (previous !== undefined && band.from <= previous) {
      problems.push({ path: `${path}.from`, message: `must be greater than ${previous} of the band before` });
    }
  }
  const { max } = scoreRange(questionnaire);
  const last = bands.at(-1);
  if (last !== undefined && last.from > max) {
    problems.push({
      path: `bands.${bands.length - 1}.from`,
      message: `no answers reach ${last.from}, the most is ${max}`,
    });
  }
  problems.push(
    ...repeated(
      'questions',
      questionnaire.questions.map((question) => question.id),
    ),
  );
  for (const { id, options } of questionnaire.questions) {
    problems.push(
      ...repeated(
        `questions.${id}.options`,
        options.map((option) => option.key),
      ),
    );
  }
  return problems;
}

function repeated(path: string, keys: readonly string[]): RuleProblem[] {
  return keys
    .filter((key, index) => keys.indexOf(key) !== index)
    .map((key) => ({ path: `${path}.${key}`, message: 'stands twice, rename one' }));
}
