import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { startApp } from '../core/app.ts';
import { parseConfig } from '../core/config.ts';
import { createLogger } from '../core/log.ts';
import type { Plugin, PluginFactory } from '../core/plugin/contract.ts';
import { testDatabaseUri } from './support/database.ts';
import { startPlatform, type TestPlatform } from './support/platform.ts';

const plugin =
  (manifest: Partial<Plugin> & { name: string }): PluginFactory =>
  () => ({ version: '1.0.0', requires: {}, ...manifest });

const broken = plugin({
  name: 'broken',
  schema: {
    typeDefs: `extend type Query {
      throws: String @access(permission: "signed-in")
      never: String @access(permission: "signed-in")
      neverQuery: String @access(permission: "signed-in")
      late: String @access(permission: "signed-in")
    }`,
    resolvers: {
      Query: {
        throws: () => {
          throw new Error('broken');
        },
        never: () => new Promise(() => undefined),
        // What mongoose returns is awaited like a promise and is none.
        neverQuery: () => ({ then: () => undefined }),
        late: () => new Promise((_, reject) => setTimeout(() => reject(new Error('too late')), 150)),
      },
    },
  },
});
const sound = plugin({
  name: 'sound',
  schema: {
    typeDefs: 'extend type Query { answers: String @access(permission: "signed-in") }',
    resolvers: { Query: { answers: () => Promise.resolve('yes') } },
  },
});

describe('a plugin whose resolvers fail', () => {
  let platform: TestPlatform;
  beforeAll(async () => {
    platform = await startPlatform({ plugins: [broken, sound], resolverTimeLimitMs: 100 });
  });
  afterAll(() => platform.stop());
  const ask = (query: string) => platform.graphql(platform.apiClients[0]!.token, query);

  test.each([
    ['throws', 'INTERNAL'],
    ['never', 'RESOLVER_TIMED_OUT'],
    ['neverQuery', 'RESOLVER_TIMED_OUT'],
    ['late', 'RESOLVER_TIMED_OUT'],
  ])('takes no answer of another with it: %s', async (field, code) => {
    const { status, data, errors } = await ask(`{ ${field} answers viewer { name } }`);
    expect(status).toBe(200);
    expect(data).toEqual({ [field]: null, answers: 'yes', viewer: { name: expect.any(String) } });
    expect(errors).toEqual([
      expect.objectContaining({ path: [field], extensions: expect.objectContaining({ code }) }),
    ]);
  });

  test('does not hold up requests beside it', async () => {
    const stuck = ask('{ never }');
    expect((await ask('{ answers }')).data).toEqual({ answers: 'yes' });
    expect((await stuck).errors?.[0]?.extensions.code).toBe('RESOLVER_TIMED_OUT');
  });
});

describe('a plugin that does not start', () => {
  const start = (start: () => Promise<void>) =>
    startApp({
      config: parseConfig({
        LOG_LEVEL: 'silent',
        TESSERA_DATA: '/nonexistent',
        TESSERA_FIELD_KEY: KEY,
        TESSERA_MODE: 'production',
      }),
      databaseUri: testDatabaseUri(),
      plugins: [sound, plugin({ name: 'stuck', start })],
      logger: createLogger('silent'),
      pluginStartLimitMs: 200,
    });

  test.each([
    ['throws', () => Promise.reject(new Error('no licence')), /plugin "stuck": failed at start: no licence/],
    [
      'throws a text',
      () => Promise.reject('no licence' as never),
      /plugin "stuck": failed at start: no licence/,
    ],
    ['never settles', () => new Promise<void>(() => undefined), /plugin "stuck": failed at start: .*200 ms/],
  ])('is named: it %s', async (_title, run, message) => {
    await expect(start(run)).rejects.toMatchObject({
      code: 'PLUGIN_START_FAILED',
      key: 'plugin "stuck"',
      message: expect.stringMatching(message),
    });
  });
});

describe('two platforms in one process', () => {
  let one: TestPlatform;
  let other: TestPlatform;
  beforeAll(async () => {
    [one, other] = await Promise.all([startPlatform({ plugins: [sound] }), startPlatform({ plugins: [] })]);
  });
  afterAll(() => Promise.all([one.stop(), other.stop()]));

  test('know nothing of each other’s tokens, accounts and passwords', async () => {
    const token = await one.signIn('reviewer');
    expect((await one.graphql(token, '{ viewer { name } }')).status).toBe(200);
    expect((await other.graphql(token, '{ viewer { name } }')).status).toBe(401);
    expect((await other.graphql(one.apiClients[0]!.token, '{ viewer { name } }')).status).toBe(401);
    const passwords = [one, other].map(({ signIns }) => new Set(signIns.map(({ password }) => password)));
    expect([...passwords[0]!].filter((password) => passwords[1]!.has(password))).toEqual([]);
  });

  test('have a schema and metrics of their own', async () => {
    expect((await one.graphql(one.apiClients[0]!.token, '{ answers }')).data).toEqual({ answers: 'yes' });
    expect((await other.graphql(other.apiClients[0]!.token, '{ answers }')).status).toBe(400);
    expect(one.app.metrics.registry).not.toBe(other.app.metrics.registry);
  });
});

describe('a role', () => {
  test('worker answers for its health and figures, and serves nobody', async () => {
    const worker = await startPlatform({ environment: { TESSERA_ROLE: 'worker' } });
    try {
      const statuses = new Map<string, number>();
      for (const path of [
        '/livez',
        '/readyz',
        '/metrics',
        '/graphql',
        '/auth/sign-in',
        '/auth/me',
        '/admin/',
        '/',
      ])
        statuses.set(
          path,
          (await fetch(`${worker.url}${path}`, { method: path === '/graphql' ? 'POST' : 'GET' })).status,
        );
      expect(Object.fromEntries(statuses)).toEqual({
        '/livez': 200,
        '/readyz': 200,
        '/metrics': 200,
        '/graphql': 404,
        '/auth/sign-in': 404,
        '/auth/me': 404,
        '/admin/': 404,
        '/': 404,
      });
    } finally {
      await worker.stop();
    }
  });

  test('api leaves jobs, events and the sealing of the trace to a worker beside it', async () => {
    const api = await startPlatform({ environment: { TESSERA_ROLE: 'api' } });
    const records = api.app.database.connection.db!.collection('trace_records');
    const sealers = () => api.app.database.connection.db!.collection('leases').countDocuments({});
    try {
      await api.signIn('auditor');
      // Each loop takes its lease in its first round, which comes before an app counts as started.
      expect([(await records.countDocuments({ unsealed: { $exists: true } })) > 0, await sealers()]).toEqual([
        true,
        0,
      ]);
      const worker = await startPlatform({ beside: api, environment: { TESSERA_ROLE: 'worker' } });
      const deadline = Date.now() + 20_000;
      while ((await records.countDocuments({ unsealed: { $exists: true } })) > 0 && Date.now() < deadline)
        await new Promise((resolve) => setTimeout(resolve, 20));
      expect(await records.countDocuments({ unsealed: { $exists: true } })).toBe(0);
      await worker.stop();
    } finally {
      await api.stop();
    }
  });
});

const KEY = Buffer.alloc(32, 7).toString('base64');
