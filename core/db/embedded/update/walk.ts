import type { Document } from 'bson';

import { CommandError } from '../errors.ts';
import { isDocument } from '../keys/types.ts';
import { define, isIndex, own } from '../match/path.ts';
import { type Change, describe, KEEP, REMOVE } from './change.ts';

export interface Modifier {
  parts: string[];
  /** Whether a missing path is built. */
  creates: boolean;
  change: Change;
  insertOnly: boolean;
}

type Container = Document | unknown[];
/** MongoDB fills an array up to a far place with at most so many nulls. */
const PADDING_MAX = 1_500_000;

/** The changed document; containers on the way to a change are copied, all others shared with the given one. */
export function applyModifiers(doc: Document, modifiers: Modifier[]): Document {
  const root: Document = { ...doc };
  const owned = new Set<object>([root]);
  for (const modifier of modifiers) step(root, modifier, 0, owned);
  return root;
}

function step(container: Container, modifier: Modifier, at: number, owned: Set<object>): void {
  const { parts, creates, change } = modifier;
  const part = parts[at]!;
  if (Array.isArray(container) && !isIndex(part)) {
    if (creates) throw notViable(part, parts[at - 1], container);
    return;
  }
  const value: unknown = Array.isArray(container) ? container[Number(part)] : own(container, part);
  if (at === parts.length - 1) {
    const changed = change(value);
    if (changed !== KEEP) assign(container, part, changed);
  } else if (value === undefined) {
    if (creates) build(container, modifier, at, owned);
  } else if (Array.isArray(value) || isDocument(value)) {
    step(ownChild(container, part, value, owned), modifier, at + 1, owned);
  } else if (creates) {
    throw notViable(parts[at + 1]!, part, value);
  }
}

function build(container: Container, { parts, change }: Modifier, at: number, owned: Set<object>): void {
  const changed = change(undefined);
  if (changed === KEEP || changed === REMOVE) return;
  const value = parts.slice(at + 1).reduceRight<unknown>((inner, name) => {
    const outer: Document = {};
    define(outer, name, inner);
    owned.add(outer);
    return outer;
  }, changed);
  assign(container, parts[at]!, value);
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

function ownChild(container: Container, part: string, child: Container, owned: Set<object>): Container {
  if (owned.has(child)) return child;
  const copy: Container = Array.isArray(child) ? [...child] : { ...child };
  owned.add(copy);
  assign(container, part, copy);
  return copy;
}

function notViable(part: string, name: string | undefined, value: unknown): CommandError {
  const element = `{${name ?? ''}: ${describe(value)}}`;
  return new CommandError(28, 'PathNotViable', `Cannot create field '${part}' in element ${element}`);
}
