import { Double, Long } from 'bson';

import { type Case, expressions } from './case.ts';

const values = {
  i: 7,
  d: 2.5,
  w: new Double(4),
  l: Long.fromNumber(2 ** 40),
  s: 'Fund 基金',
  z: null,
  a: [1, 2, 3],
  e: [],
  docs: [{ n: 1 }, { n: 5 }, {}],
  b: true,
};

const page = (name: string): string => `reference/operator/aggregation/${name}`;

export const expressionCases: Case[] = [
  ...expressions(page('add'), values, [
    ['ints', { $add: ['$i', 1, 2] }, 10],
    ['a double makes a double', { $add: ['$i', '$w'] }, new Double(11)],
    ['a long makes a long', { $add: ['$l', 1] }, Long.fromNumber(2 ** 40 + 1)],
    ['null gives null', { $add: ['$i', '$z'] }, null],
    ['missing gives null', { $add: ['$i', '$nothing'] }, null],
    ['not a string', { $add: ['$i', '$s'] }, { error: 14 }],
  ]),
  ...expressions(page('subtract'), values, [
    ['numbers', { $subtract: ['$i', 2.5] }, 4.5],
    ['null', { $subtract: ['$z', 1] }, null],
    ['not a string', { $subtract: ['$s', 1] }, { error: 14 }],
    ['exactly two', { $subtract: [1] }, { error: 16020 }],
  ]),
  ...expressions(page('multiply'), values, [
    ['numbers', { $multiply: ['$i', 3] }, 21],
    ['into a long', { $multiply: [65536, 65536] }, Long.fromNumber(2 ** 32)],
    ['null', { $multiply: ['$i', '$z'] }, null],
    ['not a string', { $multiply: ['$s', 2] }, { error: 14 }],
  ]),
  ...expressions(page('cond'), values, [
    ['as a list', { $cond: [{ $gt: ['$i', 5] }, 'yes', 'no'] }, 'yes'],
    ['as a document', { $cond: { if: '$b', then: 1, else: 2 } }, 1],
    ['zero is false', { $cond: [0, 1, 2] }, 2],
    ['null and missing are false', { $cond: ['$nothing', 1, 2] }, 2],
    ['an empty array is true', { $cond: ['$e', 1, 2] }, 1],
    ['three parts', { $cond: [1, 2] }, { error: 16020 }],
    ['$ifNull takes the first that is there', { $ifNull: ['$nothing', '$z', 'x'] }, 'x'],
    ['$ifNull of a value', { $ifNull: ['$i', 0] }, 7],
  ]),
  ...expressions(page('eq'), values, [
    ['$eq over numeric types', { $eq: ['$w', 4] }, true],
    ['$ne', { $ne: ['$i', 7] }, false],
    ['types are compared: a string is more than a number', { $gt: ['$s', '$i'] }, true],
    ['null is less than a number', { $lt: ['$z', '$i'] }, true],
    ['missing is less than null', { $lt: ['$nothing', '$z'] }, true],
    ['$gte', { $gte: ['$d', 2.5] }, true],
    ['$lte', { $lte: ['$l', 5] }, false],
    ['$and', { $and: ['$b', { $gt: ['$i', 1] }] }, true],
    ['$and of nothing is true', { $and: [] }, true],
    ['$or of nothing is false', { $or: [] }, false],
    ['$or', { $or: [false, '$i'] }, true],
    ['$not', { $not: ['$z'] }, true],
  ]),
  ...expressions(page('filter'), values, [
    ['$filter', { $filter: { input: '$a', as: 'n', cond: { $gt: ['$$n', 1] } } }, [2, 3]],
    ['$filter with $$this', { $filter: { input: '$docs', cond: { $gt: ['$$this.n', 1] } } }, [{ n: 5 }]],
    ['$filter of null', { $filter: { input: '$z', cond: true } }, null],
    ['$filter of a scalar', { $filter: { input: '$i', cond: true } }, { error: 28651 }],
    ['a path through an array', '$docs.n', [1, 5]],
    ['a numeric part is no place', '$a.0', []],
  ]),
  ...expressions(page('literal'), values, [
    ['a literal is not read', { $literal: '$i' }, '$i'],
    ['a literal document', { $literal: { $add: [1, 2] } }, { $add: [1, 2] }],
    ['an unknown operator', { $foo: 1 }, { error: 168 }],
    ['an empty path', '$', { error: 16872 }],
  ]),
];
