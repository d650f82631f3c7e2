import type { Document } from 'bson';

import { compileExpression } from '../aggregate/expression.ts';
import { raise } from '../errors.ts';
import { numberOf } from '../keys/numeric.ts';
import { isDocument } from '../keys/types.ts';
import { define } from '../match/path.ts';

export type Project = (doc: Document) => Document;

/** What happens to a field: kept, dropped, computed anew, or decided further down. */
type Node =
  | { kind: 'include' }
  | { kind: 'exclude' }
  | { kind: 'compute'; compute: (doc: Document) => unknown }
  | Branch;

interface Branch {
  kind: 'branch';
  fields: Map<string, Node>;
}

const branch = (): Branch => ({ kind: 'branch', fields: new Map() });

/**
 * The projection of `find` and `findAndModify`: fields in or out, and expressions. Source: manual, "Project
 * Fields to Return from Query". The empty one keeps all.
 */
export function compileProjection(projection: Document): Project {
  if (Object.keys(projection).length === 0) return (doc) => doc;
  const parse: Parse = { tree: branch(), mode: undefined, id: undefined };
  parseFields(parse, projection, '');
  const { tree, id } = parse;
  const mode = parse.mode ?? (id === true ? 'include' : 'exclude');
  if (mode === 'exclude') {
    if (id === false) place(tree, '_id', { kind: 'exclude' });
    return (doc) => exclude(doc, tree);
  }
  if (id !== false && !tree.fields.has('_id')) place(tree, '_id', { kind: 'include' });
  return (doc) => include(doc, tree, doc);
}

/** The same as `$project` takes it. Throws 51272 for an empty one. */
export function compileProjectStage(spec: Document): Project {
  if (Object.keys(spec).length > 0) return compileProjection(spec);
  throw raise(
    51272,
    'Invalid $project :: caused by :: projection specification must have at least one field',
  );
}

/** `$addFields`: the document with further fields, those of embedded documents by their paths. */
export function compileAddFields(spec: Document): Project {
  if (Object.keys(spec).length === 0) {
    throw raise(40177, 'Invalid $addFields :: caused by :: specification must have at least one field');
  }
  const tree = branch();
  addFields(tree, spec, '');
  return (doc) => compute({ ...doc }, tree, doc);
}

function addFields(tree: Branch, spec: Document, prefix: string): void {
  for (const name of Object.keys(spec)) {
    const path = prefix + name;
    const value: unknown = spec[name];
    const nested = isDocument(value) && !Object.keys(value)[0]?.startsWith('$');
    if (nested && Object.keys(value).length === 0) {
      throw raise(40180, `an empty object is not a valid value. Found at ${path}`);
    }
    if (nested) addFields(tree, value, `${path}.`);
    else place(tree, path, { kind: 'compute', compute: compileExpression(value) });
  }
}

interface Parse {
  tree: Branch;
  /** Set by the first field other than _id that says so. */
  mode: 'include' | 'exclude' | undefined;
  id: boolean | undefined;
}

function parseFields(parse: Parse, spec: Document, prefix: string): void {
  for (const name of Object.keys(spec)) {
    const path = prefix + name;
    const value: unknown = spec[name];
    const number = numberOf(value);
    if (typeof value === 'boolean' || number !== undefined) {
      parseFlag(parse, path, value === true || (number ?? 0) !== 0);
    } else if (isDocument(value) && Object.keys(value).length === 0) {
      throw raise(51270, `An empty sub-projection is not a valid value. Found empty object at path ${path}`);
    } else if (isDocument(value) && !Object.keys(value)[0]!.startsWith('$')) {
      parseFields(parse, value, `${path}.`);
    } else {
      if (parse.mode === 'exclude') {
        throw raise(31252, `Cannot use an expression in an exclusion projection: ${path}`);
      }
      parse.mode = 'include';
      place(parse.tree, path, { kind: 'compute', compute: compileExpression(value) });
    }
  }
}

function parseFlag(parse: Parse, path: string, wanted: boolean): void {
  if (path === '_id') {
    parse.id = wanted;
    return;
  }
  const mode = wanted ? 'include' : 'exclude';
  if (parse.mode !== undefined && parse.mode !== mode) {
    if (mode === 'exclude')
      throw raise(31254, `Cannot do exclusion on field ${path} in inclusion projection`);
    throw raise(31253, `Cannot do inclusion on field ${path} in exclusion projection`);
  }
  parse.mode = mode;
  place(parse.tree, path, { kind: mode });
}

/** Puts a node at a dotted path. Throws 31249 or 31250 where two paths meet, 16410 for `$` in a path. */
function place(root: Branch, path: string, node: Node): void {
  const parts = path.split('.');
  if (parts.includes('')) throw raise(40353, `FieldPath must not be empty or end with a '.': '${path}'`);
  if (parts.some((part) => part.startsWith('$'))) {
    throw raise(16410, `FieldPath field names may not start with '$': ${path}`);
  }
  let at = root;
  parts.slice(0, -1).forEach((part, i) => {
    const next = at.fields.get(part) ?? branch();
    if (next.kind !== 'branch') {
      throw raise(31249, `Path collision at ${path} remaining portion ${parts.slice(i + 1).join('.')}`);
    }
    at.fields.set(part, next);
    at = next;
  });
  const last = parts.at(-1)!;
  if (at.fields.has(last)) throw raise(31250, `Path collision at ${path}`);
  at.fields.set(last, node);
}

/** Keeps only what the tree names, in the document's order, then adds what is computed, in the tree's order. */
function include(value: Document, tree: Branch, root: Document): Document {
  const result: Document = {};
  for (const name of Object.keys(value)) {
    const node = tree.fields.get(name);
    const field: unknown = value[name];
    if (node?.kind === 'include') define(result, name, field);
    else if (node?.kind === 'branch') {
      const kept = includeInside(field, node, root);
      if (kept !== undefined) define(result, name, kept);
    }
  }
  return compute(result, tree, root);
}

function includeInside(value: unknown, tree: Branch, root: Document): unknown {
  if (isDocument(value)) return include(value, tree, root);
  if (!Array.isArray(value)) return undefined;
  return value
    .map((element) => includeInside(element, tree, root))
    .filter((element) => element !== undefined);
}

/** Keeps all but what the tree drops; elements of arrays that are no documents stay. */
function exclude(value: Document, tree: Branch): Document {
  const result: Document = {};
  for (const name of Object.keys(value)) {
    const node = tree.fields.get(name);
    const field: unknown = value[name];
    if (node === undefined) define(result, name, field);
    else if (node.kind === 'branch') define(result, name, excludeInside(field, node));
  }
  return result;
}

function excludeInside(value: unknown, tree: Branch): unknown {
  if (Array.isArray(value)) return value.map((element) => excludeInside(element, tree));
  return isDocument(value) ? exclude(value, tree) : value;
}

/** Sets the computed fields of the tree on the value itself; a missing result removes the field. */
function compute(value: Document, tree: Branch, root: Document): Document {
  for (const [name, node] of tree.fields) {
    if (node.kind === 'compute') {
      const computed = node.compute(root);
      if (computed === undefined) delete value[name];
      else define(value, name, computed);
    } else if (node.kind === 'branch' && computes(node)) {
      define(value, name, computeInside(value[name], node, root));
    }
  }
  return value;
}

function computeInside(value: unknown, tree: Branch, root: Document): unknown {
  if (Array.isArray(value)) return value.map((element) => computeInside(element, tree, root));
  return compute(isDocument(value) ? { ...value } : {}, tree, root);
}

function computes(node: Node): boolean {
  if (node.kind !== 'branch') return node.kind === 'compute';
  return [...node.fields.values()].some(computes);
}
