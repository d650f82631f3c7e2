import type { BSONRegExp, ObjectId } from 'bson';

import { badValue } from '../errors.ts';
import { compare, encodeValue, rankOf, regexParts } from '../keys/index.ts';
import { numberOf } from '../keys/numeric.ts';
import { bsonTag, bsonType, isDocument } from '../keys/types.ts';
import type { Test } from './path.ts';
import { compileRegex } from './regex.ts';

export function isRegex(value: unknown): value is RegExp | BSONRegExp {
  return typeof value === 'object' && value !== null && bsonType(value) === 'regex';
}

/** Equality as MongoDB compares: numbers of all kinds alike, null equals missing, documents in field order. */
export function equalTo(constant: unknown): Test {
  if (constant === null || constant === undefined) return (value) => value === null || value === undefined;
  if (typeof constant === 'string' || typeof constant === 'boolean') return (value) => value === constant;
  const number = numberOf(constant);
  if (number !== undefined) {
    if (Number.isNaN(number)) return (value) => Number.isNaN(numberOf(value));
    return (value) => value === number || (typeof value !== 'number' && numberOf(value) === number);
  }
  if (isObjectId(constant)) {
    const hex = constant.toHexString();
    return (value) => isObjectId(value) && value.toHexString() === hex;
  }
  const key = encodeValue(constant);
  const rank = rankOf(constant);
  return (value) => rankOf(value) === rank && encodeValue(value).equals(key);
}

function isObjectId(value: unknown): value is ObjectId {
  return typeof value === 'object' && value !== null && bsonTag(value) === 'ObjectId';
}

export type Ordering = '$gt' | '$gte' | '$lt' | '$lte';

/** Comparison within the constant's own type; MinKey and MaxKey are compared with every type. */
export function orderedAs(operator: Ordering, constant: unknown): Test {
  if (isRegex(constant)) throw badValue(`Can't have RegEx as arg to predicate over field with ${operator}`);
  const holds = HOLDS[operator];
  const number = numberOf(constant);
  if (number !== undefined) {
    if (Number.isNaN(number)) return operator.endsWith('e') ? equalTo(number) : () => false;
    return (value) => {
      const other = numberOf(value);
      if (other === undefined || Number.isNaN(other)) return false;
      return holds(other < number ? -1 : other > number ? 1 : 0);
    };
  }
  const type = bsonType(constant);
  if (type === 'minKey' || type === 'maxKey') return (value) => holds(compare(value, constant));
  const rank = rankOf(constant);
  return (value) => rankOf(value) === rank && holds(compare(value, constant));
}

const HOLDS: Record<Ordering, (order: number) => boolean> = {
  $gt: (order) => order > 0,
  $gte: (order) => order >= 0,
  $lt: (order) => order < 0,
  $lte: (order) => order <= 0,
};

export function inList(operator: string, list: unknown): Test {
  if (!Array.isArray(list)) throw badValue(`${operator} needs an array`);
  const strings = new Set<string>();
  const numbers = new Set<number>();
  const keys = new Set<string>();
  for (const constant of list as unknown[]) {
    const number = numberOf(constant);
    if (typeof constant === 'string') strings.add(constant);
    else if (number !== undefined) numbers.add(number);
    else if (isRegex(constant))
      throw badValue(`a regular expression in ${operator}: the embedded database refuses it`);
    else if (isDocument(constant) && Object.keys(constant)[0]?.startsWith('$'))
      throw badValue(`cannot nest $ under ${operator}`);
    else keys.add(encodeValue(constant).toString('latin1'));
  }
  return (value) => {
    if (typeof value === 'string') return strings.has(value);
    const number = numberOf(value);
    if (number !== undefined) return numbers.has(number);
    return keys.size > 0 && keys.has(encodeValue(value).toString('latin1'));
  };
}

/** A string that the expression finds, or the same regular expression stored as a value. */
export function matchesRegex(pattern: RegExp | BSONRegExp | string, options?: string): Test {
  const parts = typeof pattern === 'string' ? { pattern, options: '' } : regexParts(pattern);
  const flags = options ?? parts.options;
  const regex = compileRegex(parts.pattern, flags);
  return (value) => {
    if (typeof value === 'string') return regex.test(value);
    if (!isRegex(value)) return false;
    const stored = regexParts(value);
    return stored.pattern === parts.pattern && stored.options === [...flags].sort().join('');
  };
}

export function hasSize(operand: unknown): Test {
  const size = numberOf(operand);
  if (size === undefined) throw badValue('$size needs a number');
  if (!Number.isInteger(size)) throw badValue('$size must be a whole number');
  if (size < 0) throw badValue('$size may not be negative');
  return (value) => Array.isArray(value) && value.length === size;
}

/** What counts as true where an operand is a flag: everything but false, zero and null. */
export function isTruthy(value: unknown): boolean {
  return value !== false && value !== null && value !== undefined && numberOf(value) !== 0;
}
