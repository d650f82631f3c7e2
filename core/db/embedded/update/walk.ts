import type { Document } from 'bson';

import { badValue, CommandError } from '../errors.ts';
import { bsonType, isDocument } from '../keys/types.ts';
import { define, isIndex, own } from '../match/path.ts';
import { type Change, describe, KEEP, REMOVE } from './change.ts';
import { conflict, isArrayWide, isPositional, parsePath } from './path.ts';
import type { ArrayFilters } from './positional.ts';

export interface Modifier {
  parts: string[];
  creates: boolean;
  change: Change;
  insertOnly: boolean;
  /** The path that `$rename` takes the value from. */
  from?: string[];
}

export interface Walk {
  root: Document;
  /** Containers copied already in this update; all others are shared with the document as it was. */
  owned: Set<object>;
  arrayFilters: ArrayFilters;
  touched: Set<string> | undefined;
}

type Container = Document | unknown[];
/** MongoDB fills an array up to a far place with at most so many nulls. */
const PADDING_MAX = 1_500_000;

/** Makes one modifier's change in the root, copying the containers on its way. */
export function changeAt(walk: Walk, modifier: Modifier): void {
  if (!modifier.from) return step(walk, walk.root, modifier, []);
  const value = readField(walk.root, modifier.from, 'source');
  if (value === undefined) return;
  readField(walk.root, modifier.parts, 'destination');
  step(walk, walk.root, { ...modifier, creates: true, change: () => value }, []);
  step(walk, walk.root, { ...modifier, parts: modifier.from, creates: false, change: () => REMOVE }, []);
}

export function rename(path: string, to: unknown): Modifier {
  if (typeof to !== 'string')
    throw badValue(`The 'to' field for $rename must be a string: ${path}: ${describe(to)}`);
  if (path === to) throw badValue(`The source and target field for $rename must differ: ${path}: "${to}"`);
  const [from, parts] = [parsePath(path), parsePath(to)];
  if (from.some(isPositional)) throw badValue(`The source field for $rename may not be dynamic: ${path}`);
  if (parts.some(isPositional)) throw badValue(`The destination field for $rename may not be dynamic: ${to}`);
  return { parts, from, creates: true, change: () => KEEP, insertOnly: false };
}

function readField(root: Document, parts: string[], role: string): unknown {
  let value: unknown = root;
  for (const part of parts) {
    if (Array.isArray(value)) {
      throw badValue(
        `The ${role} field cannot be an array element, '${parts.join('.')}' in doc with _id: ${describe(root['_id'])}`,
      );
    }
    if (!isDocument(value)) return undefined;
    value = own(value, part);
  }
  return value;
}

function step(walk: Walk, container: Container, modifier: Modifier, done: string[]): void {
  const part = modifier.parts[done.length]!;
  if (!isArrayWide(part)) return stepInto(walk, container, modifier, done, part);
  const test = walk.arrayFilters.get(part.slice(2, -1));
  if (!Array.isArray(container)) throw notArray(done, container);
  for (let i = 0; i < container.length; i++) {
    if (test === undefined || test(container[i])) stepInto(walk, container, modifier, done, String(i));
  }
}

function stepInto(walk: Walk, container: Container, modifier: Modifier, done: string[], part: string): void {
  if (Array.isArray(container) && !isIndex(part)) {
    if (modifier.creates) throw notViable(part, done, container);
    return;
  }
  const path = [...done, part];
  const value = Array.isArray(container) ? container[Number(part)] : own(container, part);
  if (path.length === modifier.parts.length) return finish(walk, container, modifier, path, value);
  const next = modifier.parts[path.length]!;
  if (value === undefined) {
    if (modifier.parts.slice(path.length).some(isArrayWide)) throw missingArray(path);
    if (modifier.creates) build(walk, container, modifier, path);
  } else if (Array.isArray(value) || isDocument(value)) {
    step(walk, ownChild(walk, container, part, value), modifier, path);
  } else if (isArrayWide(next)) {
    throw notArray(path, value);
  } else if (modifier.creates) {
    throw notViable(next, path, value);
  }
}

function finish(walk: Walk, container: Container, modifier: Modifier, path: string[], value: unknown): void {
  touch(walk, path);
  const changed = modifier.change(value, { path: path.join('.'), doc: walk.root });
  if (changed !== KEEP) assign(container, path.at(-1)!, changed);
}

function build(walk: Walk, container: Container, modifier: Modifier, path: string[]): void {
  touch(walk, modifier.parts);
  const changed = modifier.change(undefined, { path: modifier.parts.join('.'), doc: walk.root });
  if (changed === KEEP || changed === REMOVE) return;
  const value = modifier.parts.slice(path.length).reduceRight<unknown>((inner, name) => {
    const outer: Document = {};
    define(outer, name, inner);
    walk.owned.add(outer);
    return outer;
  }, changed);
  assign(container, path.at(-1)!, value);
}

function assign(container: Container, part: string, value: unknown): void {
  if (!Array.isArray(container)) {
    if (value === REMOVE) delete container[part];
    else define(container, part, value);
    return;
  }
  const index = Number(part);
  if (index - container.length > PADDING_MAX) {
    throw new CommandError(153, 'CannotBackfillArray', `can't backfill more than ${PADDING_MAX} elements`);
  }
  while (container.length < index) container.push(null);
  container[index] = value === REMOVE ? null : value;
}

function ownChild(walk: Walk, container: Container, part: string, child: Container): Container {
  if (walk.owned.has(child)) return child;
  const copy: Container = Array.isArray(child) ? [...child] : { ...child };
  walk.owned.add(copy);
  assign(container, part, copy);
  return copy;
}

/** Two paths that turn out to be the same place, or one inside the other, conflict like written ones. */
function touch(walk: Walk, path: string[]): void {
  if (walk.touched === undefined) return;
  const written = path.join('.');
  for (const other of walk.touched) {
    if (other === written || other.startsWith(`${written}.`) || written.startsWith(`${other}.`)) {
      throw conflict(written, other.length < written.length ? other : written);
    }
  }
  walk.touched.add(written);
}

function notViable(part: string, path: string[], value: unknown): CommandError {
  const element = `{${path.at(-1) ?? ''}: ${describe(value)}}`;
  return new CommandError(28, 'PathNotViable', `Cannot create field '${part}' in element ${element}`);
}

function notArray(path: string[], value: unknown): CommandError {
  return badValue(
    `Cannot apply array updates to non-array element ${path.at(-1)}: ${describe(value)} (${bsonType(value)})`,
  );
}

function missingArray(path: string[]): CommandError {
  return badValue(`The path '${path.join('.')}' must exist in the document in order to apply array updates.`);
}
