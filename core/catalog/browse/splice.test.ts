import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { compileQuery, isCompiledQuery, type CompiledQuery } from 'graphql-jit';
import { execute, parse, validate, type DocumentNode } from 'graphql';
import { generatedCatalog, generatedProduct, Dice } from '../../../test/support/generated-catalog.ts';
import { generatedClients } from '../../../test/support/generated-clients.ts';
import { askHotPath, createListApp } from '../../../test/support/list-app.ts';
import type { ListApp } from '../../../test/support/list-app.ts';

const AROUND = new Date('2026-03-02T01:00:00Z');
const clients = generatedClients(7, 200, AROUND);
let app: ListApp;
let at = AROUND;

beforeAll(async () => {
  app = await createListApp({
    rows: generatedCatalog({ seed: 42, products: 300, around: AROUND }),
    clients,
    now: () => at,
  });
});
afterAll(() => app.stop());

const FULL = /* GraphQL */ `
  query List(
    $customerNo: String
    $filter: BrowseFilter
    $mode: BrowseMode! = BROWSE
    $after: String
    $first: Int!
  ) {
    browseProducts(
      customerNo: $customerNo
      channel: APP
      first: $first
      after: $after
      filter: $filter
      mode: $mode
      sort: NAME
    ) {
      edges {
        cursor
        node {
          product {
            id
            code
            name {
              zh
              en
            }
            summary {
              zh
            }
            kind {
              code
              name {
                en
              }
            }
            category {
              code
            }
            brand {
              name {
                zh
              }
            }
            riskRating {
              level
              validUntil
              expired
            }
            attributes
            versionNo
          }
          price {
            __typename
            ... on PriceQuote {
              amountMinor
              listMinor
              currency
              billing
              free
              rowId
              trace {
                rowId
                won
                why
                against
              }
            }
            ... on NoPrice {
              reason
              trace {
                why
              }
            }
          }
          suitability {
            outcome
            recommendable
            reasons {
              dimension
              outcome
              code
              text {
                zh
                en
              }
            }
            duties {
              code
              due
              text {
                zh
              }
            }
            policyVersion
            evidenceIds
          }
          purchasable
          notPurchasable
          listing {
            visibleFrom
            visibleUntil
            purchasableFrom
            purchasableUntil
          }
        }
      }
      pageInfo {
        hasNextPage
        endCursor
      }
      totalCount
      facets {
        kinds {
          term {
            code
            name {
              zh
            }
          }
          count
        }
        categories {
          term {
            code
          }
          count
        }
        brands {
          term {
            code
          }
          count
        }
        riskLevels {
          level
          count
        }
        attributes {
          attribute
          value
          count
        }
      }
      catalogSeq
    }
  }
`;

/** Shapes that the splicer knows, with aliases, type names, fragments inside parts and arguments. */
const SPLICED = [
  FULL,
  `query ($customerNo: String, $first: Int!) { list: browseProducts(customerNo: $customerNo, channel: WEBSITE, first: $first) {
     __typename totalCount edges { node { p: product { __typename c: code } purchasable __typename } } } }`,
  `query ($customerNo: String, $first: Int!, $q: Int! = 3, $currency: Currency) { browseProducts(customerNo: $customerNo, channel: APP, first: $first, sort: RISK_HIGH_FIRST) {
     edges { node { a: price(quantity: $q, currency: $currency) { ...Money } b: price(currency: POINTS) { ...Money } s: suitability { ids: evidenceIds again: evidenceIds } t: suitability { outcome } } } } }
   fragment Money on PriceAnswer { ... on PriceQuote { amountMinor quantity currency } ... on NoPrice { reason } }`,
  `{ browseProducts(channel: APP, first: 5) { a: edges { cursor } b: edges { node { product { code } } } totalCount } }`,
  `{ browseProducts(channel: APP, first: 5, sort: NEWEST) { edges { cursor node { suitability { outcome } product { ...P ... @include(if: false) { id } } } } } }
   fragment P on BrowsedProduct { code name { zh } }`,
];

/** Shapes that are left to compiled execution. */
const COMPILED = [
  `query ($customerNo: String, $first: Int!) { browseProducts(customerNo: $customerNo, channel: APP, first: $first) { edges { ...E } totalCount @include(if: true) } }
   fragment E on BrowseEdge { node { product { code } } }`,
  `query ($customerNo: String, $first: Int!) { browseProducts(customerNo: $customerNo, channel: APP, first: $first) { edges { cursor cursor node { price { ... on PriceQuote { amountMinor } } suitability { outcome reasons { text { zh } } } } } facets { kinds { count } } } }`,
  `query ($customerNo: String) { browseProduct(code: "000017", customerNo: $customerNo, channel: APP) { product { code name { zh } } listing { visibleFrom } } explainPrice(code: "000017", customerNo: $customerNo, channel: APP) { lines { zh en } } }`,
];

function parsed(query: string): DocumentNode {
  let document = documents.get(query);
  if (!document) {
    document = parse(query);
    expect(validate(app.schema, document)).toEqual([]);
    documents.set(query, document);
  }
  return document;
}
const documents = new Map<string, DocumentNode>();

async function byGraphqlJs(query: string, variables: Record<string, unknown>): Promise<string> {
  const document = parsed(query);
  const result = await execute({
    schema: app.schema,
    document,
    variableValues: variables,
    contextValue: app.context(),
  });
  expect(result.errors).toBeUndefined();
  return `${JSON.stringify(result)}\n`;
}

async function byCompiled(compiled: CompiledQuery, variables: Record<string, unknown>): Promise<string> {
  const result = await compiled.query(undefined, app.context(), variables);
  expect(result.errors).toBeUndefined();
  return `${JSON.stringify(result)}\n`;
}

describe('the short way for lists', () => {
  it('answers 200 clients byte for byte as graphql-js and compiled execution do', async () => {
    const compiled = compileQuery(app.schema, parsed(FULL), '');
    if (!isCompiledQuery(compiled)) throw new Error('The query cannot be compiled.');
    for (const [index, { customerNo }] of clients.entries()) {
      const variables = {
        customerNo,
        first: 1 + (index % 20),
        filter: [undefined, { text: '稳健' }, { riskLevels: ['R3', 'R5'], kinds: ['fund'] }, {}][index % 4],
        mode: index % 3 === 0 ? 'RECOMMEND' : 'BROWSE',
      };
      const spliced = await askHotPath(app, { query: FULL, variables }, app.context());
      expect(spliced).toBe(await byGraphqlJs(FULL, variables));
      expect(spliced).toBe(await byCompiled(compiled, variables));
    }
  });

  it.each([
    ...SPLICED.map((query, number) => ['spliced', number, query] as const),
    ...COMPILED.map((query, number) => ['compiled', number, query] as const),
  ])('answers the shape (%s, %i) as graphql-js does', async (_way, _number, query) => {
    for (const { customerNo } of clients.slice(0, 20)) {
      const variables = { customerNo, first: 20, currency: 'CNY' };
      const answer = await askHotPath(app, { query, variables }, app.context());
      expect(answer).toBe(await byGraphqlJs(query, variables));
    }
  });

  it('shows the next publication, and what time has changed, in the next answer', async () => {
    const variables = { first: 100 };
    const query = `query ($first: Int!) { browseProducts(channel: APP, first: $first) { totalCount catalogSeq edges { node { purchasable product { code name { zh } riskRating { expired } } } } } }`;
    const before = await askHotPath(app, { query, variables }, app.context());
    const dice = new Dice(5);
    const products = [1, 2, 3, 4, 5, 6].map((index) => generatedProduct(dice, index, 2, { around: AROUND }));
    app.catalog.apply({ seq: 2, products, kinds: [], categories: [], brands: [] }, at);
    const published = await askHotPath(app, { query, variables }, app.context());
    at = new Date(AROUND.getTime() + 2 * 86_400_000);
    const later = await askHotPath(app, { query, variables }, app.context());
    expect(new Set([before, published, later]).size).toBe(3);
    expect(later).toBe(await byGraphqlJs(query, variables));
  });

  it('leaves to the ordinary way whatever is refused, malformed or unusual', async () => {
    const list = (args: string) => `{ browseProducts(channel: APP, ${args}) { totalCount } }`;
    const left = [
      { query: list('first: 0') },
      { query: list('first: 101') },
      { query: list('first: 1, after: "nonsense"') },
      { query: list('first: 1, mode: RECOMMEND') },
      { query: list('first: 1, customerNo: "nobody"') },
      { query: list('first: 1, minCatalogSeq: 999') },
      { query: list('first: 1, colour: "red"') },
      { query: '{ viewer { id } }' },
      { query: 'mutation { signOut }' },
      { query: '{' },
      { query: FULL, variables: { first: 'many' } },
      { query: FULL, variables: { first: 5, filter: { $where: '1' } } },
      { query: FULL, variables: [5] },
      { query: FULL, variables: { first: 100 }, extensions: {} },
      { query: [FULL] },
      [{ query: list('first: 1') }],
      null,
    ];
    for (const body of left)
      expect([body, await askHotPath(app, body, app.context())]).toEqual([body, undefined]);
    expect(await askHotPath(app, { query: list('first: 1') }, app.context([]))).toBeUndefined();
    expect(await askHotPath(app, { query: list('first: 1') }, app.context())).toContain('totalCount');
  });
});
