import type { Document } from 'bson';

import { isDocument } from '../keys/types.ts';
import { define } from '../match/path.ts';
import { raise } from '../aggregate/operator.ts';

/** What happens to a field: kept, dropped, changed in place, computed anew, or decided further down. */
export type Node =
  | { kind: 'include' }
  | { kind: 'exclude' }
  | { kind: 'change'; change: (value: unknown) => unknown }
  | { kind: 'compute'; compute: (doc: Document) => unknown }
  | Branch;

export interface Branch {
  kind: 'branch';
  fields: Map<string, Node>;
}

export const branch = (): Branch => ({ kind: 'branch', fields: new Map() });

/** Puts a node at a dotted path. Throws 31249 or 31250 where two paths meet. */
export function place(root: Branch, path: string, node: Node): void {
  const parts = path.split('.');
  if (parts.includes('')) throw raise(40353, `FieldPath must not be empty or end with a '.': '${path}'`);
  if (parts.some((part) => part.startsWith('$'))) {
    throw raise(
      16410,
      `FieldPath field names may not start with '$'. Consider using $getField or $setField: ${path}`,
    );
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
export function include(value: Document, tree: Branch, root: Document): Document {
  const result: Document = {};
  for (const name of Object.keys(value)) {
    const node = tree.fields.get(name);
    if (node === undefined) continue;
    const field: unknown = value[name];
    if (node.kind === 'include') define(result, name, field);
    else if (node.kind === 'change') define(result, name, node.change(field));
    else if (node.kind === 'branch') {
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
export function exclude(value: Document, tree: Branch): Document {
  const result: Document = {};
  for (const name of Object.keys(value)) {
    const node = tree.fields.get(name);
    const field: unknown = value[name];
    if (node === undefined) define(result, name, field);
    else if (node.kind === 'change') define(result, name, node.change(field));
    else if (node.kind === 'branch') define(result, name, excludeInside(field, node));
  }
  return result;
}

function excludeInside(value: unknown, tree: Branch): unknown {
  if (Array.isArray(value)) return value.map((element) => excludeInside(element, tree));
  return isDocument(value) ? exclude(value, tree) : value;
}

/** Sets the computed fields of the tree on the value itself; a missing result removes the field. */
export function compute(value: Document, tree: Branch, root: Document): Document {
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

/** Whether anything in the tree is computed. */
export function computes(node: Node): boolean {
  if (node.kind !== 'branch') return node.kind === 'compute';
  return [...node.fields.values()].some(computes);
}
