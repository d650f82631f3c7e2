import type { Document } from 'bson';
import { CommandError } from '../errors.ts';
import type { Records } from '../index/records.ts';
import { Found } from '../plan/scan.ts';
import type { Collection } from '../store/catalog.ts';
import type { Overlay } from '../store/overlay.ts';
import { findRetry, saveRetry } from '../transaction/retry.ts';
import type { RetryRecord } from '../transaction/retry.ts';
import { findFirstNow, findIdsOf } from './query.ts';
import type { Query } from './query.ts';
import { readerOf } from './request.ts';
import type { Engine, Request } from './request.ts';

/** What one statement of a write command did. */
export interface Outcome {
  n: number;
  modified?: number;
  upsertedId?: unknown;
  error?: CommandError;
  /** The document that findAndModify returns. */
  value?: Document | null;
}

/** One statement: what it looks for, and what it does with what is found. */
export interface Statement {
  /** Left out by inserts. */
  query?: Query;
  /** It changes all that it finds, rather than the first. */
  multi?: boolean;
  /** It was refused before it could run, and fails in its turn. */
  refused?: CommandError;
  /** Changes what was found, or inserts when nothing was. It must not do anything but through `records`. */
  apply(records: Records, found: Found[]): Outcome;
}

/** How long statements may run inside one write of the store, in which nobody else writes. */
const WRITE_SLICE_MS = 4;

/**
 * Runs the statements of a write command in order. Outside a transaction each is atomic by itself and many
 * share a write of the store; a retryable command that ran before, wholly or in part, goes on where it ended.
 */
export async function runStatements(
  engine: Engine,
  request: Request,
  collection: Collection,
  statements: Statement[],
  ordered: boolean,
): Promise<Outcome[]> {
  if (request.transaction) return runInTransaction(engine, request, collection, statements);
  const { session, number } = request;
  const retry =
    session !== undefined && number !== undefined
      ? findRetry(engine.store.latest(), session, number)
      : undefined;
  const outcomes: Outcome[] = retry ? restore(retry.reply) : [];
  let next = retry?.done ?? 0;
  let located: Buffer[] | undefined;
  const flushes = new Flushes();
  while (next < statements.length && !(ordered && outcomes.at(-1)?.error)) {
    const statement = statements[next] as Statement;
    if (statement.multi) {
      outcomes.push(await attempt(() => runMulti(engine, request, collection, statement)));
      next++;
      continue;
    }
    const committed = await engine.sessions.outside(collection, (records, writes) => {
      const part = runSlice(records, writes, statements, { next, located, ordered });
      if (session !== undefined && number !== undefined && part.added.length > 0) {
        const reply = keep([...outcomes, ...part.added]);
        saveRetry(writes, session, { number, at: new Date(engine.now()), done: part.next, reply });
      }
      return part;
    });
    await flushes.follow(committed.flushed);
    const progress = committed.result;
    for (const outcome of progress.added) outcomes.push(outcome);
    next = progress.next;
    // A search that reads much runs outside the write, in slices; the write then only checks what it found.
    const slow = progress.slow ? statements[next]?.query : undefined;
    located = slow && (await findIds(slow, 1, engine, request));
    await request.pacer.pauseIfOver();
  }
  await (next === retry?.done ? engine.store.flushed() : flushes.end());
  return outcomes;
}

/** A slice is written while the one before it is flushed; the reply waits for the last. */
class Flushes {
  #last: Promise<void> | undefined;

  async follow(flushed: Promise<void>): Promise<void> {
    const before = this.#last;
    this.#last = flushed;
    await before;
  }

  async end(): Promise<void> {
    await this.#last;
  }
}

interface Slice {
  added: Outcome[];
  next: number;
  /** The next statement has to search longer than a write may last. */
  slow: boolean;
}

/** As many statements as fit into one write of the store. */
function runSlice(
  records: Records,
  writes: Overlay,
  statements: Statement[],
  from: { next: number; located: Buffer[] | undefined; ordered: boolean },
): Slice {
  const until = performance.now() + WRITE_SLICE_MS;
  const added: Outcome[] = [];
  let next = from.next;
  while (next < statements.length) {
    const statement = statements[next] as Statement;
    if (statement.multi) break;
    const located = next === from.next ? from.located : undefined;
    const found = located ? refetch(records, statement, located) : findNow(records, statement, until);
    if (!found || (located?.length && found.length === 0)) return { added, next, slow: true };
    const mark = writes.mark();
    const outcome = applied(statement, records, found);
    if (outcome.error) writes.rollback(mark);
    added.push(outcome);
    next++;
    if ((outcome.error && from.ordered) || performance.now() > until) break;
  }
  return { added, next, slow: false };
}

async function runInTransaction(
  engine: Engine,
  request: Request,
  collection: Collection,
  statements: Statement[],
): Promise<Outcome[]> {
  const transaction = request.transaction as NonNullable<Request['transaction']>;
  const outcomes: Outcome[] = [];
  for (const statement of statements) {
    const count = statement.multi ? Infinity : 1;
    const ids = statement.query ? await findIds(statement.query, count, engine, request) : [];
    const outcome = await attempt(async () =>
      transaction.statement(collection, (records) =>
        statement.apply(records, refetch(records, statement, ids)),
      ),
    );
    if (outcome.error?.labels.length) throw outcome.error;
    outcomes.push(outcome);
    // A statement that fails ends its transaction, as in MongoDB.
    if (outcome.error) {
      engine.sessions.abort(transaction);
      break;
    }
    await request.pacer.pauseIfOver();
  }
  return outcomes;
}

// Updates and deletes of many are not atomic together (manual, "Atomicity and Transactions"): ids are found
// first, so that a change that moves a document within the index does not meet it twice.
async function runMulti(
  engine: Engine,
  request: Request,
  collection: Collection,
  statement: Statement,
): Promise<Outcome> {
  const ids = await findIds(statement.query as Query, Infinity, engine, request);
  let sum: Outcome | undefined;
  const flushes = new Flushes();
  for (let next = 0; next < ids.length || !sum;) {
    const committed = await engine.sessions.outside(collection, (records) => {
      const until = performance.now() + WRITE_SLICE_MS;
      let part: Outcome | undefined;
      let at = next;
      do {
        const chunk = refetch(records, statement, ids.slice(at, at + IDS_AT_ONCE));
        if (chunk.length > 0 || ids.length === 0) part = add(part, statement.apply(records, chunk));
        at += IDS_AT_ONCE;
      } while (at < ids.length && performance.now() < until);
      return { part: part ?? { n: 0, modified: 0 }, at };
    });
    await flushes.follow(committed.flushed);
    sum = add(sum, committed.result.part);
    next = committed.result.at;
    await request.pacer.pauseIfOver();
  }
  await flushes.end();
  return sum;
}

const IDS_AT_ONCE = 32;

function add(a: Outcome | undefined, b: Outcome): Outcome {
  if (!a) return b;
  return { ...b, n: a.n + b.n, modified: (a.modified ?? 0) + (b.modified ?? 0) };
}

function findIds(query: Query, count: number, engine: Engine, request: Request): Promise<Buffer[]> {
  return findIdsOf(query, count, () => readerOf(engine, request), request.pacer);
}

function refetch(records: Records, statement: Statement, ids: Buffer[]): Found[] {
  return ids.flatMap((recordId) => {
    const raw = records.get(recordId);
    const found = raw && new Found(recordId, raw);
    return found && statement.query?.matches(found.document) ? [found] : [];
  });
}

/** Undefined when the search takes longer than a write may last. */
function findNow(records: Records, { query }: Statement, until: number): Found[] | undefined {
  return query ? findFirstNow(query, 1, records.reader, until) : [];
}

async function attempt(run: () => Promise<Outcome>): Promise<Outcome> {
  try {
    return await run();
  } catch (error) {
    return failed(error);
  }
}

function applied(statement: Statement, records: Records, found: Found[]): Outcome {
  try {
    return statement.apply(records, found);
  } catch (error) {
    return failed(error);
  }
}

function failed(error: unknown): Outcome {
  if (!(error instanceof CommandError)) throw error;
  return { n: 0, error };
}

/**
 * Outcomes as the retry record keeps them: like ones in a row once, with their number, since the record is
 * written again with each slice of a long command.
 */
function keep(outcomes: readonly Outcome[]): Document {
  const rows: { times: number; outcome: Outcome }[] = [];
  for (const outcome of outcomes) {
    const last = rows.at(-1);
    if (last && isPlain(outcome) && isPlain(last.outcome) && isAlike(outcome, last.outcome)) last.times++;
    else rows.push({ times: 1, outcome });
  }
  return { rows: rows.map(({ times, outcome }) => ({ times, outcome: kept(outcome) })) };
}

function isPlain({ error, upsertedId, value }: Outcome): boolean {
  return error === undefined && upsertedId === undefined && value === undefined;
}

function isAlike(a: Outcome, b: Outcome): boolean {
  return a.n === b.n && a.modified === b.modified;
}

function kept({ error, ...rest }: Outcome): Document {
  if (!error) return rest;
  const { code, codeName, message, details } = error;
  return { ...rest, error: { code, codeName, message, details } };
}

function restore(reply: RetryRecord['reply']): Outcome[] {
  return ((reply.rows ?? []) as Document[]).flatMap(({ times, outcome }) =>
    Array.from({ length: Number(times) }, () => restored(outcome as Document)),
  );
}

function restored({ n, modified, error, ...rest }: Document): Outcome {
  return {
    ...rest,
    n: Number(n),
    ...(modified !== undefined && { modified: Number(modified) }),
    ...(error && {
      error: new CommandError(Number(error.code), error.codeName, error.message, [], error.details),
    }),
  };
}
