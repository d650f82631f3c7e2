import { numberOf } from './numeric.ts';
import { bsonType } from './types.ts';

/**
 * Throws 238 NotImplemented, naming the type, if anywhere in the value stands something that this database does
 * not keep: Decimal128, code, symbols, DBRef, or a 64-bit integer beyond 2^53.
 */
export function refuseUnstorable(value: unknown): void {
  if (typeof value === 'string') return;
  if (typeof value !== 'object' || value === null) {
    if (typeof value === 'bigint') numberOf(value);
    return;
  }
  if (Array.isArray(value)) {
    for (const element of value) refuseUnstorable(element);
    return;
  }
  const type = bsonType(value);
  if (type === 'object') {
    for (const name of Object.keys(value)) refuseUnstorable((value as Record<string, unknown>)[name]);
  } else if (type === 'long') numberOf(value);
}
