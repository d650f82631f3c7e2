import type { Document } from 'bson';
import { CommandError, badValue } from '../errors.ts';
import { compileFilter } from '../match/index.ts';
import { Scan } from '../plan/scan.ts';
import type { Found } from '../plan/scan.ts';
import { choosePlan } from '../plan/choose.ts';
import type { Collection, Index } from '../store/catalog.ts';
import { PRIMARY_INDEX } from '../store/layout.ts';
import { asBoolean, asNumber, encode } from '../wire/bson.ts';
import { encodeCursor } from '../wire/message.ts';
import { refuseUnknown } from './fields.ts';
import { documentOf, namespaceOf } from './request.ts';
import type { Engine, Request } from './request.ts';

export async function create(engine: Engine, request: Request): Promise<Document> {
  const ns = namespaceOf(request);
  if (engine.catalog.find(ns)) {
    throw new CommandError(48, 'NamespaceExists', `Collection ${ns} already exists.`);
  }
  await engine.catalog.ensure(ns);
  return {};
}

export async function drop(engine: Engine, request: Request): Promise<Document> {
  const ns = namespaceOf(request);
  const collection = engine.catalog.find(ns);
  if (!collection) return {};
  const nIndexesWas = collection.indexes.length;
  await engine.catalog.drop(collection);
  clearLater(engine);
  return { nIndexesWas, ns };
}

export async function dropDatabase(engine: Engine, request: Request): Promise<Document> {
  const collections = engine.catalog.inDatabase(request.db);
  await Promise.all(collections.map((collection) => engine.catalog.drop(collection)));
  clearLater(engine);
  return { dropped: request.db };
}

export async function listDatabases(engine: Engine): Promise<Document> {
  const databases = engine.catalog.databases().map((name) => ({ name, sizeOnDisk: 0, empty: false }));
  return { databases, totalSize: 0 };
}

export async function listCollections(engine: Engine, request: Request): Promise<Buffer> {
  const matches = compileFilter(documentOf(request, 'filter'));
  const collections = engine.catalog
    .inDatabase(request.db)
    .map(({ ns, indexes }) => ({
      name: ns.slice(request.db.length + 1),
      type: 'collection',
      options: {},
      info: { readOnly: false },
      idIndex: describe(indexes[0] as Index),
    }))
    .filter((collection) => matches(collection))
    .sort((a, b) => (a.name < b.name ? -1 : 1));
  return encodeCursor(`${request.db}.$cmd.listCollections`, 0n, collections.map(encode), 'firstBatch');
}

export async function listIndexes(engine: Engine, request: Request): Promise<Buffer> {
  const collection = required(engine, request);
  const indexes = collection.indexes
    .filter(({ building }) => !building)
    .map((index) => encode(describe(index)));
  return encodeCursor(collection.ns, 0n, indexes, 'firstBatch');
}

export async function createIndexes(engine: Engine, request: Request): Promise<Document> {
  const specifications: unknown = request.command.indexes;
  if (!Array.isArray(specifications) || specifications.length === 0) {
    throw badValue('Must specify at least one index to create');
  }
  const wanted = (specifications as Document[]).map(parseIndex);
  const ns = namespaceOf(request);
  const createdCollectionAutomatically = !engine.catalog.find(ns);
  const collection = await engine.catalog.ensure(ns);
  const numIndexesBefore = collection.indexes.length;
  for (const index of wanted) {
    if (isThere(collection, index)) continue;
    await build(engine, request, collection, index);
  }
  return { numIndexesBefore, numIndexesAfter: collection.indexes.length, createdCollectionAutomatically };
}

export async function dropIndexes(engine: Engine, request: Request): Promise<Document> {
  const collection = required(engine, request);
  const nIndexesWas = collection.indexes.length;
  for (const index of chosen(collection, request.command.index)) {
    if (index.id === PRIMARY_INDEX) throw new CommandError(72, 'InvalidOptions', 'cannot drop _id index');
    await engine.catalog.removeIndex(collection, index);
  }
  clearLater(engine);
  return { nIndexesWas };
}

function chosen(collection: Collection, wanted: unknown): Index[] {
  if (wanted === '*') return collection.indexes.filter(({ id }) => id !== PRIMARY_INDEX);
  const list: unknown[] = Array.isArray(wanted) ? wanted : [wanted];
  return list.map((one) => {
    const index = collection.indexes.find(({ name, key }) =>
      typeof one === 'string' ? name === one : sameKey(key, parseKey(one as Document)),
    );
    if (!index) throw new CommandError(27, 'IndexNotFound', `index not found with name [${String(one)}]`);
    return index;
  });
}

type NewIndex = Omit<Index, 'id' | 'since'>;

function parseIndex(specification: Document): NewIndex {
  refuseUnknown('createIndexes.indexes', INDEX_FIELDS, specification);
  const key = parseKey(specification.key as Document);
  const partialFilter = specification.partialFilterExpression as Document | undefined;
  if (partialFilter) compileFilter(partialFilter);
  if (partialFilter && asBoolean(specification.sparse)) {
    throw cannotCreate('cannot mix "partialFilterExpression" and "sparse" options');
  }
  const expireAfterSeconds = asNumber(specification.expireAfterSeconds);
  if (expireAfterSeconds !== undefined && key.length > 1) {
    throw cannotCreate('TTL indexes are single-field indexes, compound indexes do not support TTL');
  }
  if (expireAfterSeconds !== undefined && partialFilter) {
    throw cannotCreate('expireAfterSeconds: the embedded database has no TTL on a partial index');
  }
  return {
    name: (specification.name as string | undefined) ?? key.flat().join('_'),
    key,
    unique: asBoolean(specification.unique),
    sparse: asBoolean(specification.sparse),
    ...(partialFilter && { partialFilter }),
    ...(expireAfterSeconds !== undefined && { expireAfterSeconds }),
    multikey: key.map(() => false),
    truncated: false,
    building: true,
  };
}

const INDEX_FIELDS = [
  'key',
  'name',
  'unique',
  'sparse',
  'partialFilterExpression',
  'expireAfterSeconds',
  'background',
  'v',
  'collation',
];

function parseKey(key: Document | undefined): Index['key'] {
  const fields = Object.entries(key ?? {});
  if (fields.length === 0) throw cannotCreate('Index keys cannot be an empty object');
  return fields.map(([path, given]) => {
    const direction = asNumber(given);
    if (direction === undefined) {
      throw cannotCreate(`index on '${path}': the embedded database has no ${String(given)} indexes`);
    }
    if (
      direction === 0 ||
      path === '' ||
      path.split('.').some((part) => part === '' || part.startsWith('$'))
    ) {
      throw cannotCreate(`index on '${path}': not a path or not a direction`);
    }
    return [path, direction > 0 ? 1 : -1];
  });
}

/** True when the same index is there already; throws when another one takes its name or its key. */
function isThere(collection: Collection, wanted: NewIndex): boolean {
  const sameName = collection.indexes.find(({ name }) => name === wanted.name);
  const twin = collection.indexes.find((index) => isTwin(index, wanted));
  if (twin && (twin === sameName || twin.id === PRIMARY_INDEX)) return true;
  if (twin) {
    throw new CommandError(
      85,
      'IndexOptionsConflict',
      `Index already exists with a different name: ${twin.name}`,
    );
  }
  if (!sameName) return false;
  const code = sameKey(sameName.key, wanted.key) ? 85 : 86;
  throw new CommandError(
    code,
    code === 85 ? 'IndexOptionsConflict' : 'IndexKeySpecsConflict',
    `An existing index has the same name as the requested index, but other keys or options: ${wanted.name}`,
  );
}

function isTwin(index: NewIndex, wanted: NewIndex): boolean {
  if (!sameKey(index.key, wanted.key)) return false;
  if (index.name === '_id_') return true;
  const partial = (one: NewIndex): string =>
    one.partialFilter ? encode(one.partialFilter).toString('hex') : '';
  return (
    index.unique === wanted.unique &&
    index.sparse === wanted.sparse &&
    index.expireAfterSeconds === wanted.expireAfterSeconds &&
    partial(index) === partial(wanted)
  );
}

// Writers keep the index from its first moment; what was there before is added in slices, and queries use it
// only when it is whole.
async function build(
  engine: Engine,
  request: Request,
  collection: Collection,
  wanted: NewIndex,
): Promise<void> {
  const index = await engine.catalog.addIndex(collection, wanted);
  try {
    const scan = new Scan(choosePlan(collection, { filter: {} }), () => true);
    for (let done = false; !done;) {
      const some: Found[] = [];
      done =
        scan.step(engine.store.latest(), (found) => some.push(found) < BUILT_AT_ONCE, request.pacer.until) ===
        'done';
      await engine.sessions.outside(collection, (records) => {
        for (const { recordId } of some) {
          const raw = records.get(recordId);
          if (raw) records.addTo(index, recordId, raw);
        }
      });
      await request.pacer.pause();
    }
  } catch (error) {
    await engine.catalog.removeIndex(collection, index);
    clearLater(engine);
    throw error;
  }
  await engine.catalog.finishIndex(collection, index);
}

const BUILT_AT_ONCE = 64;

function describe(index: Index): Document {
  return {
    v: 2,
    key: Object.fromEntries(index.key),
    name: index.name,
    ...(index.unique && index.id !== PRIMARY_INDEX && { unique: true }),
    ...(index.sparse && { sparse: true }),
    ...(index.partialFilter && { partialFilterExpression: index.partialFilter }),
    ...(index.expireAfterSeconds !== undefined && { expireAfterSeconds: index.expireAfterSeconds }),
  };
}

function required(engine: Engine, request: Request): Collection {
  const ns = namespaceOf(request);
  const collection = engine.catalog.find(ns);
  if (!collection) throw new CommandError(26, 'NamespaceNotFound', `ns does not exist: ${ns}`);
  return collection;
}

function sameKey(a: Index['key'], b: Index['key']): boolean {
  return JSON.stringify(a) === JSON.stringify(b);
}

function cannotCreate(message: string): CommandError {
  return new CommandError(67, 'CannotCreateIndex', message);
}

// What was dropped is out of sight at once; its entries go meanwhile. A failure is tried again at the next sweep.
function clearLater(engine: Engine): void {
  void engine.catalog.clearDropped().catch(() => undefined);
}
