import { Binary, Double, Int32, Long, MaxKey, MinKey, ObjectId, Timestamp } from 'bson';

import { type Case, filters } from './case.ts';

const equality = 'reference/operator/query/eq';
const nulls = 'tutorial/query-for-null-fields';
const order = 'reference/bson-type-comparison-order';
const embedded = 'tutorial/query-embedded-documents';

const mixed = [
  { _id: 1, a: 1 },
  { _id: 2, a: new Double(1) },
  { _id: 3, a: Long.fromNumber(1) },
  { _id: 4, a: '1' },
  { _id: 5, a: true },
  { _id: 6, a: null },
  { _id: 7 },
  { _id: 8, a: [1, 2] },
  { _id: 9, a: { b: 1 } },
  { _id: 10, a: new Date(1) },
  { _id: 11, a: new Double(NaN) },
  { _id: 12, a: [] },
  { _id: 13, a: [null] },
];

const oid = (digit: string): ObjectId => new ObjectId(digit.repeat(24));

const kinds = [
  { _id: 1, a: new MinKey() },
  { _id: 2, a: oid('1') },
  { _id: 3, a: oid('2') },
  { _id: 4, a: new Date('2024-01-01') },
  { _id: 5, a: new Date('2025-01-01') },
  { _id: 6, a: new Binary(Buffer.from([1]), 0) },
  { _id: 7, a: new Binary(Buffer.from([1]), 4) },
  { _id: 8, a: new Timestamp({ t: 5, i: 1 }) },
  { _id: 9, a: 'b' },
  { _id: 10, a: 'é' },
  { _id: 11, a: false },
  { _id: 12, a: true },
  { _id: 13, a: new MaxKey() },
  { _id: 14, a: '' },
  { _id: 15, a: Long.fromNumber(2 ** 40) },
  { _id: 16, a: -0.5 },
];

const nested = [
  { _id: 1, size: { h: 14, w: 21 } },
  { _id: 2, size: { w: 21, h: 14 } },
  { _id: 3, size: { h: 14, w: 21, unit: 'cm' } },
  { _id: 4, size: { h: 14 } },
  { _id: 5, size: [{ h: 14, w: 21 }] },
  { _id: 6, size: 'large' },
  { _id: 7, size: {} },
];

export const comparisonCases: Case[] = [
  ...filters(`${equality} — Equals a Specified Value`, mixed, [
    [
      'a number equals the same number of every numeric type, and as an array element',
      { a: 1 },
      [1, 2, 3, 8],
    ],
    ['a double constant equals ints', { a: new Double(1) }, [1, 2, 3, 8]],
    ['a long constant equals ints', { a: Long.fromNumber(1) }, [1, 2, 3, 8]],
    ['$eq says the same', { a: { $eq: new Int32(1) } }, [1, 2, 3, 8]],
    ['a string is not a number', { a: '1' }, [4]],
    ['true is not one', { a: true }, [5]],
    ['a date is not its milliseconds', { a: new Date(1) }, [10]],
    ['NaN equals NaN', { a: NaN }, [11]],
    ['an empty array is equal only to itself', { a: [] }, [12]],
    ['an array is equal as a whole, in order', { a: [1, 2] }, [8]],
    ['the same elements in another order are not equal', { a: [2, 1] }, []],
    ['a part of the array is not equal', { a: [1] }, []],
    ['an array of one null', { a: [null] }, [13]],
    ['a document is equal field by field', { a: { b: new Double(1) } }, [9]],
    ['several fields must all match', { a: 1, _id: { $gt: 2 } }, [3, 8]],
  ]),
  ...filters('reference/operator/query/ne', mixed, [
    ['not equal includes other types and missing', { a: { $ne: 1 } }, [4, 5, 6, 7, 9, 10, 11, 12, 13]],
    [
      'not null leaves out null, missing and arrays with null',
      { a: { $ne: null } },
      [1, 2, 3, 4, 5, 8, 9, 10, 11, 12],
    ],
    ['a regular expression is refused', { a: { $ne: /x/ } }, { error: 2 }],
  ]),
  ...filters(`${nulls} — Equality Filter`, mixed, [
    ['null equals null and missing, and an element that is null', { a: null }, [6, 7, 13]],
    ['$eq null the same', { a: { $eq: null } }, [6, 7, 13]],
    ['$gte null is equality with null', { a: { $gte: null } }, [6, 7, 13]],
    ['$lte null is equality with null', { a: { $lte: null } }, [6, 7, 13]],
    ['nothing is greater than null', { a: { $gt: null } }, []],
    ['nothing is less than null', { a: { $lt: null } }, []],
    ['$in with null finds missing', { a: { $in: [null] } }, [6, 7, 13]],
    ['$nin with null leaves out missing', { a: { $nin: [null, 1] } }, [4, 5, 9, 10, 11, 12]],
  ]),
  ...filters(
    `${nulls} — Null in embedded documents`,
    [
      { _id: 1, a: [{}, { b: 1 }] },
      { _id: 2, a: [{ b: 1 }] },
      { _id: 3, a: [] },
      { _id: 4, a: 5 },
      { _id: 5, a: { b: null } },
      { _id: 6 },
      { _id: 7, a: [1, 2] },
      { _id: 8, a: null },
      { _id: 9, a: [{ b: null }] },
      { _id: 10, a: { b: [] } },
    ],
    [
      ['an element without the field counts as null', { 'a.b': null }, [1, 4, 5, 6, 8, 9]],
      ['not null is the opposite', { 'a.b': { $ne: null } }, [2, 3, 7, 10]],
      ['$exists false', { 'a.b': { $exists: false } }, [3, 4, 6, 7, 8]],
      ['$exists true', { 'a.b': { $exists: true } }, [1, 2, 5, 9, 10]],
      ['$gte null against a missing part', { 'a.b': { $gte: null } }, [1, 4, 5, 6, 8, 9]],
    ],
  ),
  ...filters(`${order} — Comparison/Sort Order`, kinds, [
    ['$gt compares within one type: ObjectIds', { a: { $gt: oid('1') } }, [3]],
    ['$gte on ObjectIds', { a: { $gte: oid('1') } }, [2, 3]],
    ['dates', { a: { $lt: new Date('2025-01-01') } }, [4]],
    ['a number range leaves out all other types', { a: { $gte: -100 } }, [15, 16]],
    ['longs compare as numbers', { a: { $gt: 2 ** 39 } }, [15]],
    ['strings by their bytes', { a: { $gt: 'b' } }, [10]],
    ['the empty string is the least string', { a: { $gte: '' } }, [9, 10, 14]],
    ['nothing is below the empty string', { a: { $lt: '' } }, []],
    ['booleans: true is greater', { a: { $gt: false } }, [12]],
    ['binary of another subtype is another value', { a: new Binary(Buffer.from([1]), 4) }, [7]],
    ['binary compares by length, subtype, bytes', { a: { $gt: new Binary(Buffer.from([1]), 0) } }, [7]],
    ['timestamps are no dates', { a: { $gte: new Timestamp({ t: 1, i: 1 }) } }, [8]],
    [
      'everything is greater than MinKey but itself',
      { a: { $gt: new MinKey() } },
      [2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16],
    ],
    [
      'everything is less than MaxKey but itself',
      { a: { $lt: new MaxKey() } },
      [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 14, 15, 16],
    ],
    ['MinKey equals itself', { a: new MinKey() }, [1]],
    ['an ObjectId equals only itself', { a: oid('2') }, [3]],
    ['a regular expression in a range is refused', { a: { $gt: /x/ } }, { error: 2 }],
  ]),
  ...filters('reference/operator/query/lt', mixed, [
    ['a range holds for one element of an array', { a: { $lt: 2 } }, [1, 2, 3, 8]],
    ['NaN is in no range', { a: { $lt: 100 } }, [1, 2, 3, 8]],
    ['NaN is in no range downward', { a: { $gt: -100 } }, [1, 2, 3, 8]],
    ['$gte NaN finds NaN alone', { a: { $gte: NaN } }, [11]],
    ['$gt NaN finds nothing', { a: { $gt: NaN } }, []],
    ['two bounds may hold for two elements', { a: { $gt: 1, $lt: 2 } }, [8]],
    ['arrays are compared with arrays', { a: { $gt: [1] } }, [8]],
    ['an array constant holds empty arrays too', { a: { $gte: [] } }, [8, 12, 13]],
    ['documents are compared with documents', { a: { $gte: { b: 0 } } }, [9]],
    ['a document of a greater field name', { a: { $lt: { c: 0 } } }, [9]],
    ['infinity bounds numbers only', { a: { $lte: Infinity } }, [1, 2, 3, 8]],
  ]),
  ...filters(`${embedded} — Match an Embedded/Nested Document`, nested, [
    ['field order counts', { size: { h: 14, w: 21 } }, [1, 5]],
    ['the other order is another document', { size: { w: 21, h: 14 } }, [2]],
    ['a document is not matched by its part', { size: { h: 14 } }, [4]],
    ['the empty document', { size: {} }, [7]],
    ['a nested field by its path', { 'size.h': 14 }, [1, 2, 3, 4, 5]],
    ['a range on a nested field', { 'size.w': { $gt: 20 } }, [1, 2, 3, 5]],
    ['a path through a scalar finds nothing', { 'size.h.x': 14 }, []],
    ['an inherited name is no field', { constructor: { $exists: true } }, []],
  ]),
  ...filters('reference/operator/query/in', mixed, [
    [
      'one of several values of several types',
      { a: { $in: ['1', true, new Double(1)] } },
      [1, 2, 3, 4, 5, 8],
    ],
    ['nothing is in an empty list', { a: { $in: [] } }, []],
    ['everything is outside an empty list', { a: { $nin: [] } }, [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13]],
    ['an array in the list is matched whole', { a: { $in: [[1, 2]] } }, [8]],
    ['a document in the list', { a: { $in: [{ b: 1 }] } }, [9]],
    ['a date in the list', { a: { $in: [new Date(1)] } }, [10]],
    ['NaN in the list', { a: { $in: [NaN] } }, [11]],
    ['the list must be one', { a: { $in: 1 } }, { error: 2 }],
    ['$nin too', { a: { $nin: 'x' } }, { error: 2 }],
    ['operators in the list are refused', { a: { $in: [{ $gt: 1 }] } }, { error: 2 }],
  ]),
];
