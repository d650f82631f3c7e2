import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { percentToPpm, readFundRow, type FundRow } from './fund-row.ts';

const good: FundRow = {
  code: '000001',
  name: '松石成长混合',
  type: '混合型-灵活',
  company: '松石基金',
  inception: '2001-12-18',
  mgmtFeePct: '1.20',
  custodyFeePct: '0.2',
  salesFeePct: '',
};

describe('a row of a fund list', () => {
  test('becomes a fund, with fees as whole parts per million', () => {
    expect(readFundRow(good, 2)).toEqual({
      fund: {
        code: '000001',
        name: '松石成长混合',
        type: '混合型-灵活',
        company: '松石基金',
        inceptionDate: '2001-12-18',
        fees: { managementFeePpm: 12_000, custodyFeePpm: 2_000 },
      },
    });
  });

  test('may lack company, date and fees', () => {
    expect(readFundRow({ code: '000001', name: '甲', type: '债券型' }, 2)).toEqual({
      fund: { code: '000001', name: '甲', type: '债券型', fees: {} },
    });
  });

  const wrong: [column: string, value: string][] = [
    ['code', '1'],
    ['code', '00000A'],
    ['code', ''],
    ['name', ' '],
    ['name', '长'.repeat(81)],
    ['type', ''],
    ['company', '长'.repeat(81)],
    ['inception', '2001-02-30'],
    ['inception', '18/12/2001'],
    ['mgmtFeePct', '-1'],
    ['mgmtFeePct', '1e1'],
    ['mgmtFeePct', '10.0001'],
    ['maxRedeemFeePct', '1.23456'],
    ['custodyFeePct', 'NaN'],
  ];

  test.each(wrong)('with %s "%s" is refused, naming line and column', (column, value) => {
    expect(readFundRow({ ...good, [column]: value }, 7)).toEqual({
      problems: [{ line: 7, column, value, problem: { zh: expect.any(String), en: expect.any(String) } }],
    });
  });

  test('tells everything that is wrong with it at once', () => {
    const read = readFundRow({ code: 'x', name: '', type: '', inception: 'y', mgmtFeePct: 'z' }, 3);
    expect('problems' in read && read.problems.map(({ column }) => column)).toEqual([
      'code',
      'name',
      'type',
      'inception',
      'mgmtFeePct',
    ]);
  });

  test('keeps every percentage of up to four decimals exactly', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 100_000 }), (ppm) => {
        const text = `${Math.floor(ppm / 10_000)}.${String(ppm % 10_000).padStart(4, '0')}`;
        expect(percentToPpm(text)).toBe(ppm);
      }),
    );
  });
});
