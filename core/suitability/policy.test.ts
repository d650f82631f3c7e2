import { describe, expect, test } from '@jest/globals';
import { readRuleFile } from '../explain/rule-data.ts';
import { decide } from './decide.ts';
import type { SuitabilityDimension } from './facts.ts';
import { loadPolicy, validatePolicy } from './policy.ts';
import type { PolicyPack } from './policy.ts';

const pack = readRuleFile('core', 'suitability', 'policies', 'csrc-order-130.json') as PolicyPack;
type Change = (copy: Record<string, never> & PolicyPack) => unknown;
const without = <T extends object>(one: T, key: string) =>
  Object.fromEntries(Object.entries(one).filter(([each]) => each !== key));

test('the default pack has no problem', () => {
  expect(validatePolicy(pack)).toEqual([]);
});

describe('a pack with a fault is refused, naming what and where', () => {
  const duty = pack.duties[0]!;
  test.each<[string, string, Change]>([
    [
      'matrix.C2.R3',
      'Invalid',
      (copy) => ({ ...copy, matrix: { ...copy.matrix, C2: without(copy.matrix.C2, 'R3') } }),
    ],
    ['matrix.C1_LOWEST', 'Invalid', (copy) => ({ ...copy, matrix: without(copy.matrix, 'C1_LOWEST') })],
    [
      'matrix.C2.R3',
      'Invalid',
      (copy) => ({ ...copy, matrix: { ...copy.matrix, C2: { ...copy.matrix.C2, R3: 'MAYBE' } } }),
    ],
    [
      'matrix.C2.R3',
      'Invalid',
      (copy) => ({ ...copy, matrix: { ...copy.matrix, C2: { ...copy.matrix.C2, R3: 'EXPIRED' } } }),
    ],
    ['matrix', 'C6', (copy) => ({ ...copy, matrix: { ...copy.matrix, C6: copy.matrix.C5 } })],
    [
      'matrix.C2.R5',
      'may not be milder than R4',
      (copy) => ({ ...copy, matrix: { ...copy.matrix, C2: { ...copy.matrix.C2, R5: 'MATCH' } } }),
    ],
    [
      'dimensions.SERVICE.0',
      '"colour" is no dimension',
      (copy) => ({ ...copy, dimensions: { ...copy.dimensions, SERVICE: ['colour'] } }),
    ],
    [
      'dimensions.SERVICE.1',
      'stands twice',
      (copy) => ({ ...copy, dimensions: { ...copy.dimensions, SERVICE: ['age', 'age'] } }),
    ],
    [
      'dimensions.FINANCIAL',
      'must require "risk"',
      (copy) => ({ ...copy, dimensions: { ...copy.dimensions, FINANCIAL: ['term'] } }),
    ],
    [
      'params.risk',
      'no dimension that takes parameters',
      (copy) => ({ ...copy, params: { risk: { a: 1 } } }),
    ],
    [
      'professionalNeedsNoStatement.0',
      'Invalid',
      (copy) => ({ ...copy, professionalNeedsNoStatement: ['risk'] }),
    ],
    [
      'eligibility',
      'exactly one rule by REGION',
      (copy) => ({ ...copy, eligibility: copy.eligibility.filter((one) => one.by === 'STATE') }),
    ],
    [
      'eligibility.8',
      'stands twice',
      (copy) => ({ ...copy, eligibility: [...copy.eligibility, copy.eligibility[0]!] }),
    ],
    ['nonPublicNeeds', 'Too small', (copy) => ({ ...copy, nonPublicNeeds: [] })],
    ['nonPublicNeeds.0', '"rich" is no eligibility rule', (copy) => ({ ...copy, nonPublicNeeds: ['rich'] })],
    ['highRiskFrom', 'Invalid', (copy) => ({ ...copy, highRiskFrom: 'R6' })],
    [
      'duties.0 (a)',
      'which is no other duty',
      (copy) => ({ ...copy, duties: [{ ...duty, code: 'a', after: 'z' }] }),
    ],
    [
      'duties.1 (b)',
      'which it must follow',
      (copy) => ({
        ...copy,
        duties: [
          { ...duty, code: 'a', due: 'AFTER_SALE' },
          { ...duty, code: 'b', after: 'a' },
        ],
      }),
    ],
    [
      'duties.1 (a)',
      'stands twice',
      (copy) => ({ ...copy, duties: ['a', 'a'].map((code) => ({ ...duty, code })) }),
    ],
    ['duties.0.when', 'weather', (copy) => ({ ...copy, duties: [{ ...duty, when: { weather: 'rain' } }] })],
    ['validity.profileMonths', '', (copy) => ({ ...copy, validity: { ...copy.validity, profileMonths: 0 } })],
    ['source', '', (copy) => ({ ...copy, source: [] })],
    ['(whole)', 'colour', (copy) => ({ ...copy, colour: 'red' })],
  ])('%s: %s', (path, message, change) => {
    const faulty = change(structuredClone(pack) as never);
    expect(validatePolicy(faulty)).toContainEqual({ path, message: expect.stringContaining(message) });
    expect(() => loadPolicy(faulty)).toThrow(path);
  });
  test.each([null, 7, 'csrc', []])('something else altogether: %p', (input) => {
    expect(validatePolicy(input)).not.toEqual([]);
  });
  test('a dimension that core has already', () => {
    const again: SuitabilityDimension = {
      code: 'risk',
      project: () => ({}),
      assess: () => ({ outcome: 'MATCH', reason: 'x' }),
    };
    expect(validatePolicy(pack, [again])).toContainEqual({
      path: 'dimension risk',
      message: expect.stringContaining('twice'),
    });
  });
});

test('changing one cell of the matrix changes the next answer', () => {
  const client = {
    id: 'c',
    status: 'ORDINARY',
    eligibility: {},
    profile: { id: 'p', category: 'C2', lowest: false, validUntil: new Date('2027-01-01T00:00:00Z') },
  } as const;
  const product = {
    id: 'x',
    kind: 'advice',
    nature: 'SERVICE',
    needs: [],
    nonPublic: false,
    rating: { id: 'r', level: 'R3', validUntil: new Date('2027-01-01T00:00:00Z') },
  } as const;
  const context = { at: new Date('2026-03-01T00:00:00Z'), channel: 'APP' };
  const stricter = {
    ...pack,
    version: 2,
    matrix: { ...pack.matrix, C2: { ...pack.matrix.C2, R3: 'FORBIDDEN', R4: 'FORBIDDEN', R5: 'FORBIDDEN' } },
  };
  expect(decide(loadPolicy(pack), client, product, context)).toMatchObject({
    outcome: 'WARN_REQUIRED',
    policyVersion: 'csrc-order-130@1',
  });
  expect(decide(loadPolicy(stricter), client, product, context)).toMatchObject({
    outcome: 'FORBIDDEN',
    policyVersion: 'csrc-order-130@2',
    dimensions: [{ reason: 'RISK_FORBIDDEN' }],
  });
});
