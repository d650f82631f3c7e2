import { Leases } from './db/leases.ts';
import { runMigrations } from './db/migrations.ts';
import { Relay } from './event/relay.ts';
import { jobWaker } from './job/service.ts';
import { Worker } from './job/worker.ts';
import type { CoreHost } from './plugin/host.ts';
import { sampleService } from './sample/loader.ts';
import { Sealer } from './trace/sealer.ts';

/** What one process does beside answering requests. */
export interface Background {
  /** Brings the database to this version of the platform; before any plugin starts. */
  migrate(): Promise<readonly string[]>;
  /** Begins to hand on events, run jobs and seal the trace, as the role says; after every plugin has started. */
  start(): Promise<void>;
  /** Ends all of it, each part within the limit, and leaves what it held to other processes. */
  stop(limitMs?: number): Promise<void>;
}

const STOP_LIMIT_MS = 5000;

/** Announces this process, so that it can hold leases, and prepares its loops. */
export async function createBackground(core: CoreHost): Promise<Background> {
  const { database, clock, logger, config, hostOf } = core;
  const leases = new Leases({ database, clock, logger });
  await leases.start();
  const waker = core.service(jobWaker);
  const parts = { database, clock, logger, leases, hostOf };
  const running: { stop(limitMs: number): Promise<void> }[] = [];
  return {
    migrate: () => runMigrations({ ...parts, migrations: core.declared('migrations') }),
    async start() {
      // An API process wakes the workers of others, too.
      await waker.start();
      if (config.role === 'api') return;
      const occurrences = core.declared('events').filter(({ occurrence }) => occurrence);
      const relay = new Relay({
        ...parts,
        handlers: core.declared('handlers'),
        occurrences: occurrences.map(({ name }) => name),
      });
      const worker = new Worker({
        ...parts,
        waker,
        jobs: core.declared('jobs'),
        schedules: core.declared('schedules'),
      });
      const sealer = new Sealer({ ...parts, anchorFile: config.anchorFile });
      const sample = config.sample && config.mode === 'demo' ? [core.service(sampleService)] : [];
      for (const part of [relay, worker, sealer, ...sample]) {
        part.start();
        running.push(part);
      }
    },
    async stop(limitMs = STOP_LIMIT_MS) {
      await Promise.all(running.splice(0).map((part) => part.stop(limitMs)));
      await waker.stop();
      await leases.stop();
    },
  };
}
