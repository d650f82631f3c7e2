import { Cursors } from './command/cursors.ts';
import { answer } from './command/dispatch.ts';
import { REPLICA_SET } from './command/handshake.ts';
import { removeExpired } from './command/expiry.ts';
import type { Engine } from './command/request.ts';
import { Catalog } from './store/catalog.ts';
import { lockFolder } from './store/lock.ts';
import { Store } from './store/store.ts';
import type { StoreOptions } from './store/store.ts';
import { removeOldRetries } from './transaction/retry.ts';
import { Sessions } from './transaction/sessions.ts';
import { listen } from './wire/server.ts';

export interface EngineOptions extends StoreOptions {
  dataFolder: string;
  /** 0 for any free port. */
  port: number;
  /** Milliseconds since 1970. */
  now?: () => number;
  /** Leaves the documents of TTL indexes: for tests, whose own clocks stand where the engine's has long been. */
  keepExpired?: boolean;
}

export interface RunningEngine {
  uri: string;
  port: number;
  /** Ends what has expired: transactions, cursors, documents of TTL indexes, old retry records. */
  sweep(): Promise<void>;
  /** Answers what is running, flushes, closes, frees the folder. */
  stop(): Promise<void>;
}

/** How often expired transactions are ended, and how often (in such rounds) the rest is looked at. */
const ROUND_MS = 1_000;
const ROUNDS_PER_SWEEP = 60;

/** Opens a data folder and answers MongoDB clients on loopback. Throws DataFolderError. */
export async function startEngine(options: EngineOptions): Promise<RunningEngine> {
  const lock = lockFolder(options.dataFolder);
  const now = options.now ?? Date.now;
  const store = new Store(options.dataFolder, options);
  const catalog = new Catalog(store);
  await catalog.removeUnfinished();
  const engine: Engine = {
    store,
    catalog,
    sessions: new Sessions(store, catalog, now),
    cursors: new Cursors(now),
    now,
  };
  const server = await listen(options.port, (message, connection) => answer(engine, message, connection));
  let sweeping = catalog.clearDropped().catch(report);
  let rounds = 0;
  const timer = setInterval(() => {
    engine.sessions.abortExpired();
    if (++rounds % ROUNDS_PER_SWEEP === 0)
      sweeping = sweeping.then(() => sweep(engine, options)).catch(report);
  }, ROUND_MS);
  return {
    uri: `mongodb://127.0.0.1:${server.port}/?replicaSet=${REPLICA_SET}`,
    port: server.port,
    sweep: () => sweep(engine, options),
    async stop() {
      clearInterval(timer);
      engine.sessions.abortAll();
      await server.close();
      await sweeping;
      await store.close();
      lock.release();
    },
  };
}

async function sweep(engine: Engine, { keepExpired }: EngineOptions): Promise<void> {
  engine.sessions.abortExpired();
  await engine.cursors.endIdle();
  if (!keepExpired) await removeExpired(engine);
  await removeOldRetries(engine.store, engine.now());
  await engine.catalog.clearDropped();
}

function report(error: unknown): void {
  process.stderr.write(`${JSON.stringify({ level: 'error', message: String(error) })}\n`);
}
