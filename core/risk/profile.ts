import type { RiskCategory } from './levels.ts';
import { TERMS } from './questionnaire.ts';
import type { Question, QuestionOption, Questionnaire, ReturnGoal, Term } from './questionnaire.ts';
import { validUntil } from './validity.ts';

/** Chosen option keys by question id. */
export type Answers = Readonly<Record<string, readonly string[]>>;

export interface AnswerProblem {
  readonly code: 'UNANSWERED' | 'ONE_ONLY' | 'UNKNOWN_OPTION' | 'REPEATED_OPTION' | 'UNKNOWN_QUESTION';
  readonly questionId: string;
  readonly option?: string;
}

/** What a client's answers give: the base of a RiskProfile. */
export interface Assessed {
  readonly outcome: 'ASSESSED';
  readonly questionnaire: string;
  readonly score: number;
  /** By score, or C1 where an answer knocked out. */
  readonly category: RiskCategory;
  /** 风险承受能力最低类别: never above R1. */
  readonly lowest: boolean;
  /** Questions whose answers knocked out. */
  readonly knockedOutBy: readonly string[];
  /** The longest term, all kinds of investment and the return goal that the client stated. */
  readonly term?: Term;
  readonly investmentKinds?: readonly string[];
  readonly returnGoal?: ReturnGoal;
  readonly assessedAt: Date;
  /** Exclusive. */
  readonly validUntil: Date;
}

/** Every question counts, so a profile with open questions is no profile. */
export interface NotAssessed {
  readonly outcome: 'INCOMPLETE';
  readonly questionnaire: string;
  readonly problems: readonly AnswerProblem[];
}

/** Scores answers. Of several chosen options the highest counts; a knock-out answer decides over any score. */
export function assess(questionnaire: Questionnaire, answers: Answers, at: Date): Assessed | NotAssessed {
  const version = `${questionnaire.id}@${questionnaire.version}`;
  const problems: AnswerProblem[] = [];
  const known = new Set(questionnaire.questions.map((question) => question.id));
  for (const questionId of Object.keys(answers)) {
    if (!known.has(questionId)) problems.push({ code: 'UNKNOWN_QUESTION', questionId });
  }
  let score = 0;
  const knockedOutBy: string[] = [];
  const chosen: QuestionOption[] = [];
  for (const question of questionnaire.questions) {
    const options = chosenOptions(question, answers[question.id] ?? [], problems);
    if (options.length === 0) continue;
    score += Math.max(...options.map((option) => option.score));
    if (options.some((option) => option.knockOut)) knockedOutBy.push(question.id);
    chosen.push(...options);
  }
  if (problems.length > 0) return { outcome: 'INCOMPLETE', questionnaire: version, problems };
  const lowest = knockedOutBy.length > 0;
  return {
    outcome: 'ASSESSED',
    questionnaire: version,
    score,
    category: lowest ? 'C1' : categoryOf(questionnaire, score),
    lowest,
    knockedOutBy,
    ...statedWishes(chosen),
    assessedAt: at,
    validUntil: validUntil(at, questionnaire.validityMonths),
  };
}

/** The category of a score, without knock-outs. */
export function categoryOf({ bands }: Questionnaire, score: number): RiskCategory {
  let category: RiskCategory = 'C1';
  for (const band of bands) if (score >= band.from) category = band.category;
  return category;
}

function chosenOptions(
  question: Question,
  keys: readonly string[],
  problems: AnswerProblem[],
): QuestionOption[] {
  const questionId = question.id;
  if (keys.length === 0) problems.push({ code: 'UNANSWERED', questionId });
  if (keys.length > 1 && !question.multiple) problems.push({ code: 'ONE_ONLY', questionId });
  return keys.flatMap((key, index) => {
    const option = question.options.find((one) => one.key === key);
    if (option === undefined) problems.push({ code: 'UNKNOWN_OPTION', questionId, option: key });
    if (keys.indexOf(key) !== index) problems.push({ code: 'REPEATED_OPTION', questionId, option: key });
    return option === undefined ? [] : [option];
  });
}

function statedWishes(
  chosen: readonly QuestionOption[],
): Pick<Assessed, 'term' | 'investmentKinds' | 'returnGoal'> {
  let term: Term | undefined;
  let returnGoal: ReturnGoal | undefined;
  const kinds = new Set<string>();
  for (const { states } of chosen) {
    if (
      states?.term !== undefined &&
      (term === undefined || TERMS.indexOf(states.term) > TERMS.indexOf(term))
    ) {
      term = states.term;
    }
    returnGoal = states?.returnGoal ?? returnGoal;
    for (const kind of states?.investmentKinds ?? []) kinds.add(kind);
  }
  return {
    ...(term === undefined ? {} : { term }),
    ...(kinds.size === 0 ? {} : { investmentKinds: [...kinds].sort() }),
    ...(returnGoal === undefined ? {} : { returnGoal }),
  };
}
