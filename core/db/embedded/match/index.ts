import type { Document } from 'bson';

import { badValue } from '../errors.ts';
import { bsonType, isDocument } from '../keys/types.ts';
import { anyAtPath, type Leaf, type Test } from './path.ts';
import {
  equalTo,
  hasSize,
  inList,
  isRegex,
  isTruthy,
  matchesRegex,
  orderedAs,
  type Ordering,
} from './predicate.ts';

export { indexTuples, own, sortTuples, valuesAtPath } from './path.ts';

export type Filter = (doc: Document) => boolean;

/**
 * A filter as a function of a document. Everything that can be refused is refused here, before the first
 * document is seen: throws CommandError with MongoDB's code, 2 BadValue for an operator outside the list.
 */
export function compileFilter(filter: Document): Filter {
  return every(Object.keys(filter).map((name) => compileClause(name, filter[name])));
}

function every(tests: Filter[]): Filter {
  const [first, second] = tests;
  if (first === undefined) return () => true;
  if (second === undefined) return first;
  if (tests.length === 2) return (doc) => first(doc) && second(doc);
  return (doc) => {
    for (const test of tests) if (!test(doc)) return false;
    return true;
  };
}

function compileClause(name: string, operand: unknown): Filter {
  if (!name.startsWith('$')) return compileField(name, operand);
  switch (name) {
    case '$and':
      return every(branches(name, operand));
    case '$or': {
      const any = branches(name, operand);
      return (doc) => any.some((test) => test(doc));
    }
    case '$nor': {
      const none = branches(name, operand);
      return (doc) => !none.some((test) => test(doc));
    }
    default:
      throw badValue(`unknown top level operator: ${name} (the embedded database refuses it)`);
  }
}

function branches(name: string, operand: unknown): Filter[] {
  if (!Array.isArray(operand)) throw badValue(`${name} must be an array`);
  if (operand.length === 0) throw badValue('$and/$or/$nor must be a nonempty array');
  return operand.map((branch: unknown) => {
    if (!isDocument(branch)) throw badValue('$or/$and/$nor entries need to be full objects');
    return compileFilter(branch);
  });
}

/** True for a condition made of operators, as `{ $gte: 1 }`, against a document to be equal to. */
export function isOperators(condition: unknown): condition is Document {
  return isDocument(condition) && (Object.keys(condition)[0]?.startsWith('$') ?? false);
}

function compileField(path: string, condition: unknown, leaf: Leaf = 'elements'): Filter {
  if (isRegex(condition)) return anyAtPath(path, leaf, matchesRegex(condition));
  if (!isOperators(condition)) return anyAtPath(path, leaf, equalTo(condition));
  const tests: Filter[] = [];
  for (const operator of Object.keys(condition)) {
    const test = compileOperator({ path, leaf }, operator, condition[operator], condition);
    if (test) tests.push(test);
  }
  return every(tests);
}

interface Place {
  path: string;
  leaf: Leaf;
}

function compileOperator(at: Place, operator: string, operand: unknown, all: Document): Filter | undefined {
  const { path, leaf } = at;
  const elements = (test: Test): Filter => anyAtPath(path, leaf, test);
  const not =
    (test: Filter): Filter =>
    (doc) =>
      !test(doc);
  switch (operator) {
    case '$eq':
      return elements(equalTo(operand));
    case '$ne':
      if (isRegex(operand)) throw badValue("Can't have regex as arg to $ne.");
      return not(elements(equalTo(operand)));
    case '$gt':
    case '$gte':
    case '$lt':
    case '$lte':
      return elements(orderedAs(operator satisfies Ordering, operand));
    case '$in':
      return elements(inList('$in', operand));
    case '$nin':
      return not(elements(inList('$nin', operand)));
    case '$exists': {
      const wanted = isTruthy(operand);
      const present = anyAtPath(path, 'whole', (value) => value !== undefined);
      return wanted ? present : not(present);
    }
    case '$size':
      return anyAtPath(path, 'whole', hasSize(operand));
    case '$regex':
      return elements(compileRegexOperator(operand, all['$options']));
    case '$options':
      if (!Object.hasOwn(all, '$regex')) throw badValue('$options needs a $regex');
      return undefined;
    case '$not':
      return not(compileNot(at, operand));
    case '$elemMatch':
      return compileElemMatch(path, operand);
    default:
      throw badValue(`unknown operator: ${operator} (the embedded database refuses it)`);
  }
}

function compileRegexOperator(operand: unknown, options: unknown): Test {
  if (options !== undefined && typeof options !== 'string') throw badValue('$options has to be a string');
  if (typeof operand === 'string' || isRegex(operand)) return matchesRegex(operand, options);
  throw badValue('$regex has to be a string');
}

function compileNot({ path, leaf }: Place, operand: unknown): Filter {
  if (isRegex(operand)) return compileField(path, operand, leaf);
  if (!isDocument(operand)) throw badValue('$not needs a regex or a document');
  if (Object.keys(operand).length === 0) throw badValue('$not cannot be empty');
  if (!isOperators(operand)) throw badValue(`unknown operator: ${Object.keys(operand)[0]}`);
  return compileField(path, operand, leaf);
}

/** One array element that meets every condition: operators on the element itself, or a filter on its fields. */
function compileElemMatch(path: string, operand: unknown): Filter {
  if (!isDocument(operand)) throw badValue(`$elemMatch needs an Object, not ${bsonType(operand)}`);
  const test = compileElement(operand, 'whole');
  return anyAtPath(path, 'whole', (value) => Array.isArray(value) && value.some(test));
}

/** The condition of `$elemMatch` or `$pull` on one element; the leaf says whether an array nested in it is entered. */
export function compileElement(condition: Document, leaf: Leaf): Test {
  const first = Object.keys(condition)[0];
  if (isOperators(condition) && !LOGICAL.has(first!)) {
    const test = compileField('element', condition, leaf);
    return (element) => test({ element });
  }
  const test = compileFilter(condition);
  return (element) => {
    if (Array.isArray(element)) return test({ ...(element as unknown[]) });
    return isDocument(element) && test(element);
  };
}

const LOGICAL = new Set(['$and', '$or', '$nor']);
