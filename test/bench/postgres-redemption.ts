import { randomUUID } from 'node:crypto';
import pg from 'pg';

/** The same redemptions by hand on PostgreSQL. */
export interface PostgresRedemptions {
  redeem(client: number): Promise<void>;
  close(): Promise<void>;
}

const ADDRESS = { host: '127.0.0.1', port: 5432, user: 'postgres', database: 'postgres' };
const CONNECTIONS = 32;

/** Opens a schema of its own, dropped at the end; else why there is none. */
export async function openPostgresRedemptions({
  accounts,
  merchants,
}: {
  readonly accounts: number;
  readonly merchants: number;
}): Promise<PostgresRedemptions | string> {
  const schema = `tessera_bench_${randomUUID().replaceAll('-', '')}`;
  const pool = new pg.Pool({
    ...ADDRESS,
    max: CONNECTIONS,
    connectionTimeoutMillis: 2000,
    options: `-c search_path=${schema}`,
  });
  try {
    await pool.query(`create schema ${schema}`);
  } catch (error) {
    await pool.end();
    return `no PostgreSQL answers at ${ADDRESS.host}:${ADDRESS.port} (${(error as { code?: string }).code ?? 'refused'})`;
  }
  await pool.query(TABLES);
  await pool.query(
    `insert into account select 'party-' || n, 100000000, 0 from generate_series(0, ${accounts - 1}) n`,
  );
  let next = 0;
  return {
    redeem: async () => {
      const n = next++;
      const job = { n, party: `party-${n % accounts}`, merchant: `M-${n % merchants}` };
      // The token is the client's and made before; it is no part of the redemption.
      await inTransaction(pool, (client) => reserve(client, job));
      await inTransaction(pool, (client) => confirm(client, job));
    },
    close: async () => {
      await pool.query(`drop schema ${schema} cascade`);
      await pool.end();
    },
  };
}

const TABLES = `
  create table account (party text primary key, available bigint not null check (available >= 0),
    reserved bigint not null check (reserved >= 0));
  create table idempotency_key (caller text, key text, body text not null, answer text not null,
    primary key (caller, key));
  create table redemption (id text primary key, merchant text not null, reference text not null, party text not null,
    points bigint not null, state text not null, reserved_at timestamptz not null default now(),
    expires_at timestamptz not null, unique (merchant, reference));
  create index on redemption (merchant, reserved_at desc);
  create index on redemption (party, reserved_at desc);
  create table journal (id bigserial primary key, party text not null, kind text not null, redemption text not null,
    at timestamptz not null default now());
  create index on journal (party, id);
  create table posting (journal bigint not null references journal, account text not null, points bigint not null);
  create index on posting (journal);
  create index on posting (account);
  create table outbox (id bigserial primary key, party text not null, payload jsonb not null);
  create table trace (id bigserial primary key, actor text not null, action text not null, subject text not null,
    at timestamptz not null default now());
`;

interface Job {
  readonly n: number;
  readonly party: string;
  readonly merchant: string;
}

async function reserve(client: pg.PoolClient, { n, party, merchant }: Job): Promise<void> {
  await answerOnce(client, merchant, `r-${n}`);
  const { rowCount } = await client.query({
    name: 'hold',
    text: 'update account set available = available - 1, reserved = reserved + 1 where party = $1 and available >= 1',
    values: [party],
  });
  if (rowCount !== 1) throw new Error('The account holds too few points.');
  await client.query({
    name: 'redemption',
    text: `insert into redemption (id, merchant, reference, party, points, state, expires_at)
      values ($1, $2, $1, $3, 1, 'RESERVED', now() + interval '15 minutes')`,
    values: [`r-${n}`, merchant, party],
  });
  await post(
    client,
    { party, kind: 'RESERVED', redemption: `r-${n}` },
    `${party}:AVAILABLE`,
    `${party}:RESERVED`,
  );
}

async function confirm(client: pg.PoolClient, { n, party, merchant }: Job): Promise<void> {
  await answerOnce(client, merchant, `c-${n}`);
  const { rowCount } = await client.query({
    name: 'confirm',
    text: `update redemption set state = 'CONFIRMED' where id = $1 and merchant = $2 and state = 'RESERVED'`,
    values: [`r-${n}`, merchant],
  });
  if (rowCount !== 1) throw new Error('The redemption is not reserved.');
  await client.query({
    name: 'take',
    text: 'update account set reserved = reserved - 1 where party = $1',
    values: [party],
  });
  await post(
    client,
    { party, kind: 'CONFIRMED', redemption: `r-${n}` },
    `${party}:RESERVED`,
    `MERCHANT:${merchant}`,
  );
}

async function answerOnce(client: pg.PoolClient, caller: string, key: string): Promise<void> {
  const { rowCount } = await client.query({
    name: 'key',
    text: 'insert into idempotency_key values ($1, $2, $3, $4) on conflict do nothing',
    values: [caller, key, 'hash of the body', '{"ok":true}'],
  });
  if (rowCount !== 1) throw new Error('The key was used.');
}

async function post(
  client: pg.PoolClient,
  { party, kind, redemption }: { readonly party: string; readonly kind: string; readonly redemption: string },
  from: string,
  to: string,
): Promise<void> {
  // One round trip for the entry, its postings, the event and the trace: what a careful hand would write.
  await client.query({
    name: 'post',
    text: `with entry as (insert into journal (party, kind, redemption) values ($1, $2, $3) returning id),
      postings as (insert into posting select id, account, points from entry,
        (values ($4::text, -1::bigint), ($5::text, 1::bigint)) as p (account, points)),
      event as (insert into outbox (party, payload) values ($1, jsonb_build_object('kind', $2::text, 'redemption', $3::text)))
      insert into trace (actor, action, subject) values ('merchant', $2, $3)`,
    values: [party, kind, redemption, from, to],
  });
}

async function inTransaction(pool: pg.Pool, work: (client: pg.PoolClient) => Promise<void>): Promise<void> {
  const client = await pool.connect();
  try {
    await client.query('begin');
    await work(client);
    await client.query('commit');
  } catch (error) {
    await client.query('rollback');
    throw error;
  } finally {
    client.release();
  }
}
