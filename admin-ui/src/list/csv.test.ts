import { expect, test } from '@jest/globals';
import { parse } from 'csv-parse/sync';
import fc from 'fast-check';
import { cell, csvOf } from './csv.ts';

test('what was written is read again, whatever is in it, but for the apostrophe before a formula', () => {
  const rowsArb = fc.array(fc.array(fc.string({ minLength: 1 }), { minLength: 2, maxLength: 2 }), {
    minLength: 1,
  });
  fc.assert(
    fc.property(rowsArb, (rows) => {
      const read = parse(csvOf(rows), { bom: true, record_delimiter: '\r\n' }) as string[][];
      expect(read).toEqual(
        rows.map((row) => row.map((text) => (/^[=+\-@\t\r＝＋－＠]/.test(text) ? `'${text}` : text))),
      );
    }),
  );
});

test('a name that begins like a formula is told apart from one', () => {
  expect(['=1+1', '+86', '-1', '@a', '＝1', '早盘 = 晨报', '\tx'].map(cell)).toEqual([
    "'=1+1",
    "'+86",
    "'-1",
    "'@a",
    "'＝1",
    '早盘 = 晨报',
    "'\tx",
  ]);
});
