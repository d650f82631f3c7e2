import { installedPlugins } from '../../plugins/index.ts';
import { startApp, type App } from '../app.ts';
import { environmentWithFile, parseConfig } from '../config.ts';
import { joinDatabaseServer } from '../db/local.ts';
import { PlatformError } from '../errors.ts';
import { createLogger } from '../log.ts';

/**
 * Runs a command's work on the configured installation, beside a running platform or without one, and leaves it as it
 * was. What the platform foresees ends with one line and exit code 1.
 */
export async function onPlatform(work: (app: App) => Promise<void>): Promise<void> {
  try {
    // Without the loops of a worker: a command does its own work and nobody else's.
    const config = { ...parseConfig(environmentWithFile(process.env)), role: 'api' as const };
    const logger = createLogger('warn');
    const { uri, leave } = await joinDatabaseServer(config, logger);
    try {
      const app = await startApp({ config, databaseUri: uri, plugins: installedPlugins, logger });
      try {
        await work(app);
      } finally {
        await app.stop();
      }
    } finally {
      await leave();
    }
  } catch (error) {
    if (!(error instanceof PlatformError)) throw error;
    console.error(`tessera: ${error.message} [${error.code}]`);
    process.exitCode = 1;
  }
}
