import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { rating, startTestCatalog, type TestCatalog } from '../../test/support/catalog.ts';
import { countProducts } from '../../test/support/products.ts';
import type { NewProduct } from './drafts.ts';

let house: TestCatalog;
beforeAll(async () => {
  house = await startTestCatalog();
});
afterAll(() => house.close());

function rows(prefix: string, count: number): NewProduct[] {
  return Array.from({ length: count }, (_, index) =>
    house.product(`${prefix}${String(index).padStart(5, '0')}`),
  );
}

describe('an import', () => {
  test('creates what is new, says how far it is, and changes nothing when it is repeated', async () => {
    const inputs = rows('A', 1100);
    const progress: [number, number][] = [];
    const onProgress = (done: number, total: number) => progress.push([done, total]);
    const first = await house.catalog.importProducts(house.maker, inputs, { onProgress });
    expect(first).toMatchObject({ created: 1100, changed: 0, unchanged: 0, refused: [], approvalIds: [] });
    expect(progress).toHaveLength(3);
    expect(progress).toEqual([...progress].sort(([a], [b]) => a - b));
    expect(progress.at(-1)).toEqual([1100, 1100]);
    const again = await house.catalog.importProducts(house.maker, inputs);
    expect(again).toMatchObject({ created: 0, changed: 0, unchanged: 1100, refused: [] });
    const product = (await house.catalog.productByCode('A00007'))!;
    expect(product).toMatchObject({ lastReview: 'DRAFT', lastVersionNo: 1, revision: 1 });
  });

  test('tells in a dry run what it would do, and of refused rows in their order, whatever chunk they are in', async () => {
    const inputs = rows('R', 1600);
    const before = await countProducts(house.core);
    const refusedAt = [3, 499, 500, 1001, 1599];
    for (const index of refusedAt) inputs[index] = { ...inputs[index]!, kind: 'nothing' };
    inputs[700] = inputs[650]!;
    const told = await house.catalog.importProducts(house.maker, inputs, { dryRun: true });
    expect(told).toMatchObject({ created: 1594, changed: 0, unchanged: 0 });
    expect(told.refused.map(({ index, reasons }) => [index, reasons[0]!.code])).toEqual(
      [...refusedAt, 700]
        .sort((a, b) => a - b)
        .map((index) => [index, index === 700 ? 'CODE_REPEATED' : 'KIND_MISSING']),
    );
    expect(await countProducts(house.core)).toBe(before);
  });

  test('that fails in one chunk is told as failed', async () => {
    const inputs = rows('F', 1600);
    const failing = house.catalog.importProducts(house.maker, inputs, {
      onProgress: () => {
        throw new Error('stop here');
      },
    });
    await expect(failing).rejects.toThrow('stop here');
    const done = await countProducts(house.core, ({ code }) => code.startsWith('F'));
    expect(done).toBeLessThan(1600);
    expect(done % 500).toBe(0);
    expect(await house.catalog.importProducts(house.maker, inputs)).toMatchObject({
      created: 1600 - done,
      unchanged: done,
    });
  });

  test('submits what is complete and counts what the others lack', async () => {
    const [whole, unrated, unpriced] = rows('B', 3) as [NewProduct, NewProduct, NewProduct];
    const { rating: _rating, ...withoutRating } = unrated;
    const result = await house.catalog.importProducts(
      house.maker,
      [whole, withoutRating, { ...unpriced, prices: [] }],
      { submitBecause: 'first load' },
    );
    expect(result.incomplete).toEqual({ RISK_RATING_MISSING: 1, PRICE_MISSING: 1 });
    expect(result.approvalIds).toHaveLength(1);
    await house.approve(result.approvalIds);
    const at = (await house.catalog.productAt(
      (await house.catalog.productByCode('B00000'))!._id,
      new Date(),
    ))!;
    expect([at.version?.no, at.prices.length, at.rating?.level]).toEqual([1, 1, 'R2']);
    expect((await house.catalog.productByCode('B00001'))!.lastReview).toBe('DRAFT');
  });

  test('makes a next version of what changed and leaves alone what did not', async () => {
    const [same, renamed, rerated] = rows('C', 3) as [NewProduct, NewProduct, NewProduct];
    const first = await house.catalog.importProducts(house.maker, [same, renamed, rerated], {
      submitBecause: 'first load',
    });
    await house.approve(first.approvalIds);
    const content = { ...renamed.content, name: { zh: '新名', en: 'New name' } };
    const result = await house.catalog.importProducts(
      house.maker,
      [same, { ...renamed, content }, { ...rerated, rating: rating('R4', new Date()) }],
      { submitBecause: 'second load' },
    );
    expect(result).toMatchObject({ created: 0, changed: 2, unchanged: 1 });
    await house.approve(result.approvalIds);
    const of = async (code: string) => {
      const at = (await house.catalog.productAt((await house.catalog.productByCode(code))!._id, new Date()))!;
      return [at.version?.no, at.version?.content.name.en, at.prices.length, at.rating?.level];
    };
    expect(await of('C00000')).toEqual([1, 'Conditional Orders C00000', 1, 'R2']);
    expect((await of('C00001')).slice(0, 2)).toEqual([2, 'New name']);
    expect((await of('C00002'))[3]).toBe('R4');
  });

  test('refuses rows one by one, naming place and reason, and takes the rest', async () => {
    const [good, bad, odd] = rows('D', 3) as [NewProduct, NewProduct, NewProduct];
    const result = await house.catalog.importProducts(house.maker, [
      good,
      { ...bad, code: 'white space' },
      { ...odd, content: { ...odd.content, attributes: { markets: ['MOON'] } } },
      good,
      { ...odd, code: 'D9', kind: 'nonsense' },
    ]);
    expect(result.created).toBe(1);
    expect(
      result.refused.map(({ index, reasons }) => [index, reasons.map((reason) => reason.code)]).sort(),
    ).toEqual([
      [1, ['CODE_INVALID']],
      [2, ['ATTRIBUTE_INVALID']],
      [3, ['CODE_REPEATED']],
      [4, ['KIND_MISSING']],
    ]);
  });
});
