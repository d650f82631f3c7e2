import { createHash } from 'node:crypto';
import type { Document } from 'bson';
import { encodeKey, encodeValue } from '../keys/index.ts';
import { compileFilter, indexTuples } from '../match/index.ts';
import type { Index } from '../store/catalog.ts';

/** lmdb keys end at 1,978 bytes; what is longer keeps its beginning and ends in a hash of the whole. */
const RECORD_ID_BYTES_MAX = 512;
export const FIELD_BYTES_MAX = 1400;
const HASH_BYTES = 32;

/** The key under which a document lies: its encoded `_id`. */
export function recordIdOf(id: unknown): Buffer {
  return shorten(encodeValue(id), RECORD_ID_BYTES_MAX);
}

export function isShortenedRecordId(recordId: Buffer): boolean {
  return recordId.length === RECORD_ID_BYTES_MAX;
}

export interface Entries {
  /** The field part of each entry, without duplicates. */
  keys: Buffer[];
  /** Which of the index's paths went through an array. */
  multikey: boolean[];
  truncated: boolean;
}

/** What a document contributes to an index; nothing when a sparse or partial index leaves it out. */
export function entriesOf(index: Index, document: Document): Entries {
  const nothing = { keys: [], multikey: index.key.map(() => false), truncated: false };
  if (index.partialFilter && !partialMatch(index, document)) return nothing;
  const paths = index.key.map(([path]) => path);
  const { tuples, multikey } = indexTuples(document, paths);
  if (index.sparse && tuples.every((tuple) => tuple.every((value) => value === undefined))) return nothing;
  const directions = index.key.map(([, direction]) => direction);
  const keys = new Map<string, Buffer>();
  let truncated = false;
  for (const tuple of tuples) {
    const whole = encodeKey(tuple, directions);
    const key = shorten(whole, FIELD_BYTES_MAX);
    if (key !== whole) truncated = true;
    keys.set(key.toString('latin1'), key);
  }
  return { keys: [...keys.values()], multikey, truncated };
}

const partialFilters = new WeakMap<Index, (document: Document) => boolean>();

function partialMatch(index: Index, document: Document): boolean {
  let matches = partialFilters.get(index);
  if (!matches) {
    matches = compileFilter(index.partialFilter ?? {});
    partialFilters.set(index, matches);
  }
  return matches(document);
}

function shorten(key: Buffer, bytesMax: number): Buffer {
  if (key.length < bytesMax) return key;
  const hash = createHash('sha256').update(key).digest();
  return Buffer.concat([key.subarray(0, bytesMax - HASH_BYTES), hash]);
}
