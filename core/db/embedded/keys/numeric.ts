import { Double, Int32, Long } from 'bson';

import { bsonTag, notOffered } from './types.ts';

export type NumberKind = 'int' | 'long' | 'double';

/**
 * The number in a BSON number of any kind, promoted or not; undefined for anything else.
 * 64-bit integers beyond 2^53 − 1 are refused, since they would be rounded.
 */
export function numberOf(value: unknown): number | undefined {
  if (typeof value === 'number') return value;
  if (typeof value === 'object') {
    if (value === null || Array.isArray(value)) return undefined;
    const tag = bsonTag(value);
    if (tag === 'Int32' || tag === 'Double') return (value as Int32 | Double).value;
    return tag === 'Long' ? safe((value as Long).toNumber()) : undefined;
  }
  return typeof value === 'bigint' ? safe(Number(value)) : undefined;
}

/** The kind that the value has, or will have once it is encoded; undefined for anything but a number. */
export function numberKind(value: unknown): NumberKind | undefined {
  if (typeof value === 'number') return isInt32(value) && !Object.is(value, -0) ? 'int' : 'double';
  if (typeof value === 'bigint') return 'long';
  if (typeof value !== 'object' || value === null) return undefined;
  const tag = bsonTag(value);
  if (tag === 'Int32') return 'int';
  if (tag === 'Double') return 'double';
  return tag === 'Long' ? 'long' : undefined;
}

/** A number of exactly this kind; an int that does not fit widens to long, as MongoDB does. */
export function ofKind(value: number, kind: NumberKind): Int32 | Long | Double {
  if (kind === 'double') return new Double(value);
  if (kind === 'int' && isInt32(value)) return new Int32(value);
  return Long.fromNumber(safe(value));
}

/** The kind of a sum or product: double wins over long, long over int. */
export function widerKind(a: NumberKind, b: NumberKind): NumberKind {
  if (a === 'double' || b === 'double') return 'double';
  return a === 'long' || b === 'long' ? 'long' : 'int';
}

function isInt32(value: number): boolean {
  return (value | 0) === value;
}

function safe(value: number): number {
  if (!Number.isSafeInteger(value)) throw notOffered('A 64-bit integer beyond 2^53');
  return value;
}
