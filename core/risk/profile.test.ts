import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { readRuleFile } from '../explain/rule-data.ts';
import { fromRoot } from '../paths.ts';
import { assess, categoryOf } from './profile.ts';
import type { Answers, Assessed } from './profile.ts';
import { loadQuestionnaire, scoreRange } from './questionnaire.ts';
import type { Questionnaire } from './questionnaire.ts';

const AT = new Date('2026-03-15T02:00:00Z');
const raw = readRuleFile('core', 'risk', 'rules', 'questionnaire.json') as Record<string, unknown>;
const house = loadQuestionnaire(raw);

/** For each question the option of least or greatest score. */
function extreme(questionnaire: Questionnaire, pick: 'least' | 'greatest'): Answers {
  return Object.fromEntries(
    questionnaire.questions.map(({ id, options }) => {
      const sorted = [...options].sort((a, b) => a.score - b.score);
      return [id, [sorted.at(pick === 'least' ? 0 : -1)!.key]];
    }),
  );
}
function assessed(questionnaire: Questionnaire, answers: Answers): Assessed {
  const result = assess(questionnaire, answers, AT);
  if (result.outcome !== 'ASSESSED') throw new Error(JSON.stringify(result.problems));
  return result;
}

describe('the score', () => {
  test.each([
    [0, 'C1'],
    [19, 'C1'],
    [20, 'C2'],
    [37, 'C2'],
    [38, 'C3'],
    [53, 'C3'],
    [54, 'C4'],
    [82, 'C4'],
    [83, 'C5'],
    [100, 'C5'],
  ])('%i is %s', (score, category) => expect(categoryOf(house, score)).toBe(category));

  test('all of the house questionnaire reaches 100', () => {
    expect(scoreRange(house).max).toBe(100);
    expect(assessed(house, extreme(house, 'greatest'))).toMatchObject({
      score: 100,
      category: 'C5',
      lowest: false,
      knockedOutBy: [],
    });
  });
  test('of several chosen options the highest counts, whatever the others', () => {
    const best = extreme(house, 'greatest');
    expect(assessed(house, { ...best, experience: ['A', 'B', 'D'] }).score).toBe(100);
    expect(assessed(house, { ...best, experience: ['C', 'A'] }).score).toBe(98);
  });
  test('a knock-out answer makes the lowest category, whatever the score', () => {
    expect(assessed(house, { ...extreme(house, 'greatest'), loss: ['A'] })).toMatchObject({
      score: 88,
      category: 'C1',
      lowest: true,
      knockedOutBy: ['loss'],
    });
  });
  test('few points without a knock-out are C1, but not the lowest category', () => {
    const least = { ...extreme(house, 'least'), capacity: ['A'], loss: ['B'], goal: ['A'] };
    expect(assessed(house, least)).toMatchObject({ score: 16, category: 'C1', lowest: false });
  });
  test('wishes are kept: the longest term, all kinds, the goal; and how long it is valid', () => {
    expect(
      assessed(house, { ...extreme(house, 'greatest'), kinds: ['A', 'D'], goal: ['B'], term: ['B'] }),
    ).toMatchObject({
      term: 'MEDIUM',
      investmentKinds: ['FIXED_INCOME', 'OTHER'],
      returnGoal: 'STEADY',
      assessedAt: AT,
      validUntil: new Date('2028-03-15T00:00:00+08:00'),
      questionnaire: 'house-questionnaire@1',
    });
  });
  test('a better answer never gives a lower category', () => {
    const answer = fc.record(
      Object.fromEntries(house.questions.map(({ id, options }) => [id, fc.nat(options.length - 1)])),
    );
    const keys = (picks: Record<string, number>) =>
      Object.fromEntries(house.questions.map(({ id, options }) => [id, [options[picks[id]!]!.key]]));
    fc.assert(
      fc.property(answer, fc.nat(), (picks, which) => {
        const question = house.questions[which % house.questions.length]!;
        const before = assessed(house, keys(picks));
        const now = question.options[picks[question.id]!]!;
        for (const better of question.options.filter((one) => one.score >= now.score && !one.knockOut)) {
          const after = assessed(house, { ...keys(picks), [question.id]: [better.key] });
          expect(after.category >= before.category).toBe(true);
        }
      }),
    );
  });
});

describe('answers that give no profile say why', () => {
  const best = extreme(house, 'greatest');
  const { term: _term, ...open } = best;
  test.each<[string, Answers, object]>([
    ['an open question', open, { code: 'UNANSWERED', questionId: 'term' }],
    ['an empty answer', { ...best, term: [] }, { code: 'UNANSWERED', questionId: 'term' }],
    [
      'two answers where one is asked',
      { ...best, term: ['A', 'B'] },
      { code: 'ONE_ONLY', questionId: 'term' },
    ],
    [
      'an option that is not there',
      { ...best, term: ['Z'] },
      { code: 'UNKNOWN_OPTION', questionId: 'term', option: 'Z' },
    ],
    [
      'an option chosen twice',
      { ...best, kinds: ['A', 'A'] },
      { code: 'REPEATED_OPTION', questionId: 'kinds', option: 'A' },
    ],
    [
      'a question that is not there',
      { ...best, colour: ['A'] },
      { code: 'UNKNOWN_QUESTION', questionId: 'colour' },
    ],
  ])('%s', (_name, answers, problem) => {
    expect(assess(house, answers, AT)).toEqual({
      outcome: 'INCOMPLETE',
      questionnaire: 'house-questionnaire@1',
      problems: [problem],
    });
  });
});

describe('a questionnaire with a fault is refused', () => {
  const bands = raw['bands'] as { category: string; from: number }[];
  const questions = raw['questions'] as object[];
  test.each<[string, object]>([
    ['needs one band for each', { bands: bands.slice(0, 4) }],
    ['bands.0.from: the first band starts at 0', { bands: [{ category: 'C1', from: 1 }, ...bands.slice(1)] }],
    ['bands.4.from: no answers reach 101', { bands: [...bands.slice(0, 4), { category: 'C5', from: 101 }] }],
    [
      'must be greater than 38',
      { bands: bands.map((band) => (band.category === 'C4' ? { ...band, from: 38 } : band)) },
    ],
    ['questions.capacity: stands twice', { questions: [...questions, questions[0]] }],
    [
      'questions.0.options.1.score',
      {
        questions: [
          {
            id: 'a',
            text: { zh: '甲' },
            multiple: false,
            options: [
              { key: 'A', text: { zh: '甲' }, score: 1 },
              { key: 'B', text: { zh: '乙' }, score: -1 },
            ],
          },
        ],
      },
    ],
  ])('%s', (message, more) => expect(() => loadQuestionnaire({ ...raw, ...more })).toThrow(message));
});

const realFile = join(
  process.env['TESSERA_REAL_DATA'] ?? fromRoot('..', 'shared', 'data'),
  'risk-questionnaires.json',
);
const real = existsSync(realFile) ? describe : describe.skip;

real('published association questionnaires (needs the folder of real data, TESSERA_REAL_DATA)', () => {
  interface Sac {
    minTotal: number;
    maxTotal: number;
    sections: {
      questions: {
        text: string;
        multiple: boolean;
        options: { key: string; text: string; score: number }[];
      }[];
    }[];
  }
  interface Amac {
    questions: { text: string; options: string[] }[];
    scoreVariants: {
      levels: string[];
      bands: [string, number | null, number | null][] | null;
      scores: number[][];
    }[];
  }
  const load = () =>
    JSON.parse(readFileSync(realFile, 'utf8')) as { sacTemplate20: Sac; amacTemplate13: Amac };

  test('the brokers’ template scores from its stated least to its stated most', () => {
    const { sacTemplate20: sac } = load();
    const questions = sac.sections
      .flatMap((section) => section.questions)
      .map(({ text, multiple, options }, index) => ({
        id: `q${index + 1}`,
        text: { zh: text },
        multiple,
        options: options.map((option) => ({
          key: option.key,
          text: { zh: option.text },
          score: option.score,
        })),
      }));
    const template = loadQuestionnaire({ ...raw, id: 'sac-20', questions });
    expect(questions).toHaveLength(20);
    expect(assessed(template, extreme(template, 'least')).score).toBe(sac.minTotal);
    expect(assessed(template, extreme(template, 'greatest'))).toMatchObject({
      score: sac.maxTotal,
      category: 'C5',
    });
    // Least of all is 19: below 20, so C1, as the published bands intend.
    expect(assessed(template, extreme(template, 'least')).category).toBe('C1');
    const everything = Object.fromEntries(
      template.questions.map(({ id, multiple, options }) => [
        id,
        multiple ? options.map((option) => option.key) : extreme(template, 'least')[id]!,
      ]),
    );
    const most = template.questions.reduce((sum, { multiple, options }) => {
      const scores = options.map((option) => option.score);
      return sum + (multiple ? Math.max(...scores) : Math.min(...scores));
    }, 0);
    expect(assessed(template, everything).score).toBe(most);
  });

  test('the funds’ template with its published bands gives each category at its limits', () => {
    const { amacTemplate13: amac } = load();
    const banded = amac.scoreVariants.filter((variant) => variant.bands !== null);
    expect(banded.length).toBeGreaterThan(0);
    for (const variant of banded) {
      const questions = amac.questions.map(({ text, options }, index) => ({
        id: `q${index + 1}`,
        text: { zh: text },
        multiple: false,
        options: options.map((option, at) => ({
          key: `${at}`,
          text: { zh: option },
          score: variant.scores[index]![at]!,
        })),
      }));
      const bands = variant.bands!.map(([, from], index) => ({ category: `C${index + 1}`, from: from ?? 0 }));
      const template = loadQuestionnaire({ ...raw, id: 'amac-13', questions, bands });
      for (const [index, [, from, to]] of variant.bands!.entries()) {
        if (from !== null) expect(categoryOf(template, from)).toBe(`C${index + 1}`);
        if (to !== null) expect(categoryOf(template, to)).toBe(`C${index + 1}`);
      }
      expect(assessed(template, extreme(template, 'greatest')).category).toBe('C5');
    }
  });
});
