import type { Document } from 'bson';

import { badValue, failedToParse } from '../errors.ts';
import { isDocument } from '../keys/types.ts';
import { compileFilter } from '../match/index.ts';
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
