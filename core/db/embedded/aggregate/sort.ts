import { Buffer } from 'node:buffer';

import type { Document } from 'bson';

import { badValue, CommandError, raise } from '../errors.ts';
import { encodeKey } from '../keys/index.ts';
import { numberOf } from '../keys/numeric.ts';
import { isDocument } from '../keys/types.ts';
import { own, sortTuples } from '../match/path.ts';

/** The fields of a sort with their directions, in its order. */
export type Sort = [path: string, direction: 1 | -1][];

/**
 * The key by which a document sorts: memcmp order is sort order. An array sorts by its least element ascending,
 * by its greatest descending (manual, "Sort: Arrays"). Throws 2 for two arrays side by side.
 */
export function sortKeyOf(fields: Readonly<Sort>): (doc: Document) => Buffer {
  const paths = fields.map(([path]) => path);
  const directions = fields.map(([, direction]) => direction);
  const plain = paths.every((path) => !path.includes('.'));
  return (doc) => {
    if (plain) {
      const values = paths.map((path) => own(doc, path));
      if (!values.some(Array.isArray)) return encodeKey(values, directions);
    }
    return leastKey(doc, paths, directions);
  };
}

/** Reads a sort specification. Throws 15973–15976, 15998, 16410 or 17312 for what is none. */
export function parseSort(spec: unknown): Sort {
  if (!isDocument(spec)) throw raise(15973, 'the $sort key specification must be an object');
  const fields = Object.keys(spec).map((path): Sort[number] => {
    refuseExpression(path, spec[path]);
    const direction = numberOf(spec[path]);
    if (direction === undefined) throw raise(15974, `Illegal key in $sort specification: ${path}`);
    if (direction !== 1 && direction !== -1) {
      throw raise(15975, '$sort key ordering must be 1 (for ascending) or -1 (for descending)');
    }
    if (path.split('.').includes('')) throw raise(15998, 'FieldPath field names may not be empty strings.');
    if (path.startsWith('$')) throw raise(16410, `FieldPath field names may not start with '$': ${path}`);
    return [path, direction];
  });
  if (fields.length === 0) throw raise(15976, '$sort stage must have at least one sort key');
  return fields;
}

/** The sort that a command names; none where it names none or an empty one. */
export function sortOf(sort: unknown): Sort {
  if (sort === undefined || sort === null || (isDocument(sort) && Object.keys(sort).length === 0)) return [];
  return parseSort(sort);
}

function refuseExpression(path: string, direction: unknown): void {
  if (!isDocument(direction)) return;
  if (Object.keys(direction)[0] === '$meta') {
    throw raise(40218, `sort by '${path}': the embedded database refuses $meta, it has no such metadata`);
  }
  throw raise(17312, `$meta is the only expression supported by $sort right now: ${path}`);
}

function leastKey(doc: Document, paths: string[], directions: (1 | -1)[]): Buffer {
  return tuplesOf(doc, paths)
    .map((tuple) => encodeKey(tuple, directions))
    .reduce((least, key) => (Buffer.compare(key, least) < 0 ? key : least));
}

function tuplesOf(doc: Document, paths: string[]): unknown[][] {
  try {
    return sortTuples(doc, paths).tuples;
  } catch (error) {
    if (!(error instanceof CommandError) || error.code !== 171) throw error;
    throw badValue('cannot sort with keys that are parallel arrays');
  }
}
