import mongoose, { type ClientSession, type Connection, type Model, type Schema } from 'mongoose';
import type { Actor } from '../access/actor.ts';
import type { Clock } from '../time/clock.ts';
import { BusyError, StartError } from '../errors.ts';
import type { NewEvent } from '../event/outbox.ts';
import { writeOutbox } from '../event/outbox.ts';
import { writeTraces, type NewTrace } from '../trace/record.ts';
import { verifyFence } from './fence.ts';

/** A transaction in progress. Nothing inside it runs in parallel, and no error inside it is swallowed. */
export interface Tx {
  readonly session: ClientSession;
  /** The instant of this attempt; taken again on every retry. */
  readonly at: Date;
  readonly actor: Actor;
  /** Leaves a trace record in this transaction. A transaction that wrote none is refused at commit. */
  trace(entry: NewTrace): void;
  /** Hands an event to the outbox in this transaction; handlers see it after the commit. */
  publish(event: NewEvent): void;
  /** Runs once after a successful commit, in this process only; for waking, never for effects. */
  afterCommit(notify: () => void): void;
}

export interface TransactOptions {
  /** For the platform's own bookkeeping (relay marks, leases, seals), which is no act on behalf of anybody. */
  readonly bookkeeping?: boolean;
  readonly attemptsMax?: number;
}

export interface Database {
  readonly connection: Connection;
  /** The model of a declared collection; declared once per app, never global. */
  model<T>(name: string): Model<T>;
  declare<T>(name: string, schema: Schema<T>): Model<T>;
  /** Creates collections and indexes of all declared models. */
  prepare(): Promise<void>;
  transact<T>(actor: Actor, work: (tx: Tx) => Promise<T>, options?: TransactOptions): Promise<T>;
  /** Reads several collections as of one instant. */
  snapshot<T>(read: (session: ClientSession) => Promise<T>): Promise<T>;
  /** Called in this process after each commit that published events; for waking, never for effects. */
  onPublished(listener: () => void): void;
  close(): Promise<void>;
}

export interface DatabaseOptions {
  readonly uri: string;
  readonly clock: Clock;
  /** Throws where an event is not what was declared, so that its transaction is rolled back. */
  readonly checkEvent?: (event: NewEvent) => void;
  readonly timeoutMs?: number;
}

const ATTEMPTS_MAX = 8;
const COMMIT_ATTEMPTS_MAX = 5;
const BACKOFF_BASE_MS = 5;

/** Connects, and refuses a server that has no transactions. */
export async function openDatabase({
  uri,
  clock,
  checkEvent = () => undefined,
  timeoutMs = 5000,
}: DatabaseOptions): Promise<Database> {
  const connection = mongoose.createConnection(uri, {
    serverSelectionTimeoutMS: timeoutMs,
    autoIndex: false,
    autoCreate: false,
    maxPoolSize: 64,
    writeConcern: { w: 'majority' },
    readConcernLevel: 'majority',
  });
  try {
    await connection.asPromise();
    await refuseWithoutTransactions(connection);
  } catch (error) {
    await connection.destroy();
    if (error instanceof StartError) throw error;
    throw new StartError(
      'DATABASE_UNREACHABLE',
      'MONGODB_URI',
      `the database does not answer within ${timeoutMs / 1000} s. Check address, credentials and that the replica set has a primary.`,
      error,
    );
  }
  return new MongoDatabase(connection, clock, checkEvent);
}

async function refuseWithoutTransactions(connection: Connection): Promise<void> {
  const hello = await connection.db!.admin().command({ hello: 1 });
  if (hello.setName || hello.msg === 'isdbgrid') return;
  throw new StartError(
    'DATABASE_WITHOUT_TRANSACTIONS',
    'MONGODB_URI',
    'this server is neither a replica set nor a sharded cluster, so it has no transactions. Start mongod with --replSet and run rs.initiate().',
  );
}

class MongoDatabase implements Database {
  readonly connection: Connection;
  readonly #clock: Clock;
  readonly #publishedListeners: (() => void)[] = [];

  readonly #checkEvent: (event: NewEvent) => void;

  constructor(connection: Connection, clock: Clock, checkEvent: (event: NewEvent) => void) {
    this.connection = connection;
    this.#clock = clock;
    this.#checkEvent = checkEvent;
  }

  declare<T>(name: string, schema: Schema<T>): Model<T> {
    return this.connection.model<T>(name, schema, name);
  }

  model<T>(name: string): Model<T> {
    return this.connection.model<T>(name);
  }

  async prepare(): Promise<void> {
    for (const name of this.connection.modelNames()) {
      await this.connection.model(name).createCollection();
      await this.connection.model(name).createIndexes();
    }
  }

  async transact<T>(actor: Actor, work: (tx: Tx) => Promise<T>, options: TransactOptions = {}): Promise<T> {
    const attemptsMax = options.attemptsMax ?? ATTEMPTS_MAX;
    for (let attempt = 1; ; attempt++) {
      try {
        return await this.#attempt(actor, work, options);
      } catch (error) {
        if (!isTransient(error)) throw error;
        if (attempt >= attemptsMax)
          throw new BusyError(
            'Too many others changed the same records. Nothing was changed; repeat the request.',
            1,
            error,
          );
        await backOff(attempt);
      }
    }
  }

  async #attempt<T>(actor: Actor, work: (tx: Tx) => Promise<T>, options: TransactOptions): Promise<T> {
    const session = await this.connection.startSession();
    try {
      session.startTransaction({ readConcern: { level: 'snapshot' }, writeConcern: { w: 'majority' } });
      const tx = new OpenTx(session, this.#clock.now(), actor, this.#checkEvent);
      const result = await work(tx);
      await tx.flush(this, options);
      await verifyFence(tx);
      await commit(session);
      tx.committed();
      if (tx.hasPublished) for (const notify of this.#publishedListeners) notify();
      return result;
    } catch (error) {
      if (session.inTransaction()) await session.abortTransaction().catch(() => undefined);
      throw error;
    } finally {
      await session.endSession();
    }
  }

  async snapshot<T>(read: (session: ClientSession) => Promise<T>): Promise<T> {
    const session = await this.connection.startSession();
    try {
      session.startTransaction({ readConcern: { level: 'snapshot' } });
      return await read(session);
    } finally {
      if (session.inTransaction()) await session.abortTransaction().catch(() => undefined);
      await session.endSession();
    }
  }

  onPublished(listener: () => void): void {
    this.#publishedListeners.push(listener);
  }

  async close(): Promise<void> {
    await this.connection.destroy();
  }
}

class OpenTx implements Tx {
  readonly session: ClientSession;
  readonly at: Date;
  readonly actor: Actor;
  readonly #traces: NewTrace[] = [];
  readonly #events: NewEvent[] = [];
  readonly #afterCommit: (() => void)[] = [];

  readonly #checkEvent: (event: NewEvent) => void;

  constructor(session: ClientSession, at: Date, actor: Actor, checkEvent: (event: NewEvent) => void) {
    this.session = session;
    this.at = at;
    this.actor = actor;
    this.#checkEvent = checkEvent;
  }

  get hasPublished(): boolean {
    return this.#events.length > 0;
  }

  trace(entry: NewTrace): void {
    this.#traces.push(entry);
  }

  publish(event: NewEvent): void {
    this.#checkEvent(event);
    this.#events.push(event);
  }

  afterCommit(notify: () => void): void {
    this.#afterCommit.push(notify);
  }

  async flush(database: Database, options: TransactOptions): Promise<void> {
    if (this.#traces.length === 0 && !options.bookkeeping)
      throw new Error(
        'A transaction on behalf of somebody must leave a trace: call tx.trace() before it ends.',
      );
    await writeTraces(database, this, this.#traces);
    await writeOutbox(database, this, this.#events);
  }

  committed(): void {
    for (const notify of this.#afterCommit) notify();
  }
}

async function commit(session: ClientSession): Promise<void> {
  for (let attempt = 1; ; attempt++) {
    try {
      await session.commitTransaction();
      return;
    } catch (error) {
      // The server may have committed: repeating the commit is safe and is the only way to learn which.
      if (!hasLabel(error, 'UnknownTransactionCommitResult') || attempt >= COMMIT_ATTEMPTS_MAX) throw error;
      await backOff(attempt);
    }
  }
}

function isTransient(error: unknown): boolean {
  return hasLabel(error, 'TransientTransactionError');
}

function hasLabel(error: unknown, label: string): boolean {
  return (
    error instanceof Error &&
    'hasErrorLabel' in error &&
    (error as mongoose.mongo.MongoError).hasErrorLabel(label)
  );
}

/** True where a unique index refused a write; the whole transaction is then aborted. */
export function isDuplicateKey(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 11000;
}

function backOff(attempt: number): Promise<void> {
  const ceilingMs = BACKOFF_BASE_MS * 2 ** attempt;
  return new Promise((resolve) => setTimeout(resolve, Math.random() * ceilingMs));
}
