import { accessSync, constants, mkdirSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import { installedPlugins } from '../plugins/index.ts';
import { startApp, type App } from './app.ts';
import { environmentWithFile, parseConfig, type Config, type Environment } from './config.ts';
import { openDatabaseServer } from './db/local.ts';
import { StartError } from './errors.ts';
import { createLogger } from './log.ts';

/** A started platform with its listener. */
export interface Running {
  readonly app: App;
  readonly url: string;
  stop(): Promise<void>;
}

const STOP_LIMIT_MS = 8000;

/** Starts everything that the environment asks for. @throws StartError naming the key that must change */
export async function run(environment: Environment, onStatus: (line: string) => void): Promise<Running> {
  const config = parseConfig(environmentWithFile(environment));
  prepareDataFolder(config);
  const logger = createLogger(config.logLevel);
  const stops: (() => Promise<void>)[] = [];
  const stop = async () => {
    for (const stopOne of stops.splice(0).reverse()) await stopOne();
  };
  try {
    const server = createServer();
    // The port is taken before anything is loaded, so that a taken one is told at once.
    await listen(server, config);
    stops.push(() => closeServer(server));
    if (config.databaseUri === undefined) onStatus(`Embedded database in ${config.dataFolder}`);
    const { uri: databaseUri, leave } = await openDatabaseServer(config, logger);
    stops.push(leave);
    const app = await startApp({ config, databaseUri, plugins: installedPlugins, logger });
    stops.push(() => app.stop());
    server.on('request', app.http);
    const address = server.address();
    const port = typeof address === 'object' && address ? address.port : config.port;
    return {
      app,
      url: `http://${config.host.includes(':') ? `[${config.host}]` : displayHost(config.host)}:${port}`,
      stop,
    };
  } catch (error) {
    await stop();
    throw error;
  }
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
      `${port} is taken by another program. Stop it or set PORT to a free one.`,
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
