import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { buildSchema, parse, validate } from 'graphql';
import { LIMITS, costOf, measure } from '../../../core/graphql/limits.ts';
import { controlled, examples } from './examples.ts';
import { declaredVariables, operationAt, tokensOf } from './query.ts';

const generated = join(import.meta.dirname, '../../../schemas/generated/schema.graphql');
const schema = buildSchema(readFileSync(generated, 'utf8'));

describe.each(examples)('the example $id', ({ query, variables }) => {
  const document = parse(query);
  const operation = operationAt(document, 0);
  if (!operation) throw new Error('an example is an operation');

  test('is a question that the platform understands', () => {
    expect(validate(schema, document).map(({ message }) => message)).toEqual([]);
  });

  test('keeps within the limits', () => {
    const usage = measure(document, operation);
    for (const [limit, used] of Object.entries(usage)) {
      expect([limit, used <= LIMITS[limit as keyof typeof usage]]).toEqual([limit, true]);
    }
    expect(tokensOf(document)).toBeLessThanOrEqual(LIMITS.tokens);
    expect(costOf(schema, document, undefined, variables)).toBeLessThanOrEqual(LIMITS.cost);
  });

  test('gives a value to each variable that must have one', () => {
    const required = declaredVariables(operation).filter((variable) => variable.required);
    expect(required.filter(({ name }) => variables[name] === undefined)).toEqual([]);
    const known = new Set<string>([...declaredVariables(operation).map(({ name }) => name)]);
    expect(Object.keys(variables).filter((name) => !known.has(name))).toEqual([]);
  });
});

test('the controls of the page have a variable to set in the first example', () => {
  const operation = operationAt(parse(examples[0]?.query ?? ''), 0);
  const names = operation ? declaredVariables(operation).map(({ name }) => name) : [];
  expect(names).toEqual(expect.arrayContaining([controlled.customer, controlled.channel]));
});
