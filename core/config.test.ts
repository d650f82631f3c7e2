import { describe, expect, test } from '@jest/globals';
import { readFileSync } from 'node:fs';
import { CONFIG_KEYS, parseConfig, type Environment } from './config.ts';
import { StartError } from './errors.ts';
import { fromRoot } from './paths.ts';

const KEY_32_BYTES = Buffer.alloc(32, 7).toString('base64');

describe('configuration', () => {
  const refused: [title: string, environment: Environment, key: string][] = [
    ['a port that is no number', { PORT: 'http' }, 'PORT'],
    ['a port out of range', { PORT: '70000' }, 'PORT'],
    ['a negative port', { PORT: '-1' }, 'PORT'],
    ['a fractional port', { PORT: '40.5' }, 'PORT'],
    ['an unknown mode', { TESSERA_MODE: 'staging' }, 'TESSERA_MODE'],
    ['an unknown role', { TESSERA_ROLE: 'cron' }, 'TESSERA_ROLE'],
    ['an unknown log level', { LOG_LEVEL: 'loud' }, 'LOG_LEVEL'],
    ['a sample switch that is no switch', { TESSERA_SAMPLE: 'yes' }, 'TESSERA_SAMPLE'],
    ['a misspelt key of ours', { TESSERA_DTA: '/tmp/x' }, 'TESSERA_DTA'],
    ['a database address of another protocol', { MONGODB_URI: 'postgres://127.0.0.1/x' }, 'MONGODB_URI'],
    ['a database address without a host', { MONGODB_URI: 'mongodb://' }, 'MONGODB_URI'],
    ['a Redis address of another protocol', { REDIS_URL: 'http://127.0.0.1' }, 'REDIS_URL'],
    ['a field key of the wrong length', { TESSERA_FIELD_KEY: 'c2hvcnQ=' }, 'TESSERA_FIELD_KEY'],
    ['production without a field key', { TESSERA_MODE: 'production' }, 'TESSERA_FIELD_KEY'],
    ['NODE_ENV=production without a field key', { NODE_ENV: 'production' }, 'TESSERA_FIELD_KEY'],
    ['demo on every interface', { HOST: '0.0.0.0' }, 'HOST'],
    ['demo on a name of the network', { HOST: 'intranet' }, 'HOST'],
    [
      'demo on a database elsewhere',
      { TESSERA_MODE: 'demo', MONGODB_URI: 'mongodb://db.firm:27017/t' },
      'TESSERA_MODE',
    ],
    [
      'demo on a replica set partly elsewhere',
      { TESSERA_MODE: 'demo', MONGODB_URI: 'mongodb://127.0.0.1,db2/t' },
      'TESSERA_MODE',
    ],
  ];

  test.each(refused)('%s is refused, naming %3$s', (_title, environment, key) => {
    const attempt = () => parseConfig(environment);
    expect(attempt).toThrow(StartError);
    expect(attempt).toThrow(new RegExp(`^${key}: .+\\.$`, 's'));
  });

  test('an explicit mode wins over what NODE_ENV and MONGODB_URI imply', () => {
    expect(parseConfig({ NODE_ENV: 'production', TESSERA_MODE: 'demo' }).mode).toBe('demo');
    expect(parseConfig({ MONGODB_URI: 'mongodb://127.0.0.1/t', TESSERA_FIELD_KEY: KEY_32_BYTES }).mode).toBe(
      'production',
    );
    expect(parseConfig({}).mode).toBe('demo');
  });

  test('an empty value counts as absent', () => {
    expect(parseConfig({ PORT: '', MONGODB_URI: ' ' })).toMatchObject({ port: 4000, mode: 'demo' });
    expect(parseConfig({ MONGODB_URI: '' })).not.toHaveProperty('databaseUri');
  });

  test('.env.example names every key that the platform reads and no other', () => {
    const example = readFileSync(fromRoot('.env.example'), 'utf8');
    const named = [...example.matchAll(/^#?([A-Z_]+)=/gm)].map((match) => match[1]).sort();
    expect(named).toEqual(Object.keys(CONFIG_KEYS).sort());
  });
});
