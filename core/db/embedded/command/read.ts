import { Long } from 'bson';
import type { Document } from 'bson';
import { countsOnly, runPipeline, Sorter, sortOf } from '../aggregate/index.ts';
import { CommandError, badValue, failedToParse, raise } from '../errors.ts';
import { EMPTY_ARRAY, encodeValue } from '../keys/index.ts';
import { isDocument } from '../keys/types.ts';
import { compileFilter, valuesAtPath } from '../match/index.ts';
import { Scan } from '../plan/scan.ts';
import type { Found } from '../plan/scan.ts';
import { compileProjection } from '../project/index.ts';
import type { Reader } from '../store/overlay.ts';
import { asBoolean, asNumber, encode } from '../wire/bson.ts';
import { DOCUMENT_BYTES_MAX, encodeCursor } from '../wire/message.ts';
import type { Results } from './cursors.ts';
import { QueryResults, documentsOf, drain, prepare } from './query.ts';
import type { Query, Window } from './query.ts';
import { collectionOf, countOf, documentOf, namespaceOf, readerOf, sinceOf } from './request.ts';
import type { Engine, Pacer, Request } from './request.ts';

/** What drivers expect of a first batch for which they name no size. */
const FIRST_BATCH = 101;

export async function find(engine: Engine, request: Request): Promise<Buffer> {
  const { command } = request;
  const ns = namespaceOf(request);
  const query = findQuery(engine, request);
  const projection = documentOf(request, 'projection');
  const project = Object.keys(projection).length > 0 ? compileProjection(projection) : undefined;
  if (!query) return encodeCursor(ns, 0n, [], 'firstBatch');
  const shape = (found: Found): Buffer => (project ? encode(project(found.document)) : found.raw);
  const results = new QueryResults(query, windowOf(request), () => readerOf(engine, request), shape);
  const { transaction, pacer } = request;
  const size = countOf(request, 'batchSize', FIRST_BATCH);
  const single = asBoolean(command.singleBatch);
  const { documents, cursorId } = await engine.cursors.first(ns, results, transaction, size, pacer, single);
  return encodeCursor(ns, cursorId, documents, 'firstBatch');
}

/** The plan of a find; undefined where there is no collection. */
export function findQuery(engine: Engine, request: Request): Query | undefined {
  const filter = documentOf(request, 'filter');
  compileFilter(filter);
  const sort = sortOf(request.command.sort);
  const collection = collectionOf(engine, request);
  if (!collection) return undefined;
  return prepare(collection, { filter, sort, ...sinceOf(request) });
}

export async function getMore(engine: Engine, request: Request): Promise<Buffer> {
  const { command, transaction, pacer } = request;
  const id: unknown = command.getMore;
  if (!(id instanceof Long))
    throw new CommandError(14, 'TypeMismatch', "BSON field 'getMore' must be a long");
  const ns = `${request.db}.${String(command.collection)}`;
  const size = countOf(request, 'batchSize', Infinity) || Infinity;
  const { documents, cursorId } = await engine.cursors.next(id.toBigInt(), ns, transaction, size, pacer);
  return encodeCursor(ns, cursorId, documents, 'nextBatch');
}

export async function killCursors(engine: Engine, request: Request): Promise<Document> {
  const cursorsKilled: Long[] = [];
  const cursorsNotFound: Long[] = [];
  for (const id of request.command.cursors as Long[]) {
    const known = await engine.cursors.kill(id.toBigInt());
    (known ? cursorsKilled : cursorsNotFound).push(id);
  }
  return { cursorsKilled, cursorsNotFound, cursorsAlive: [], cursorsUnknown: [] };
}

export async function count(engine: Engine, request: Request): Promise<Document> {
  const filter = documentOf(request, 'query');
  compileFilter(filter);
  const { skip, limit } = windowOf(request);
  const collection = collectionOf(engine, request);
  if (!collection) return { n: 0 };
  const query = prepare(collection, { filter, ...sinceOf(request) });
  let n = 0;
  const scan = new Scan(query.plan, query.matches, true);
  await drain(
    scan,
    () => readerOf(engine, request),
    () => ++n < skip + limit,
    request.pacer,
  );
  return { n: Math.max(0, Math.min(n - skip, limit)) };
}

export async function distinct(engine: Engine, request: Request): Promise<Document> {
  const filter = documentOf(request, 'query');
  compileFilter(filter);
  const path: unknown = request.command.key;
  if (typeof path !== 'string') throw new CommandError(14, 'TypeMismatch', "'key' must be of type string");
  const collection = collectionOf(engine, request);
  if (!collection) return { values: [] };
  const query = prepare(collection, { filter, ...sinceOf(request) });
  const values = new Sorter<unknown>('distinct', Infinity);
  const seen = new Set<string>();
  let bytes = 0;
  for await (const document of documentsOf(
    query,
    () => readerOf(engine, request),
    () => request.pacer,
  )) {
    for (const value of valuesAtPath(document, path).values) {
      if (value === undefined || value === EMPTY_ARRAY) continue;
      const key = encodeValue(value);
      if (seen.size === seen.add(key.toString('latin1')).size) continue;
      values.add(key, value, key.length);
      bytes += key.length;
      if (bytes > DOCUMENT_BYTES_MAX) throw raise(17217, 'distinct too big, 16mb cap');
    }
  }
  return { values: await values.sorted(() => request.pacer.pauseIfOver()) };
}

export async function aggregate(engine: Engine, request: Request): Promise<Buffer> {
  const { command, transaction, pacer } = request;
  if (typeof command.aggregate !== 'string') {
    throw new CommandError(73, 'InvalidNamespace', 'aggregate over a whole database is not supported');
  }
  const ns = namespaceOf(request);
  const stages: unknown = command.pipeline;
  if (!Array.isArray(stages)) throw failedToParse("'pipeline' option must be specified as an array");
  if (typeof command.cursor !== 'object') throw failedToParse("The 'cursor' option is required");
  const given = countOf({ ...request, command: command.cursor as Document }, 'batchSize', FIRST_BATCH);
  const turn = { pacer };
  const results = new PipelineResults(pipelineOf(engine, request, stages as Document[], turn), turn);
  const { documents, cursorId } = await engine.cursors.first(ns, results, transaction, given, pacer);
  return encodeCursor(ns, cursorId, documents, 'firstBatch');
}

// A leading $match is answered by the planner, and so is a $sort right behind it where an index gives its
// order; the rest works on the stream.
function pipelineOf(
  engine: Engine,
  request: Request,
  stages: Document[],
  turn: { pacer: Pacer },
): AsyncIterable<Document> {
  const reader = (): Reader => readerOf(engine, request);
  const context = { yieldIfLong: () => turn.pacer.pauseIfOver() };
  // The whole is compiled first, so that what the planner will answer is refused as any other stage.
  runPipeline(stages, none(), context);
  const { query, rest } = leadingQuery(engine, request, stages);
  const countOnly = countsOnly(rest);
  const source = query ? documentsOf(query, reader, () => turn.pacer, countOnly) : none();
  return runPipeline(rest, source, context);
}

/** What of a pipeline the planner answers, and the stages that remain. */
export function leadingQuery(
  engine: Engine,
  request: Request,
  stages: Document[],
): { query: Query | undefined; rest: Document[] } {
  let rest = stages;
  let filter: Document = {};
  const first = only(stages[0], '$match');
  if (first) {
    filter = first;
    rest = stages.slice(1);
  }
  compileFilter(filter);
  const collection = collectionOf(engine, request);
  if (!collection) return { query: undefined, rest };
  const wanted = { filter, ...sinceOf(request) };
  const order = only(rest[0], '$sort');
  if (order) {
    const query = prepare(collection, { ...wanted, sort: sortOf(order) });
    if (query.plan.sorted) return { query, rest: rest.slice(1) };
  }
  return { query: prepare(collection, wanted), rest };
}

// A stage of more than one key is refused where the pipeline is compiled; nothing of it may be answered here.
function only(stage: unknown, name: string): Document | undefined {
  if (!isDocument(stage) || Object.keys(stage).join() !== name) return undefined;
  const spec: unknown = stage[name];
  return isDocument(spec) && (name === '$match' || Object.keys(spec).length > 0) ? spec : undefined;
}

/** An aggregation's output, encoded as it is asked for. */
class PipelineResults implements Results {
  readonly #iterator: AsyncIterator<Document>;

  /** Whose turn it is: the pipeline paces itself by the command that now asks for more. */
  readonly #turn: { pacer: Pacer };

  constructor(documents: AsyncIterable<Document>, turn: { pacer: Pacer }) {
    this.#iterator = documents[Symbol.asyncIterator]();
    this.#turn = turn;
  }

  async fill(take: (raw: Buffer) => boolean, pacer: Pacer): Promise<boolean> {
    this.#turn.pacer = pacer;
    for (;;) {
      const next = await this.#iterator.next();
      if (next.done) return true;
      if (!take(encode(next.value))) return false;
      await pacer.pauseIfOver();
    }
  }

  async close(): Promise<void> {
    await this.#iterator.return?.();
  }
}

async function* none(): AsyncGenerator<Document> {}

export function windowOf(request: Request): Window {
  const limit = asNumber(request.command.limit) ?? 0;
  if (!Number.isInteger(limit)) throw badValue('limit must be a whole number');
  return { skip: countOf(request, 'skip', 0), limit: Math.abs(limit) || Infinity };
}
