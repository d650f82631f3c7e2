import { randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { get } from 'node:http';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { startPlatform, type TestPlatform } from '../../test/support/platform.ts';
import { systemActor } from '../access/actor.ts';
import { customerService } from '../customer/service.ts';
import { fromRoot } from '../paths.ts';
import { sampleClients, type ClientsData } from '../sample/clients.ts';
import type { ExplorerConfig } from './explorer.ts';

describe('what the explorer is told', () => {
  let platform: TestPlatform;
  const ask = async () => (await (await fetch(`${platform.url}/explorer/config`)).json()) as ExplorerConfig;

  beforeAll(async () => {
    platform = await startPlatform();
  });
  afterAll(() => platform.stop());

  test('sign-ins and tokens that work, and the limits that hold', async () => {
    const config = await ask();
    expect(config.signIns.map(({ role }) => role)).toContain('product-manager');
    const [client] = config.apiClients;
    const answer = await platform.graphql<{ viewer: { kind: string } }>(
      client?.token ?? '',
      '{ viewer { kind } }',
    );
    expect(answer.data.viewer.kind).toBe('API_CLIENT');
    expect(config.limits.pageMax).toBeGreaterThan(0);
  });

  test('nothing under another name: a page elsewhere could make its own name point here', async () => {
    const { port } = new URL(platform.url);
    const status = await new Promise<number | undefined>((resolve, reject) => {
      get({ port, path: '/explorer/config', headers: { host: 'elsewhere.example' } }, (response) => {
        response.resume();
        resolve(response.statusCode);
      }).on('error', reject);
    });
    expect(status).toBe(404);
  });

  test('no example clients before there are any, then the personas with what they show, masked', async () => {
    expect((await ask()).personas).toEqual([]);
    const data = JSON.parse(readFileSync(fromRoot('data', 'clients.json'), 'utf8')) as ClientsData;
    const clients = sampleClients(data, ['/lakeside'], '2026-11-24').slice(0, 12);
    await platform.app.hosts.core.service(customerService).upsert(systemActor('test'), clients);
    const { personas } = await ask();
    expect(personas).toHaveLength(10);
    const [first] = data.personas;
    expect(personas[0]?.summary.zh).toContain(first?.shows.zh);
    expect(personas[0]?.summary.en).toContain(first?.shows.en);
    expect(JSON.stringify(personas)).not.toContain(first?.name);
  });
});

test('a production installation tells nothing', async () => {
  const TESSERA_FIELD_KEY = randomBytes(32).toString('base64');
  const platform = await startPlatform({ environment: { TESSERA_MODE: 'production', TESSERA_FIELD_KEY } });
  try {
    const { status } = await fetch(`${platform.url}/explorer/config`);
    expect(status).toBe(404);
  } finally {
    await platform.stop();
  }
});
