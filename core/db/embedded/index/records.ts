import type { Document } from 'bson';
import { CommandError, badValue } from '../errors.ts';
import { encodeValue } from '../keys/index.ts';
import { valuesAtPath } from '../match/index.ts';
import type { Collection, Index } from '../store/catalog.ts';
import { PREFIX_BYTES, PRIMARY_INDEX, prefixOf } from '../store/layout.ts';
import type { Overlay, Reader } from '../store/overlay.ts';
import { decode, encode } from '../wire/bson.ts';
import { DOCUMENT_BYTES_MAX } from '../wire/message.ts';
import { refuseUnstorable } from '../wire/raw.ts';
import { entriesOf, isShortenedRecordId, recordIdOf } from './entries.ts';

/**
 * Claims a key for the writer before it is written: the key of a document or of a unique entry. It throws
 * when a transaction holds the key.
 */
export type Claim = (key: Buffer) => void;

/** Writes the documents of one collection together with their index entries. */
export class Records {
  readonly collection: Collection;
  readonly #writes: Overlay;
  readonly #claim: Claim;

  constructor(collection: Collection, writes: Overlay, claim: Claim) {
    this.collection = collection;
    this.#writes = writes;
    this.#claim = claim;
  }

  /** What the writer sees, its own writes included. */
  get reader(): Reader {
    return this.#writes;
  }

  get(recordId: Buffer): Buffer | undefined {
    return this.#writes.get(documentKey(this.collection, recordId));
  }

  insert(raw: Buffer, document: Document): void {
    refuseOversize(raw);
    refuseUnstorable(raw);
    refuseId(document._id);
    const recordId = recordIdOf(document._id);
    const key = documentKey(this.collection, recordId);
    this.#claim(key);
    if (this.#writes.get(key)) throw duplicateKey(this.collection, primaryOf(this.collection), document);
    if (isShortenedRecordId(recordId)) this.#note(primaryOf(this.collection), [false], true);
    for (const index of secondaries(this.collection)) {
      const { keys, multikey, truncated } = entriesOf(index, document);
      this.#note(index, multikey, truncated);
      for (const fields of keys) this.#putEntry(index, fields, recordId, document);
    }
    this.#writes.put(key, raw);
  }

  /** Puts a changed document in place of the old one; false when nothing changes. */
  replace(recordId: Buffer, oldRaw: Buffer, changed: Document): boolean {
    const raw = encode(changed);
    if (raw.equals(oldRaw)) return false;
    refuseOversize(raw);
    refuseUnstorable(raw);
    const old = decode(oldRaw);
    if (!encodeValue(old._id).equals(encodeValue(changed._id))) {
      throw new CommandError(
        66,
        'ImmutableField',
        "Performing an update on the path '_id' would modify the immutable field '_id'",
      );
    }
    const key = documentKey(this.collection, recordId);
    this.#claim(key);
    for (const index of secondaries(this.collection)) {
      const before = entriesOf(index, old).keys;
      const after = entriesOf(index, changed);
      this.#note(index, after.multikey, after.truncated);
      for (const fields of before) {
        if (!after.keys.some((kept) => kept.equals(fields))) this.#removeEntry(index, fields, recordId);
      }
      for (const fields of after.keys) {
        if (!before.some((kept) => kept.equals(fields))) this.#putEntry(index, fields, recordId, changed);
      }
    }
    this.#writes.put(key, raw);
    return true;
  }

  remove(recordId: Buffer, oldRaw: Buffer): void {
    const key = documentKey(this.collection, recordId);
    this.#claim(key);
    const old = decode(oldRaw);
    for (const index of secondaries(this.collection)) {
      for (const fields of entriesOf(index, old).keys) this.#removeEntry(index, fields, recordId);
    }
    this.#writes.remove(key);
  }

  /** Adds the entries of a stored document to one index that is being built. */
  addTo(index: Index, recordId: Buffer, raw: Buffer): void {
    const document = decode(raw);
    const { keys, multikey, truncated } = entriesOf(index, document);
    this.#note(index, multikey, truncated);
    for (const fields of keys) this.#putEntry(index, fields, recordId, document);
  }

  #putEntry(index: Index, fields: Buffer, recordId: Buffer, document: Document): void {
    const key = entryKey(this.collection, index, fields, recordId);
    if (!index.unique) {
      this.#writes.put(key, Buffer.alloc(0));
      return;
    }
    this.#claim(key);
    const holder = this.#writes.get(key);
    if (holder && !holder.equals(recordId)) throw duplicateKey(this.collection, index, document);
    this.#writes.put(key, recordId);
  }

  #removeEntry(index: Index, fields: Buffer, recordId: Buffer): void {
    const key = entryKey(this.collection, index, fields, recordId);
    if (index.unique) this.#claim(key);
    this.#writes.remove(key);
  }

  // Set in memory at once and never taken back: a roll-back only leaves queries more careful than needed.
  // The record is written by the write that commits (see `saveFlags`).
  #note(index: Index, multikey: boolean[], truncated: boolean): void {
    const more = multikey.some((set, position) => set && !index.multikey[position]);
    if (!more && (!truncated || index.truncated)) return;
    index.multikey = index.multikey.map((set, position) => set || (multikey[position] ?? false));
    index.truncated ||= truncated;
    this.collection.flags++;
  }
}

export function documentKey(collection: Collection, recordId: Buffer): Buffer {
  return Buffer.concat([prefixOf(collection.id, PRIMARY_INDEX), recordId]);
}

/** The record that an entry of an index stands for. */
export function recordIdOfEntry(index: Index, key: Buffer, value: Buffer): Buffer {
  if (index.id === PRIMARY_INDEX) return key.subarray(PREFIX_BYTES);
  if (index.unique) return value;
  const length = key.readUInt16BE(key.length - 2);
  return key.subarray(key.length - 2 - length, key.length - 2);
}

function entryKey(collection: Collection, index: Index, fields: Buffer, recordId: Buffer): Buffer {
  const prefix = prefixOf(collection.id, index.id);
  if (index.unique) return Buffer.concat([prefix, fields]);
  const length = Buffer.allocUnsafe(2);
  length.writeUInt16BE(recordId.length);
  return Buffer.concat([prefix, fields, recordId, length]);
}

function secondaries(collection: Collection): Index[] {
  return collection.indexes.filter(({ id }) => id !== PRIMARY_INDEX);
}

function primaryOf(collection: Collection): Index {
  return collection.indexes[0] as Index;
}

function refuseOversize(raw: Buffer): void {
  if (raw.length <= DOCUMENT_BYTES_MAX) return;
  throw new CommandError(
    10334,
    'BSONObjectTooLarge',
    `BSONObj size: ${raw.length} is invalid. Size must be between 0 and ${DOCUMENT_BYTES_MAX}`,
  );
}

function refuseId(id: unknown): void {
  if (Array.isArray(id)) throw badValue("can't use an array for _id");
  if (id === undefined) throw badValue("can't use undefined for _id");
}

function duplicateKey(collection: Collection, index: Index, document: Document): CommandError {
  const keyPattern = Object.fromEntries(index.key);
  const keyValue = Object.fromEntries(
    index.key.map(([path]) => [path, valuesAtPath(document, path).values[0] ?? null]),
  );
  const shown = index.key.map(([path]) => `${path}: ${JSON.stringify(keyValue[path])}`).join(', ');
  return new CommandError(
    11000,
    'DuplicateKey',
    `E11000 duplicate key error collection: ${collection.ns} index: ${index.name} dup key: { ${shown} }`,
    [],
    { keyPattern, keyValue },
  );
}
