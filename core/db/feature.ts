import type { Feature } from '../features.ts';
import { LEASES, WORKERS, leaseSchema, workerSchema } from './leases.ts';
import { MIGRATIONS, migrationSchema } from './migrations.ts';

/** What processes keep in the database about themselves. */
export function databaseFeature(): Feature {
  return {
    models: [
      { name: LEASES, schema: leaseSchema as never, shardKey: { _id: 'hashed' }, retention: 'while in use' },
      { name: WORKERS, schema: workerSchema as never, shardKey: { _id: 'hashed' }, retention: 'while up' },
      { name: MIGRATIONS, schema: migrationSchema as never, shardKey: { _id: 1 }, retention: 'for good' },
    ],
  };
}
