import { mkdtempSync, rmSync } from 'node:fs';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startApp, type App } from '../../core/app.ts';
import type { DemoSignIns } from '../../core/access/demo.ts';
import { parseConfig, type Environment } from '../../core/config.ts';
import { createListener } from '../../core/http/listener.ts';
import { createLogger } from '../../core/log.ts';
import type { PluginFactory } from '../../core/plugin/contract.ts';
import type { Clock } from '../../core/time/clock.ts';
import { installedPlugins } from '../../plugins/index.ts';
import { testDatabaseUri } from './database.ts';

export interface PlatformOptions {
  readonly plugins?: readonly PluginFactory[];
  readonly clock?: Clock;
  /** Another process on the same data: its database, and the folder with its secrets. */
  readonly beside?: TestPlatform;
  readonly environment?: Environment;
  /** How long one resolver of a plugin may take. */
  readonly resolverTimeLimitMs?: number;
}

/** A whole platform in this process, on a database and a data folder of its own, listening on a free port. */
export interface TestPlatform {
  readonly app: App;
  readonly url: string;
  readonly databaseUri: string;
  readonly dataFolder: string;
  readonly signIns: DemoSignIns['staff'];
  readonly apiClients: DemoSignIns['apiClients'];
  /** A bearer token of the demo account with this role. */
  signIn(role: string): Promise<string>;
  /** Asks GraphQL over HTTP; the token is a staff member's or a touchpoint's. */
  graphql<T = Record<string, unknown>>(
    token: string,
    query: string,
    variables?: object,
  ): Promise<GraphqlAnswer<T>>;
  stop(): Promise<void>;
}

export interface GraphqlAnswer<T> {
  readonly status: number;
  readonly data: T;
  readonly errors?: readonly { message: string; extensions: { code: string } & Record<string, unknown> }[];
}

export async function startPlatform(options: PlatformOptions = {}): Promise<TestPlatform> {
  const dataFolder = options.beside?.dataFolder ?? mkdtempSync(join(tmpdir(), 'tessera-test-'));
  const databaseUri = options.beside?.databaseUri ?? testDatabaseUri();
  const environment = {
    TESSERA_DATA: dataFolder,
    PORT: '0',
    TESSERA_SAMPLE: '0',
    LOG_LEVEL: 'fatal',
    ...options.environment,
  };
  const config = parseConfig(environment);
  const app = await startApp({
    config,
    databaseUri,
    plugins: options.plugins ?? installedPlugins,
    logger: createLogger(config.logLevel),
    ...(options.clock ? { clock: options.clock } : {}),
    ...(options.resolverTimeLimitMs === undefined
      ? {}
      : { resolverTimeLimitMs: options.resolverTimeLimitMs }),
  });
  const { server, answerBy } = createListener();
  answerBy(app.http);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const signIns = app.demoSignIns?.staff ?? [];
  return {
    app,
    url,
    databaseUri,
    dataFolder,
    signIns,
    apiClients: app.demoSignIns?.apiClients ?? [],
    signIn: (role) => signIn(url, signIns, role),
    graphql: (token, query, variables) => graphql(url, token, query, variables),
    stop: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
      await app.stop();
      if (!options.beside) rmSync(dataFolder, { recursive: true, force: true });
    },
  };
}

async function signIn(url: string, signIns: DemoSignIns['staff'], role: string): Promise<string> {
  const person = signIns.find((one) => one.role === role);
  if (!person) throw new Error(`The demo has no account with role ${role}.`);
  const response = await fetch(`${url}/auth/sign-in`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ account: person.account, password: person.password }),
  });
  if (!response.ok) throw new Error(`Signing in as ${role} answered ${response.status}.`);
  return ((await response.json()) as { token: string }).token;
}

async function graphql<T>(
  url: string,
  token: string,
  query: string,
  variables?: object,
): Promise<GraphqlAnswer<T>> {
  const response = await fetch(`${url}/graphql`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', authorization: `Bearer ${token}` },
    body: JSON.stringify({ query, variables }),
  });
  return { status: response.status, ...((await response.json()) as { data: T }) };
}
