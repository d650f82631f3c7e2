import { afterAll, describe, expect, test } from '@jest/globals';
import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openDatabase } from '../core/db/database.ts';
import { launchEmbedded } from '../core/db/embedded/launch.ts';
import { StartError } from '../core/errors.ts';
import { run } from '../core/main.ts';
import { fromRoot } from '../core/paths.ts';
import { systemClock } from '../core/time/clock.ts';
import { startStandaloneMongod } from './support/standalone-mongod.ts';

const folder = mkdtempSync(join(tmpdir(), 'tessera-start-'));
const file = join(folder, 'a-file');
writeFileSync(file, '');
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const FIELD_KEY = Buffer.alloc(32, 1).toString('base64');

/** Why a start fails: what the environment says, and the key and code that the one line must name. */
const failures: [title: string, environment: Record<string, string>, key: string, code: string][] = [
  ['a port that is no number', { PORT: 'http' }, 'PORT', 'CONFIG_INVALID'],
  ['a port out of range', { PORT: '65536' }, 'PORT', 'CONFIG_INVALID'],
  [
    'an address that is not of this machine',
    { TESSERA_MODE: 'production', TESSERA_FIELD_KEY: FIELD_KEY, HOST: '192.0.2.1' },
    'HOST',
    'HOST_UNKNOWN',
  ],
  ['an unknown role', { TESSERA_ROLE: 'cron' }, 'TESSERA_ROLE', 'CONFIG_INVALID'],
  ['an unknown mode', { TESSERA_MODE: 'test' }, 'TESSERA_MODE', 'CONFIG_INVALID'],
  ['a misspelt setting', { TESSERA_FOLDER: folder }, 'TESSERA_FOLDER', 'CONFIG_INVALID'],
  ['production without a field key', { TESSERA_MODE: 'production' }, 'TESSERA_FIELD_KEY', 'CONFIG_INVALID'],
  ['a field key that is too short', { TESSERA_FIELD_KEY: 'AAAA' }, 'TESSERA_FIELD_KEY', 'CONFIG_INVALID'],
  ['demo mode on every interface', { HOST: '0.0.0.0' }, 'HOST', 'CONFIG_INVALID'],
  [
    'demo mode on a far database',
    { TESSERA_MODE: 'demo', MONGODB_URI: 'mongodb://192.0.2.1/t' },
    'TESSERA_MODE',
    'CONFIG_INVALID',
  ],
  ['a database address that is none', { MONGODB_URI: 'localhost:27017' }, 'MONGODB_URI', 'CONFIG_INVALID'],
  ['a Redis address that is none', { REDIS_URL: 'localhost:6379' }, 'REDIS_URL', 'CONFIG_INVALID'],
  [
    'a data folder beneath a file',
    { TESSERA_DATA: join(file, 'data') },
    'TESSERA_DATA',
    'DATA_FOLDER_UNWRITABLE',
  ],
  ['a data folder that is a file', { TESSERA_DATA: file }, 'TESSERA_DATA', 'DATA_FOLDER_UNWRITABLE'],
];

async function startError(environment: Record<string, string>): Promise<StartError> {
  try {
    const running = await run(
      { PORT: '0', TESSERA_DATA: join(folder, 'data'), LOG_LEVEL: 'silent', ...environment },
      () => undefined,
    );
    await running.stop();
  } catch (error) {
    if (error instanceof StartError) return error;
    throw error;
  }
  throw new Error('It started.');
}

describe('a start that cannot succeed', () => {
  test.each(failures)('%s is told in one line that names the key', async (_title, environment, key, code) => {
    const error = await startError(environment);
    expect({ key: error.key, code: error.code }).toEqual({ key, code });
    expect(error.message).toMatch(new RegExp(`^${key}: \\S.*\\.$`));
  });

  test('a taken port is named', async () => {
    const other = createServer();
    await new Promise<void>((resolve) => other.listen(0, '127.0.0.1', resolve));
    const { port } = other.address() as AddressInfo;
    try {
      expect(await startError({ PORT: String(port) })).toMatchObject({ code: 'PORT_TAKEN', key: 'PORT' });
    } finally {
      other.close();
    }
  });

  test('a data folder that another platform uses is named, with the process that holds it', async () => {
    const dataFolder = join(folder, 'shared');
    const engine = await launchEmbedded({ dataFolder: join(dataFolder, 'database') });
    try {
      const error = await startError({ TESSERA_DATA: dataFolder });
      expect(error).toMatchObject({ code: 'DATA_FOLDER_IN_USE', key: 'TESSERA_DATA' });
      expect(error.message).toContain(String(engine.pid));
    } finally {
      await engine.stop();
    }
  });

  test('a database that does not answer is named', async () => {
    const silent = openDatabase({ uri: 'mongodb://127.0.0.1:9/t', clock: systemClock, timeoutMs: 50 });
    await expect(silent).rejects.toMatchObject({ code: 'DATABASE_UNREACHABLE', key: 'MONGODB_URI' });
  });

  test('a database server without transactions is refused', async () => {
    const standalone = await startStandaloneMongod();
    try {
      const error = await startError({ TESSERA_MODE: 'demo', MONGODB_URI: standalone.uri });
      expect(error).toMatchObject({ code: 'DATABASE_WITHOUT_TRANSACTIONS', key: 'MONGODB_URI' });
    } finally {
      await standalone.stop();
    }
  });
});

describe('the command', () => {
  test('prints one line and exits 1 when it cannot start', async () => {
    const { code, stderr } = await startCommand({ PORT: 'http' }).finished;
    expect({ code, stderr }).toEqual({
      code: 1,
      stderr: expect.stringMatching(/^tessera: PORT: .*\[CONFIG_INVALID\]\n$/),
    });
  });

  test('prints its addresses, answers, and stops cleanly on Ctrl-C', async () => {
    const command = startCommand({ TESSERA_DATA: join(folder, 'ctrl-c') });
    const url = await command.printed(/http:\/\/localhost:\d+(?=\/graphql)/);
    await command.printed(/Ctrl-C/);
    for (const path of ['/livez', '/readyz', '/metrics'])
      expect((await fetch(`${url}${path}`)).status).toBe(200);
    command.kill('SIGINT');
    expect(await command.finished).toMatchObject({ code: 0, stderr: '' });
  });

  test('stops cleanly where SIGTERM comes while it starts', async () => {
    const command = startCommand({ TESSERA_DATA: join(folder, 'early') });
    await command.printed(/Embedded database in/);
    command.kill('SIGTERM');
    expect(await command.finished).toMatchObject({ code: 0, stderr: '' });
  });

  test('ends with one line and exit 1 when its database ends by itself', async () => {
    const dataFolder = join(folder, 'killed');
    const command = startCommand({ TESSERA_DATA: dataFolder });
    await command.printed(/Ctrl-C/);
    process.kill(await holderOf(join(dataFolder, 'database')), 'SIGKILL');
    expect(await command.finished).toMatchObject({
      code: 1,
      stderr: expect.stringMatching(/^tessera: embedded database: .*\(SIGKILL\).*\[DATABASE_ENDED\]$/m),
    });
  });
});

/** The process that holds a data folder, as a second engine is told. */
async function holderOf(dataFolder: string): Promise<number> {
  const refused = await launchEmbedded({ dataFolder }).catch((error: unknown) => error as Error);
  return Number(/process (\d+)/.exec((refused as Error).message)?.[1]);
}

/** The platform as the user starts it, from source. */
function startCommand(environment: Record<string, string>) {
  const child = spawn(process.execPath, ['--import', 'tsx', 'core/cli/start.ts'], {
    cwd: fromRoot(),
    env: {
      PATH: process.env.PATH,
      HOME: process.env.HOME,
      LOG_LEVEL: 'error',
      PORT: '0',
      TESSERA_SAMPLE: '0',
      ...environment,
    },
  });
  let stdout = '';
  let stderr = '';
  const listeners = new Set<() => void>();
  child.stdout.on('data', (chunk: Buffer) => {
    stdout += chunk.toString();
    for (const listener of listeners) listener();
  });
  child.stderr.on('data', (chunk: Buffer) => (stderr += chunk.toString()));
  const finished = new Promise<{ code: number | null; stdout: string; stderr: string }>((resolve) =>
    child.on('close', (code) => resolve({ code, stdout, stderr })),
  );
  const printed = (pattern: RegExp) =>
    new Promise<string>((resolve, reject) => {
      const look = () => {
        const found = pattern.exec(stdout)?.[0];
        if (found !== undefined) resolve(found);
      };
      listeners.add(look);
      look();
      void finished.then(({ code }) =>
        reject(new Error(`It ended with ${code} before printing ${pattern}: ${stderr}`)),
      );
    });
  return { finished, printed, kill: (signal: NodeJS.Signals) => child.kill(signal) };
}
