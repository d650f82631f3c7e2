import { Schema } from 'mongoose';
import { systemActor } from '../access/actor.ts';
import { StartError } from '../errors.ts';
import type { Logger } from '../log.ts';
import type { Declared, Host, MigrationDeclaration } from '../plugin/contract.ts';
import { collectionOf } from './collection.ts';
import type { Database } from './database.ts';
import type { Lease, Leases } from './leases.ts';

export const MIGRATIONS = 'migrations';

interface MigrationRecord {
  /** `${owner}:${id}` */
  _id: string;
  why: string;
  doneAt: Date;
}

export const migrationSchema = new Schema<MigrationRecord>(
  {
    _id: { type: String, required: true },
    why: { type: String, required: true },
    doneAt: { type: Date, required: true },
  },
  { versionKey: false },
);

export interface MigrationOptions {
  readonly database: Database;
  readonly logger: Logger;
  readonly leases: Leases;
  /** In the order in which they are to run. */
  readonly migrations: readonly Declared<MigrationDeclaration>[];
  readonly hostOf: (owner: string) => Host;
  /** How long to wait for another process that is migrating. */
  readonly waitLimitMs?: number;
  readonly pollMs?: number;
}

const LEASE = 'migrations';
const WAIT_LIMIT_MS = 10 * 60_000;
const POLL_MS = 200;

/**
 * Runs each migration once, in one process at a time, and records why it ran. One that fails refuses the start by name
 * and is run again at the next: a migration must be able to begin where it was broken off.
 * @returns the ids that ran now
 */
export async function runMigrations(options: MigrationOptions): Promise<readonly string[]> {
  if ((await outstanding(options)).length === 0) return [];
  const lease = await waitForLease(options);
  try {
    const ran: string[] = [];
    // Asked again: the process that held the lease before has done some.
    for (const migration of await outstanding(options)) {
      await runOne(options, migration, lease);
      ran.push(migrationId(migration));
    }
    return ran;
  } finally {
    await options.leases.release(lease);
  }
}

async function outstanding({ database, migrations }: MigrationOptions) {
  const done = await collectionOf<MigrationRecord>(database, MIGRATIONS).find({}).toArray();
  const ids = new Set(done.map((record) => record._id));
  return migrations.filter((migration) => !ids.has(migrationId(migration)));
}

async function waitForLease({
  leases,
  waitLimitMs = WAIT_LIMIT_MS,
  pollMs = POLL_MS,
}: MigrationOptions): Promise<Lease> {
  for (let waitedMs = 0; waitedMs <= waitLimitMs; waitedMs += pollMs) {
    const lease = await leases.take(LEASE);
    if (lease) return lease;
    await new Promise((resolve) => setTimeout(resolve, pollMs));
  }
  throw new StartError(
    'MIGRATION_WAITING',
    'migrations',
    `another process has been migrating the database for ${waitLimitMs / 1000} s. Wait for it, or stop it and start again.`,
  );
}

async function runOne(
  { database, logger, leases, hostOf }: MigrationOptions,
  migration: Declared<MigrationDeclaration>,
  lease: Lease,
): Promise<void> {
  const _id = migrationId(migration);
  logger.info({ migration: _id, why: migration.why }, 'migrating');
  try {
    await migration.up(hostOf(migration.owner));
    await database.transact(systemActor('migrations'), async (tx) => {
      await collectionOf<MigrationRecord>(database, MIGRATIONS).insertOne(
        { _id, why: migration.why, doneAt: tx.at },
        { session: tx.session },
      );
      await leases.prove(tx, lease);
      tx.trace({
        action: 'migration.applied',
        subject: { type: 'Migration', id: _id },
        reason: migration.why,
      });
    });
  } catch (error) {
    throw new StartError(
      'MIGRATION_FAILED',
      `migration "${_id}"`,
      `failed (${migration.why}): ${(error as Error).message} Correct the cause and start again; it begins anew.`,
      error,
    );
  }
}

function migrationId({ owner, id }: Declared<MigrationDeclaration>): string {
  return `${owner}:${id}`;
}
