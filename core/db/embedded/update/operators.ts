import { typeMismatch } from '../errors.ts';
import { compare } from '../keys/index.ts';
import { numberKind, numberOf, ofKind, widerKind } from '../keys/numeric.ts';
import { bsonType } from '../keys/types.ts';
import { addToSet, pull, push } from './arrays.ts';
import { type Change, describe, KEEP, REMOVE } from './change.ts';

export interface Operator {
  /** Whether a missing path is built. */
  creates: boolean;
  compile(operand: unknown, path: string): Change;
}

/** All update operators offered. */
export const OPERATORS: Record<string, Operator> = {
  $set: { creates: true, compile: (operand) => () => operand },
  $setOnInsert: { creates: true, compile: (operand) => () => operand },
  $unset: { creates: false, compile: () => (value) => (value === undefined ? KEEP : REMOVE) },
  $inc: { creates: true, compile: increment },
  $min: { creates: true, compile: (operand) => extreme(operand, -1) },
  $max: { creates: true, compile: (operand) => extreme(operand, 1) },
  $push: { creates: true, compile: push },
  $addToSet: { creates: true, compile: addToSet },
  $pull: { creates: false, compile: pull },
};

function increment(operand: unknown, path: string): Change {
  const by = numberOf(operand);
  const kind = numberKind(operand);
  if (by === undefined || kind === undefined) {
    throw typeMismatch(`Cannot increment with non-numeric argument: {${path}: ${describe(operand)}}`);
  }
  return (value) => {
    if (value === undefined) return operand;
    const number = numberOf(value);
    if (number === undefined) {
      throw typeMismatch(
        `Cannot apply $inc to a value of non-numeric type: the field '${path}' is of type ${bsonType(value)}`,
      );
    }
    return ofKind(number + by, widerKind(numberKind(value)!, kind));
  };
}

/** The operand where the field is missing or on the other side of it. */
function extreme(operand: unknown, direction: 1 | -1): Change {
  return (value) => (value === undefined || direction * compare(operand, value) > 0 ? operand : KEEP);
}
