import type { Document } from 'bson';

import { isDocument } from '../keys/types.ts';
import { compileFilter, isOperators, own } from './index.ts';

/**
 * Where `$` points in the array at this path: the first element by which the document meets the filter's
 * condition on that array. Negations do not point (manual, "$ (update)": "Negations"). Undefined if none does.
 */
export function matchedIndex(filter: Document, arrayPath: string, doc: Document): number | undefined {
  const array = resolve(doc, arrayPath);
  if (!Array.isArray(array)) return undefined;
  let found: number | undefined;
  for (const condition of conditionsOn(filter, arrayPath, doc)) {
    const test = compileFilter(condition);
    const index = array.findIndex((element) => test(withArray(doc, arrayPath.split('.'), [element])));
    if (index >= 0) found = index;
  }
  return found;
}

function resolve(doc: Document, path: string): unknown {
  let value: unknown = doc;
  for (const part of path.split('.')) {
    if (Array.isArray(value)) value = value[Number(part)];
    else value = isDocument(value) ? own(value, part) : undefined;
  }
  return value;
}

function withArray(value: unknown, parts: string[], array: unknown[]): Document {
  const [part, ...rest] = parts;
  if (part === undefined) return array;
  if (Array.isArray(value))
    return value.map((element, i) => (String(i) === part ? withArray(element, rest, array) : element));
  return { ...(value as Document), [part]: withArray((value as Document)[part], rest, array) };
}

const NEGATIONS = new Set(['$ne', '$nin', '$not', '$exists', '$size']);

function conditionsOn(filter: Document, arrayPath: string, doc: Document): Document[] {
  const found: Document[] = [];
  for (const [name, operand] of Object.entries(filter) as [string, unknown][]) {
    if ((name === '$and' || name === '$or') && Array.isArray(operand)) {
      for (const branch of operand as Document[]) {
        if (name === '$and' || compileFilter(branch)(doc))
          found.push(...conditionsOn(branch, arrayPath, doc));
      }
    } else if (name === arrayPath || name.startsWith(`${arrayPath}.`)) {
      if (!isOperators(operand)) {
        found.push({ [name]: operand });
        continue;
      }
      const kept = Object.entries(operand).filter(([operator]) => !NEGATIONS.has(operator));
      // Operators side by side may be met by different elements, so each is asked on its own; the options
      // belong to the expression.
      for (const [operator, value] of kept) {
        if (operator === '$options') continue;
        const options =
          operator === '$regex' && own(operand, '$options') !== undefined
            ? { $options: operand['$options'] }
            : {};
        found.push({ [name]: { [operator]: value, ...options } });
      }
    }
  }
  return found;
}
