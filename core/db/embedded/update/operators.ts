import { Timestamp } from 'bson';

import { badValue, typeMismatch } from '../errors.ts';
import { compare } from '../keys/index.ts';
import { numberKind, numberOf, ofKind, widerKind } from '../keys/numeric.ts';
import { bsonType, isDocument } from '../keys/types.ts';
import { addToSet, pop, pull, pullAll, push } from './arrays.ts';
import { type Change, describe, KEEP, REMOVE } from './change.ts';

export interface Operator {
  /** Whether a missing path is built. */
  creates: boolean;
  compile(operand: unknown, path: string, now: Date): Change;
}

/** All update operators offered, but for `$rename`, which has two paths. */
export const OPERATORS: Record<string, Operator> = {
  $set: { creates: true, compile: (operand) => () => operand },
  $setOnInsert: { creates: true, compile: (operand) => () => operand },
  $unset: { creates: false, compile: () => (value) => (value === undefined ? KEEP : REMOVE) },
  $inc: { creates: true, compile: (operand, path) => arithmetic('$inc', operand, path) },
  $mul: { creates: true, compile: (operand, path) => arithmetic('$mul', operand, path) },
  $min: { creates: true, compile: (operand) => (value) => (isBefore(operand, value) ? operand : KEEP) },
  $max: { creates: true, compile: (operand) => (value) => (isAfter(operand, value) ? operand : KEEP) },
  $currentDate: { creates: true, compile: currentDate },
  $push: { creates: true, compile: push },
  $addToSet: { creates: true, compile: addToSet },
  $pull: { creates: false, compile: pull },
  $pullAll: { creates: false, compile: pullAll },
  $pop: { creates: false, compile: pop },
};

function arithmetic(operator: '$inc' | '$mul', operand: unknown, path: string): Change {
  const by = numberOf(operand);
  const kind = numberKind(operand);
  if (by === undefined || kind === undefined) {
    const verb = operator === '$inc' ? 'increment' : 'multiply';
    throw typeMismatch(`Cannot ${verb} with non-numeric argument: {${path}: ${describe(operand)}}`);
  }
  return (value, at) => {
    if (value === undefined) return operator === '$inc' ? operand : ofKind(0, kind);
    const number = numberOf(value);
    if (number === undefined) {
      throw typeMismatch(
        `Cannot apply ${operator} to a value of non-numeric type. {_id: ${describe(at.doc['_id'])}} has the ` +
          `field '${at.path}' of non-numeric type ${bsonType(value)}`,
      );
    }
    return ofKind(operator === '$inc' ? number + by : number * by, widerKind(numberKind(value)!, kind));
  };
}

function isBefore(operand: unknown, value: unknown): boolean {
  return value === undefined || compare(operand, value) < 0;
}

function isAfter(operand: unknown, value: unknown): boolean {
  return value === undefined || compare(operand, value) > 0;
}

function currentDate(operand: unknown, _path: string, now: Date): Change {
  if (typeof operand === 'boolean') return () => now;
  if (!isDocument(operand)) {
    throw badValue(
      `${bsonType(operand)} is not valid type for $currentDate. Please use a boolean ('true') or a $type ` +
        `expression ({$type: 'timestamp/date'}).`,
    );
  }
  const [name] = Object.keys(operand);
  const type: unknown = operand['$type'];
  if (name !== '$type' || Object.keys(operand).length > 1)
    throw badValue(`Unrecognized $currentDate option: ${name}`);
  if (type === 'date') return () => now;
  if (type === 'timestamp') return () => new Timestamp({ t: Math.floor(now.getTime() / 1000), i: 1 });
  throw badValue("The '$type' string field is required to be 'date' or 'timestamp'");
}
