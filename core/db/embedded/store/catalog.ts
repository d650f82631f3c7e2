import { deserialize } from 'bson';
import type { Document } from 'bson';
import { CommandError } from '../errors.ts';
import { decode, encode } from '../wire/bson.ts';
import {
  CATALOG_RECORDS,
  COUNTER_RECORDS,
  DROPPED_RECORDS,
  PRIMARY_INDEX,
  prefixOf,
  successor,
  systemKey,
} from './layout.ts';
import type { Overlay } from './overlay.ts';
import type { Store } from './store.ts';

export interface Index {
  id: number;
  name: string;
  key: [path: string, direction: 1 | -1][];
  unique: boolean;
  sparse: boolean;
  partialFilter?: Document;
  expireAfterSeconds?: number;
  /**
   * Per path: some document has had an array there, and so several entries. Bounds of a range are not
   * intersected then, and order is not used.
   */
  multikey: boolean[];
  /** Some key was too long and ends in a hash: order is not used. */
  truncated: boolean;
  /** Maintained but not yet complete, so not used by queries. */
  building: boolean;
  /** The moment (in the engine's count of changes) from which snapshots see the index whole. */
  since: number;
}

export interface Collection {
  id: number;
  ns: string;
  indexes: Index[];
  /** Changes when the indexes or the existence do; an open transaction that wrote before then conflicts. */
  version: number;
  /** Counts changes of multikey and truncated; `flagsSaved` is how far the record on disk goes. */
  flags: number;
  flagsSaved: number;
}

/** Collections and their indexes: in memory for reading, one record each in the store. */
export class Catalog {
  readonly #store: Store;
  readonly #collections = new Map<string, Collection>();
  readonly #creating = new Map<string, Promise<Collection>>();
  readonly #droppedAt = new Map<string, number>();
  #nextId = 1;
  #changes = 1;

  constructor(store: Store) {
    this.#store = store;
    const latest = store.latest();
    const counter = latest.get(systemKey(COUNTER_RECORDS, 'collection'));
    if (counter) this.#nextId = counter.readUInt32BE(0);
    const prefix = prefixOf(0, CATALOG_RECORDS);
    for (const { value } of latest.range(prefix, successor(prefix))) {
      const collection = load(value, this.#changes);
      this.#collections.set(collection.ns, collection);
    }
  }

  /** The present moment in the count of changes; a snapshot remembers the one of its opening. */
  get changes(): number {
    return this.#changes;
  }

  find(ns: string): Collection | undefined {
    return this.#collections.get(ns);
  }

  /** When a collection of this name was last dropped while the engine ran; 0 when never. */
  droppedAt(ns: string): number {
    return this.#droppedAt.get(ns) ?? 0;
  }

  inDatabase(db: string): Collection[] {
    return [...this.#collections.values()].filter(({ ns }) => ns.startsWith(`${db}.`));
  }

  databases(): string[] {
    return [...new Set([...this.#collections.keys()].map((ns) => ns.slice(0, ns.indexOf('.'))))];
  }

  all(): Iterable<Collection> {
    return this.#collections.values();
  }

  /** The collection of this name, created if it is not there, as writes do. */
  async ensure(ns: string): Promise<Collection> {
    const known = this.#collections.get(ns) ?? this.#creating.get(ns);
    if (known) return known;
    const creating = this.#create(ns).finally(() => this.#creating.delete(ns));
    this.#creating.set(ns, creating);
    return creating;
  }

  /** Forgets the collection at once; its entries are cleared afterwards by `clearDropped`. */
  async drop(collection: Collection): Promise<void> {
    this.#collections.delete(collection.ns);
    collection.version = ++this.#changes;
    this.#droppedAt.set(collection.ns, this.#changes);
    await this.#store.write((writes) => {
      writes.remove(systemKey(CATALOG_RECORDS, collection.ns));
      writes.put(systemKey(DROPPED_RECORDS, prefixOf(collection.id, 0).subarray(0, 4)), Buffer.alloc(0));
    });
  }

  async addIndex(collection: Collection, index: Omit<Index, 'id' | 'since'>): Promise<Index> {
    const id =
      Math.max(...collection.indexes.map((existing) => existing.id), this.#lastIndexId(collection)) + 1;
    const added = { ...index, id, since: Number.MAX_SAFE_INTEGER };
    collection.indexes.push(added);
    collection.version = ++this.#changes;
    await this.#store.write((writes) => {
      writes.put(lastIndexKey(collection), u32(id));
      this.save(collection, writes);
    });
    return added;
  }

  /** The index holds every document from now on; snapshots opened before do not see it. */
  async finishIndex(collection: Collection, index: Index): Promise<void> {
    index.building = false;
    await this.#store.write((writes) => this.save(collection, writes));
    index.since = ++this.#changes;
  }

  async removeIndex(collection: Collection, index: Index): Promise<void> {
    collection.indexes = collection.indexes.filter((other) => other !== index);
    collection.version = ++this.#changes;
    await this.#store.write((writes) => {
      this.save(collection, writes);
      writes.put(systemKey(DROPPED_RECORDS, prefixOf(collection.id, index.id)), Buffer.alloc(0));
    });
  }

  save(collection: Collection, writes: Overlay): void {
    const { id, ns } = collection;
    const indexes = collection.indexes.map(({ since: _, partialFilter, ...index }) => ({
      ...index,
      ...(partialFilter && { partialFilter: encode(partialFilter) }),
    }));
    writes.put(systemKey(CATALOG_RECORDS, ns), encode({ id, ns, indexes }));
  }

  /** Clears what dropped collections and indexes left behind, a little at a time; resumes after a crash. */
  async clearDropped(): Promise<void> {
    const prefix = prefixOf(0, DROPPED_RECORDS);
    for (const { key } of [...this.#store.latest().range(prefix, successor(prefix))]) {
      const range = key.subarray(prefix.length);
      for (let left = true; left;) {
        left = await this.#store.write((writes) => {
          let cleared = 0;
          for (const entry of writes.range(range, successor(range))) {
            writes.remove(entry.key);
            if (++cleared === CLEARED_AT_ONCE) return true;
          }
          writes.remove(key);
          return false;
        });
      }
    }
  }

  /** Indexes whose building a crash cut off: nobody was told that they exist. */
  async removeUnfinished(): Promise<void> {
    for (const collection of this.#collections.values()) {
      for (const index of collection.indexes.filter(({ building }) => building)) {
        await this.removeIndex(collection, index);
      }
    }
  }

  async #create(ns: string): Promise<Collection> {
    refuseName(ns);
    const collection: Collection = {
      id: this.#nextId++,
      ns,
      indexes: [primary()],
      version: ++this.#changes,
      flags: 0,
      flagsSaved: 0,
    };
    await this.#store.write((writes) => {
      writes.put(systemKey(COUNTER_RECORDS, 'collection'), u32(this.#nextId));
      this.save(collection, writes);
    });
    this.#collections.set(ns, collection);
    return collection;
  }

  // Kept apart from the list: the number of a dropped index is never given again while it is being cleared.
  #lastIndexId(collection: Collection): number {
    return this.#store.latest().get(lastIndexKey(collection))?.readUInt32BE(0) ?? 0;
  }
}

const CLEARED_AT_ONCE = 500;

function load(record: Buffer, version: number): Collection {
  const { id, ns, indexes } = deserialize(record, { promoteBuffers: true });
  const loaded = (indexes as Document[]).map(({ partialFilter, ...index }) => ({
    ...index,
    since: 0,
    ...(partialFilter && { partialFilter: decode(partialFilter as Buffer) }),
  }));
  return { id, ns, indexes: loaded as Index[], version, flags: 0, flagsSaved: 0 };
}

/** The collection itself as an index: its documents by `_id`. */
export function primary(): Index {
  return {
    id: PRIMARY_INDEX,
    name: '_id_',
    key: [['_id', 1]],
    unique: true,
    sparse: false,
    multikey: [false],
    truncated: false,
    building: false,
    since: 0,
  };
}

function lastIndexKey(collection: Collection): Buffer {
  return systemKey(COUNTER_RECORDS, `index ${collection.id}`);
}

function u32(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32BE(value);
  return bytes;
}

function refuseName(ns: string): void {
  const [db, ...rest] = ns.split('.');
  const name = rest.join('.');
  if (!db || !name || /[\0$]/.test(name) || /[\0/\\ "$*<>:|?]/.test(db) || ns.length > 255) {
    throw new CommandError(73, 'InvalidNamespace', `Invalid namespace specified '${ns}'`);
  }
  if (name.startsWith('system.')) {
    throw new CommandError(
      73,
      'InvalidNamespace',
      `the embedded database has no system collections: '${ns}'`,
    );
  }
}
