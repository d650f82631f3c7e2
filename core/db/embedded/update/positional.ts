import type { Document } from 'bson';

import { badValue, failedToParse } from '../errors.ts';
import { isDocument } from '../keys/types.ts';
import { compileFilter, isOperators, own } from '../match/index.ts';
import type { Test } from '../match/path.ts';
import { isArrayWide } from './path.ts';

/** Tests of array elements by identifier, as `$[identifier]` names them. */
export type ArrayFilters = Map<string, Test>;

/** Compiles `arrayFilters` and refuses those that no path uses, and paths that name none. */
export function compileArrayFilters(filters: Document[], paths: string[][]): ArrayFilters {
  const tests: ArrayFilters = new Map();
  for (const filter of filters) {
    const identifier = identifierOf(filter);
    if (tests.has(identifier)) {
      throw failedToParse(`Found multiple array filters with the same top-level field name ${identifier}`);
    }
    const test = compileFilter(filter);
    tests.set(identifier, (element) => test({ [identifier]: element }));
  }
  const used = new Set<string>();
  for (const parts of paths) {
    for (const part of parts.filter(isArrayWide)) {
      const identifier = part.slice(2, -1);
      if (identifier === '') continue;
      used.add(identifier);
      if (!tests.has(identifier)) {
        throw badValue(`No array filter found for identifier '${identifier}' in path '${parts.join('.')}'`);
      }
    }
  }
  const unused = [...tests.keys()].find((identifier) => !used.has(identifier));
  if (unused !== undefined) {
    throw failedToParse(`The array filter for identifier '${unused}' was not used in the update`);
  }
  return tests;
}

function identifierOf(filter: Document): string {
  const roots = [...rootsOf(filter)];
  if (roots.length === 0)
    throw failedToParse('Cannot use an expression without a top-level field name in arrayFilters');
  if (roots.length > 1) {
    throw failedToParse(
      `Error parsing array filter: expected a single top-level field name, found '${roots[0]}' and '${roots[1]}'`,
    );
  }
  const [identifier] = roots as [string];
  if (!/^[a-z][a-zA-Z0-9]*$/.test(identifier)) {
    throw badValue(
      'Error parsing array filter: the top-level field name must be an alphanumeric string beginning with a ' +
        `lowercase letter, found '${identifier}'`,
    );
  }
  return identifier;
}

function rootsOf(filter: Document): Set<string> {
  const roots = new Set<string>();
  for (const [name, operand] of Object.entries(filter) as [string, unknown][]) {
    if (!name.startsWith('$')) roots.add(name.split('.')[0]!);
    else if (Array.isArray(operand)) {
      for (const branch of operand)
        if (isDocument(branch)) rootsOf(branch).forEach((root) => roots.add(root));
    }
  }
  return roots;
}

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
