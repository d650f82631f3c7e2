import { accessSync, constants, mkdirSync } from 'node:fs';
import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import { installedPlugins } from '../plugins/index.ts';
import { startApp, type App } from './app.ts';
import { environmentWithFile, parseConfig, type Config, type Environment } from './config.ts';
import { openDatabaseServer } from './db/local.ts';
import { StartError } from './errors.ts';
import { createListener } from './http/listener.ts';
import { createLogger } from './log.ts';

/** A started platform with its listener. */
export interface Running {
  readonly app: App;
  readonly url: string;
  /** Settles where something ended by itself that the platform cannot go on without; then only exit is left. */
  readonly failed: Promise<StartError>;
  stop(): Promise<void>;
}

const STOP_LIMIT_MS = 5000;

/**
 * Starts everything that the environment asks for.
 * @param interrupted ends the start where it stands
 * @throws StartError naming the key that must change
 */
export async function run(
  environment: Environment,
  onStatus: (line: string) => void,
  interrupted?: AbortSignal,
): Promise<Running> {
  const config = parseConfig(environmentWithFile(environment));
  prepareDataFolder(config);
  const logger = createLogger(config.logLevel);
  const { server, answerBy } = createListener(notYet);
  const stops: (() => Promise<void>)[] = [];
  const stop = async () => {
    // What is being answered still needs the app and its database.
    await closeServer(server);
    for (const stopOne of stops.splice(0).reverse()) await stopOne();
  };
  const interruption = interruptionOf(interrupted);
  try {
    // The port is taken before anything is loaded, so that a taken one is told at once.
    await listen(server, config);
    if (config.databaseUri === undefined) onStatus(`Embedded database in ${config.dataFolder}`);
    const { uri: databaseUri, ended, leave } = await openDatabaseServer(config, logger);
    stops.push(leave);
    const starting = startApp({ config, databaseUri, plugins: installedPlugins, logger });
    const app = await Promise.race([starting, rejection(ended), interruption]);
    stops.push(() => app.stop());
    answerBy(app.http);
    return { app, url: urlOf(server, config), failed: ended, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

/** Answers while the platform is still being put together: it lives, and is not ready. */
function notYet(request: IncomingMessage, response: ServerResponse): void {
  if (request.url === '/livez') response.writeHead(200, { 'content-type': 'text/plain' }).end('live\n');
  else
    response
      .writeHead(503, { 'content-type': 'text/plain', 'retry-after': '1' })
      .end('the platform is starting\n');
}

function interruptionOf(signal: AbortSignal | undefined): Promise<never> {
  const interruption = new Promise<never>((_, reject) => {
    signal?.addEventListener('abort', () =>
      reject(new StartError('START_INTERRUPTED', 'start', 'was interrupted before it was complete.')),
    );
  });
  // The start may have been complete by then.
  interruption.catch(() => undefined);
  return interruption;
}

function rejection(failed: Promise<StartError>): Promise<never> {
  return failed.then((error) => Promise.reject(error));
}

function urlOf(server: Server, config: Config): string {
  const address = server.address();
  const port = typeof address === 'object' && address ? address.port : config.port;
  return `http://${config.host.includes(':') ? `[${config.host}]` : displayHost(config.host)}:${port}`;
}

function prepareDataFolder({ dataFolder, mode, databaseUri }: Config): void {
  if (mode === 'production' && databaseUri) return;
  try {
    mkdirSync(dataFolder, { recursive: true });
    accessSync(dataFolder, constants.W_OK | constants.X_OK);
  } catch (error) {
    throw new StartError(
      'DATA_FOLDER_UNWRITABLE',
      'TESSERA_DATA',
      `the folder ${dataFolder} cannot be written. Give this user the right to write there or name another folder.`,
      error,
    );
  }
}

function listen(server: Server, { host, port }: Config): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', (error: NodeJS.ErrnoException) => reject(listenError(error, host, port)));
    server.listen(port, host, () => resolve());
  });
}

function listenError(error: NodeJS.ErrnoException, host: string, port: number): StartError {
  if (error.code === 'EADDRINUSE')
    return new StartError(
      'PORT_TAKEN',
      'PORT',
      `${port} is taken by another program, perhaps by this platform already running. Stop it or set PORT to a free one.`,
      error,
    );
  if (error.code === 'EACCES')
    return new StartError(
      'PORT_NOT_ALLOWED',
      'PORT',
      `this user may not listen on ${port}. Use a port above 1023.`,
      error,
    );
  return new StartError(
    'HOST_UNKNOWN',
    'HOST',
    `cannot listen on ${host} (${error.code ?? error.message}). Use an address of this machine.`,
    error,
  );
}

/** Lets what is being answered finish, within bounds, and then closes what is left. */
function closeServer(server: Server): Promise<void> {
  return new Promise((resolve) => {
    const limit = setTimeout(() => server.closeAllConnections(), STOP_LIMIT_MS);
    // One that never listened calls back, too.
    server.close(() => {
      clearTimeout(limit);
      resolve();
    });
    server.closeIdleConnections();
  });
}

function displayHost(host: string): string {
  return host === '127.0.0.1' ? 'localhost' : host;
}
