import type { Document } from 'bson';

import { badValue, failedToParse, typeMismatch } from '../errors.ts';
import { compare } from '../keys/index.ts';
import { numberOf } from '../keys/numeric.ts';
import { bsonType, isDocument } from '../keys/types.ts';
import { compileElement, isOperators, valuesAtPath } from '../match/index.ts';
import type { Test } from '../match/path.ts';
import { equalTo, isRegex, matchesRegex } from '../match/predicate.ts';
import { type Change, describe, KEEP } from './change.ts';

const PUSH_CLAUSES = new Set(['$each', '$slice', '$sort', '$position']);

/** `$push`: one value, or `$each` with position, then sort, then slice, in this order whatever theirs is. */
export function push(operand: unknown, path: string): Change {
  const clauses = isDocument(operand) && Object.hasOwn(operand, '$each') ? operand : { $each: [operand] };
  const unknown = Object.keys(clauses).find((name) => !PUSH_CLAUSES.has(name));
  if (unknown !== undefined) throw badValue(`Unrecognized clause in $push: ${unknown}`);
  const each: unknown = clauses['$each'];
  if (!Array.isArray(each)) {
    throw badValue(`The argument to $each in $push must be an array but it was of type: ${bsonType(each)}`);
  }
  const position = wholeNumber('$position', clauses);
  const slice = wholeNumber('$slice', clauses);
  const order = compileSort(clauses['$sort']);
  return (value, at) => {
    if (value !== undefined && !Array.isArray(value)) throw notAnArray(path, value, at.doc);
    let result: unknown[] = value === undefined ? [] : [...(value as unknown[])];
    result.splice(position ?? result.length, 0, ...(each as unknown[]));
    if (order !== undefined) result.sort(order);
    if (slice !== undefined) result = slice < 0 ? result.slice(slice) : result.slice(0, slice);
    return result;
  };
}

function wholeNumber(clause: string, clauses: Document): number | undefined {
  if (!Object.hasOwn(clauses, clause)) return undefined;
  const number = numberOf(clauses[clause]);
  if (number === undefined || !Number.isInteger(number)) {
    const type = bsonType(clauses[clause]);
    throw badValue(`The value for ${clause} must be an integer value but was given type: ${type}`);
  }
  return number;
}

function compileSort(sort: unknown): ((a: unknown, b: unknown) => number) | undefined {
  if (sort === undefined) return undefined;
  const direction = numberOf(sort);
  if (direction === 1 || direction === -1) return (a, b) => direction * compare(a, b);
  if (!isDocument(sort))
    throw badValue('The $sort is invalid: use 1/-1 to sort the whole element, or {field:1/-1}');
  const fields = Object.keys(sort).map((path) => ({ path, by: numberOf(sort[path]) }));
  if (fields.length === 0) throw badValue('The $sort pattern is empty when it should be a set of fields.');
  if (fields.some(({ path }) => path.split('.').includes(''))) {
    throw badValue('The $sort field is a dotted field but has an empty part');
  }
  if (fields.some(({ by }) => by !== 1 && by !== -1))
    throw badValue('The $sort element value must be either 1 or -1');
  return (a, b) => {
    for (const { path, by } of fields) {
      const order = by! * compare(sortValue(a, path, by!), sortValue(b, path, by!));
      if (order !== 0) return order;
    }
    return 0;
  };
}

function sortValue(element: unknown, path: string, by: number): unknown {
  if (!isDocument(element)) return undefined;
  const { values } = valuesAtPath(element, path);
  return values.reduce((best, value) => (by * compare(value, best) < 0 ? value : best));
}

/** `$addToSet`: appends what the array does not hold yet, by MongoDB's equality. */
export function addToSet(operand: unknown, path: string): Change {
  let added: unknown[] = [operand];
  if (isDocument(operand) && Object.keys(operand)[0] === '$each') {
    if (Object.keys(operand).length > 1) {
      throw badValue(`Found unexpected fields after $each in $addToSet: ${describe(operand)}`);
    }
    const each: unknown = operand['$each'];
    if (!Array.isArray(each)) {
      throw typeMismatch(
        `The argument to $each in $addToSet must be an array but it was of type ${bsonType(each)}`,
      );
    }
    added = each;
  }
  const tests = added.map((value) => equalTo(value));
  return (value) => {
    if (value !== undefined && !Array.isArray(value)) {
      throw badValue(
        `Cannot apply $addToSet to non-array field. Field named '${path}' has non-array type ${bsonType(value)}`,
      );
    }
    const result: unknown[] = value === undefined ? [] : [...(value as unknown[])];
    const before = result.length;
    added.forEach((entry, i) => {
      if (!result.some(tests[i]!)) result.push(entry);
    });
    return value !== undefined && result.length === before ? KEEP : result;
  };
}

/** `$pull`: a value, a regular expression, operators on the element, or a filter on its fields. */
export function pull(operand: unknown): Change {
  const test = compilePull(operand);
  return removal('$pull', test);
}

function compilePull(operand: unknown): Test {
  if (isRegex(operand)) return matchesRegex(operand);
  if (!isDocument(operand)) return equalTo(operand);
  const test = compileElement(operand, 'elements');
  return isOperators(operand) ? test : (element) => isDocument(element) && test(element);
}

/** `$pullAll`: every element equal to one of the list. */
export function pullAll(operand: unknown): Change {
  if (!Array.isArray(operand)) {
    throw badValue(`$pullAll requires an array argument but was given a ${bsonType(operand)}`);
  }
  const tests = operand.map((value: unknown) => equalTo(value));
  return removal('$pullAll', (element) => tests.some((test) => test(element)));
}

function removal(operator: string, test: Test): Change {
  return (value) => {
    if (value === undefined) return KEEP;
    if (!Array.isArray(value)) throw badValue(`Cannot apply ${operator} to a non-array value`);
    const kept = (value as unknown[]).filter((element) => !test(element));
    return kept.length === value.length ? KEEP : kept;
  };
}

/** `$pop`: the last element for 1, the first for −1. */
export function pop(operand: unknown, path: string): Change {
  const end = numberOf(operand);
  if (end === undefined) throw failedToParse(`Expected a number in: ${path}: ${describe(operand)}`);
  if (end !== 1 && end !== -1) throw failedToParse(`$pop expects 1 or -1, found: ${end}`);
  return (value) => {
    if (value === undefined) return KEEP;
    if (!Array.isArray(value)) {
      throw typeMismatch(`Path '${path}' contains an element of non-array type '${bsonType(value)}'`);
    }
    if (value.length === 0) return KEEP;
    return end === 1 ? value.slice(0, -1) : value.slice(1);
  };
}

function notAnArray(path: string, value: unknown, doc: Document): Error {
  return badValue(
    `The field '${path}' must be an array but is of type ${bsonType(value)} in document ` +
      `{_id: ${describe(doc['_id'])}}`,
  );
}
