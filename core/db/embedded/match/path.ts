import type { Document } from 'bson';

import { EMPTY_ARRAY } from '../keys/index.ts';
import { isDocument } from '../keys/types.ts';
import { CommandError } from '../errors.ts';

/** Tells whether a value found at a path satisfies a condition; a missing value comes as undefined. */
export type Test = (value: unknown) => boolean;
/** Whether an array at the end of the path is tried element by element and then whole, or only whole. */
export type Leaf = 'elements' | 'whole';

/** The document's own field, so that a path such as `constructor` finds nothing inherited. */
export function own(doc: object, name: string): unknown {
  return Object.hasOwn(doc, name) ? (doc as Document)[name] : undefined;
}

/** Sets an own field, `__proto__` included. */
export function define(target: Document, name: string, value: unknown): void {
  if (name === '__proto__') {
    Object.defineProperty(target, name, { value, enumerable: true, configurable: true, writable: true });
  } else target[name] = value;
}

/**
 * True if any value at the dotted path passes the test. Arrays on the way are entered: each element that is a
 * document is followed, and a numeric part also takes the element at that place (manual, "Query an Array of
 * Embedded Documents").
 */
export function anyAtPath(path: string, leaf: Leaf, test: Test): (doc: Document) => boolean {
  if (!path.includes('.')) {
    return leaf === 'whole' ? (doc) => test(own(doc, path)) : (doc) => atLeaf(own(doc, path), test);
  }
  const parts = path.split('.');
  const visit: Test = leaf === 'whole' ? test : (value) => atLeaf(value, test);
  return (doc) => inDocument(doc, parts, 0, visit, test);
}

function atLeaf(value: unknown, test: Test): boolean {
  if (!Array.isArray(value)) return test(value);
  for (const element of value) if (test(element)) return true;
  return test(value);
}

function inDocument(doc: object, parts: string[], at: number, visit: Test, test: Test): boolean {
  const value = own(doc, parts[at]!);
  if (at === parts.length - 1) return visit(value);
  if (Array.isArray(value)) return inArray(value, parts, at + 1, visit, test);
  return isDocument(value) ? inDocument(value, parts, at + 1, visit, test) : visit(undefined);
}

function inArray(array: unknown[], parts: string[], at: number, visit: Test, test: Test): boolean {
  const part = parts[at]!;
  for (const element of array)
    if (isDocument(element) && inDocument(element, parts, at, visit, test)) return true;
  if (!isIndex(part)) return false;
  const element: unknown = array[Number(part)];
  if (element === undefined) return false;
  // An array chosen by its place is compared whole.
  if (at === parts.length - 1) return test(element);
  if (Array.isArray(element)) return inArray(element, parts, at + 1, visit, test);
  return isDocument(element) && inDocument(element, parts, at + 1, visit, test);
}

/** A path part that names a place in an array. */
export function isIndex(part: string): boolean {
  return /^(0|[1-9]\d*)$/.test(part);
}

/**
 * The values under which an index keeps the document at this path; undefined stands for missing, EMPTY_ARRAY
 * for an empty array. An array of scalars gives each element, not itself: equality with a whole array can
 * therefore not be answered from the index alone.
 */
export function valuesAtPath(doc: Document, path: string): { values: unknown[]; multikey: boolean } {
  if (!path.includes('.')) {
    const value = own(doc, path);
    if (!Array.isArray(value)) return { values: [value], multikey: false };
  }
  const { tuples, multikey } = sortTuples(doc, [path]);
  return { values: tuples.map((tuple) => tuple[0]), multikey: multikey[0]! };
}

export interface Tuples {
  tuples: unknown[][];
  /** Which of the paths went through an array. */
  multikey: boolean[];
}

/**
 * The keys of a compound index, one tuple per element of the array that its paths share. Throws 171 for two
 * paths through different arrays, and 16746 where a number in a path meets an array of documents: a filter
 * reads it as a place and as a field, an index could hold only one of the two.
 */
export function indexTuples(doc: Document, paths: string[]): Tuples {
  for (const path of paths) refuseAmbiguous(doc, path.split('.'), 0);
  return sortTuples(doc, paths);
}

/** The same for a sort, where a number in a path is always a place. */
export function sortTuples(doc: Document, paths: string[]): Tuples {
  const multikey = paths.map(() => false);
  const tuples: unknown[][] = [];
  expand(
    paths.map((path) => ({ value: doc as unknown, rest: path.split('.'), final: false })),
    tuples,
    multikey,
    paths,
  );
  return { tuples, multikey };
}

function refuseAmbiguous(value: unknown, parts: string[], from: number): void {
  if (!parts.some(isIndex)) return;
  let at = value;
  for (let i = from; i < parts.length; i++) {
    const part = parts[i]!;
    if (!Array.isArray(at)) {
      at = isDocument(at) ? own(at, part) : undefined;
    } else if (!isIndex(part)) {
      for (const element of at) if (isDocument(element)) refuseAmbiguous(element, parts, i);
      return;
    } else {
      if (at.some(isDocument)) {
        const message = `Ambiguous field name found in array, the path ${parts.join('.')} cannot be indexed here`;
        throw new CommandError(16746, 'Location16746', message);
      }
      at = at[Number(part)] as unknown;
    }
  }
}

interface Walk {
  value: unknown;
  rest: string[];
  /** An element taken from the array at the end of the path; arrays nested in it are values. */
  final: boolean;
}

function expand(walks: Walk[], tuples: unknown[][], multikey: boolean[], paths: string[]): void {
  const stopped = walks.map(descend);
  let shared: unknown[] | undefined;
  stopped.forEach((walk, i) => {
    if (walk.final || !Array.isArray(walk.value)) return;
    multikey[i] = true;
    if (shared !== undefined && shared !== walk.value) throw parallelArrays(paths);
    shared = walk.value;
  });
  if (shared === undefined) {
    tuples.push(stopped.map((walk) => walk.value));
    return;
  }
  const array = shared;
  const elements: unknown[] = array.length === 0 ? [EMPTY_ARRAY] : array;
  for (const element of elements) {
    const next = stopped.map((walk): Walk => {
      if (walk.final || walk.value !== array) return walk;
      if (walk.rest.length === 0) return { value: element, rest: [], final: true };
      return { value: isDocument(element) ? element : undefined, rest: walk.rest, final: false };
    });
    expand(next, tuples, multikey, paths);
  }
}

/** Follows the path to its end or to the next array that must fan out. */
function descend(walk: Walk): Walk {
  let { value, rest } = walk;
  if (walk.final) return walk;
  let chosen = false;
  while (rest.length > 0) {
    const part = rest[0]!;
    if (Array.isArray(value)) {
      if (!isIndex(part)) return { value, rest, final: false };
      value = value[Number(part)];
      chosen = true;
    } else {
      value = isDocument(value) ? own(value, part) : undefined;
      chosen = false;
    }
    rest = rest.slice(1);
  }
  // As in a filter, an array chosen by its place counts whole.
  return { value, rest, final: chosen || !Array.isArray(value) };
}

function parallelArrays(paths: string[]): CommandError {
  return new CommandError(
    171,
    'CannotIndexParallelArrays',
    `cannot index parallel arrays [${paths.join('] [')}]`,
  );
}
