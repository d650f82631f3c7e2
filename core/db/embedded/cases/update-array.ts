import { type Case, updates } from './case.ts';

export const updateArrayCases: Case[] = [
  ...updates('reference/operator/update/push', [
    ['appends', { a: [1] }, { $push: { a: 2 } }, { a: [1, 2] }],
    ['makes the array', {}, { $push: { a: 2 } }, { a: [2] }],
    ['an array is one element', { a: [1] }, { $push: { a: [2, 3] } }, { a: [1, [2, 3]] }],
    ['$each appends several', { a: [1] }, { $push: { a: { $each: [2, 3] } } }, { a: [1, 2, 3] }],
    ['$each of none makes the array', {}, { $push: { a: { $each: [] } } }, { a: [] }],
    ['$slice keeps the first', { a: [1, 2] }, { $push: { a: { $each: [3], $slice: 2 } } }, { a: [1, 2] }],
    ['$slice keeps the last', { a: [1, 2] }, { $push: { a: { $each: [3], $slice: -2 } } }, { a: [2, 3] }],
    ['$slice of zero empties', { a: [1, 2] }, { $push: { a: { $each: [3], $slice: 0 } } }, { a: [] }],
    ['not to a string', { a: 'x' }, { $push: { a: 1 } }, { error: 2 }],
    ['not to null', { a: null }, { $push: { a: 1 } }, { error: 2 }],
    ['$each needs an array', { a: [] }, { $push: { a: { $each: 1 } } }, { error: 2 }],
    ['an unknown clause', { a: [] }, { $push: { a: { $each: [1], $foo: 1 } } }, { error: 2 }],
    ['$slice must be whole', { a: [] }, { $push: { a: { $each: [1], $slice: 1.5 } } }, { error: 2 }],
  ]),
  ...updates('reference/operator/update/addToSet', [
    ['adds what is new', { a: [1] }, { $addToSet: { a: 2 } }, { a: [1, 2] }],
    ['not what is there', { a: [1] }, { $addToSet: { a: 1 } }, { a: [1] }],
    ['a double equals an int', { a: [1] }, { $addToSet: { a: 1.0 } }, { a: [1] }],
    ['$each, each once', { a: [1] }, { $addToSet: { a: { $each: [2, 1, 2] } } }, { a: [1, 2] }],
    ['makes the array', {}, { $addToSet: { a: 1 } }, { a: [1] }],
    [
      'documents are equal in field order',
      { a: [{ x: 1, y: 2 }] },
      { $addToSet: { a: { y: 2, x: 1 } } },
      {
        a: [
          { x: 1, y: 2 },
          { y: 2, x: 1 },
        ],
      },
    ],
    ['duplicates that are there stay', { a: [1, 1] }, { $addToSet: { a: 2 } }, { a: [1, 1, 2] }],
    ['an array is one element', { a: [1] }, { $addToSet: { a: [1] } }, { a: [1, [1]] }],
    ['not to a scalar', { a: 1 }, { $addToSet: { a: 1 } }, { error: 2 }],
    ['$each needs an array', { a: [] }, { $addToSet: { a: { $each: 1 } } }, { error: 14 }],
  ]),
  ...updates('reference/operator/update/pull', [
    ['a value', { a: [1, 2, 1] }, { $pull: { a: 1 } }, { a: [2] }],
    ['a condition', { a: [1, 5, 9] }, { $pull: { a: { $gte: 5 } } }, { a: [1] }],
    ['one of several', { a: ['x', 'y', 'z'] }, { $pull: { a: { $in: ['x', 'z'] } } }, { a: ['y'] }],
    [
      'documents by their fields',
      {
        a: [
          { n: 1, q: 5 },
          { n: 2, q: 9 },
        ],
      },
      { $pull: { a: { n: 1 } } },
      { a: [{ n: 2, q: 9 }] },
    ],
    [
      'documents by conditions',
      { a: [{ q: 5 }, { q: 9 }] },
      { $pull: { a: { q: { $gt: 6 } } } },
      { a: [{ q: 5 }] },
    ],
    [
      'both conditions on one document',
      {
        a: [
          { n: 1, q: 5 },
          { n: 1, q: 9 },
        ],
      },
      { $pull: { a: { n: 1, q: { $gt: 6 } } } },
      { a: [{ n: 1, q: 5 }] },
    ],
    [
      'an array exactly',
      {
        a: [
          [1, 2],
          [2, 1],
        ],
      },
      { $pull: { a: [1, 2] } },
      { a: [[2, 1]] },
    ],
    ['null', { a: [null, 1] }, { $pull: { a: null } }, { a: [1] }],
    ['a missing field is nothing', { b: 1 }, { $pull: { a: 1 } }, { b: 1 }],
    ['not from a scalar', { a: 1 }, { $pull: { a: 1 } }, { error: 2 }],
    ['an unknown operator', { a: [1] }, { $pull: { a: { $foo: 1 } } }, { error: 2 }],
  ]),
];
