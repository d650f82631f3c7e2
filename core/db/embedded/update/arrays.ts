import { badValue, typeMismatch } from '../errors.ts';
import { numberOf } from '../keys/numeric.ts';
import { bsonType, isDocument } from '../keys/types.ts';
import { compileElement, isOperators } from '../match/index.ts';
import type { Test } from '../match/path.ts';
import { equalTo, isRegex } from '../match/predicate.ts';
import { type Change, describe, KEEP } from './change.ts';

/** `$push`: one value, or `$each` and then `$slice`. */
export function push(operand: unknown, path: string): Change {
  const clauses = isDocument(operand) && Object.hasOwn(operand, '$each') ? operand : { $each: [operand] };
  const unknown = Object.keys(clauses).find((name) => name !== '$each' && name !== '$slice');
  if (unknown !== undefined) {
    throw badValue(`Unrecognized clause in $push: ${unknown} (the embedded database refuses it)`);
  }
  const { $each: each, $slice: slice } = clauses as { $each: unknown; $slice?: unknown };
  if (!Array.isArray(each)) {
    throw badValue(`The argument to $each in $push must be an array but it was of type: ${bsonType(each)}`);
  }
  const keep = slice === undefined ? undefined : numberOf(slice);
  if (slice !== undefined && !Number.isInteger(keep)) {
    throw badValue(`The value for $slice must be an integer value but was given type: ${bsonType(slice)}`);
  }
  return (value) => {
    const result = [...arrayAt(value, path, '$push'), ...(each as unknown[])];
    if (keep === undefined) return result;
    return keep < 0 ? result.slice(keep) : result.slice(0, keep);
  };
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
    const result = [...arrayAt(value, path, '$addToSet')];
    const before = result.length;
    added.forEach((entry, i) => {
      if (!result.some(tests[i]!)) result.push(entry);
    });
    return value !== undefined && result.length === before ? KEEP : result;
  };
}

/** `$pull`: a value, operators on the element, or a filter on its fields. */
export function pull(operand: unknown, path: string): Change {
  const test = compilePull(operand);
  return (value) => {
    if (value === undefined) return KEEP;
    const list = arrayAt(value, path, '$pull');
    const kept = list.filter((element) => !test(element));
    return kept.length === list.length ? KEEP : kept;
  };
}

function compilePull(operand: unknown): Test {
  if (isRegex(operand)) throw badValue('$pull by an expression: the embedded database refuses it');
  if (!isDocument(operand)) return equalTo(operand);
  const test = compileElement(operand, 'elements');
  return isOperators(operand) ? test : (element) => isDocument(element) && test(element);
}

/** The array in the field; none yet where it is missing. */
function arrayAt(value: unknown, path: string, operator: string): unknown[] {
  if (value === undefined) return [];
  if (Array.isArray(value)) return value;
  throw badValue(`The field '${path}' must be an array for ${operator} but is of type ${bsonType(value)}`);
}
