import { existsSync, readFileSync } from 'node:fs';
import { isAbsolute, join } from 'node:path';
import { z } from 'zod';
import { StartError } from './errors.ts';
import { projectRoot } from './paths.ts';

export type Mode = 'demo' | 'production';
export type Role = 'all' | 'api' | 'worker';

/** Everything that the environment decides, parsed once at start. */
export interface Config {
  readonly host: string;
  readonly port: number;
  /** Folder of the embedded database, secrets of this installation and trace anchors. */
  readonly dataFolder: string;
  readonly mode: Mode;
  readonly role: Role;
  /** Absent: the embedded database in `dataFolder`. */
  readonly databaseUri?: string;
  /** Absent: jobs are woken in process. */
  readonly redisUrl?: string;
  readonly logLevel: string;
  /** Load the sample firm into an empty installation (demo mode only). */
  readonly sample: boolean;
  /** Base64 of 32 bytes that seal personal data; absent in demo mode: made at random per installation. */
  readonly fieldKey?: string;
  /** File to which the head of the trace is appended each minute; keep it outside the database's reach. */
  readonly anchorFile: string;
}

/** Every environment variable that the platform reads, with what it is for (docs and .env.example are checked against it). */
export const CONFIG_KEYS = {
  PORT: 'TCP port of the HTTP listener (default 4000)',
  HOST: 'Address to listen on (default 127.0.0.1)',
  TESSERA_DATA: 'Folder for the embedded database, installation secrets and trace anchors (default .tessera)',
  TESSERA_MODE:
    'demo or production (default: production if NODE_ENV=production or MONGODB_URI is set, else demo)',
  TESSERA_ROLE: 'all, api or worker (default all)',
  TESSERA_SAMPLE: '1 loads the sample firm into an empty demo installation, 0 starts empty (default 1)',
  TESSERA_FIELD_KEY: 'Base64 of 32 random bytes that seal personal data; required in production',
  TESSERA_ANCHOR_FILE:
    'File that receives the head of the trace each minute (default trace-anchors.log in TESSERA_DATA)',
  MONGODB_URI: 'A MongoDB replica set or sharded cluster, database name included; absent: embedded database',
  REDIS_URL: 'Redis for waking workers of many processes; absent: in process',
  LOG_LEVEL: 'fatal, error, warn, info, debug or trace (default info)',
  NODE_ENV: 'production switches the default of TESSERA_MODE',
} as const;

/** Read by tests and tools only; harmless where the platform is started beneath them. */
const TOOL_KEYS = /^TESSERA_(TEST_.+|REAL_DATA|CHROMIUM|REQUIRE_ALL)$/;

type Key = keyof typeof CONFIG_KEYS;
export type Environment = Readonly<Record<string, string | undefined>>;

/** Parses the environment or throws a StartError that names the key and says what to do. */
export function parseConfig(environment: Environment): Config {
  refuseUnknownKeys(environment);
  const read = (key: Key) => (environment[key]?.trim() === '' ? undefined : environment[key]?.trim());
  const databaseUri = optional(read('MONGODB_URI'), (value) =>
    checkUri('MONGODB_URI', value, ['mongodb:', 'mongodb+srv:']),
  );
  const redisUrl = optional(read('REDIS_URL'), (value) =>
    checkUri('REDIS_URL', value, ['redis:', 'rediss:']),
  );
  const fieldKey = optional(read('TESSERA_FIELD_KEY'), checkFieldKey);
  const dataFolder = resolveFolder(read('TESSERA_DATA') ?? '.tessera');
  const impliedMode = read('NODE_ENV') === 'production' || databaseUri ? 'production' : 'demo';
  const config: Config = {
    host: read('HOST') ?? '127.0.0.1',
    port: parsePort(read('PORT') ?? '4000'),
    dataFolder,
    mode: oneOf('TESSERA_MODE', read('TESSERA_MODE') ?? impliedMode, ['demo', 'production']),
    role: oneOf('TESSERA_ROLE', read('TESSERA_ROLE') ?? 'all', ['all', 'api', 'worker']),
    logLevel: oneOf('LOG_LEVEL', read('LOG_LEVEL') ?? 'info', [
      'fatal',
      'error',
      'warn',
      'info',
      'debug',
      'trace',
      'silent',
    ]),
    sample: oneOf('TESSERA_SAMPLE', read('TESSERA_SAMPLE') ?? '1', ['0', '1']) === '1',
    anchorFile: read('TESSERA_ANCHOR_FILE') ?? join(dataFolder, 'trace-anchors.log'),
    ...(databaseUri === undefined ? {} : { databaseUri }),
    ...(redisUrl === undefined ? {} : { redisUrl }),
    ...(fieldKey === undefined ? {} : { fieldKey }),
  };
  checkTogether(config);
  return config;
}

/** Reads `.env` of the project, where there is one, beneath the real environment. */
export function environmentWithFile(environment: Environment, file = join(projectRoot, '.env')): Environment {
  if (!existsSync(file)) return environment;
  const values: Record<string, string> = {};
  for (const [index, line] of readFileSync(file, 'utf8').split('\n').entries()) {
    if (/^\s*(#|$)/.test(line)) continue;
    const match = /^\s*([A-Z_][A-Z0-9_]*)\s*=\s*(.*?)\s*$/.exec(line);
    if (!match)
      throw new StartError(
        'CONFIG_INVALID',
        '.env',
        `line ${index + 1} is not KEY=value. Correct or remove it.`,
      );
    values[match[1]!] = match[2]!.replace(/^(["'])(.*)\1$/, '$2');
  }
  return { ...values, ...environment };
}

export function isLoopback(host: string): boolean {
  return host === 'localhost' || host === '::1' || host === '[::1]' || /^127(\.\d{1,3}){3}$/.test(host);
}

function checkTogether(config: Config): void {
  if (config.mode === 'production') {
    if (!config.fieldKey)
      throw new StartError(
        'CONFIG_INVALID',
        'TESSERA_FIELD_KEY',
        'is required in production, since it seals personal data. Set it to the base64 of 32 random bytes (openssl rand -base64 32) and keep it.',
      );
    return;
  }
  if (!isLoopback(config.host))
    throw new StartError(
      'CONFIG_INVALID',
      'HOST',
      `demo mode has published sign-ins and listens on loopback only, not on ${config.host}. Use HOST=127.0.0.1 or TESSERA_MODE=production.`,
    );
  if (config.databaseUri && !databaseHosts(config.databaseUri).every(isLoopback))
    throw new StartError(
      'CONFIG_INVALID',
      'TESSERA_MODE',
      'demo mode works on a database on this machine only. Remove TESSERA_MODE=demo or point MONGODB_URI at 127.0.0.1.',
    );
}

function databaseHosts(uri: string): string[] {
  const authority = uri.replace(/^mongodb(\+srv)?:\/\//, '').split(/[/?]/)[0] ?? '';
  const hosts = authority.slice(authority.lastIndexOf('@') + 1);
  return hosts.split(',').map((host) => host.replace(/:\d+$/, ''));
}

function refuseUnknownKeys(environment: Environment): void {
  for (const key of Object.keys(environment)) {
    if (!key.startsWith('TESSERA_') || key in CONFIG_KEYS || TOOL_KEYS.test(key)) continue;
    const known = Object.keys(CONFIG_KEYS).filter((name) => name.startsWith('TESSERA_'));
    throw new StartError(
      'CONFIG_INVALID',
      key,
      `is not a setting of the platform. Known: ${known.join(', ')}.`,
    );
  }
}

function optional<T>(value: string | undefined, parse: (value: string) => T): T | undefined {
  return value === undefined ? undefined : parse(value);
}

function parsePort(value: string): number {
  const port = z.coerce.number().int().min(0).max(65535).safeParse(value);
  if (!/^\d+$/.test(value) || !port.success)
    throw new StartError(
      'CONFIG_INVALID',
      'PORT',
      `"${value}" is no port. Use a whole number from 1 to 65535.`,
    );
  return port.data;
}

function oneOf<const T extends readonly string[]>(key: Key, value: string, choices: T): T[number] {
  if ((choices as readonly string[]).includes(value)) return value as T[number];
  throw new StartError('CONFIG_INVALID', key, `"${value}" is not known. Use one of ${choices.join(', ')}.`);
}

function checkUri(key: Key, value: string, protocols: string[]): string {
  const protocol = /^[a-z+]+:/.exec(value)?.[0];
  if (!protocol || !protocols.includes(protocol) || !/^[a-z+]+:\/\/[^/?]+/.test(value))
    throw new StartError(
      'CONFIG_INVALID',
      key,
      `must begin with ${protocols.map((p) => `${p}//`).join(' or ')} and name a host.`,
    );
  return value;
}

function checkFieldKey(value: string): string {
  const bytes = Buffer.from(value, 'base64');
  if (bytes.length !== 32 || bytes.toString('base64').replace(/=+$/, '') !== value.replace(/=+$/, ''))
    throw new StartError(
      'CONFIG_INVALID',
      'TESSERA_FIELD_KEY',
      'must be the base64 of exactly 32 bytes (openssl rand -base64 32).',
    );
  return value;
}

function resolveFolder(folder: string): string {
  return isAbsolute(folder) ? folder : join(process.cwd(), folder);
}
