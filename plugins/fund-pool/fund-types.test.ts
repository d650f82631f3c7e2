import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { parse } from 'csv-parse/sync';
import { readRuleFile } from '../../core/explain/rule-data.ts';
import { fromRoot } from '../../core/paths.ts';
import { loadFactorModel } from '../../core/risk/factor-model.ts';
import { loadTypeTable, rateByType } from '../../core/risk/type-table.ts';

const model = loadFactorModel(readRuleFile('core', 'risk', 'rules', 'financial-factors.json'));
const table = loadTypeTable(readRuleFile('plugins', 'fund-pool', 'rules', 'fund-types.json'), model);
const levelOf = (type: string, more: { name?: string; code?: string } = {}) => {
  const rating = rateByType(table, model, { type, ...more });
  return rating.outcome === 'RATED' ? rating.level : 'unrated';
};

describe('the default fund types', () => {
  test.each([
    ['货币型-普通货币', 'R1'],
    ['货币型', 'R1'],
    ['货币市场型', 'R1'],
    ['债券型-中短债', 'R2'],
    ['债券型-长债', 'R2'],
    ['债券型-混合一级', 'R2'],
    ['债券型-混合二级', 'R3'],
    ['债券型-混合债', 'R3'],
    ['债券型', 'unrated'],
    ['指数型-固收', 'R2'],
    ['指数型-股票', 'R3'],
    ['指数型-海外股票', 'R3'],
    ['指数型-其他', 'R3'],
    ['股票型', 'R3'],
    ['混合型', 'R3'],
    ['混合型-灵活', 'R3'],
    ['混合型-偏股', 'R3'],
    ['混合型-平衡', 'R3'],
    ['混合型-偏债', 'R3'],
    ['混合型-绝对收益', 'R3'],
    ['混合-绝对收益', 'R3'],
    ['FOF', 'R3'],
    ['FOF-稳健型', 'R3'],
    ['FOF-均衡型', 'R3'],
    ['FOF-进取型', 'R3'],
    ['QDII', 'unrated'],
    ['QDII-普通股票', 'R3'],
    ['QDII-混合偏股', 'R3'],
    ['QDII-混合灵活', 'R3'],
    ['QDII-混合平衡', 'R3'],
    ['QDII-混合债', 'R3'],
    ['QDII-纯债', 'R3'],
    ['QDII-FOF', 'R3'],
    ['QDII-REITs', 'R3'],
    ['QDII-商品', 'R4'],
    ['商品', 'unrated'],
    ['商品（不含QDII）', 'R3'],
    ['Reits', 'R3'],
    ['REITs', 'R3'],
    ['私募', 'unrated'],
  ])('%s is %s', (type, level) => expect(levelOf(type)).toBe(level));

  test('the more specific wins: convertible bonds by name, structured shares by code', () => {
    expect(levelOf('债券型-混合一级', { name: '某可转债债券A' })).toBe('R3');
    expect(levelOf('指数型-固收', { name: '某转债ETF' })).toBe('R3');
    expect(levelOf('股票型', { code: '150019', name: '某进取' })).toBe('unrated');
    expect(levelOf('债券型', { code: '150165', name: '可转债B' })).toBe('unrated');
    expect(levelOf('货币型-普通货币', { code: '150005' })).toBe('R1');
  });
  test('a bare type is rated only where all its subtypes come to one level', () => {
    for (const bare of ['债券型', 'QDII', '混合型', 'FOF']) {
      const subtypes = table.types.filter((rule) => rule.match.startsWith(`${bare}-`) && !rule.when);
      const levels = [...new Set(subtypes.map((rule) => levelOf(rule.match)))];
      expect([bare, levelOf(bare)]).toEqual([bare, levels.length === 1 ? levels[0] : 'unrated']);
    }
  });
  test('every rated type gives the facts that suitability asks for', () => {
    for (const rule of table.types.filter((one) => one.sheet)) {
      expect(Object.keys(rule.facts ?? {}).sort()).toEqual(['investmentKind', 'term']);
    }
  });
});

const realFile = join(process.env['TESSERA_REAL_DATA'] ?? fromRoot('..', 'shared', 'data'), 'funds.csv');
const real = existsSync(realFile) ? test : test.skip;
real(
  'the table knows every type of the real funds, and rates all but those that it says it cannot (TESSERA_REAL_DATA)',
  () => {
    const funds = parse(readFileSync(realFile), { columns: true, bom: true }) as {
      code: string;
      name: string;
      type: string;
    }[];
    const counts = { rated: 0, unrated: 0 };
    for (const fund of funds) {
      const rating = rateByType(table, model, fund);
      if (rating.outcome === 'RATED') counts.rated += 1;
      else {
        counts.unrated += 1;
        expect(rating.reasons).toMatchObject([{ key: 'risk.typeDoesNotTell' }]);
      }
    }
    expect(counts.rated + counts.unrated).toBe(8993);
    expect(counts.rated).toBeGreaterThan(8600);
  },
);
