import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { PluginFactory } from '../../core/plugin/contract.ts';
import { installedPlugins } from '../../plugins/index.ts';
import { startPlatform, type TestPlatform } from '../support/platform.ts';

/** What anybody may ask without a token. Everything else that the walk finds must refuse. */
const OPEN = [
  'GET /livez',
  'GET /readyz',
  'GET /metrics',
  'GET /',
  'POST /auth/sign-in',
  'GET /explorer/config',
  'GET /partner/v1/openapi.json',
];

let handled = 0;
const routed: PluginFactory = () => ({
  name: 'routed',
  version: '1.0.0',
  requires: {},
  permissions: [{ code: 'routed.read', title: { zh: '读', en: 'Read' }, roles: ['auditor'] }],
  routes: [
    {
      method: 'get',
      path: '/routed/:customerNo',
      access: 'routed.read',
      handle: (request, response) => {
        handled++;
        if (request.params.customerNo === 'broken') throw new Error('canary at /srv/secret.ts');
        response.json({ ok: true });
        return Promise.resolve();
      },
    },
  ],
});

let platform: TestPlatform;
let token: string;
beforeAll(async () => {
  platform = await startPlatform({ plugins: [...installedPlugins, routed] });
  token = await platform.signIn('auditor');
});
afterAll(() => platform.stop());

describe('every route', () => {
  test('needs a token, but for the ones listed here', async () => {
    const routes = routesOf(platform);
    expect(routes).toEqual(
      expect.arrayContaining(['POST /graphql', 'GET /auth/me', 'GET /routed/:customerNo']),
    );
    const open: string[] = [];
    for (const route of routes) {
      const [method = '', path = ''] = route.split(' ');
      const answer = await send(method, path.replaceAll(/:\w+/g, 'x'), method === 'GET' ? undefined : '{}');
      if (answer.status !== 401 && answer.status !== 405) open.push(route);
    }
    expect(open.filter((route) => !OPEN.includes(route))).toEqual([]);
    expect(handled).toBe(0);
  });

  test('of a plugin needs its permission, and tells no cache to keep the answer', async () => {
    const reviewer = await platform.signIn('reviewer');
    expect((await send('GET', '/routed/1', undefined, { authorization: `Bearer ${reviewer}` })).status).toBe(
      403,
    );
    const answer = await send('GET', '/routed/1', undefined, { authorization: `Bearer ${token}` });
    expect([answer.status, answer.headers.get('cache-control')]).toEqual([200, 'no-store']);
  });

  test('asked by another method answers 405 and names its own', async () => {
    for (const [path, allowed] of [
      ['/graphql', 'POST'],
      ['/auth/sign-in', 'POST'],
      ['/auth/sign-out', 'POST'],
      ['/auth/me', 'GET'],
      ['/routed/1', 'GET'],
    ] as const) {
      const answer = await send('DELETE', path);
      expect([path, answer.status, answer.headers.get('allow')]).toEqual([path, 405, allowed]);
    }
  });

  test.each([
    '/nothing',
    '/auth',
    '/auth/accounts',
    '/.env',
    '/admin/assets/../../package.json',
    '/graphql/x',
  ])('that is none answers 404: %s', async (path) => {
    const answer = await send('POST', path, '{}');
    expect([answer.status, ((await answer.json()) as { code: string }).code]).toEqual([404, 'NOT_FOUND']);
  });
});

describe('another site', () => {
  const mutation = 'mutation { createBrand(input: { code: "x", name: { zh: "x" } }) { __typename } }';
  const form = new URLSearchParams({ query: mutation }).toString();
  const multipart = `--b\r\ncontent-disposition: form-data; name="operations"\r\n\r\n${JSON.stringify({ query: mutation })}\r\n--b--\r\n`;

  test.each([
    ['a form', 'POST', '/graphql', 'application/x-www-form-urlencoded', form],
    ['plain text', 'POST', '/graphql', 'text/plain', JSON.stringify({ query: mutation })],
    ['a form with files', 'POST', '/graphql', 'multipart/form-data; boundary=b', multipart],
    ['a body without a type', 'POST', '/graphql', '', JSON.stringify({ query: mutation })],
    [
      'a type that only looks like JSON',
      'POST',
      '/graphql',
      'text/plain; application/json',
      JSON.stringify({ query: mutation }),
    ],
    ['a link to a query', 'GET', '/graphql?query=%7B__typename%7D', '', undefined],
    ['a link to a mutation', 'GET', `/graphql?query=${encodeURIComponent(mutation)}`, '', undefined],
    [
      'a form that signs in',
      'POST',
      '/auth/sign-in',
      'application/x-www-form-urlencoded',
      'account=a&password=b',
    ],
    ['text that signs in', 'POST', '/auth/sign-in', 'text/plain', '{"account":"a","password":"b"}'],
  ])('cannot act by %s, not even with the token', async (_title, method, path, type, body) => {
    const before = await writes();
    const answer = await send(method, path, body, {
      authorization: `Bearer ${await platform.signIn('product-manager')}`,
      'content-type': type,
    });
    expect(answer.status).toBeGreaterThanOrEqual(400);
    expect(answer.status).toBeLessThan(500);
    // The sign-in for the token leaves one record.
    expect(await writes()).toBe(before + 1);
  });

  test('is not allowed to read answers', async () => {
    const answer = await send('OPTIONS', '/graphql', undefined, {
      origin: 'https://elsewhere.example',
      'access-control-request-method': 'POST',
    });
    expect(answer.headers.get('access-control-allow-origin')).toBeNull();
    expect(answer.ok).toBe(false);
  });

  async function writes(): Promise<number> {
    return platform.app.database.connection.db!.collection('trace_records').countDocuments();
  }
});

describe('a body', () => {
  const signedIn = () => ({ authorization: `Bearer ${token}` });

  test.each([
    ['no JSON', 'application/json', '{"query":', 400, 'BODY_INVALID'],
    ['of another charset', 'application/json; charset=latin1', '{}', 415, 'BODY_INVALID'],
    ['beyond 100 KB', 'application/json', `"${'x'.repeat(100 * 1024)}"`, 413, 'BODY_TOO_LARGE'],
  ])('that is %s is refused as a problem', async (_title, type, body, status, code) => {
    const answer = await send('POST', '/graphql', body, { ...signedIn(), 'content-type': type });
    expect(answer.headers.get('content-type')).toMatch(/^application\/problem\+json/);
    expect([answer.status, await answer.json()]).toEqual([
      status,
      {
        type: expect.stringMatching(/^https:\/\/.*#[a-z-]+$/),
        title: expect.any(String),
        status,
        code,
        detail: expect.stringMatching(/\.$/),
        requestId: answer.headers.get('x-request-id'),
      },
    ]);
  });

  test.each([
    ['of an encoding that is none', 'br-x', '{}', 415],
    ['said to be compressed and is not', 'gzip', '{}', 400],
  ])('that is %s is refused', async (_title, encoding, body, status) => {
    const answer = await send('POST', '/graphql', body, { ...signedIn(), 'content-encoding': encoding });
    expect(answer.status).toBe(status);
  });

  test('that unpacks to more than 100 KB is refused', async () => {
    const { gzipSync } = await import('node:zlib');
    const bomb = gzipSync(Buffer.alloc(10_000_000, 0x20));
    const answer = await send('POST', '/graphql', new Uint8Array(bomb), {
      ...signedIn(),
      'content-encoding': 'gzip',
    });
    expect(answer.status).toBe(413);
  });

  test('in a path that is no valid encoding is refused, not failed over', async () => {
    const answer = await send('GET', '/routed/%E0%A4%A', undefined, signedIn());
    expect([answer.status, await answer.json()]).toEqual([
      400,
      expect.objectContaining({ code: 'REQUEST_INVALID' }),
    ]);
  });
});

describe('a request id', () => {
  test('that is given and well formed is kept', async () => {
    const answer = await send('GET', '/livez', undefined, { 'x-request-id': 'order-12345678' });
    expect(answer.headers.get('x-request-id')).toBe('order-12345678');
  });

  test.each(['short', 'x'.repeat(65), 'with space 1', '<script>alert(1)</script>'])(
    'that is not well formed is replaced: %s',
    async (given) => {
      const made = (await send('GET', '/livez', undefined, { 'x-request-id': given })).headers.get(
        'x-request-id',
      );
      expect(made).toMatch(/^[\w-]{36}$/);
    },
  );

  test('stands in the errors of GraphQL', async () => {
    const answer = await send('POST', '/graphql', '{"query":"{ nothing }"}', {
      authorization: `Bearer ${token}`,
      'x-request-id': 'find-me-again',
    });
    expect(await answer.json()).toMatchObject({ errors: [{ extensions: { requestId: 'find-me-again' } }] });
  });

  test('is all that a caller learns of a route that failed', async () => {
    const answer = await send('GET', '/routed/broken', undefined, {
      authorization: `Bearer ${token}`,
      'x-request-id': 'find-me-again',
    });
    const text = await answer.text();
    expect([answer.status, JSON.parse(text)]).toEqual([
      500,
      expect.objectContaining({ code: 'INTERNAL', requestId: 'find-me-again' }),
    ]);
    expect(text).not.toMatch(/canary|\.ts/);
  });
});

describe('answers', () => {
  test('carry the headers that keep browsers careful, and no name of the software', async () => {
    for (const path of ['/livez', '/nothing', '/auth/me']) {
      const { headers } = await send('GET', path);
      expect(headers.get('x-content-type-options')).toBe('nosniff');
      expect(headers.get('x-frame-options')).toBe('SAMEORIGIN');
      expect(headers.get('referrer-policy')).toBe('no-referrer');
      expect(headers.get('cross-origin-opener-policy')).toBe('same-origin');
      expect(headers.get('x-powered-by')).toBeNull();
      expect(headers.get('access-control-allow-origin')).toBeNull();
    }
  });

  test('of the metrics hold no path, id, account or name', async () => {
    await send('GET', '/routed/6217003810018888', undefined, { authorization: `Bearer ${token}` });
    await send('GET', '/nothing/13800138000');
    const text = await (await send('GET', '/metrics')).text();
    expect(text).toContain('route="GET /routed/:customerNo"');
    for (const secret of [
      '6217003810018888',
      '13800138000',
      token,
      ...platform.signIns.flatMap((s) => [s.account, s.name]),
    ])
      expect(text).not.toContain(secret);
  });
});

function send(
  method: string,
  path: string,
  body?: string | Uint8Array<ArrayBuffer>,
  headers: Record<string, string> = {},
): Promise<Response> {
  const type = { 'content-type': 'application/json', ...headers };
  return fetch(`${platform.url}${path}`, {
    method,
    headers: type,
    redirect: 'manual',
    ...(body === undefined ? {} : { body }),
  });
}

/** Every route that Express knows, as `METHOD /path`; the admin UI's files are mounted whole and have tests of their own. */
function routesOf({ app }: TestPlatform): string[] {
  const { stack } = app.http.router as unknown as {
    stack: { route?: { path: string; stack: { method?: string }[] } }[];
  };
  const routes = stack.flatMap(({ route }) =>
    route ? route.stack.map(({ method }) => `${(method ?? '').toUpperCase()} ${route.path}`) : [],
  );
  return [...new Set(routes)].filter((route) => /^(GET|POST|PUT|DELETE|PATCH) /.test(route));
}
