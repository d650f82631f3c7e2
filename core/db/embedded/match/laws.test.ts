import { describe, expect, test } from '@jest/globals';
import { type Document, Double } from 'bson';
import fc from 'fast-check';

import { compare, encodeValue, typeBracket } from '../keys/index.ts';
import { compileFilter, indexTuples } from './index.ts';

const leaf = fc.constantFrom<unknown>(null, true, 0, 1, 2, new Double(1), 'a', 'b', new Date(0), NaN, {}, []);
const { value } = fc.letrec<{ value: unknown }>((tie) => ({
  value: fc.oneof(
    { maxDepth: 3, depthSize: 'small' },
    leaf,
    fc.array(tie('value'), { maxLength: 3 }),
    fc.dictionary(fc.constantFrom('b', 'c'), tie('value'), { maxKeys: 2, noNullPrototype: true }),
  ),
}));
const doc: fc.Arbitrary<Document> = fc.record(
  { a: value, x: value },
  { requiredKeys: [], noNullPrototype: true },
);
const path = fc.constantFrom('a', 'a.b', 'a.b.c', 'a.0', 'a.0.b', 'a.b.1');
const operator = fc.constantFrom('$eq', '$gt', '$gte', '$lt', '$lte');

const holds = (filter: Document, document: Document): boolean => compileFilter(filter)(document);

describe('filters', () => {
  test('negations are the opposite, missing fields included', () => {
    fc.assert(
      fc.property(doc, path, value, operator, (document, at, constant, by) => {
        const condition = { [by]: constant };
        expect(holds({ [at]: { $not: condition } }, document)).toBe(!holds({ [at]: condition }, document));
        expect(holds({ [at]: { $ne: constant } }, document)).toBe(!holds({ [at]: constant }, document));
        expect(holds({ $nor: [{ [at]: condition }] }, document)).toBe(!holds({ [at]: condition }, document));
      }),
      { numRuns: 2000 },
    );
  });

  test('$in is one of several equalities, $nin none', () => {
    fc.assert(
      fc.property(doc, path, fc.array(value, { maxLength: 3 }), (document, at, list) => {
        const each = list.map((constant) => holds({ [at]: { $eq: constant } }, document));
        expect(holds({ [at]: { $in: list } }, document)).toBe(each.includes(true));
        expect(holds({ [at]: { $nin: list } }, document)).toBe(!each.includes(true));
      }),
      { numRuns: 2000 },
    );
  });

  test('$gte is $gt or equal, and so downward, but for NaN', () => {
    fc.assert(
      fc.property(doc, path, value, (document, at, constant) => {
        const or = (by: string): boolean =>
          holds({ $or: [{ [at]: { [by]: constant } }, { [at]: { $eq: constant } }] }, document);
        expect(holds({ [at]: { $gte: constant } }, document)).toBe(or('$gt'));
        expect(holds({ [at]: { $lte: constant } }, document)).toBe(or('$lt'));
      }),
      { numRuns: 2000 },
    );
  });

  test('what a filter finds, the index values of the path hold in its bounds, and nothing else but for null', () => {
    fc.assert(
      fc.property(doc, path, leaf, operator, (document, at, constant, by) => {
        // Whole arrays are compared too, which an index of elements cannot answer.
        if (Array.isArray(constant)) return;
        const found = holds({ [at]: { [by]: constant } }, document);
        const { lower, upper } = typeBracket(constant);
        const values = indexValues(document, at);
        if (values === 'refused') return;
        const inBounds = values.some((indexed) => {
          const key = encodeValue(indexed);
          const order = compare(indexed, constant);
          if (Buffer.compare(key, lower) < 0 || Buffer.compare(key, upper) >= 0) return false;
          if (order === 0) return !['$gt', '$lt'].includes(by);
          // NaN is in no range, though its key comes before all numbers.
          if (Number.isNaN(indexed) || Number.isNaN(constant)) return false;
          return by.startsWith('$g') ? order > 0 : by.startsWith('$l') && order < 0;
        });
        // A scalar in an array has the key null for a path that goes on, while a filter finds nothing there.
        if (constant === null) expect(inBounds || !found).toBe(true);
        else expect(inBounds).toBe(found);
      }),
      { numRuns: 5000 },
    );
  });
});

function indexValues(document: Document, at: string): unknown[] | 'refused' {
  try {
    return indexTuples(document, [at]).tuples.map((tuple) => tuple[0]);
  } catch (error) {
    expect(error).toMatchObject({ code: 16746 });
    return 'refused';
  }
}
