import { deserialize, type Document, EJSON, serialize } from 'bson';
import type { Collection, Db } from 'mongodb';

import { runPipeline, sortKeyOf, sortOf } from '../aggregate/index.ts';
import { numberOf } from '../keys/numeric.ts';
import { compileFilter } from '../match/index.ts';
import { compileProjection } from '../project/index.ts';
import { compileUpdate } from '../update/index.ts';
import type { AggregateOperation, Case, FindOperation, UpdateOperation } from './case.ts';

/** Something that can be asked a case: the pure functions, or a database behind a driver. */
export interface Target {
  find(documents: Document[], operation: FindOperation): Promise<Document[]>;
  /** The collection after the update. */
  update(documents: Document[], operation: UpdateOperation): Promise<Document[]>;
  aggregate(documents: Document[], operation: AggregateOperation): Promise<Document[]>;
}

/** What the target answers, in the form of the case's `expected`, types of numbers included. */
export async function runCase({ documents, operation }: Case, target: Target): Promise<string> {
  try {
    if (operation.kind === 'update') return canonical(await target.update(documents, operation));
    if (operation.kind === 'aggregate') return canonical(await target.aggregate(documents, operation));
    const found = await target.find(documents, operation);
    return canonical(operation.projection ? found : found.map((doc) => doc['_id'] as unknown));
  } catch (error) {
    // The driver leaves an error's code wrapped where values are not promoted.
    const code = numberOf((error as { code?: unknown }).code);
    if (code === undefined) throw error;
    return canonical({ error: code });
  }
}

/** The expected answer in the same form. */
export function expectedOf({ expected }: Case): string {
  return canonical(expected);
}

function canonical(answer: unknown): string {
  return EJSON.stringify(stored({ answer })['answer'], { relaxed: false });
}

/** A document as the database decodes it: int, long and double kept apart. */
function stored(doc: Document): Document {
  return deserialize(serialize(doc), { promoteValues: false, bsonRegExp: true });
}

/** Asks the pure functions of this folder. */
export const pureTarget: Target = {
  find(documents, given) {
    const { filter, sort, projection } = stored(given) as FindOperation;
    const found = documents.map(stored).filter(compileFilter(filter));
    const keyOf = sortKeyOf(sortOf(sort));
    if (sort) found.sort((a, b) => keyOf(a).compare(keyOf(b)));
    return Promise.resolve(projection ? found.map(compileProjection(projection)) : found);
  },
  update(documents, given) {
    const { filter, update, upsert } = stored(given) as UpdateOperation;
    const compiled = compileUpdate(update);
    const after = documents.map(stored);
    const at = after.findIndex(compileFilter(filter));
    if (at >= 0) after[at] = compiled.apply(after[at]!, { insert: false });
    else if (upsert) after.push(compiled.apply(compiled.seed(filter), { insert: true }));
    return Promise.resolve(after);
  },
  async aggregate(documents, given) {
    const { pipeline } = stored(given) as AggregateOperation;
    const result: Document[] = [];
    const context = { yieldIfLong: () => Promise.resolve() };
    for await (const doc of runPipeline(pipeline, each(documents.map(stored)), context)) result.push(doc);
    return result;
  },
};

async function* each(docs: Document[]): AsyncIterable<Document> {
  for (const doc of docs) yield doc;
}

/** Asks a server, in a collection for each set of documents, so that cases may be asked side by side. */
export function driverTarget(db: Db): Target & { collectionOf(documents: Document[]): Promise<Collection> } {
  const options = { promoteValues: false } as const;
  const filled = new Map<Document[], Promise<Collection>>();
  const fill = async (name: string, documents: Document[]): Promise<Collection> => {
    const collection = db.collection(name);
    if (documents.length > 0) await collection.insertMany(documents.map((doc) => ({ ...doc })));
    return collection;
  };
  let updated = 0;
  const collectionOf = (documents: Document[]): Promise<Collection> => {
    const known = filled.get(documents) ?? fill(`cases-${filled.size}`, documents);
    filled.set(documents, known);
    return known;
  };
  return {
    collectionOf,
    async find(documents, { filter, sort, projection }) {
      const cases = await collectionOf(documents);
      const cursor = cases.find(filter, { ...options, ...(projection ? { projection } : {}) });
      return (sort ? cursor.sort(sort) : cursor).toArray();
    },
    async update(documents, { filter, update, upsert = false }) {
      const cases = await fill(`updated-${updated++}`, documents);
      await cases.updateOne(filter, update, { upsert });
      return cases.find({}, options).toArray();
    },
    async aggregate(documents, { pipeline }) {
      const cases = await collectionOf(documents);
      return cases.aggregate(pipeline, options).toArray();
    },
  };
}
