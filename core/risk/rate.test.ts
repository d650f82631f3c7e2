import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { readRuleFile } from '../explain/rule-data.ts';
import { sayLine } from '../explain/line.ts';
import { loadFactorModel } from './factor-model.ts';
import { RISK_LEVELS, isHigher } from './levels.ts';
import type { RiskLevel } from './levels.ts';
import { RISK_MESSAGES_EN } from './messages.en.ts';
import { RISK_MESSAGES_ZH } from './messages.zh.ts';
import { RATING_SOURCES, rate } from './rate.ts';
import type { FactorSheet, Rated } from './rate.ts';
import { validUntil } from './validity.ts';

const raw = readRuleFile('core', 'risk', 'rules', 'financial-factors.json') as Record<string, unknown>;
const model = loadFactorModel(raw);
const codes = model.factors.map((factor) => factor.code);
const sheet = (scores: number[], more: Partial<FactorSheet> = {}): FactorSheet => ({
  scores: Object.fromEntries(codes.map((code, index) => [code, scores[index] ?? 0])),
  leverageHundredths: 100,
  ...more,
});
const flat = (score: number, more: Partial<FactorSheet> = {}) =>
  sheet(
    codes.map(() => score),
    more,
  );
function rated(...args: Parameters<typeof rate>): Rated {
  const rating = rate(...args);
  if (rating.outcome !== 'RATED') throw new Error(`must be rated: ${JSON.stringify(rating.reasons)}`);
  return rating;
}

describe('the band', () => {
  test('the default weights are those of the domain', () => {
    expect(model.factors.map((factor) => factor.weight)).toEqual([30, 15, 15, 15, 10, 10, 5]);
  });
  // Each sum is reached by the default weights 30 15 15 15 10 10 5.
  test.each<[number, RiskLevel, number[]]>([
    [100, 'R1', [1, 1, 1, 1, 1, 1, 1]],
    [175, 'R1', [2, 1, 2, 2, 1, 2, 2]],
    [180, 'R2', [2, 1, 2, 2, 2, 2, 1]],
    [255, 'R2', [2, 2, 3, 3, 3, 3, 3]],
    [260, 'R3', [2, 3, 3, 3, 2, 3, 3]],
    [335, 'R3', [3, 3, 3, 4, 4, 4, 3]],
    [340, 'R4', [3, 3, 3, 4, 4, 4, 4]],
    [415, 'R4', [4, 4, 4, 4, 4, 5, 5]],
    [420, 'R5', [4, 4, 4, 4, 5, 5, 4]],
    [500, 'R5', [5, 5, 5, 5, 5, 5, 5]],
  ])('a sum of %i is %s', (score, level, scores) => {
    expect(rated(sheet(scores), model)).toMatchObject({ score, level, bandLevel: level, decidedBy: 'BAND' });
  });
});

describe('the floors', () => {
  test.each<[string, FactorSheet, Parameters<typeof rate>[2], RiskLevel, string]>([
    ['no structural leverage', flat(1), {}, 'R1', 'BAND'],
    ['just above 1×', flat(1, { leverageHundredths: 101 }), {}, 'R4', 'LEVERAGE'],
    ['just below 3×', flat(1, { leverageHundredths: 299 }), {}, 'R4', 'LEVERAGE'],
    ['3×', flat(1, { leverageHundredths: 300 }), {}, 'R5', 'LEVERAGE'],
    ['an unclear valuation', flat(1, { valuationUnclear: true }), {}, 'R5', 'VALUATION'],
    ['the floor of the kind', flat(1), { kind: 'R3' }, 'R3', 'KIND'],
    ['the floor of the type', flat(1), { type: 'R2' }, 'R2', 'TYPE'],
    ["the manager's own rating", flat(1), { manager: 'R4' }, 'R4', 'MANAGER'],
    ['a lower rating by the manager', flat(3), { manager: 'R1' }, 'R3', 'BAND'],
    ['an override', flat(1), { override: 'R5' }, 'R5', 'OVERRIDE'],
    ['an override downwards', flat(3), { override: 'R1' }, 'R3', 'BAND'],
    ['the highest of all', flat(2), { kind: 'R3', type: 'R4', manager: 'R4', override: 'R3' }, 'R4', 'TYPE'],
  ])('%s', (_name, given, floors, level, decidedBy) => {
    expect(rated(given, model, floors)).toMatchObject({ level, decidedBy });
  });
  test('whatever is given, the rating is the highest that anything asks for, and an override never lowers it', () => {
    const level = fc.constantFrom(...RISK_LEVELS);
    const floors = fc.record({ kind: level, type: level, manager: level }, { requiredKeys: [] });
    const scores = fc.array(fc.integer({ min: 1, max: 5 }), { minLength: 7, maxLength: 7 });
    fc.assert(
      fc.property(
        scores,
        fc.integer({ min: 100, max: 400 }),
        floors,
        level,
        (list, leverageHundredths, given, override) => {
          const rating = rated(sheet(list, { leverageHundredths }), model, given);
          const asked = [rating.bandLevel, ...rating.floors.map((floor) => floor.level)];
          expect(rating.level).toBe([...asked].sort().at(-1));
          const overridden = rated(sheet(list, { leverageHundredths }), model, { ...given, override }).level;
          expect(isHigher(rating.level, overridden)).toBe(false);
          expect(overridden).toBe(isHigher(override, rating.level) ? override : rating.level);
        },
      ),
    );
  });
});

describe('a sheet that cannot be rated says why', () => {
  const { leverageHundredths: _leverage, ...silent } = flat(1);
  const { offering: _offering, ...missing } = flat(1).scores;
  test.each<[string, FactorSheet]>([
    ['risk.factorMissing', { ...flat(1), scores: missing }],
    ['risk.factorUnknown', { ...flat(1), scores: { ...flat(1).scores, colour: 1 } }],
    ['risk.scoreOutOfRange', flat(6)],
    ['risk.scoreOutOfRange', flat(1.5)],
    ['risk.leverageMissing', silent],
    ['risk.leverageOutOfRange', flat(1, { leverageHundredths: 99 })],
  ])('%s', (key, given) => {
    const rating = rate(given, model, { kind: 'R3' });
    expect(rating.outcome).toBe('UNRATED');
    expect(rating.reasons[0]?.key).toBe(key);
  });
});

test('services are rated in the same form, without a leverage of their own', () => {
  const services = loadFactorModel(readRuleFile('core', 'risk', 'rules', 'service-factors.json'));
  expect(rated({ scores: { content: 3, individuality: 4, recommendedLeverage: 3 } }, services)).toMatchObject(
    {
      level: 'R3',
      score: 330,
    },
  );
});

describe('a factor model with a fault is refused', () => {
  const factors = raw['factors'] as { code: string; weight: number }[];
  const bands = raw['bands'] as { level: string; below?: number }[];
  const title = { zh: '甲', en: 'a' };
  test.each<[string, object]>([
    [
      'factors: weights sum to 101',
      { factors: factors.map((factor, index) => (index === 0 ? { ...factor, weight: 31 } : factor)) },
    ],
    [
      'factors.a: the factor stands twice',
      { factors: ['a', 'a'].map((code) => ({ code, weight: 50, title })) },
    ],
    ['bands.4: must be of level R5', { bands: [...bands.slice(0, 4), { level: 'R1' }] }],
    ['bands: needs one band for each of', { bands: [...bands.slice(0, 3), { level: 'R4' }] }],
    [
      'bands.1: "below" must be greater than 180',
      { bands: bands.map((band) => (band.level === 'R2' ? { ...band, below: 180 } : band)) },
    ],
    [
      'bands.0: all bands but the last need "below"',
      { bands: bands.map(({ level, below }) => (level === 'R1' ? { level } : { level, below })) },
    ],
    [
      'leverage.floors.0: give either aboveHundredths or fromHundredths',
      { leverage: { floors: [{ level: 'R4' }], unclearValuation: 'R5' } },
    ],
    ['validityMonths', { validityMonths: 0 }],
  ])('%s', (message, change) => {
    expect(() => loadFactorModel({ ...raw, ...change })).toThrow(message);
  });
});

test.each([
  ['2026-03-15T10:00:00+08:00', 12, '2027-03-15T00:00:00+08:00'],
  ['2026-03-15T23:59:59+08:00', 12, '2027-03-15T00:00:00+08:00'],
  ['2026-03-14T16:00:00Z', 12, '2027-03-15T00:00:00+08:00'],
  ['2024-02-29T08:00:00+08:00', 12, '2025-02-28T00:00:00+08:00'],
  ['2026-10-31T08:00:00+08:00', 1, '2026-11-30T00:00:00+08:00'],
  ['2026-12-05T08:00:00+08:00', 24, '2028-12-05T00:00:00+08:00'],
])('what is given at %s for %i months runs out at %s', (at, months, expected) => {
  expect(validUntil(new Date(at), months)).toEqual(new Date(expected));
});

test('every source of a rating has texts in both languages, with the same places', () => {
  for (const source of RATING_SOURCES) {
    expect(RISK_MESSAGES_EN[`risk.decided.${source}`]).toBeTruthy();
    if (source !== 'BAND') expect(RISK_MESSAGES_EN[`risk.floor.${source}`]).toBeTruthy();
  }
  const places = (text: string) => [...new Set(text.match(/\{\w+\}/g))].sort().join();
  const shape = (messages: Readonly<Record<string, string>>) =>
    Object.entries(messages)
      .map(([key, text]) => `${key} ${places(text)}`)
      .sort();
  expect(shape(RISK_MESSAGES_ZH)).toEqual(shape(RISK_MESSAGES_EN));
});

test('a rating is told in plain words', () => {
  const rating = rated(flat(1, { leverageHundredths: 150 }), model, { kind: 'R3', override: 'R2' });
  expect(rating.reasons.map((line) => sayLine(line, RISK_MESSAGES_EN))).toEqual([
    'The factors sum to 100, which is R1 (financial-factors@1)',
    'Its kind is at least R3',
    'Its structural leverage makes it at least R4',
    'The override to R2 is not higher than what stands and has no effect',
    'Rated R4 by its leverage',
  ]);
});
