import { describe, expect, test } from '@jest/globals';
import { type Document, Double, EJSON, Int32, Long } from 'bson';
import fc from 'fast-check';

import { compare } from '../keys/index.ts';
import { compileFilter } from '../match/index.ts';
import { compileUpdate } from './index.ts';

const number = fc.oneof(
  fc.integer({ min: -1000, max: 1000 }).map((value) => new Int32(value)),
  fc.integer({ min: -1000, max: 1000 }).map((value) => Long.fromNumber(value)),
  fc.integer({ min: -1000, max: 1000 }).map((value) => new Double(value)),
);
const scalar = fc.oneof(number, fc.constantFrom<unknown>(null, true, 'x', 'y', new Date(0)));
const list = fc.array(scalar, { maxLength: 4 });
const doc: fc.Arbitrary<Document> = fc.record(
  {
    _id: fc.constant(1),
    n: number,
    list,
    deep: fc.record({ n: number, list }, { requiredKeys: [], noNullPrototype: true }),
  },
  { requiredKeys: ['_id'], noNullPrototype: true },
);
const numeric = fc.constantFrom('n', 'deep.n', 'fresh.n');
const array = fc.constantFrom('list', 'deep.list', 'fresh.list');

const apply = (document: Document, ...updates: Document[]): Document =>
  updates.reduce((current, update) => compileUpdate(update).apply(current, { insert: false }), document);
const text = (value: unknown): string => EJSON.stringify(value, { relaxed: false });

describe('updates', () => {
  test('leave the given document as it was', () => {
    const update = fc.oneof(
      fc.tuple(numeric, number).map(([path, by]) => ({ $inc: { [path]: by } })),
      fc.tuple(array, scalar).map(([path, entry]) => ({ $push: { [path]: entry } })),
      fc.tuple(array, scalar).map(([path, entry]) => ({ $pull: { [path]: entry } })),
      numeric.map((path) => ({ $unset: { [path]: '' } })),
      fc.tuple(numeric, scalar).map(([path, entry]) => ({ $set: { [path]: entry } })),
    );
    fc.assert(
      fc.property(doc, update, (document, change) => {
        const before = text(document);
        apply(document, change);
        expect(text(document)).toBe(before);
      }),
      { numRuns: 1000 },
    );
  });

  test('$set makes the field equal, and again changes nothing', () => {
    fc.assert(
      fc.property(doc, numeric, scalar, (document, path, value) => {
        const once = apply(document, { $set: { [path]: value } });
        expect(compileFilter({ [path]: value })(once)).toBe(true);
        expect(text(apply(once, { $set: { [path]: value } }))).toBe(text(once));
      }),
    );
  });

  test('two $inc are one of their sum, and the kind is the widest of all', () => {
    fc.assert(
      fc.property(doc, numeric, number, number, (document, path, a, b) => {
        const sum = apply({ n: a }, { $inc: { n: b } })['n'] as unknown;
        expect(text(apply(document, { $inc: { [path]: a } }, { $inc: { [path]: b } }))).toBe(
          text(apply(document, { $inc: { [path]: sum } })),
        );
      }),
    );
  });

  test('$min and $max leave the less and the greater, whatever the types', () => {
    fc.assert(
      fc.property(scalar, scalar, (before, value) => {
        const { v: least } = apply({ v: before }, { $min: { v: value } });
        const { v: most } = apply({ v: before }, { $max: { v: value } });
        expect(compare(least, before)).toBeLessThanOrEqual(0);
        expect(compare(least, value)).toBeLessThanOrEqual(0);
        expect(compare(most, before)).toBeGreaterThanOrEqual(0);
        expect(compare(most, value)).toBeGreaterThanOrEqual(0);
      }),
    );
  });

  test('$addToSet adds at most once, and $pull leaves none', () => {
    fc.assert(
      fc.property(doc, array, scalar, (document, path, value) => {
        const once = apply(document, { $addToSet: { [path]: value } });
        expect(compileFilter({ [path]: value })(once)).toBe(true);
        expect(text(apply(once, { $addToSet: { [path]: value } }))).toBe(text(once));
        const none = apply(once, { $pull: { [path]: value } });
        expect(compileFilter({ [path]: { $elemMatch: { $eq: value } } })(none)).toBe(false);
      }),
    );
  });

  test('$unset takes away what $set added', () => {
    fc.assert(
      fc.property(doc, scalar, (document, value) => {
        expect(text(apply(document, { $set: { fresh: value } }, { $unset: { fresh: '' } }))).toBe(
          text(document),
        );
      }),
    );
  });

  test('the order in which operators are written makes no difference', () => {
    fc.assert(
      fc.property(doc, number, scalar, scalar, (document, by, value, entry) => {
        const a = { $inc: { n: by }, $set: { z: value, b: value }, $push: { 'deep.list': entry } };
        const b = { $push: { 'deep.list': entry }, $set: { b: value, z: value }, $inc: { n: by } };
        expect(text(apply(document, a))).toBe(text(apply(document, b)));
      }),
    );
  });
});
