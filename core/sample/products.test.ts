import { describe, expect, test } from '@jest/globals';
import { attributeErrors } from '../catalog/attributes.ts';
import { coreKinds } from '../catalog/kinds.ts';
import type { KindRecord } from '../catalog/records.ts';
import { readRuleFile } from '../explain/rule-data.ts';
import { loadFactorModel } from '../risk/factor-model.ts';
import { readClients, readFirm, readProducts } from './firm.ts';
import { toNewProduct, type LoadingContext } from './products.ts';

const firm = readFirm();
const products = readProducts();
const kinds = coreKinds();
const context: LoadingContext = {
  loadedOn: '2026-11-24',
  at: new Date('2026-11-24T04:00:00Z'),
  natures: new Map(kinds.map((kind) => [kind.code, kind.nature])),
  models: {
    FINANCIAL: loadFactorModel(readRuleFile('core', 'risk', 'rules', 'financial-factors.json')),
    SERVICE: loadFactorModel(readRuleFile('core', 'risk', 'rules', 'service-factors.json')),
  },
  categoryIds: new Map(firm.categories.map(({ code }) => [code, code])),
  brandIds: new Map(firm.brands.map(({ code }) => [code, code])),
  personas: new Map(readClients().personas.map(({ key }) => [key, `party of ${key}`])),
};
const made = products.map((product) => ({ product, input: toNewProduct(product, context) }));
const level = (code: string) => made.find(({ input }) => input.code === code)!.input.rating!.level;

describe('the products of the sample', () => {
  test.each(made.map(({ product, input }) => [product.code, input] as const))(
    '%s has attributes that its kind takes and is listed somewhere',
    (_, { kind, content }) => {
      const declared = kinds.find((one) => one.code === kind)!;
      expect(attributeErrors(declared as unknown as KindRecord, content.attributes)).toEqual([]);
      expect(firm.channels[kind]!.length).toBeGreaterThan(0);
    },
  );

  test('have codes of their own and names in both languages', () => {
    expect(new Set(products.map(({ code }) => code)).size).toBe(products.length);
    for (const { name, summary } of products)
      for (const { zh, en } of [name, summary]) {
        expect(zh).toMatch(/\p{Script=Han}/u);
        expect(en).toMatch(/^[A-Z\p{L}]/u);
        expect(en).not.toMatch(/\p{Script=Han}/u);
      }
  });

  test('have the risk levels that their names promise', () => {
    const codes = ['AP-CASH', 'AP-STEADY', 'AP-BALANCED', 'AP-DIVIDEND', 'AP-GROWTH', 'AP-THEME'];
    expect(codes.map(level)).toEqual(['R1', 'R2', 'R3', 'R3', 'R4', 'R5']);
  });

  test('every fully paid ladder names each tier of the house once, and prices never rise with the tier', () => {
    const tiers = firm.scheme.tiers.map(({ code }) => code);
    for (const { prices = [], code } of made.map(({ input }) => input)) {
      const inCny = prices.filter((row) => row.currency === 'CNY' && row.channel === undefined);
      const base = inCny.find((row) => row.scope?.kind === 'everyone')?.amountMinor;
      let least = base ?? 0;
      for (const tier of tiers) {
        const rows = inCny.filter((row) => row.scope?.kind === 'tier' && row.scope.ref === tier);
        expect([code, tier, rows.length <= 1]).toEqual([code, tier, true]);
        if (rows[0]) {
          expect([code, tier, rows[0].amountMinor <= least]).toEqual([code, tier, true]);
          least = rows[0].amountMinor;
        }
      }
    }
  });

  test('one row is mixed, one is for the app alone and one for a named client', () => {
    const rows = made.flatMap(({ input }) => input.prices ?? []);
    expect(rows.some((row) => row.pointsShareMaxPct === 50)).toBe(true);
    expect(rows.filter((row) => row.channel === 'APP')).toHaveLength(1);
    expect(rows.filter((row) => row.scope?.kind === 'client').map((row) => row.scope!.ref)).toEqual([
      'party of VIP',
    ]);
  });

  test('an activity takes place so many days after loading, at an hour of Shanghai', () => {
    const walk = made.find(({ input }) => input.code === 'CA-LAKE-WALK')!.input.content.attributes;
    expect(walk).toMatchObject({
      startsAt: '2026-12-08T09:00:00+08:00',
      endsAt: '2026-12-08T11:00:00+08:00',
    });
  });
});
