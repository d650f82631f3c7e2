import type { Document } from 'bson';

import { CommandError } from '../errors.ts';
import { isDocument } from '../keys/types.ts';
import { isOperators } from '../match/index.ts';
import { define, own } from '../match/path.ts';
import { isRegex } from '../match/predicate.ts';

/**
 * The document an upsert begins with: the filter's equality conditions (manual, "db.collection.updateOne:
 * Upsert"). Throws 54 when a path is named twice.
 */
export function seedFrom(filter: Document): Document {
  const seed: Document = {};
  const paths: string[] = [];
  for (const [path, value] of equalities(filter)) {
    const twice = paths.find(
      (other) => other === path || other.startsWith(`${path}.`) || path.startsWith(`${other}.`),
    );
    if (twice !== undefined) {
      throw new CommandError(
        54,
        'NotSingleValueField',
        `cannot infer query fields to set, path '${path}' is matched twice`,
      );
    }
    paths.push(path);
    place(seed, path.split('.'), value);
  }
  return seed;
}

function equalities(filter: Document): [string, unknown][] {
  return (Object.entries(filter) as [string, unknown][]).flatMap(([name, operand]): [string, unknown][] => {
    if (name === '$and' || name === '$or') {
      const branches = operand as Document[];
      return name === '$or' && branches.length > 1 ? [] : branches.flatMap(equalities);
    }
    if (name.startsWith('$') || isRegex(operand)) return [];
    if (!isOperators(operand)) return [[name, operand]];
    return Object.hasOwn(operand, '$eq') ? [[name, operand['$eq'] as unknown]] : [];
  });
}

function place(target: Document, parts: string[], value: unknown): void {
  const [part, ...rest] = parts as [string, ...string[]];
  if (rest.length === 0) {
    define(target, part, value);
    return;
  }
  const child = own(target, part);
  const next: Document = isDocument(child) ? child : {};
  define(target, part, next);
  place(next, rest, value);
}
