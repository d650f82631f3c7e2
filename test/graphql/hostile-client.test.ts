import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { House } from '../support/house.ts';

const LIST = `query ($filter: BrowseFilter, $channel: Channel = APP, $first: Int! = 5) {
  browseProducts(channel: $channel, first: $first, filter: $filter) { totalCount } }`;
const PRICES = `query ($channel: Channel!) {
  explainPrice(code: "NONE", channel: $channel) { lines { zh } } }`;

const PROPOSE = `mutation ($data: JSON!) { proposeRule(kind: "suitability-policy", data: $data, reason: "x") {
  ... on RuleInvalid { code } } }`;
const CREATE = `mutation ($attributes: JSON!) { createProduct(input: { code: "EVIL", kind: "trading-service",
  draft: { name: { zh: "x" }, attributes: $attributes } }) { ... on CatalogRefusal { reasons { code } } } }`;

let house: House;
let touchpoint: string;

beforeAll(async () => {
  house = await House.start();
  touchpoint = house.touchpoint('APP');
});
afterAll(() => house?.stop());

describe('a touchpoint that means harm', () => {
  test('cannot make a list dear by what it is narrowed to', async () => {
    const attributes = (count: number, value: string) =>
      Array.from({ length: count }, (_, index) => ({ attribute: `a${index}`, values: [value] }));
    const ask = (filter: object) => house.errorCodes(touchpoint, LIST, { filter });
    expect(await ask({ attributes: attributes(50, 'x') })).toEqual([]);
    expect(await ask({ attributes: attributes(51, 'x') })).toEqual(['FILTER_TOO_LARGE']);
    expect(await ask({ kinds: Array.from({ length: 101 }, (_, index) => `k${index}`) })).toEqual([
      'FILTER_TOO_LARGE',
    ]);
    expect(await ask({ brands: ['x'.repeat(101)] })).toEqual(['FILTER_TOO_LARGE']);
  });

  test('is told nothing of another touchpoint, by the short way or the ordinary one', async () => {
    const tagged = LIST.replace('{ totalCount }', '@include(if: true) { totalCount }');
    for (const query of [LIST, tagged, PRICES]) {
      expect(await house.errorCodes(touchpoint, query, { channel: 'WEBSITE' })).toEqual(['FORBIDDEN']);
      expect(await house.errorCodes(touchpoint, query, { channel: 'APP' })).toEqual([]);
    }
    expect(await house.errorCodes(house.as('auditor'), LIST, { channel: 'WEBSITE' })).toEqual([]);
  });

  test('is told that no page has a size of null', async () => {
    const customers = 'query ($first: Int) { customers(first: $first) { edges { cursor } } }';
    expect(await house.errorCodes(house.as('auditor'), customers)).toEqual([]);
    expect(await house.errorCodes(house.as('auditor'), customers, { first: null })).toEqual([
      'PAGE_SIZE_INVALID',
    ]);
  });

  test('cannot forge a cursor of an instant that no calendar has', async () => {
    const after = Buffer.from('9999999999999999:x').toString('base64url');
    const query = 'query ($after: String) { approvals(first: 1, after: $after) { edges { cursor } } }';
    expect(await house.errorCodes(house.as('auditor'), query, { after })).toEqual(['CURSOR_INVALID']);
  });
});

describe('JSON that means harm', () => {
  const deep = `${'['.repeat(20_000)}${']'.repeat(20_000)}`;

  /** As text: what breaks the server's recursions would break this client's as well. */
  async function codesOf<T>(query: string, name: string, json: string) {
    const response = await fetch(`${house.platform.url}/graphql`, {
      method: 'POST',
      headers: {
        'content-type': 'application/json',
        authorization: `Bearer ${await house.as('product-manager')}`,
      },
      body: `{"query":${JSON.stringify(query)},"variables":{"${name}":${json}}}`,
    });
    const { data, errors = [] } = (await response.json()) as {
      data?: T;
      errors?: { extensions: { code: string } }[];
    };
    return { data, codes: errors.map(({ extensions }) => extensions.code) };
  }

  test.each(['7', '"x"', '[]', '{"$where":"1"}', '{"__proto__":{"id":"x"}}'])(
    'in rule data is told what is wrong with it: %s',
    async (json) => {
      const { data, codes } = await codesOf<{ proposeRule: object }>(PROPOSE, 'data', json);
      expect({ codes, ...data }).toMatchObject({ codes: [], proposeRule: { code: 'RULE_INVALID' } });
    },
  );

  test.each(['{"$gt":""}', '{"markets":{"$ne":null}}', '{"__proto__":{"markets":[]}}'])(
    'in attributes is refused by the schema of the kind: %s',
    async (json) => {
      const { data, codes } = await codesOf<{ createProduct: object }>(CREATE, 'attributes', json);
      expect({ codes, ...data }).toMatchObject({
        codes: [],
        createProduct: { reasons: [{ code: 'ATTRIBUTE_INVALID' }] },
      });
    },
  );

  test('nested deeper than anything of ours is refused before anything walks it', async () => {
    expect((await codesOf(PROPOSE, 'data', deep)).codes).toEqual(['BAD_USER_INPUT']);
    expect((await codesOf(CREATE, 'attributes', `{"markets":${deep}}`)).codes).toEqual(['BAD_USER_INPUT']);
  });
});
