import { describe, expect, test } from '@jest/globals';
import { attributeErrors } from '../../../core/catalog/attributes.ts';
import type { KindRecord } from '../../../core/catalog/records.ts';
import { shiftDate } from '../../../core/sample/dates.ts';
import { POOLS } from '../pool.ts';
import { fundKind } from '../kind.ts';
import { readFundsData, sampleFunds, simulatedNavs } from './funds.ts';

const data = readFundsData();
const day = '2026-11-24';
const funds = sampleFunds(data, day);
const count = (of: (fund: (typeof funds)[number]) => boolean) => funds.filter(of).length;

describe('the simulated funds', () => {
  test('are 200 of twelve invented companies, of every type and share class, each with a code and name of its own', () => {
    expect(funds).toHaveLength(200);
    expect(new Set(funds.map(({ company }) => company)).size).toBe(12);
    expect(new Set(funds.map(({ type }) => type))).toEqual(new Set(data.types.map(({ type }) => type)));
    expect(['A', 'C', 'E'].map((one) => count(({ shareClass }) => shareClass === one))).toEqual([
      110, 70, 20,
    ]);
    expect(new Set(funds.map(({ code }) => code)).size).toBe(200);
    expect(new Set(funds.map(({ name }) => name)).size).toBe(200);
    for (const { code, name, nameEn } of funds) {
      expect(code).toMatch(/^99\d{4}$/);
      expect([name, nameEn]).toEqual([expect.stringContaining('模拟'), expect.stringContaining('simulated')]);
    }
  });

  test('five are suspended, three under six months old, two below 50 million, and every pool has some', () => {
    expect(count(({ dealing }) => dealing === 'SUSPENDED')).toBe(5);
    expect(count(({ inceptionDate }) => inceptionDate > shiftDate(day, -182))).toBe(3);
    expect(count(({ sizeMinor }) => sizeMinor < 50 * 1_000_000 * 100)).toBe(2);
    for (const pool of POOLS) expect([pool, count((fund) => fund.pool === pool) > 0]).toEqual([pool, true]);
  });

  test('have attributes that their kind takes, and classes of one portfolio agree in all but fees', () => {
    for (const { type, company, inceptionDate, fees } of funds)
      expect(
        attributeErrors(fundKind as unknown as KindRecord, {
          fundType: type,
          company,
          inceptionDate,
          ...fees,
        }),
      ).toEqual([]);
    const byPortfolio = new Map<string, string>();
    for (const { name, company, manager, inceptionDate, dealing } of funds) {
      const portfolio = name.replace(/[ACE]（模拟）$/, '');
      const facts = [company, manager, inceptionDate, dealing].join();
      expect(byPortfolio.get(portfolio) ?? facts).toBe(facts);
      byPortfolio.set(portfolio, facts);
    }
  });

  test('are the same whenever they are made again, and so are their values', () => {
    expect(sampleFunds(data, day)).toEqual(funds);
    const days = Array.from({ length: 500 }, (_, index) => shiftDate('2024-01-01', index));
    for (const fund of funds.slice(0, 40)) {
      const navs = simulatedNavs(fund, data, days);
      expect(simulatedNavs(fund, data, days)).toEqual(navs);
      expect(navs[0]).toEqual({ date: '2024-01-01', navE4: 10_000 });
      for (const { navE4 } of navs) expect(Number.isSafeInteger(navE4) && navE4 >= 500).toBe(true);
      if (!fund.type.startsWith('货币'))
        expect(new Set(navs.map(({ navE4 }) => navE4)).size).toBeGreaterThan(50);
    }
  });
});
