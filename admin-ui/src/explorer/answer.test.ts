import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { cellsOf, listOf, outcomesOf, printAnswer } from './answer.ts';

const decisions = new Set(['price', 'suitability']);

describe('printAnswer', () => {
  test('what it prints is the same value again', () => {
    fc.assert(
      fc.property(fc.jsonValue(), fc.integer({ min: 10, max: 80 }), (value, width) => {
        expect(JSON.parse(printAnswer(value, decisions, width).text)).toEqual(
          JSON.parse(JSON.stringify(value)),
        );
      }),
    );
  });

  test('a short object stays on one line, a long one is broken', () => {
    expect(printAnswer({ a: 1, b: [2] }, decisions, 50).text).toBe('{ "a": 1, "b": [2] }');
    expect(printAnswer({ a: 'x'.repeat(70) }, decisions, 50).text.split('\n')).toHaveLength(3);
  });

  test('short entries share a line up to its width', () => {
    const product = { code: 'INF-101', level: 'R2', brand: 'x'.repeat(30), kind: 'digest' };
    expect(printAnswer(product, decisions, 50).text).toBe(
      [
        '{',
        '  "code": "INF-101", "level": "R2",',
        `  "brand": "${'x'.repeat(30)}",`,
        '  "kind": "digest"',
        '}',
      ].join('\n'),
    );
  });

  test('what wraps one longer thing costs no column', () => {
    const answer = {
      data: { list: { total: 2, edges: [{ cursor: 'c1', node: { name: 'x'.repeat(70), price: 1 } }] } },
    };
    expect(printAnswer(answer, decisions, 80).text.split('\n')).toEqual([
      '{ "data": { "list": { "total": 2, "edges": [{ "cursor": "c1", "node": {',
      `  "name": "${'x'.repeat(70)}",`,
      '  "price": 1',
      '} }] } } }',
    ]);
  });

  test('price and suitability get lines of their own, and exactly these are marked', () => {
    const { text, marked } = printAnswer(
      { code: 'A', price: { amountMinor: 800 }, suitability: null, last: 1 },
      decisions,
      50,
    );
    const lines = text.split('\n');
    expect(
      marked.map(({ from, to }) =>
        lines
          .slice(from - 1, to)
          .join('\n')
          .trim(),
      ),
    ).toEqual(['"price": { "amountMinor": 800 },', '"suitability": null,']);
    expect([lines[1], lines[4]]).toEqual(['  "code": "A",', '  "last": 1']);
  });
});

describe('listOf', () => {
  test('a connection gives its nodes and the total', () => {
    const data = { browse: { totalCount: 63, edges: [{ cursor: 'c', node: { code: 'A' } }] } };
    expect(listOf(data)).toEqual({ path: 'browse', rows: [{ code: 'A' }], total: 63 });
  });

  test('the outermost list is found before one inside it', () => {
    const data = { one: { deep: { list: [{ id: 1 }] } }, products: [{ tags: [{ id: 2 }] }] };
    expect(listOf(data)?.path).toBe('products');
  });

  test('an answer without a list gives none', () => {
    expect(listOf({ viewer: { name: 'A' } })).toBeNull();
    expect(listOf(null)).toBeNull();
  });
});

test('cells are named by their path, and lists inside a row become one cell', () => {
  const row = {
    product: { name: { zh: '早盘晨报' } },
    duties: [{ code: 'D1', text: '警示' }],
    price: null,
    tags: [],
  };
  expect(Object.fromEntries(cellsOf(row))).toEqual({
    'product.name.zh': '早盘晨报',
    duties: 'D1 警示',
    price: '—',
    tags: '—',
  });
});

test('outcomes are counted, and rows without a decision are not', () => {
  const rows = [
    { suitability: { outcome: 'MATCH', recommendable: true } },
    { suitability: { outcome: 'MATCH', recommendable: false } },
    { suitability: { outcome: 'FORBIDDEN', recommendable: false } },
    { suitability: null, last: 1 },
  ];
  expect(outcomesOf(rows)).toEqual({
    outcomes: [
      ['MATCH', 2],
      ['FORBIDDEN', 1],
    ],
    recommendable: 1,
  });
});
