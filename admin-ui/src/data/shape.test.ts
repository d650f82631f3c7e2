import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { shapeOf, tableOf } from './shape.ts';

describe('how data is drawn', () => {
  test('a matrix and a list of alike records are tables; a text in both languages is one text', () => {
    const matrix = { C1: { R1: 'MATCH', R2: 'FORBIDDEN' }, C2: { R1: 'MATCH', R2: 'MATCH' } };
    expect(shapeOf(matrix)).toBe('table');
    expect(tableOf(matrix)).toEqual({
      columns: ['', 'R1', 'R2'],
      rows: [
        ['C1', 'MATCH', 'FORBIDDEN'],
        ['C2', 'MATCH', 'MATCH'],
      ],
    });
    expect(shapeOf([{ code: 'a', weight: 1 }, { code: 'b' }])).toBe('table');
    expect(shapeOf({ zh: '甲', en: 'A' })).toBe('text-pair');
    expect(shapeOf({ a: { zh: '甲' }, b: { zh: '乙' } })).toBe('record');
    expect(shapeOf([1, 'x'])).toBe('values');
    expect(shapeOf([{ deep: { x: { y: 1 } } }])).toBe('list');
    expect([shapeOf(null), shapeOf({}), shapeOf(false), shapeOf(0)]).toEqual([
      'nothing',
      'nothing',
      'flag',
      'value',
    ]);
  });

  test('whatever the data, it has a shape, and a table has as many cells in every row as it has columns', () => {
    fc.assert(
      fc.property(fc.jsonValue(), (data) => {
        if (shapeOf(data) !== 'table') return;
        const { columns, rows } = tableOf(data);
        for (const row of rows) expect(row).toHaveLength(columns.length);
      }),
    );
  });
});
