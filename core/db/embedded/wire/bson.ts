import { Double, Int32, Long, deserialize, serialize } from 'bson';
import type { Document } from 'bson';

/** Decodes with numeric types kept apart, so that 5.0 stays a double when it is written back. */
export function decode(raw: Buffer): Document {
  return deserialize(raw, { promoteValues: false, bsonRegExp: true });
}

export function encode(document: Document): Buffer {
  const bytes = serialize(document, { ignoreUndefined: false });
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}

/** The plain number behind a decoded numeric value; undefined for anything else. */
export function asNumber(value: unknown): number | undefined {
  if (typeof value === 'number') return value;
  if (value instanceof Int32 || value instanceof Double) return value.value;
  if (value instanceof Long) return value.toNumber();
  return undefined;
}

/** Truth as commands mean it: booleans, and numbers other than zero. */
export function asBoolean(value: unknown): boolean {
  return value === true || (asNumber(value) ?? 0) !== 0;
}
