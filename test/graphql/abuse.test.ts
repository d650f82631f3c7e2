import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import request from 'supertest';
import { LIMITS } from '../../core/graphql/limits.ts';
import { startProbe, type Probe } from '../support/graphql-probe.ts';

/** Documents that no honest caller sends. Each is refused with its code before any resolver runs. */
interface Abuse {
  readonly title: string;
  readonly body: unknown;
  readonly code: string;
  readonly status?: number;
}

const nested = (depth: number, field = 'parent') => `${`${field} { `.repeat(depth)}name${' }'.repeat(depth)}`;
const times = (count: number, make: (index: number) => string) =>
  Array.from({ length: count }, (_, index) => make(index)).join(' ');
const query = (text: string, variables?: object) => ({ query: text, variables });

const abuses: Abuse[] = [
  ...[11, 12, 15, 20, 40].map((depth) => ({
    title: `depth ${depth}`,
    body: query(`{ tree { ${nested(depth - 2)} } }`),
    code: 'LIMIT_EXCEEDED',
  })),
  ...[16, 17, 30, 60].map((count) => ({
    title: `${count} aliases`,
    body: query(`{ ${times(count, (i) => `a${i}: __typename`)} }`),
    code: 'LIMIT_EXCEEDED',
  })),
  {
    title: 'aliases spread over levels',
    body: query(
      `{ tree { ${times(8, (i) => `a${i}: name`)} parent { ${times(8, (i) => `b${i}: name`)} } } }`,
    ),
    code: 'LIMIT_EXCEEDED',
  },
  {
    title: 'aliases of a mutation',
    body: query(`mutation { ${times(16, (i) => `p${i}: plant(name: "x") { name }`)} }`),
    code: 'LIMIT_EXCEEDED',
  },
  ...[6, 10, 50].map((count) => ({
    title: `${count} directives`,
    body: query(`{ tree { ${times(count, () => 'name @include(if: true)').replace(/name/g, 'name')} } }`),
    code: 'LIMIT_EXCEEDED',
  })),
  {
    title: 'directives on fragments',
    body: query(`{ tree { ${times(6, () => '... @include(if: true) { name }')} } }`),
    code: 'LIMIT_EXCEEDED',
  },
  ...[4, 5, 50, 200].map((count) => ({
    title: `one field ${count} times`,
    body: query(`{ tree { ${times(count, () => 'name')} } }`),
    code: 'LIMIT_EXCEEDED',
  })),
  {
    title: 'one field often through inline fragments',
    body: query(`{ tree { ${times(5, () => '... { name }')} } }`),
    code: 'LIMIT_EXCEEDED',
  },
  {
    title: 'one field often through typed fragments',
    body: query(`{ tree { ${times(5, () => '... on Tree { name }')} } }`),
    code: 'LIMIT_EXCEEDED',
  },
  {
    title: 'one field often through a named fragment',
    body: query(`{ tree { ${times(5, () => '...F')} } } fragment F on Tree { name }`),
    code: 'LIMIT_EXCEEDED',
  },
  { title: 'a fragment bomb', body: query(bomb(12)), code: 'LIMIT_EXCEEDED' },
  { title: 'a deeper fragment bomb', body: query(bomb(40)), code: 'LIMIT_EXCEEDED' },
  {
    title: 'depth hidden in fragments',
    body: query(
      `{ tree { ...A } } fragment A on Tree { ${nested(5)} parent { ...B } } fragment B on Tree { ${nested(9)} }`,
    ),
    code: 'LIMIT_EXCEEDED',
  },
  {
    title: 'a fragment that spreads itself',
    body: query('{ tree { ...A } } fragment A on Tree { name ...A }'),
    code: 'GRAPHQL_VALIDATION_FAILED',
  },
  {
    title: 'two fragments in a circle',
    body: query('{ tree { ...A } } fragment A on Tree { ...B } fragment B on Tree { ...A }'),
    code: 'GRAPHQL_VALIDATION_FAILED',
  },
  ...[1001, 2000, 5000].map((count) => ({
    title: `${count} tokens`,
    body: query(`{ tree { ${times(count - 4, () => 'name')} } }`),
    code: 'GRAPHQL_PARSE_FAILED',
  })),
  {
    title: 'tokens in an argument',
    body: query(
      `{ broken(how: "x") tree { name } } # ${'x '.repeat(10)}\n query Q { ${times(1000, () => '__typename')} }`,
    ),
    code: 'GRAPHQL_PARSE_FAILED',
  },
  ...[101, 500, 1_000_000, 2_147_483_647].map((first) => ({
    title: `a page of ${first}`,
    body: query(`{ tree(first: ${first}) { name } }`),
    code: 'PAGE_SIZE_INVALID',
  })),
  ...[0, -1, -100].map((first) => ({
    title: `a page of ${first}`,
    body: query(`{ tree(first: ${first}) { name } }`),
    code: 'PAGE_SIZE_INVALID',
  })),
  ...[101, 0, -5].map((first) => ({
    title: `a page of ${first} by variable`,
    body: query('query($n: Int) { tree(first: $n) { name } }', { n: first }),
    code: 'PAGE_SIZE_INVALID',
  })),
  {
    title: 'an oversized page below',
    body: query('{ tree { children(first: 200) { name } } }'),
    code: 'PAGE_SIZE_INVALID',
  },
  {
    title: 'pages of pages',
    body: query('{ tree(first: 100) { children(first: 100) { name } } }'),
    code: 'LIMIT_EXCEEDED',
  },
  {
    title: 'pages of pages of pages',
    body: query('{ tree(first: 20) { children(first: 20) { children(first: 20) { name } } } }'),
    code: 'LIMIT_EXCEEDED',
  },
  {
    title: 'pages of pages by variable',
    body: query('query($n: Int) { tree(first: $n) { children(first: $n) { name } } }', { n: 90 }),
    code: 'LIMIT_EXCEEDED',
  },
  {
    title: 'a wide page of objects',
    body: query(`{ tree(first: 100) { ${times(11, (i) => `p${i}: parent { name }`)} } }`),
    code: 'LIMIT_EXCEEDED',
  },
  { title: 'an unknown field', body: query('{ forest }'), code: 'GRAPHQL_VALIDATION_FAILED' },
  {
    title: 'an unknown argument',
    body: query('{ tree(filter: { $gt: 1 }) { name } }'),
    code: 'GRAPHQL_PARSE_FAILED',
  },
  {
    title: 'a database filter as an argument',
    body: query('{ tree(where: {a: 1}) { name } }'),
    code: 'GRAPHQL_VALIDATION_FAILED',
  },
  {
    title: 'a variable of the wrong type',
    body: query('query($n: Int) { tree(first: $n) { name } }', { n: 'all' }),
    code: 'BAD_USER_INPUT',
  },
  {
    title: 'a fractional page',
    body: query('query($n: Int) { tree(first: $n) { name } }', { n: 1.5 }),
    code: 'BAD_USER_INPUT',
  },
  {
    title: 'a number beyond 32 bits',
    body: query('query($n: Int) { tree(first: $n) { name } }', { n: 2 ** 31 }),
    code: 'BAD_USER_INPUT',
  },
  {
    title: 'an object for a number',
    body: query('query($n: Int) { tree(first: $n) { name } }', { n: { $gt: 0 } }),
    code: 'BAD_USER_INPUT',
  },
  { title: 'no text at all', body: {}, code: 'BAD_REQUEST' },
  { title: 'an empty text', body: query(''), code: 'BAD_REQUEST' },
  { title: 'a text that is no text', body: { query: 5 }, code: 'BAD_REQUEST' },
  { title: 'a text in a list', body: { query: ['{ tree { name } }'] }, code: 'BAD_REQUEST' },
  {
    title: 'variables that are no object',
    body: { query: '{ tree { name } }', variables: 'x' },
    code: 'BAD_REQUEST',
  },
  { title: 'unfinished text', body: query('{ tree { name '), code: 'GRAPHQL_PARSE_FAILED' },
  { title: 'binary text', body: query('\u0000{ tree }'), code: 'GRAPHQL_PARSE_FAILED' },
  {
    title: 'an operation that does not exist',
    body: { query: 'query A { tree { name } }', operationName: 'B' },
    code: 'OPERATION_RESOLUTION_FAILURE',
  },
  {
    title: 'two operations and no name',
    body: query('query A { tree { name } } query B { tree { name } }'),
    code: 'OPERATION_RESOLUTION_FAILURE',
  },
  {
    title: 'a subscription',
    body: query('subscription { tree { name } }'),
    code: 'OPERATION_NOT_SUPPORTED',
  },
  {
    title: 'a list of operations',
    body: [query('{ tree { name } }'), query('{ tree { name } }')],
    code: 'BAD_REQUEST',
  },
  {
    title: 'introspection in production',
    body: query('{ __schema { types { name } } }'),
    code: 'INTROSPECTION_OFF',
  },
  {
    title: 'introspection of a type',
    body: query('{ __type(name: "Tree") { fields { name } } }'),
    code: 'INTROSPECTION_OFF',
  },
  {
    title: 'introspection beside honest fields',
    body: query('{ tree { name } __schema { queryType { name } } }'),
    code: 'INTROSPECTION_OFF',
  },
  {
    title: 'introspection through a fragment',
    body: query('{ ...F } fragment F on Query { __schema { queryType { name } } }'),
    code: 'INTROSPECTION_OFF',
  },
  {
    title: 'a field without its permission',
    body: query('{ tree { name } secret }'),
    code: 'FORBIDDEN',
    status: 403,
  },
  {
    title: 'a field without its permission below',
    body: query('{ tree { parent { parent { secret } } } }'),
    code: 'FORBIDDEN',
    status: 403,
  },
  {
    title: 'a forbidden field through a fragment',
    body: query('{ tree { ...F } } fragment F on Tree { secret }'),
    code: 'FORBIDDEN',
    status: 403,
  },
  {
    title: 'a forbidden field under an alias',
    body: query('{ tree { name: secret } }'),
    code: 'FORBIDDEN',
    status: 403,
  },
  {
    title: 'a forbidden field that is skipped',
    body: query('{ tree { secret @skip(if: true) } }'),
    code: 'FORBIDDEN',
    status: 403,
  },
  {
    title: 'a persisted query that nobody stored',
    body: { extensions: { persistedQuery: { version: 1, sha256Hash: 'a'.repeat(64) } } },
    code: 'PERSISTED_QUERY_NOT_SUPPORTED',
    // What the clients of this protocol expect: they then send the whole text.
    status: 200,
  },
];

function bomb(levels: number): string {
  const spread = times(2, (i) => `p${i}: parent { ...F1 }`);
  return `{ tree { ${spread} } } ${times(levels, (i) => `fragment F${i + 1} on Tree { parent { ${i + 1 < levels ? `...F${i + 2} ...F${i + 2}` : 'name'} } }`)}`;
}

let probe: Probe;
beforeAll(async () => {
  probe = await startProbe({ open: false });
});
afterAll(() => probe.stop());

describe('an abusive document', () => {
  test('there are at least sixty of them', () => expect(abuses.length).toBeGreaterThanOrEqual(60));

  test.each(abuses)('$title is refused before any resolver runs', async ({ body, code, status = 400 }) => {
    probe.resolved.count = 0;
    const response = await request(probe.http)
      .post('/graphql')
      .send(body as object);
    expect(probe.resolved.count).toBe(0);
    expect({ status: response.status, code: response.body.errors?.[0]?.extensions?.code }).toEqual({
      status,
      code,
    });
  });

  test('a body beyond its limit is refused as a problem', async () => {
    const response = await request(probe.http)
      .post('/graphql')
      .send({ query: `{ tree { name } } #${'x'.repeat(LIMITS.bodyBytes)}` });
    expect(response.status).toBe(413);
    expect(response.body.code).toBe('BODY_TOO_LARGE');
  });

  test('an honest document beside the limits is answered', async () => {
    const response = await request(probe.http)
      .post('/graphql')
      .send(query(`{ tree(first: 80) { name ${times(3, (i) => `p${i}: parent { name }`)} ${nested(8)} } }`));
    expect(response.body.errors).toBeUndefined();
    expect(response.body.data.tree[0].name).toBe('oak');
  });

  test('suggestions of similar names stay away in production', async () => {
    const response = await request(probe.http).post('/graphql').send(query('{ tre { name } }'));
    expect(JSON.stringify(response.body)).not.toMatch(/did you mean|tree/i);
  });
});
