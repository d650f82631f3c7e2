import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { systemActor } from '../access/actor.ts';
import { customerService } from '../customer/service.ts';
import { startPlatform, type TestPlatform } from '../../test/support/platform.ts';

const CLUBS = ['LAKE', 'VOYAGER'];

let house: TestPlatform;
let manager: string;
let reviewer: string;

beforeAll(async () => {
  house = await startPlatform({ plugins: [] });
  manager = await house.signIn('product-manager');
  reviewer = await house.signIn('reviewer');
});
afterAll(() => house.stop());

async function ask<T>(token: string, query: string, variables: object = {}): Promise<T> {
  const answer = await house.graphql<T>(token, query, variables);
  if (answer.errors) throw new Error(JSON.stringify(answer.errors));
  return answer.data;
}

const BULK = '{ done refusedCount approvals catalogSeq refused { code reasons { code path } } }';

interface Bulk {
  done: number;
  refusedCount: number;
  approvals: string[];
  catalogSeq: number | null;
  refused: { code: string; reasons: { code: string; path: string | null }[] }[];
}

async function approve(approvals: readonly string[]): Promise<string[]> {
  const { decideApprovals } = await ask<{ decideApprovals: { result: { __typename: string } }[] }>(
    reviewer,
    'mutation ($ids: [ID!]!) { decideApprovals(ids: $ids, decision: APPROVE) { result { __typename } } }',
    { ids: approvals },
  );
  return decideApprovals.map(({ result }) => result.__typename);
}

function draft(categoryId: string, changes = {}) {
  return {
    name: { zh: '条件单', en: 'Conditional Orders' },
    categoryId,
    attributes: { markets: ['SH'] },
    prices: [{ currency: 'CNY', amountMinor: 30_000, billing: 'MONTH' }],
    ...changes,
  };
}

test('a product goes from draft to a channel and off it again, through GraphQL alone', async () => {
  const { createCategory } = await ask<{ createCategory: { node: { id: string } } }>(
    manager,
    'mutation { createCategory(input: { code: "trading", name: { zh: "交易", en: "Trading" } }) { ... on CategorySaved { node { id } } } }',
  );
  const { riskFactorModel } = await ask<{
    riskFactorModel: { factors: { code: string }[]; leverage: boolean };
  }>(manager, '{ riskFactorModel(nature: SERVICE) { leverage factors { code } } }');
  const factorSheet = {
    scores: riskFactorModel.factors.map(({ code }) => ({ factor: code, score: 2 })),
    ...(riskFactorModel.leverage ? { leverageHundredths: 100 } : {}),
  };
  const create = `mutation ($input: CreateProductInput!) { createProduct(input: $input) {
    __typename ... on DraftSaved { versionNo product { id revision review } } ... on CatalogRefusal { code reasons { code path } } } }`;
  const input = {
    code: 'CO1',
    kind: 'trading-service',
    draft: draft(createCategory.node.id, { factorSheet }),
  };
  const { createProduct } = await ask<{
    createProduct: { __typename: string; product: { id: string; review: string } };
  }>(manager, create, { input });
  expect(createProduct).toMatchObject({ __typename: 'DraftSaved', versionNo: 1 });
  const id = createProduct.product.id;
  expect((await ask<{ createProduct: object }>(manager, create, { input })).createProduct).toEqual({
    __typename: 'CatalogRefusal',
    code: 'CODE_TAKEN',
    reasons: [{ code: 'CODE_TAKEN', path: 'code' }],
  });

  const submit = `mutation ($dryRun: Boolean!) { submitProducts(products: { filter: { review: DRAFT } }, reason: "ready", dryRun: $dryRun) ${BULK} }`;
  const preview = await ask<{ submitProducts: Bulk }>(manager, submit, { dryRun: true });
  expect(preview.submitProducts).toMatchObject({ done: 1, approvals: [] });
  const submitted = await ask<{ submitProducts: Bulk }>(manager, submit, { dryRun: false });
  expect(await approve(submitted.submitProducts.approvals)).toEqual(['Approval']);

  const list = `mutation ($ids: [ID!]!) { listProducts(products: { ids: $ids }, channels: [{ channel: APP }], reason: "launch") ${BULK} }`;
  const listed = await ask<{ listProducts: Bulk }>(manager, list, { ids: [id] });
  expect(await approve(listed.listProducts.approvals)).toEqual(['Approval']);
  const read = `query ($code: String!) { product(code: $code) { sale catalogSeq kind { code attributes { name } } newestVersion { name { en } checker }
    state { rating { level evidence } prices { amountMinor scope review } listings { channel visible purchasable } } } }`;
  const { product } = await ask<{ product: Record<string, unknown> }>(manager, read, { code: 'CO1' });
  expect(product).toMatchObject({
    sale: 'LISTED',
    kind: { code: 'trading-service' },
    newestVersion: { name: { en: 'Conditional Orders' } },
    state: {
      rating: { evidence: 'FACTOR_SHEET' },
      prices: [{ amountMinor: 30_000, scope: 'everyone', review: 'APPROVED' }],
      listings: [{ channel: 'APP', visible: true, purchasable: true }],
    },
  });
  const delist = `mutation ($ids: [ID!]!) { delistProducts(products: { ids: $ids }, reason: "ended") ${BULK} }`;
  const { delistProducts } = await ask<{ delistProducts: Bulk }>(manager, delist, { ids: [id] });
  expect(delistProducts.done).toBe(1);
  expect(delistProducts.catalogSeq).toBeGreaterThan(product.catalogSeq as number);
  const again = await ask<{ delistProducts: Bulk }>(manager, delist, { ids: [id] });
  expect(again.delistProducts).toMatchObject({
    done: 0,
    refused: [{ code: 'CO1', reasons: [{ code: 'STATE_REFUSES' }] }],
  });
});

async function foundClubs(): Promise<void> {
  const customers = house.app.hosts.core.service(customerService);
  const { tiers, coreFromTier } = await customers.scheme(new Date());
  const clubs = CLUBS.map((code, index) => ({
    code,
    name: { zh: code, en: code },
    rank: index + 1,
    admission: 'INVITATION' as const,
  }));
  const inForceFrom = new Date('2020-01-02T00:00:00Z');
  await customers.recordScheme(systemActor('test'), { tiers, coreFromTier, clubs, inForceFrom });
}

test('prices and ratings change by proposals, or are refused with their reasons', async () => {
  const { products } = await ask<{ products: { edges: { node: { id: string } }[] } }>(
    manager,
    '{ products(filter: { codePrefix: "CO" }, first: 1) { edges { node { id } } } }',
  );
  const productId = products.edges[0]!.node.id;
  const prices = `mutation ($productId: ID!, $rows: [PriceRowInput!]!) { proposePrices(productId: $productId, rows: $rows, reason: "points") {
    __typename ... on ProposalMade { approvalId } ... on CatalogRefusal { code } } }`;
  const saleFrom = '2030-01-01T00:00:00.000Z';
  const row = { currency: 'POINTS', amountMinor: 3800, billing: 'MONTH', saleFrom };
  const twice = await ask<{ proposePrices: object }>(manager, prices, { productId, rows: [row, row] });
  expect(twice.proposePrices).toMatchObject({ code: 'AMBIGUOUS_PRICE_ROWS' });
  await foundClubs();
  const club = (scopeRef: string) => ({ ...row, currency: 'CNY', scope: 'club', scopeRef });
  const ranked = await ask<{ proposePrices: object }>(manager, prices, {
    productId,
    rows: CLUBS.map(club),
  });
  expect(ranked.proposePrices).toMatchObject({ __typename: 'ProposalMade' });
  const unknown = await ask<{ proposePrices: object }>(manager, prices, {
    productId,
    rows: [club('NO-SUCH-CLUB')],
  });
  expect(unknown.proposePrices).toMatchObject({ code: 'AMBIGUOUS_PRICE_ROWS' });
  const once = await ask<{ proposePrices: { approvalId: string } }>(manager, prices, {
    productId,
    rows: [row],
  });
  expect(await approve([once.proposePrices.approvalId])).toEqual(['Approval']);
  const { priceRows } = await ask<{ priceRows: { currency: string; review: string }[] }>(
    manager,
    'query ($productId: ID!) { priceRows(productId: $productId) { currency review } }',
    { productId },
  );
  expect(priceRows.map(({ currency, review }) => [currency, review])).toEqual([
    ['CNY', 'APPROVED'],
    ...CLUBS.map(() => ['CNY', 'IN_REVIEW']),
    ['POINTS', 'APPROVED'],
  ]);
  const raise = `mutation ($productId: ID!, $level: RiskLevel!) { proposeRatingOverride(productId: $productId, level: $level, reason: "drawdown") {
    ... on ProposalMade { approvalId } ... on CatalogRefusal { code } } }`;
  const lower = await ask<object>(manager, raise, { productId, level: 'R1' });
  expect(lower).toEqual({ proposeRatingOverride: { code: 'OVERRIDE_NOT_HIGHER' } });
});

test('the list goes on behind its cursor, and nobody writes without the permission', async () => {
  const create = `mutation ($input: CreateProductInput!) { createProduct(input: $input) { __typename } }`;
  for (const code of ['P1', 'P2', 'P3'])
    await ask(manager, create, {
      input: { code, kind: 'digest', draft: { name: { zh: code }, attributes: {} } },
    });
  const page = `query ($after: String) { products(filter: { codePrefix: "P" }, first: 2, after: $after) {
    totalCount pageInfo { hasNextPage endCursor } edges { node { code newestVersion { name { zh } } } } } }`;
  type Page = {
    products: {
      totalCount: number;
      pageInfo: { hasNextPage: boolean; endCursor: string };
      edges: { node: { code: string } }[];
    };
  };
  const first = (await ask<Page>(manager, page)).products;
  expect([first.totalCount, first.pageInfo.hasNextPage]).toEqual([3, true]);
  const second = (await ask<Page>(manager, page, { after: first.pageInfo.endCursor })).products;
  expect([...first.edges, ...second.edges].map(({ node }) => node.code)).toEqual(['P1', 'P2', 'P3']);
  const auditor = await house.signIn('auditor');
  const refused = await house.graphql(auditor, create, {
    input: { code: 'P4', kind: 'digest', draft: { name: { zh: 'P4' }, attributes: {} } },
  });
  expect(refused.errors).toHaveLength(1);
  expect((await ask<Page>(auditor, page)).products.totalCount).toBe(3);
});
