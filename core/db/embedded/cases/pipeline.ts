import { Double, Long } from 'bson';

import { type Case, pipelines } from './case.ts';

const sales = [
  { _id: 1, item: 'abc', price: 10, qty: 2, day: new Date('2024-01-01'), tags: ['x', 'y'] },
  { _id: 2, item: 'jkl', price: 20, qty: 1, day: new Date('2024-01-02'), tags: [] },
  { _id: 3, item: 'xyz', price: 5, qty: 5, day: new Date('2024-01-02') },
  { _id: 4, item: 'abc', price: 10.5, qty: 10, tags: 'z' },
  { _id: 5, item: null, price: '7', qty: 1, tags: null },
  { _id: 6, qty: 4 },
];
const first = { $limit: 1 };

export const pipelineCases: Case[] = [
  ...pipelines('reference/operator/aggregation/group', sales, [
    [
      'sums per key; null and missing are one group',
      [{ $group: { _id: '$item', n: { $sum: '$qty' } } }, { $sort: { _id: 1 } }],
      [
        { _id: null, n: 5 },
        { _id: 'abc', n: 12 },
        { _id: 'jkl', n: 1 },
        { _id: 'xyz', n: 5 },
      ],
    ],
    ['all documents', [{ $group: { _id: null, n: { $sum: 1 } } }], [{ _id: null, n: 6 }]],
    ['nothing from nothing', [{ $match: { _id: 99 } }, { $group: { _id: null, n: { $sum: 1 } } }], []],
    [
      '$sum skips what is no number, and a double makes a double',
      [{ $group: { _id: null, n: { $sum: '$price' } } }],
      [{ _id: null, n: 45.5 }],
    ],
    [
      '$sum of nothing numeric is zero',
      [{ $group: { _id: null, n: { $sum: '$item' } } }],
      [{ _id: null, n: 0 }],
    ],
    [
      '$min and $max pass over null and missing',
      [{ $group: { _id: null, least: { $min: '$item' }, most: { $max: '$item' } } }],
      [{ _id: null, least: 'abc', most: 'xyz' }],
    ],
    ['$max over types', [{ $group: { _id: null, most: { $max: '$price' } } }], [{ _id: null, most: '7' }]],
    [
      '$first and $last in sort order',
      [{ $sort: { _id: -1 } }, { $group: { _id: null, first: { $first: '$_id' }, last: { $last: '$_id' } } }],
      [{ _id: null, first: 6, last: 1 }],
    ],
    [
      '$first of a missing field is null',
      [{ $sort: { _id: -1 } }, { $group: { _id: null, first: { $first: '$item' } } }],
      [{ _id: null, first: null }],
    ],
    [
      '$push keeps null and skips missing',
      [{ $sort: { _id: 1 } }, { $group: { _id: null, all: { $push: '$item' } } }],
      [{ _id: null, all: ['abc', 'jkl', 'xyz', 'abc', null] }],
    ],
    [
      '$push of documents',
      [{ $match: { _id: { $lt: 3 } } }, { $group: { _id: null, all: { $push: { i: '$item', q: '$qty' } } } }],
      [
        {
          _id: null,
          all: [
            { i: 'abc', q: 2 },
            { i: 'jkl', q: 1 },
          ],
        },
      ],
    ],
    [
      'a compound key',
      [
        { $match: { _id: { $in: [1, 4] } } },
        { $group: { _id: { i: '$item', d: '$day' }, n: { $sum: 1 } } },
        { $sort: { _id: 1 } },
      ],
      [
        { _id: { i: 'abc' }, n: 1 },
        { _id: { i: 'abc', d: new Date('2024-01-01') }, n: 1 },
      ],
    ],
    [
      'numbers of all types are one key',
      [
        { $match: { _id: { $in: [1, 4] } } },
        {
          $group: { _id: { $cond: [{ $eq: ['$_id', 1] }, 1, { $literal: new Double(1) }] }, n: { $sum: 1 } },
        },
      ],
      [{ _id: 1, n: 2 }],
    ],
    [
      'expressions in accumulators',
      [
        { $match: { item: 'abc' } },
        { $group: { _id: '$item', total: { $sum: { $multiply: ['$price', '$qty'] } } } },
      ],
      [{ _id: 'abc', total: new Double(125) }],
    ],
    [
      'an int sum grows into a long',
      [{ $match: { _id: { $lt: 3 } } }, { $group: { _id: null, n: { $sum: 2147483647 } } }],
      [{ _id: null, n: Long.fromNumber(4294967294) }],
    ],
    ['without _id', [{ $group: { n: { $sum: 1 } } }], { error: 15955 }],
    ['an unknown accumulator', [{ $group: { _id: null, n: { $foo: 1 } } }], { error: 15952 }],
    ['a field that is no accumulator', [{ $group: { _id: null, n: 1 } }], { error: 40234 }],
    ['two accumulators', [{ $group: { _id: null, n: { $sum: 1, $max: 1 } } }], { error: 40238 }],
    ['a dotted field', [{ $group: { _id: null, 'a.b': { $sum: 1 } } }], { error: 40235 }],
  ]),
  ...pipelines('reference/operator/aggregation/unwind', sales, [
    [
      'one document per element; a scalar is one element',
      [{ $unwind: '$tags' }, { $project: { tags: 1 } }],
      [
        { _id: 1, tags: 'x' },
        { _id: 1, tags: 'y' },
        { _id: 4, tags: 'z' },
      ],
    ],
    ['a path without $', [{ $unwind: 'tags' }], { error: 28818 }],
    ['no path', [{ $unwind: {} }], { error: 28812 }],
    ['an unknown option', [{ $unwind: { path: '$tags', foo: 1 } }], { error: 28811 }],
    ['a number', [{ $unwind: 5 }], { error: 15981 }],
  ]),
  ...pipelines('reference/operator/aggregation/project', sales, [
    [
      'fields and expressions',
      [first, { $project: { item: 1, total: { $multiply: ['$price', '$qty'] } } }],
      [{ _id: 1, item: 'abc', total: 20 }],
    ],
    ['a renamed field', [first, { $project: { _id: 0, name: '$item' } }], [{ name: 'abc' }]],
    ['a missing field is left out', [{ $match: { _id: 6 } }, { $project: { name: '$item' } }], [{ _id: 6 }]],
    [
      'a new document',
      [first, { $project: { _id: 0, a: { b: '$item', c: { $literal: 1 } } } }],
      [{ a: { b: 'abc', c: 1 } }],
    ],
    [
      'an array',
      [first, { $project: { _id: 0, a: ['$item', '$nothing', 'x'] } }],
      [{ a: ['abc', null, 'x'] }],
    ],
    [
      'without fields',
      [first, { $project: { price: 0, day: 0, tags: 0 } }],
      [{ _id: 1, item: 'abc', qty: 2 }],
    ],
    ['nothing', [{ $project: {} }], { error: 51272 }],
    ['in and out', [{ $project: { item: 1, qty: 0 } }], { error: 31254 }],
    ['not a document', [{ $project: 5 }], { error: 15969 }],
  ]),
  ...pipelines(
    'reference/operator/aggregation/addFields',
    [{ _id: 1, a: { x: 1 }, list: [{ n: 1 }, { n: 2 }] }],
    [
      [
        'adds at the end',
        [{ $addFields: { b: '$a.x' } }],
        [{ _id: 1, a: { x: 1 }, list: [{ n: 1 }, { n: 2 }], b: 1 }],
      ],
      [
        'into a document',
        [{ $addFields: { 'a.y': 2 } }],
        [{ _id: 1, a: { x: 1, y: 2 }, list: [{ n: 1 }, { n: 2 }] }],
      ],
      [
        'into each document of an array',
        [{ $addFields: { 'list.m': '$_id' } }, { $project: { a: 0 } }],
        [
          {
            _id: 1,
            list: [
              { n: 1, m: 1 },
              { n: 2, m: 1 },
            ],
          },
        ],
      ],
      ['replaces in place', [{ $addFields: { a: 5 } }, { $project: { list: 0 } }], [{ _id: 1, a: 5 }]],
      ['a path through an array gathers', [{ $project: { _id: 0, all: '$list.n' } }], [{ all: [1, 2] }]],
      ['not a document', [{ $addFields: 'x' }], { error: 40272 }],
      ['an undefined variable', [{ $addFields: { b: '$$nothing' } }], { error: 17276 }],
      [
        'two operators in one expression',
        [{ $addFields: { b: { $add: [1], $eq: [1, 1] } } }],
        { error: 15983 },
      ],
    ],
  ),
  ...pipelines('reference/operator/aggregation — $match, $sort, $limit, $skip, $count', sales, [
    ['$match', [{ $match: { qty: { $gt: 4 } } }, { $project: { _id: 1 } }], [{ _id: 3 }, { _id: 4 }]],
    [
      '$sort and $limit',
      [{ $sort: { qty: -1 } }, { $limit: 2 }, { $project: { _id: 1 } }],
      [{ _id: 4 }, { _id: 3 }],
    ],
    [
      '$sort, $skip and $limit',
      [{ $sort: { qty: -1 } }, { $skip: 1 }, { $limit: 2 }, { $project: { _id: 1 } }],
      [{ _id: 3 }, { _id: 6 }],
    ],
    ['$skip beyond the end', [{ $skip: 100 }], []],
    ['$count', [{ $match: { qty: 1 } }, { $count: 'n' }], [{ n: 2 }]],
    ['$count of nothing gives nothing', [{ $match: { qty: 100 } }, { $count: 'n' }], []],
    ['a limit of zero', [{ $limit: 0 }], { error: 15958 }],
    ['a negative skip', [{ $skip: -1 }], { error: 5107200 }],
    ['an empty sort', [{ $sort: {} }], { error: 15976 }],
    ['a sort by no direction', [{ $sort: { qty: 'x' } }], { error: 15974 }],
    ['a sort by another number', [{ $sort: { qty: 2 } }], { error: 15975 }],
    [
      'a sort by two arrays side by side',
      [{ $project: { a: [1, 2], b: ['$qty'] } }, { $sort: { a: 1, b: 1 } }],
      { error: 2 },
    ],
    ['$count without a name', [{ $count: '' }], { error: 40157 }],
    ['an unknown stage', [{ $foo: {} }], { error: 40324 }],
    ['two stages in one', [{ $count: 'n', $limit: 1 }], { error: 40323 }],
    ['a match and a limit in one', [{ $match: {}, $limit: 1 }], { error: 40323 }],
    ['a sort and a limit in one', [{ $sort: { qty: 1 }, $limit: 1 }], { error: 40323 }],
  ]),
];
