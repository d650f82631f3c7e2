import { describe, expect, test } from '@jest/globals';
import { readFileSync } from 'node:fs';
import { parse } from 'yaml';
import { CONFIG_KEYS, parseConfig } from '../core/config.ts';
import { fromRoot } from '../core/paths.ts';

interface Compose {
  services: Record<
    string,
    {
      environment?: Record<string, string | number>;
      healthcheck?: unknown;
      depends_on?: Record<string, { condition: string }>;
    }
  >;
}

const compose = parse(readFileSync(fromRoot('docker-compose.yml'), 'utf8'), { merge: true }) as Compose;
const ours = Object.entries(compose.services).filter(([, service]) => service.environment !== undefined);

describe('docker-compose.yml', () => {
  test('has a replica set, Redis, an API and a worker, each with a health check', () => {
    expect(Object.keys(compose.services).sort()).toEqual(['api', 'mongodb', 'redis', 'worker']);
    for (const service of Object.values(compose.services)) expect(service.healthcheck).toBeDefined();
    expect(ours.map(([name]) => name).sort()).toEqual(['api', 'worker']);
  });

  test.each(ours)(
    '%s sets only variables that the configuration knows, to values that it accepts',
    (name, service) => {
      const environment = Object.fromEntries(
        Object.entries(service.environment!).map(([key, value]) => [key, String(value)]),
      );
      expect(Object.keys(environment).filter((key) => !(key in CONFIG_KEYS))).toEqual([]);
      const config = parseConfig({ ...environment, TESSERA_FIELD_KEY: Buffer.alloc(32).toString('base64') });
      expect(config).toMatchObject({
        mode: 'production',
        role: name,
        databaseUri: expect.stringContaining('replicaSet='),
        redisUrl: 'redis://redis:6379',
      });
    },
  );

  test.each(ours)('%s waits until database and Redis are healthy', (_name, service) => {
    expect(service.depends_on).toMatchObject({
      mongodb: { condition: 'service_healthy' },
      redis: { condition: 'service_healthy' },
    });
  });
});
