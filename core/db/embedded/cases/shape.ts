import { Double, Int32, MaxKey, MinKey, ObjectId } from 'bson';

import { type Case, projections, sorts } from './case.ts';

const across = [
  { _id: 1, a: 'text' },
  { _id: 2, a: 5 },
  { _id: 3, a: null },
  { _id: 4 },
  { _id: 5, a: { b: 1 } },
  { _id: 6, a: [3, 9] },
  { _id: 7, a: true },
  { _id: 8, a: new Date(0) },
  { _id: 9, a: new ObjectId('0'.repeat(24)) },
  { _id: 10, a: [] },
  { _id: 11, a: new MinKey() },
  { _id: 12, a: new MaxKey() },
  { _id: 13, a: NaN },
  { _id: 14, a: 4.5 },
];

const rows = [
  { _id: 1, k: 'b', n: 2, list: [{ q: 5 }, { q: 1 }] },
  { _id: 2, k: 'a', n: 2, list: [{ q: 3 }] },
  { _id: 3, k: 'b', n: 1, list: [{ q: 4 }, {}] },
  { _id: 4, k: 'a', n: 3, list: 7 },
];

const item = {
  _id: 1,
  a: 1,
  b: { c: 2, d: 3 },
  list: [1, { x: 1, y: 2 }, [{ x: 3, y: 4 }]],
  tags: ['p', 'q', 'r'],
};

export const shapeCases: Case[] = [
  ...sorts('reference/bson-type-comparison-order — Comparison/Sort Order', across, [
    [
      'types stand in their order; an array counts by its least element, an empty one before null',
      { a: 1, _id: 1 },
      [11, 10, 3, 4, 13, 6, 14, 2, 1, 5, 9, 7, 8, 12],
    ],
    [
      'downward an array counts by its greatest element',
      { a: -1, _id: 1 },
      [12, 8, 7, 9, 5, 1, 6, 2, 14, 13, 3, 4, 10, 11],
    ],
  ]),
  ...sorts('reference/method/cursor.sort', rows, [
    ['by several fields, in their order', { k: 1, n: -1 }, [4, 2, 1, 3]],
    ['in the other direction', { k: -1, n: 1 }, [3, 1, 2, 4]],
    ['by a field of embedded documents: the least', { 'list.q': 1, _id: 1 }, [3, 4, 1, 2]],
    ['by a field of embedded documents: the greatest', { 'list.q': -1, _id: 1 }, [1, 3, 2, 4]],
  ]),
  ...sorts(
    'reference/method/cursor.sort — Sort by arrays',
    [
      { _id: 1, a: [1, 5], b: 2 },
      { _id: 2, a: [2, 3], b: 1 },
    ],
    [
      ['the least decides upward', { a: 1 }, [1, 2]],
      ['the greatest decides downward', { a: -1 }, [1, 2]],
    ],
  ),
  ...sorts(
    'reference/method/cursor.sort — Sort by two arrays',
    [
      { _id: 1, a: [1], b: [2] },
      { _id: 2, a: [3], b: [4] },
    ],
    [['arrays side by side have no order', { a: 1, b: 1 }, { error: 2 }]],
  ),
  ...sorts(
    'reference/method/cursor.sort — Sort by two fields of one array',
    [
      {
        _id: 1,
        a: [
          { b: 1, c: 9 },
          { b: 2, c: 0 },
        ],
      },
      { _id: 2, a: [{ b: 1, c: 5 }] },
    ],
    [
      ['each element counts as a whole upward', { 'a.b': 1, 'a.c': 1 }, [2, 1]],
      ['each element counts as a whole downward', { 'a.b': -1, 'a.c': 1 }, [1, 2]],
    ],
  ),
  ...projections(
    'tutorial/project-fields-from-query-results',
    [item],
    [
      ['named fields and _id', { a: 1 }, [{ _id: 1, a: 1 }]],
      ['without _id', { a: 1, _id: 0 }, [{ a: 1 }]],
      ['only _id', { _id: 1 }, [{ _id: 1 }]],
      ['in the order of the document', { tags: 1, a: true }, [{ _id: 1, a: 1, tags: ['p', 'q', 'r'] }]],
      ['all but a field', { list: 0, b: 0, tags: 0 }, [{ _id: 1, a: 1 }]],
      ['all but _id', { _id: 0, list: 0, tags: 0 }, [{ a: 1, b: { c: 2, d: 3 } }]],
      ['a nested field', { 'b.c': 1 }, [{ _id: 1, b: { c: 2 } }]],
      ['a nested field in nested form', { b: { c: 1 } }, [{ _id: 1, b: { c: 2 } }]],
      ['all but a nested field', { 'b.c': 0, list: 0, tags: 0 }, [{ _id: 1, a: 1, b: { d: 3 } }]],
      [
        'fields of documents in arrays; scalars go',
        { 'list.x': 1 },
        [{ _id: 1, list: [{ x: 1 }, [{ x: 3 }]] }],
      ],
      [
        'all but fields of documents in arrays; scalars stay',
        { 'list.x': 0, b: 0, tags: 0, a: 0 },
        [{ _id: 1, list: [1, { y: 2 }, [{ y: 4 }]] }],
      ],
      ['a path through a scalar keeps nothing', { 'a.x': 1 }, [{ _id: 1 }]],
      ['a missing field is not made', { nothing: 1 }, [{ _id: 1 }]],
      ['the empty projection keeps all', {}, [item]],
      ['an expression', { sum: { $add: ['$a', '$b.c'] } }, [{ _id: 1, sum: 3 }]],
      ['a literal', { a: 1, word: 'x' }, [{ _id: 1, a: 1, word: 'x' }]],
      ['in and out do not mix', { a: 1, b: 0 }, { error: 31254 }],
      ['out and in do not mix', { b: 0, a: 1 }, { error: 31253 }],
      ['paths collide', { b: 1, 'b.c': 1 }, { error: 31249 }],
      ['paths collide the other way', { 'b.c': 1, b: 1 }, { error: 31250 }],
      ['an unknown operator', { a: { $foo: 1 } }, { error: 168 }],
      ['an empty nested projection', { a: {} }, { error: 51270 }],
    ],
  ),
  ...projections(
    'reference/bson-types — Numbers',
    [{ _id: 1, d: new Double(5), i: new Int32(5) }],
    [['keeps numeric types', { d: 1, i: 1 }, [{ _id: 1, d: new Double(5), i: new Int32(5) }]]],
  ),
];
