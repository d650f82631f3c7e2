import { describe, expect, test } from '@jest/globals';
import { readRuleFile } from '../explain/rule-data.ts';
import { loadFactorModel } from './factor-model.ts';
import { loadTypeTable, rateByType } from './type-table.ts';
import type { TypeRule } from './type-table.ts';

const model = loadFactorModel(readRuleFile('core', 'risk', 'rules', 'financial-factors.json'));
const sheet = (score: number) => ({
  scores: Object.fromEntries(model.factors.map(({ code }) => [code, score])),
  leverageHundredths: 100,
});
const table = (types: TypeRule[], more = {}) =>
  loadTypeTable(
    { id: 't', version: 3, model: 'financial-factors@1', source: ['test'], types, ...more },
    model,
  );
const rules: TypeRule[] = [
  { match: '债*', sheet: sheet(1), floor: 'R2', why: 'bond' },
  { match: '债券*', sheet: sheet(1), floor: 'R3', why: 'longer beginning' },
  { match: '债券', sheet: sheet(1), floor: 'R4', facts: { term: 'SHORT' }, why: 'exact' },
  { match: '债*', when: { nameIncludes: ['转债'] }, sheet: sheet(1), floor: 'R5', why: 'by name' },
  { match: '债券', when: { codeStartsWith: ['150'] }, why: 'structured shares' },
];

describe('the most specific rule of a type table decides', () => {
  test.each([
    ['by its beginning', { type: '债' }, 'R2'],
    ['by the longer beginning', { type: '债券乙' }, 'R3'],
    ['by the exact type', { type: '债券' }, 'R4'],
    ['by the exact type in full width and other case', { type: ' 债券 ' }, 'R4'],
    ['by the name', { type: '债券乙', name: '某转债A' }, 'R5'],
    ['not by a name that differs', { type: '债券乙', name: '某纯债A' }, 'R3'],
  ])('%s', (_name, subject, level) => {
    expect(rateByType(table(rules), model, subject)).toMatchObject({
      outcome: 'RATED',
      level,
      evidence: { kind: 'DERIVED_FROM_TYPE', table: 't@3' },
    });
  });
  test('and gives its facts, sheet and reason as evidence', () => {
    expect(rateByType(table(rules), model, { type: '债券' })).toMatchObject({
      facts: { term: 'SHORT' },
      sheet: sheet(1),
      evidence: { match: '债券', why: 'exact' },
    });
  });
  test('unless another floor is higher', () => {
    expect(rateByType(table(rules), model, { type: '债' }, { manager: 'R5' })).toMatchObject({
      level: 'R5',
      decidedBy: 'MANAGER',
    });
  });
});

describe('what the table cannot tell stays unrated', () => {
  test.each([
    ['an unknown type', { type: '股票' }, 'risk.typeUnknown'],
    [
      'a type that is known not to tell',
      { type: '债券', code: '150020', name: '转债A' },
      'risk.typeDoesNotTell',
    ],
  ])('%s', (_name, subject, key) => {
    expect(rateByType(table(rules), model, subject)).toMatchObject({
      outcome: 'UNRATED',
      reasons: [{ key }],
    });
  });
  test('two rules that claim it alike', () => {
    const clash = table([
      { match: '债*', when: { nameIncludes: ['甲'] }, sheet: sheet(1), why: 'one' },
      { match: '债*', when: { nameIncludes: ['乙'] }, sheet: sheet(5), why: 'other' },
    ]);
    expect(rateByType(clash, model, { type: '债', name: '甲' })).toMatchObject({
      outcome: 'RATED',
      level: 'R1',
    });
    expect(rateByType(clash, model, { type: '债', name: '甲乙' })).toMatchObject({
      outcome: 'UNRATED',
      reasons: [{ key: 'risk.typeRulesClash', params: { one: '债* (甲)', other: '债* (乙)' } }],
    });
  });
});

describe('a type table with a fault is refused', () => {
  test.each<[string, () => unknown]>([
    ['the table is for other@1', () => table(rules, { model: 'other@1' })],
    ['repeats types.0', () => table([rules[0]!, { ...rules[0]!, match: '债＊' }])],
    [
      'risk.factorMissing underlying',
      () => table([{ match: 'a', sheet: { scores: {}, leverageHundredths: 100 }, why: 'x' }]),
    ],
    ['remove its floor', () => table([{ match: 'a', floor: 'R2', why: 'x' }])],
    ['types.0.why', () => table([{ match: 'a', why: '' }])],
  ])('%s', (message, load) => expect(load).toThrow(message));
});
