import { describe, expect, test } from '@jest/globals';
import { Decimal128, type Document, Long } from 'bson';
import fc from 'fast-check';

import { runPipeline } from '../aggregate/index.ts';
import { CommandError } from '../errors.ts';
import { compileFilter } from '../match/index.ts';
import { compileProjection } from '../project/index.ts';
import { compileUpdate } from '../update/index.ts';
import {
  OFFERED,
  REFUSED_ACCUMULATORS,
  REFUSED_EXPRESSIONS,
  REFUSED_FIELD_OPERATORS,
  REFUSED_PROJECTIONS,
  REFUSED_STAGES,
  REFUSED_TOP_OPERATORS,
  REFUSED_UPDATE_OPERATORS,
} from './refused.ts';

const nothing = { yieldIfLong: () => Promise.resolve() };

async function* none(): AsyncIterable<Document> {
  return;
}

const pipeline = (stages: Document[]): unknown => runPipeline(stages, none(), nothing);

interface Place {
  names: readonly string[];
  offered: readonly string[];
  code: number;
  send: (operator: string, operand: unknown) => unknown;
}

const places: Record<string, Place> = {
  'a field of a filter': {
    names: REFUSED_FIELD_OPERATORS,
    offered: OFFERED.field,
    code: 2,
    send: (operator, operand) => compileFilter({ a: { [operator]: operand } }),
  },
  'the top of a filter': {
    names: REFUSED_TOP_OPERATORS,
    offered: OFFERED.top,
    code: 2,
    send: (operator, operand) => compileFilter({ [operator]: operand }),
  },
  'an update': {
    names: REFUSED_UPDATE_OPERATORS,
    offered: OFFERED.update,
    code: 9,
    send: (operator, operand) => compileUpdate({ [operator]: operand }),
  },
  'a projection': {
    names: REFUSED_PROJECTIONS,
    offered: [],
    code: 168,
    send: (operator, operand) => compileProjection({ a: { [operator]: operand } }),
  },
  'a pipeline': {
    names: REFUSED_STAGES,
    offered: OFFERED.stages,
    code: 40324,
    send: (operator, operand) => pipeline([{ [operator]: operand }]),
  },
  'a group': {
    names: REFUSED_ACCUMULATORS,
    offered: OFFERED.accumulators,
    code: 15952,
    send: (operator, operand) => pipeline([{ $group: { _id: null, a: { [operator]: operand } } }]),
  },
  'an expression': {
    names: REFUSED_EXPRESSIONS,
    offered: OFFERED.expressions,
    code: 168,
    send: (operator, operand) => pipeline([{ $project: { a: { [operator]: operand } } }]),
  },
};

const operand = fc.oneof(
  fc.constantFrom<unknown>(1, 'x', null, true, [], {}, [1, 2], { a: 1 }, '$a', ['$a', 1], { $gt: 1 }),
  fc.jsonValue(),
);

describe.each(Object.entries(places))('in %s', (_place, { names, offered, code, send }) => {
  test.each(names)('%s is refused by name whatever its operand', (operator) => {
    fc.assert(
      fc.property(operand, (value) => {
        const error = refusalOf(() => send(operator, value));
        expect(error.message).toContain(operator);
        expect(error.code).toBe(code);
      }),
      { numRuns: 12 },
    );
  });

  test('a made-up operator is refused by name', () => {
    const name = fc.stringMatching(/^\$[a-z][A-Za-z]{2,12}$/).filter((word) => !offered.includes(word));
    fc.assert(
      fc.property(name, operand, (operator, value) => {
        const error = refusalOf(() => send(operator, value));
        expect(error.message).toContain(operator);
        expect(error.code).toBe(code);
      }),
      { numRuns: 60 },
    );
  });

  test('no operator is both offered and refused, and none that is offered is unknown', () => {
    expect(names.filter((name) => offered.includes(name))).toEqual([]);
    for (const operator of offered) {
      for (const value of [1, 'x', null, [], {}, ['$a', 1]]) {
        try {
          send(operator, value);
        } catch (error) {
          // What is offered may refuse the operand, never its own name.
          expect((error as Error).message).not.toContain(`the embedded database refuses it`);
        }
      }
    }
  });
});

describe('values outside what is kept', () => {
  const tooLong = Long.fromString('9007199254740993');
  const decimal = Decimal128.fromString('1.5');
  const sends: [string, () => unknown][] = [
    ['a decimal in a filter', () => compileFilter({ a: decimal })],
    ['a decimal in a range', () => compileFilter({ a: { $gt: decimal } })],
    ['a decimal in a list', () => compileFilter({ a: { $in: [decimal] } })],
    ['a decimal deep in a document', () => compileFilter({ a: { b: [decimal] } })],
    ['a long beyond 2^53 in a filter', () => compileFilter({ a: tooLong })],
    ['a long beyond 2^53 in a range', () => compileFilter({ a: { $lt: tooLong } })],
    ['a long beyond 2^53 as an amount', () => compileUpdate({ $inc: { a: tooLong } })],
    [
      'a sum that leaves 2^53',
      () => compileUpdate({ $inc: { n: 1 } }).apply({ n: Long.fromNumber(2 ** 53 - 1) }, { insert: false }),
    ],
  ];
  test.each(sends)('%s is refused by name', (_title, send) => {
    const error = refusalOf(send);
    expect(error.code).toBe(238);
    expect(error.message).toMatch(/Decimal128|beyond 2\^53/);
  });
});

function refusalOf(send: () => unknown): CommandError {
  try {
    send();
  } catch (error) {
    if (error instanceof CommandError) return error;
    throw error;
  }
  throw new Error('nothing was refused');
}
