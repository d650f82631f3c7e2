import { ObjectId } from 'bson';
import type { Document } from 'bson';
import { sortOf } from '../aggregate/index.ts';
import { CommandError, failedToParse } from '../errors.ts';
import type { Records } from '../index/records.ts';
import { compileProjection } from '../project/index.ts';
import { primary } from '../store/catalog.ts';
import type { Collection } from '../store/catalog.ts';
import { compileUpdate } from '../update/index.ts';
import type { Update } from '../update/index.ts';
import { asBoolean, asNumber, decode, encode } from '../wire/bson.ts';
import { WRITE_BATCH_MAX } from '../wire/message.ts';
import { withIdFirst } from '../wire/raw.ts';
import { prepare } from './query.ts';
import {
  collectionOf,
  decodedDocuments,
  documentOf,
  missingField,
  namespaceOf,
  rawDocuments,
  sinceOf,
} from './request.ts';
import type { Engine, Request } from './request.ts';
import { runStatements } from './statements.ts';
import type { Outcome, Statement } from './statements.ts';
import { refuseUnknown } from './fields.ts';

export async function insert(engine: Engine, request: Request): Promise<Document> {
  const raws = rawDocuments(request, 'documents');
  refuseBatch(raws.length);
  const statements = raws.map((given): Statement => {
    const raw = withIdFirst(given) ?? encode({ _id: new ObjectId(), ...decode(given) });
    return {
      apply(records) {
        records.insert(raw, decode(raw));
        return { n: 1 };
      },
    };
  });
  const collection = await ensured(engine, request);
  const outcomes = await runStatements(engine, request, collection, statements, isOrdered(request));
  return replyOf(outcomes);
}

export async function update(engine: Engine, request: Request): Promise<Document> {
  const updates = decodedDocuments(request, 'updates');
  refuseBatch(updates.length);
  for (const one of updates) refuseUnknown('update.updates', UPDATE_FIELDS, one);
  const collection = await existing(
    engine,
    request,
    updates.some(({ upsert }) => asBoolean(upsert)),
  );
  const outcomes = await runOrAnswer(engine, request, collection, updates, (at, one) =>
    updateStatement(request, at, one),
  );
  const upserted = outcomes.flatMap(({ upsertedId }, index) =>
    upsertedId === undefined ? [] : [{ index, _id: upsertedId }],
  );
  const nModified = outcomes.reduce((sum, { modified }) => sum + (modified ?? 0), 0);
  return { ...replyOf(outcomes), nModified, ...(upserted.length > 0 && { upserted }) };
}

export async function remove(engine: Engine, request: Request): Promise<Document> {
  const deletes = decodedDocuments(request, 'deletes');
  refuseBatch(deletes.length);
  for (const one of deletes) refuseUnknown('delete.deletes', DELETE_FIELDS, one);
  const collection = await existing(engine, request, false);
  const outcomes = await runOrAnswer(engine, request, collection, deletes, (at, one) => {
    const limit = asNumber(one.limit);
    if (limit !== 0 && limit !== 1)
      throw failedToParse(`The limit field in delete objects must be 0 or 1. Got ${String(one.limit)}`);
    const query = prepare(at, { filter: required(one, 'delete', 'q'), ...sinceOf(request) });
    return {
      query,
      multi: limit === 0,
      apply(records, found) {
        for (const { recordId, raw } of found) records.remove(recordId, raw);
        return { n: found.length };
      },
    };
  });
  return replyOf(outcomes);
}

export async function findAndModify(engine: Engine, request: Request): Promise<Document> {
  const { command } = request;
  const removing = asBoolean(command.remove);
  if (removing === (command.update !== undefined))
    throw failedToParse('Either an update or remove=true must be specified');
  const collection = await existing(engine, request, asBoolean(command.upsert));
  const wanted = {
    filter: documentOf(request, 'query'),
    sort: sortOf(command.sort),
    ...sinceOf(request),
  };
  const project = command.fields ? compileProjection(documentOf(request, 'fields')) : undefined;
  const shown = (document: Document): Document => (project ? project(document) : document);
  const compiled = removing ? undefined : compiledUpdate(command.update);
  if (!collection)
    return { value: null, lastErrorObject: { n: 0, ...(!removing && { updatedExisting: false }) } };
  const statement: Statement = {
    query: prepare(collection, wanted),
    apply(records, [found]) {
      if (found && !compiled) {
        records.remove(found.recordId, found.raw);
        return { n: 1, value: shown(found.document) };
      }
      if (found && compiled) {
        const changed = compiled.apply(decode(found.raw), { insert: false });
        records.replace(found.recordId, found.raw, changed);
        return { n: 1, modified: 1, value: shown(asBoolean(command.new) ? changed : found.document) };
      }
      if (!compiled || !asBoolean(command.upsert)) return { n: 0, value: null };
      const inserted = upsert(records, compiled, wanted.filter);
      return { n: 1, upsertedId: inserted._id, value: asBoolean(command.new) ? shown(inserted) : null };
    },
  };
  const [outcome] = await runStatements(engine, request, collection, [statement], true);
  if (!outcome) throw new Error('findAndModify without an outcome');
  if (outcome.error) throw outcome.error;
  const { n, value, upsertedId } = outcome;
  return {
    value: value ?? null,
    lastErrorObject: {
      n,
      ...(!removing && { updatedExisting: n === 1 && upsertedId === undefined }),
      ...(upsertedId !== undefined && { upserted: upsertedId }),
    },
  };
}

function updateStatement(request: Request, collection: Collection, one: Document): Statement {
  const filter = required(one, 'update', 'q');
  const compiled = compiledUpdate(one.u);
  const multi = asBoolean(one.multi);
  if (multi && !Object.keys(one.u as Document)[0]?.startsWith('$')) {
    throw failedToParse('multi update is not supported for replacement-style update');
  }
  const sort = one.sort === undefined ? {} : { sort: sortOf(one.sort) };
  return {
    query: prepare(collection, { filter, ...sort, ...sinceOf(request) }),
    multi,
    apply(records, found): Outcome {
      if (found.length === 0 && asBoolean(one.upsert)) {
        return { n: 1, modified: 0, upsertedId: upsert(records, compiled, filter)._id };
      }
      let modified = 0;
      for (const { recordId, raw } of found) {
        if (records.replace(recordId, raw, compiled.apply(decode(raw), { insert: false }))) modified++;
      }
      return { n: found.length, modified };
    },
  };
}

function upsert(records: Records, compiled: Update, filter: Document): Document {
  const document = compiled.apply(compiled.seed(filter), { insert: true });
  const inserted: Document = document._id === undefined ? { _id: new ObjectId(), ...document } : document;
  const raw = encode(inserted);
  records.insert(raw, decode(raw));
  return inserted;
}

function compiledUpdate(update: unknown): Update {
  if (typeof update !== 'object' || update === null) {
    throw failedToParse('Update argument must be either an object or an array');
  }
  return compileUpdate(update);
}

const UPDATE_FIELDS = ['q', 'u', 'multi', 'upsert', 'sort', 'collation'];
const DELETE_FIELDS = ['q', 'limit', 'collation'];

/** The collection of an update or delete; made if an upsert may need it, else undefined where there is none. */
async function existing(engine: Engine, request: Request, upsert: boolean): Promise<Collection | undefined> {
  return upsert ? ensured(engine, request) : collectionOf(engine, request);
}

async function ensured(engine: Engine, request: Request): Promise<Collection> {
  return collectionOf(engine, request) ?? engine.catalog.ensure(namespaceOf(request));
}

// Statements are compiled first: what is refused is refused although the collection is not there.
async function runOrAnswer(
  engine: Engine,
  request: Request,
  collection: Collection | undefined,
  documents: Document[],
  compile: (collection: Collection, one: Document) => Statement,
): Promise<Outcome[]> {
  const target = collection ?? nowhere(namespaceOf(request));
  const statements = documents.map((one) => refusedAs(() => compile(target, one)));
  if (!collection)
    return statements.map(({ refused }): Outcome => ({ n: 0, ...(refused && { error: refused }) }));
  return runStatements(engine, request, collection, statements, isOrdered(request));
}

/** A statement that cannot be compiled fails in its turn, so that those before it run. */
function refusedAs(compile: () => Statement): Statement {
  try {
    return compile();
  } catch (error) {
    if (!(error instanceof CommandError)) throw error;
    return {
      refused: error,
      apply() {
        throw error;
      },
    };
  }
}

function nowhere(ns: string): Collection {
  return { id: 0, ns, indexes: [primary()], version: 0, flags: 0, flagsSaved: 0 };
}

function isOrdered(request: Request): boolean {
  return request.command.ordered === undefined || asBoolean(request.command.ordered);
}

function required(one: Document, command: string, field: string): Document {
  const value: unknown = one[field];
  if (typeof value !== 'object' || value === null) throw missingField(`${command}.${command}s`, field);
  return value;
}

function refuseBatch(size: number): void {
  if (size >= 1 && size <= WRITE_BATCH_MAX) return;
  throw new CommandError(
    16,
    'InvalidLength',
    `Write batch sizes must be between 1 and ${WRITE_BATCH_MAX}. Got ${size}`,
  );
}

function replyOf(outcomes: Outcome[]): Document {
  const writeErrors = outcomes.flatMap(({ error }, index) =>
    error ? [{ index, code: error.code, errmsg: error.message, ...error.details }] : [],
  );
  const n = outcomes.reduce((sum, outcome) => sum + outcome.n, 0);
  return { n, ...(writeErrors.length > 0 && { writeErrors }) };
}
