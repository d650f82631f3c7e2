import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Config } from '../config.ts';
import { StartError } from '../errors.ts';
import type { Logger } from '../log.ts';
import { LaunchError, launchEmbedded, type EmbeddedDatabase } from './embedded/launch.ts';

/** A database to work on, and how to leave it. */
export interface OpenedDatabase {
  /** With the database's name. */
  readonly uri: string;
  /** Settles where the database of this process ends by itself; what was acknowledged is on its disk. */
  readonly ended: Promise<StartError>;
  leave(): Promise<void>;
}

const DATABASE = 'tessera';
const ADDRESS_FILE = 'database-address';

/** The configured database, or the embedded one as the only platform on this data folder. @throws StartError */
export async function openDatabaseServer(config: Config, logger: Logger): Promise<OpenedDatabase> {
  if (config.databaseUri !== undefined) return elsewhere(config.databaseUri);
  try {
    return await launched(
      config,
      await launchEmbedded({ dataFolder: join(config.dataFolder, 'database'), logger }),
    );
  } catch (error) {
    if (!(error instanceof LaunchError)) throw error;
    throw new StartError(error.code, 'TESSERA_DATA', sentence(error.message), error);
  }
}

/** For commands beside a running platform: joins its embedded database where it runs, else starts it for the while. */
export async function joinDatabaseServer(config: Config, logger: Logger): Promise<OpenedDatabase> {
  try {
    return await openDatabaseServer(config, logger);
  } catch (error) {
    if (!(error instanceof StartError) || error.code !== 'DATA_FOLDER_IN_USE') throw error;
    return elsewhere(readFileSync(join(config.dataFolder, ADDRESS_FILE), 'utf8').trim());
  }
}

/** A database that this process did not start: the driver finds it again when it comes back. */
function elsewhere(uri: string): OpenedDatabase {
  return { uri, ended: new Promise(() => undefined), leave: () => Promise.resolve() };
}

async function launched({ dataFolder }: Config, engine: EmbeddedDatabase): Promise<OpenedDatabase> {
  const [base, query] = engine.uri.split('?');
  const uri = `${base!.replace(/\/$/, '')}/${DATABASE}${query === undefined ? '' : `?${query}`}`;
  const addressFile = join(dataFolder, ADDRESS_FILE);
  writeFileSync(addressFile, `${uri}\n`, { mode: 0o600 });
  return {
    uri,
    ended: engine.ended.then(
      (code) =>
        new StartError(
          'DATABASE_ENDED',
          'embedded database',
          `it ended by itself (${code}). What it acknowledged is kept; start the platform again.`,
        ),
    ),
    leave: async () => {
      rmSync(addressFile, { force: true });
      await engine.stop();
    },
  };
}

function sentence(text: string): string {
  const [first = ''] = text;
  return `${first.toLowerCase()}${text.slice(1)}${text.endsWith('.') ? '' : '.'}`;
}
