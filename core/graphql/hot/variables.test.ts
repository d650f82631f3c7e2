import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { Kind, buildSchema, getVariableValues, parse, type OperationDefinitionNode } from 'graphql';
import { variableReader } from './variables.ts';

const schema = buildSchema(`
  enum Channel { APP WEBSITE }
  input Filter { text: String, levels: [Channel!], first: Int! = 5, deeper: Filter, must: Boolean! }
  type Query { list(id: ID, share: Float): Int }
`);
const [definition] = parse(
  `query ($no: ID!, $count: Int = 3, $channel: Channel!, $filter: Filter, $grid: [[Float]!], $flag: Boolean! = true) { list }`,
).definitions;
if (definition?.kind !== Kind.OPERATION_DEFINITION) throw new Error('The document is no operation.');
const operation: OperationDefinitionNode = definition;
const read = variableReader(schema, operation);

const leaf = fc.oneof(
  fc.constantFrom('APP', 'WEBSITE', 'SHOP', 3, 1.5, 2 ** 31, '3', true, null, '__proto__'),
  fc.string({ maxLength: 3 }),
);
/** Mostly what is right, so that many are accepted and most refusals have one reason. */
const mostly = (right: fc.Arbitrary<unknown>) =>
  fc.oneof({ weight: 20, arbitrary: right }, { weight: 1, arbitrary: leaf });
const channel = fc.constantFrom('APP', 'WEBSITE');
const filter = fc.letrec<{ filter: object }>((tie) => ({
  filter: fc.record(
    {
      must: mostly(fc.boolean()),
      text: mostly(fc.string({ maxLength: 3 })),
      levels: mostly(fc.oneof(channel, fc.array(channel, { maxLength: 2 }))),
      first: mostly(fc.integer()),
      deeper: fc.oneof({ depthSize: 'small' }, fc.constant(null), tie('filter')),
    },
    { requiredKeys: ['must'] },
  ),
})).filter;
const number = fc.double({ noNaN: true });
const variables = fc.record(
  {
    no: mostly(fc.string({ maxLength: 3 })),
    channel: mostly(channel),
    count: mostly(fc.integer()),
    filter: mostly(filter),
    grid: mostly(fc.oneof(number, fc.array(fc.oneof(number, fc.array(number, { maxLength: 2 }))))),
    flag: mostly(fc.boolean()),
    further: leaf,
  },
  { requiredKeys: ['no', 'channel'] },
);

describe('variables of a known document', () => {
  test('are read as graphql-js reads them, and refused where it refuses one', () => {
    let accepted = 0;
    let refused = 0;
    const check = (given: Record<string, unknown>) => {
      const { coerced } = getVariableValues(schema, operation.variableDefinitions ?? [], given);
      if (coerced) accepted++;
      else refused++;
      expect(read(given)).toEqual(coerced);
    };
    fc.assert(fc.property(variables, check), { numRuns: 1000 });
    expect(Math.min(accepted, refused)).toBeGreaterThan(100);
    check({ no: 'x', channel: 'APP', filter: { must: true, stray: 1 } });
    check({
      no: 7,
      channel: 'APP',
      filter: { must: true, levels: 'APP', deeper: { must: false } },
      grid: [[1, 2.5], 3],
    });
    check({ no: 'x', channel: 'APP', count: null, filter: null });
    check({ no: 'x', channel: 'APP', filter: { must: true, first: null } });
  });
});
