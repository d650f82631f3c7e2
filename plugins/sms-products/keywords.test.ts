import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { readCommand } from './keywords.ts';

describe('an inbound text', () => {
  test.each([
    ['DZ 101', { is: 'ORDER', keyword: '101' }],
    ['dz101', { is: 'ORDER', keyword: '101' }],
    ['ＤＺ　１０１', { is: 'ORDER', keyword: '101' }],
    ['  Dz \t 101。', { is: 'ORDER', keyword: '101' }],
    ['订阅101', { is: 'ORDER', keyword: '101' }],
    ['CX 304', { is: 'QUERY', keyword: '304' }],
    ['查询304', { is: 'QUERY', keyword: '304' }],
    ['Y', { is: 'YES' }],
    ['ｙ', { is: 'YES' }],
    ['“Y”', { is: 'YES' }],
    ['y!', { is: 'YES' }],
    ['TD 101', { is: 'END', keyword: '101' }],
    ['td101', { is: 'END', keyword: '101' }],
    ['退订 101', { is: 'END', keyword: '101' }],
    ['TD', { is: 'END_ANY' }],
    ['ｔｄ', { is: 'END_ANY' }],
    ['退订', { is: 'END_ANY' }],
    ['退订！', { is: 'END_ANY' }],
    ['T', { is: 'STOP' }],
    ['ｔ', { is: 'STOP' }],
    ['r', { is: 'STOP' }],
    ['Ｒ.', { is: 'STOP' }],
  ])('%j is understood', (text, command) => {
    expect(readCommand(text)).toEqual(command);
  });

  test.each([
    '',
    ' ',
    '101',
    'DZ',
    'DZ 1',
    'DZ 1010',
    'DZ 101 102',
    'DZ 101 Y',
    'YY',
    'YES please',
    'Y TD',
    'N',
    'TDX',
    'T101',
    'R 101',
    'TD 10',
    'TD all',
    '不要退订',
    '我想退订吗',
    'D Z 101',
    '你好',
    `Y${' '.repeat(600)}`,
    'DZ １０a',
    '📈',
  ])('%j is answered with help', (text) => {
    expect(readCommand(text)).toEqual({ is: 'HELP' });
  });

  test('means the same in any case, width and spacing', () => {
    const wide = (text: string) =>
      [...text].map((one) => String.fromCodePoint(one.codePointAt(0)! + 0xfee0)).join('');
    const spaces = fc.constantFrom('', ' ', '  ', '\u3000', '\t', '\u00a0');
    const word = fc.constantFrom('DZ', 'TD', 'CX', 'Y', 'T', 'R');
    const digits = fc.integer({ min: 0, max: 999 }).map((no) => String(no).padStart(3, '0'));
    fc.assert(
      fc.property(
        word,
        digits,
        fc.boolean(),
        fc.boolean(),
        fc.tuple(spaces, spaces, spaces),
        (said, no, lower, full, [a, b, c]) => {
          const numbered = said.length === 2;
          const shape = (text: string) => {
            const cased = lower ? text.toLowerCase() : text;
            return full ? wide(cased) : cased;
          };
          const varied = `${a}${shape(said)}${numbered ? `${b}${shape(no)}` : ''}${c}`;
          expect(readCommand(varied)).toEqual(readCommand(numbered ? `${said} ${no}` : said));
          expect(readCommand(varied).is).not.toBe('HELP');
        },
      ),
    );
  });

  test('never throws, and never reads a consent into noise', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        const { is } = readCommand(text);
        if (is === 'YES') expect(text.normalize('NFKC').toUpperCase()).toContain('Y');
        if (is === 'ORDER') expect(text.normalize('NFKC')).toMatch(/\d{3}/);
      }),
    );
  });
});
