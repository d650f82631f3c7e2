import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pino } from 'pino';
import { parseConfig } from '../../core/config.ts';
import { openDatabase, type Database } from '../../core/db/database.ts';
import { Leases } from '../../core/db/leases.ts';
import { corePlugin } from '../../core/features.ts';
import type { Plugin } from '../../core/plugin/contract.ts';
import { collectDeclarations, type Declarations } from '../../core/plugin/declarations.ts';
import { createHosts, type Hosts } from '../../core/plugin/host.ts';
import { loadPlugins } from '../../core/plugin/load.ts';
import { systemClock, type Clock } from '../../core/time/clock.ts';
import { testDatabaseUri } from './database.ts';

/** Hosts over a database of their own, without HTTP and without loops: for tests of what runs in the background. */
export interface TestHost extends Hosts {
  readonly uri: string;
  readonly database: Database;
  readonly declarations: Declarations;
  readonly leases: Leases;
  /** What every loop is constructed from. */
  readonly parts: {
    readonly database: Database;
    readonly clock: Clock;
    readonly logger: Hosts['core']['logger'];
    readonly leases: Leases;
    readonly hostOf: Hosts['of'];
  };
  close(): Promise<void>;
}

const ALIVE_MS = 365 * 86_400_000;

export interface TestHostOptions {
  readonly plugins?: readonly (Partial<Plugin> & { readonly name: string })[];
  readonly clock?: Clock;
  /** The database of another test host: as a second process would see it. */
  readonly uri?: string;
}

export async function startTestHost(options: TestHostOptions = {}): Promise<TestHost> {
  const { plugins = [], clock = systemClock, uri = testDatabaseUri() } = options;
  const folder = mkdtempSync(join(tmpdir(), 'tessera-test-'));
  const logger = pino({ level: 'silent' });
  const config = parseConfig({ TESSERA_DATA: folder, LOG_LEVEL: 'silent', TESSERA_MODE: 'demo' });
  const complete = plugins.map((plugin) => () => ({ version: '1.0.0', requires: {}, ...plugin }));
  const declarations = collectDeclarations(loadPlugins(corePlugin(), complete));
  const database = await openDatabase({ uri, clock });
  const hosts = createHosts({ database, declarations, clock, logger, config });
  await database.prepare();
  // A test that moves its clock must not make its processes look dead.
  const leases = new Leases({ database, clock, logger, aliveMs: ALIVE_MS });
  await leases.start();
  return {
    ...hosts,
    uri,
    database,
    declarations,
    leases,
    parts: { database, clock, logger, leases, hostOf: hosts.of },
    close: async () => {
      await leases.stop();
      await database.close();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}
