import { Double, Long } from 'bson';

import { badValue, typeMismatch } from '../errors.ts';
import { type NumberKind, numberKind, numberOf, ofKind, widerKind } from '../keys/numeric.ts';
import { accumulate } from './accumulator.ts';
import { isNullish, type Operators, raise, typeName } from './operator.ts';

export const arithmeticOperators: Operators = {
  $add: { min: 0, max: Infinity, apply: add },
  $subtract: { min: 2, max: 2, apply: ([a, b]) => subtract(a, b) },
  $multiply: { min: 0, max: Infinity, apply: multiply },
  $divide: { min: 2, max: 2, apply: ([a, b]) => divide(a, b) },
  $mod: { min: 2, max: 2, apply: ([a, b]) => modulo(a, b) },
  $abs: { min: 1, max: 1, apply: ([a]) => rounded('$abs', a, Math.abs) },
  $floor: { min: 1, max: 1, apply: ([a]) => rounded('$floor', a, Math.floor) },
  $ceil: { min: 1, max: 1, apply: ([a]) => rounded('$ceil', a, Math.ceil) },
  $sum: { min: 1, max: Infinity, apply: (args) => accumulate('$sum', listed(args)) },
  $avg: { min: 1, max: Infinity, apply: (args) => accumulate('$avg', listed(args)) },
  $min: { min: 1, max: Infinity, apply: (args) => accumulate('$min', listed(args)) },
  $max: { min: 1, max: Infinity, apply: (args) => accumulate('$max', listed(args)) },
};

/** A single argument that is an array is the list itself. */
function listed(args: unknown[]): unknown[] {
  return args.length === 1 && Array.isArray(args[0]) ? args[0] : args;
}

function add(args: unknown[]): unknown {
  let [sum, kind]: [number, NumberKind] = [0, 'int'];
  let date: Date | undefined;
  for (const value of args) {
    if (isNullish(value)) return null;
    if (value instanceof Date) {
      if (date) throw raise(16612, 'only one date allowed in an $add expression');
      date = value;
      continue;
    }
    const number = numberOf(value);
    if (number === undefined)
      throw typeMismatch(`$add only supports numeric or date types, not ${typeName(value)}`);
    sum += number;
    kind = widerKind(kind, numberKind(value)!);
  }
  return date ? new Date(date.getTime() + Math.round(sum)) : ofKind(sum, kind);
}

function subtract(a: unknown, b: unknown): unknown {
  if (isNullish(a) || isNullish(b)) return null;
  if (a instanceof Date && b instanceof Date) return Long.fromNumber(a.getTime() - b.getTime());
  const [left, right] = [numberOf(a), numberOf(b)];
  if (a instanceof Date && right !== undefined) return new Date(a.getTime() - Math.round(right));
  if (left === undefined || right === undefined)
    throw typeMismatch(`can't $subtract ${typeName(b)} from ${typeName(a)}`);
  return ofKind(left - right, widerKind(numberKind(a)!, numberKind(b)!));
}

function multiply(args: unknown[]): unknown {
  let [product, kind]: [number, NumberKind] = [1, 'int'];
  for (const value of args) {
    if (isNullish(value)) return null;
    const number = numberOf(value);
    if (number === undefined)
      throw typeMismatch(`$multiply only supports numeric types, not ${typeName(value)}`);
    product *= number;
    kind = widerKind(kind, numberKind(value)!);
  }
  return ofKind(product, kind);
}

function divide(a: unknown, b: unknown): unknown {
  if (isNullish(a) || isNullish(b)) return null;
  const [left, right] = [numberOf(a), numberOf(b)];
  if (left === undefined || right === undefined) {
    throw typeMismatch(`$divide only supports numeric types, not ${typeName(a)} and ${typeName(b)}`);
  }
  if (right === 0) throw badValue("can't $divide by zero");
  return new Double(left / right);
}

function modulo(a: unknown, b: unknown): unknown {
  if (isNullish(a) || isNullish(b)) return null;
  const [left, right] = [numberOf(a), numberOf(b)];
  if (left === undefined || right === undefined) {
    throw raise(16611, `$mod only supports numeric types, not ${typeName(a)} and ${typeName(b)}`);
  }
  if (right === 0) throw raise(16610, "can't $mod by zero");
  return ofKind(left % right, widerKind(numberKind(a)!, numberKind(b)!));
}

function rounded(operator: string, value: unknown, round: (number: number) => number): unknown {
  if (isNullish(value)) return null;
  const number = numberOf(value);
  if (number === undefined)
    throw raise(28765, `${operator} only supports numeric types, not ${typeName(value)}`);
  return ofKind(round(number), numberKind(value)!);
}
