import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { House } from '../../../test/support/house.ts';

/** The staff's list over HTTP, as the admin UI asks for it. */
let house: House;
beforeAll(async () => {
  house = await House.start({ plugins: [] });
});
afterAll(() => house.stop());

const LIST = `query ($filter: CatalogProductFilter, $first: Int = 20, $after: String, $before: String,
    $sort: CatalogProductSort! = CODE, $descending: Boolean! = false) {
  products(filter: $filter, first: $first, after: $after, before: $before, sort: $sort, descending: $descending) {
    totalCount position pageInfo { hasNextPage endCursor }
    edges { cursor node { id code lifecycle level listPrice { amountMinor billing } changedAt } }
    facets { kinds { value name { zh } count } lifecycles { value count } riskLevels { value count }
      channels { value count } categories { value name { en } count } }
    without { condition count } } }`;

interface Listed {
  readonly totalCount: number;
  readonly position: number;
  readonly pageInfo: { readonly hasNextPage: boolean; readonly endCursor: string };
  readonly edges: readonly {
    readonly cursor: string;
    readonly node: {
      readonly id: string;
      readonly code: string;
      readonly lifecycle: string;
      readonly level: string | null;
      readonly listPrice: { readonly amountMinor: number } | null;
    };
  }[];
  readonly facets: Readonly<Record<string, readonly { readonly value: string; readonly count: number }[]>>;
  readonly without: readonly { readonly condition: string; readonly count: number }[];
}

async function list(variables: object = {}): Promise<Listed> {
  return (await house.ask<{ products: Listed }>(house.as('auditor'), LIST, variables)).products;
}

const codes = ({ edges }: Listed) => edges.map(({ node }) => node.code);

async function create(code: string, zh: string, more: object = {}): Promise<string> {
  const input = {
    code,
    kind: 'digest',
    draft: {
      name: { zh, en: `Note ${code}` },
      attributes: { frequency: 'WEEK', issueTime: '08:30', opinion: false },
      ...more,
    },
  };
  const mutation = `mutation ($input: CreateProductInput!) { createProduct(input: $input) {
    __typename ... on DraftSaved { product { id } } ... on CatalogRefusal { code } } }`;
  const { createProduct } = await house.ask<{
    createProduct: { __typename: string; product: { id: string } };
  }>(house.as('product-manager'), mutation, { input });
  expect(createProduct.__typename).toBe('DraftSaved');
  return createProduct.product.id;
}

describe('the staff’s list of products', () => {
  test('has a draft as soon as it is saved, finds it by a part of its Chinese name and by its code', async () => {
    await create('DSK-1', '早盘晨报');
    await create('DSK-2', '周度策略');
    expect(codes(await list({ filter: { text: '晨报' } }))).toEqual(['DSK-1']);
    expect(codes(await list({ filter: { text: 'dsk 策略' } }))).toEqual(['DSK-2']);
    expect(codes(await list({ filter: { text: 'note' } }))).toEqual(['DSK-1', 'DSK-2']);
  });

  test('shows a change at once: the next question is answered with it', async () => {
    const id = await create('CHG-1', '旧名');
    const save = `mutation ($id: ID!, $input: DraftInput!) { saveDraft(productId: $id, input: $input) { __typename } }`;
    for (const zh of ['新名甲', '新名乙', '新名丙']) {
      await house.ask(house.as('product-manager'), save, { id, input: { name: { zh }, attributes: {} } });
      expect(codes(await list({ filter: { text: zh } }))).toEqual(['CHG-1']);
    }
    expect(codes(await list({ filter: { text: '旧名' } }))).toEqual([]);
    expect(codes(await list({ sort: 'CHANGED', descending: true }))[0]).toBe('CHG-1');
  });

  test('says what stands under each value, and what dropping a condition alone would find', async () => {
    const all = await list();
    const drafts = all.facets['lifecycles']!.find(({ value }) => value === 'DRAFT')!;
    expect(drafts.count).toBe(all.totalCount);
    const none = await list({ filter: { text: '晨报', kinds: ['terminal-column'] } });
    expect(none.totalCount).toBe(0);
    expect(none.without).toEqual([
      { condition: 'kinds', count: 1 },
      { condition: 'text', count: 0 },
    ]);
    expect(none.facets['kinds']).toEqual([{ value: 'digest', name: { zh: '资讯' }, count: 1 }]);
  });

  test('turns pages forward and back to the same products, in every order and both directions', async () => {
    for (let index = 0; index < 7; index++)
      await create(`PG-${index}`, `分页${'丙乙甲丁戊'[index % 5]!}${index}`);
    const filter = { codePrefix: 'PG-' };
    for (const sort of ['CODE', 'NAME', 'CHANGED', 'RISK'])
      for (const descending of [false, true]) {
        const order = { filter, sort, descending };
        const whole = codes(await list(order));
        const first = await list({ ...order, first: 3 });
        const second = await list({ ...order, first: 3, after: first.pageInfo.endCursor });
        const third = await list({ ...order, first: 3, after: second.pageInfo.endCursor });
        expect([first, second, third].flatMap(codes)).toEqual(whole);
        expect([first, second, third].map(({ position }) => position)).toEqual([0, 3, 6]);
        expect(third.pageInfo.hasNextPage).toBe(false);
        const back = await list({ ...order, first: 3, before: second.edges[0]!.cursor });
        expect(codes(back)).toEqual(codes(first));
      }
  });

  test('refuses a cursor of another order, a page without end and a text without end', async () => {
    const { pageInfo } = await list({ first: 1 });
    const asked = (variables: object) => house.errorCodes(house.as('auditor'), LIST, variables);
    expect(await asked({ after: pageInfo.endCursor, sort: 'NAME' })).toEqual(['CURSOR_INVALID']);
    expect(await asked({ filter: { text: 'x'.repeat(101) } })).toEqual(['SEARCH_TOO_LONG']);
    expect(await asked({ filter: { kinds: Array.from({ length: 101 }, String) } })).toEqual([
      'FILTER_TOO_LARGE',
    ]);
  });

  test('shows the drafted price and level until something is in force', async () => {
    const sheet = await house.ask<{ riskFactorModel: { factors: { code: string }[] } }>(
      house.as('product-manager'),
      '{ riskFactorModel(nature: SERVICE) { factors { code } } }',
    );
    const scores = sheet.riskFactorModel.factors.map(({ code }) => ({ factor: code, score: 1 }));
    await create('LVL-1', '有价', {
      prices: [
        { currency: 'CNY', amountMinor: 99_00, billing: 'YEAR' },
        { currency: 'CNY', amountMinor: 12_00, billing: 'MONTH' },
        { currency: 'CNY', amountMinor: 8_00, billing: 'MONTH', scope: 'tier', scopeRef: 'GOLD' },
      ],
      factorSheet: { scores },
    });
    const [found] = (await list({ filter: { codePrefix: 'LVL-', riskLevels: ['R1'] } })).edges;
    expect(found?.node).toMatchObject({ level: 'R1', listPrice: { amountMinor: 12_00, billing: 'MONTH' } });
  });

  test('a dry run of any bulk command says who can and who cannot, and changes nothing', async () => {
    const bulk = (command: string) =>
      `mutation ($products: ProductSelection!) { ${command}Products(products: $products, reason: "试算", dryRun: true) {
        done refusedCount refused { code reasons { code } } } }`;
    const products = { filter: { codePrefix: 'PG-' } };
    for (const command of ['suspend', 'resume', 'delist', 'withdraw']) {
      const data = await house.ask<Record<string, { done: number; refusedCount: number }>>(
        house.as('product-manager'),
        bulk(command),
        { products },
      );
      expect([command, data[`${command}Products`]]).toEqual([
        command,
        expect.objectContaining({ done: 0, refusedCount: 7 }),
      ]);
    }
    const archived = await house.ask<{ archiveProducts: { done: number } }>(
      house.as('product-manager'),
      bulk('archive'),
      { products },
    );
    expect(archived.archiveProducts.done).toBe(7);
    const after = await list({ filter: { codePrefix: 'PG-' } });
    expect(after.facets['lifecycles']).toEqual([{ value: 'DRAFT', count: 7 }]);
  });
});
