import { Buffer } from 'node:buffer';

import type { ObjectId } from 'bson';
import { type BSONRegExp, type Binary, type Document, type Timestamp } from 'bson';

import { numberOf } from './numeric.ts';
import { bsonType, type BsonType } from './types.ts';

/**
 * Stands for an empty array at the end of an indexed or sorted path: MongoDB keys it as `undefined`, before
 * null and apart from it.
 */
export const EMPTY_ARRAY = Symbol('empty array');

/**
 * A key whose byte order (memcmp) is MongoDB's comparison order, and which is equal exactly for values that
 * MongoDB holds equal. Undefined and missing encode as null. Source: manual, "Comparison/Sort Order".
 */
export function encodeValue(value: unknown): Buffer {
  length = 0;
  write(value);
  return Buffer.from(scratch.subarray(0, length));
}

/** The concatenated keys of several values; a field of direction −1 has its bytes inverted. */
export function encodeKey(values: unknown[], directions: (1 | -1)[]): Buffer {
  length = 0;
  for (let i = 0; i < values.length; i++) {
    const start = length;
    write(values[i]);
    if (directions[i] === -1) for (let j = start; j < length; j++) scratch[j] = ~scratch[j]! & 0xff;
  }
  return Buffer.from(scratch.subarray(0, length));
}

/** Negative, zero or positive as MongoDB orders a before, equal to or after b, over all types. */
export function compare(a: unknown, b: unknown): number {
  if (typeof a === 'number' && typeof b === 'number') {
    if (a < b) return -1;
    if (a > b) return 1;
    if (a === b) return 0;
  } else if (typeof a === 'string' && typeof b === 'string') {
    const order = compareStrings(a, b);
    if (order !== undefined) return order;
  } else if (a instanceof Date && b instanceof Date) {
    return Math.sign(a.getTime() - b.getTime()) || 0;
  }
  return Buffer.compare(encodeValue(a), encodeValue(b));
}

/**
 * All keys of values that a range on this value may return (`$gt` and its like compare within one type only):
 * lower is inclusive, upper exclusive. MinKey and MaxKey are compared with every type.
 */
export function typeBracket(value: unknown): { lower: Buffer; upper: Buffer } {
  const rank = rankOf(value);
  if (rank === RANK.minKey || rank === RANK.maxKey)
    return { lower: Buffer.from([0]), upper: Buffer.from([0xff]) };
  return { lower: Buffer.from([rank]), upper: Buffer.from([rank + 1]) };
}

/** Equal for two values exactly when MongoDB puts them in one type bracket. */
export function rankOf(value: unknown): number {
  return typeof value === 'symbol' ? EMPTY_ARRAY_RANK : RANK[bsonType(value)];
}

const EMPTY_ARRAY_RANK = 0x03;
const RANK: Record<BsonType, number> = {
  minKey: 0x01,
  null: 0x05,
  int: 0x0a,
  long: 0x0a,
  double: 0x0a,
  string: 0x10,
  object: 0x15,
  array: 0x1a,
  binData: 0x20,
  objectId: 0x25,
  bool: 0x2a,
  date: 0x30,
  timestamp: 0x35,
  regex: 0x3a,
  maxKey: 0x7f,
};

// One scratch buffer for all keys: encoding never re-enters itself.
let scratch = Buffer.allocUnsafe(4096);
let length = 0;

function reserve(bytes: number): void {
  if (length + bytes <= scratch.length) return;
  const larger = Buffer.allocUnsafe(Math.max(scratch.length * 2, length + bytes));
  scratch.copy(larger, 0, 0, length);
  scratch = larger;
}

function writeByte(byte: number): void {
  reserve(1);
  scratch[length++] = byte;
}

function write(value: unknown): void {
  const rank = rankOf(value);
  writeByte(rank);
  writeBody(value, rank);
}

function writeBody(value: unknown, rank: number): void {
  switch (rank) {
    case RANK.int:
      return writeNumber(numberOf(value)!);
    case RANK.string:
      return writeString(value as string);
    case RANK.object:
      return writeFields(value as Document);
    case RANK.array:
      return writeElements(value as unknown[]);
    case RANK.binData:
      return writeBinary(value as Binary | Uint8Array);
    case RANK.objectId:
      return writeBytes((value as ObjectId).id);
    case RANK.bool:
      return writeByte(value ? 1 : 0);
    case RANK.date:
      return writeDate((value as Date).getTime());
    case RANK.timestamp:
      return writeTimestamp(value as Timestamp);
    case RANK.regex:
      return writeRegex(value as RegExp | BSONRegExp);
    default:
      return undefined;
  }
}

/** The double's bits, sign-flipped so that they sort; NaN comes before every number, and −0 is 0. */
function writeNumber(value: number): void {
  reserve(8);
  if (Number.isNaN(value)) {
    scratch.fill(0, length, length + 8);
  } else {
    scratch.writeDoubleBE(value === 0 ? 0 : value, length);
    if (scratch[length]! & 0x80) for (let i = length; i < length + 8; i++) scratch[i] = ~scratch[i]! & 0xff;
    else scratch[length]! |= 0x80;
  }
  length += 8;
}

/** UTF-8 with 00 written as 00 FF, ended by 00 00: no key is a prefix of another. */
function writeString(value: string): void {
  reserve(value.length * 6 + 2);
  for (let i = 0; i < value.length; i++) {
    const unit = value.charCodeAt(i);
    if (unit === 0) {
      scratch[length++] = 0;
      scratch[length++] = 0xff;
    } else if (unit < 0x80) {
      scratch[length++] = unit;
    } else {
      return writeRest(value.slice(i));
    }
  }
  scratch[length++] = 0;
  scratch[length++] = 0;
}

function writeRest(value: string): void {
  const bytes = Buffer.from(value, 'utf8');
  for (const byte of bytes) {
    scratch[length++] = byte;
    if (byte === 0) scratch[length++] = 0xff;
  }
  scratch[length++] = 0;
  scratch[length++] = 0;
}

/** Field by field: type, name, value; so documents compare as MongoDB compares them, order included. */
function writeFields(value: Document): void {
  for (const name of Object.keys(value)) {
    const field: unknown = value[name];
    const rank = rankOf(field);
    writeByte(rank);
    writeString(name);
    writeBody(field, rank);
  }
  writeByte(0);
}

function writeElements(value: unknown[]): void {
  for (const element of value) write(element);
  writeByte(0);
}

/** Binary data orders by length, then subtype, then bytes. */
function writeBinary(value: Binary | Uint8Array): void {
  const bytes = ArrayBuffer.isView(value) ? value : value.value();
  reserve(5);
  length = scratch.writeUInt32BE(bytes.length, length);
  scratch[length++] = ArrayBuffer.isView(value) ? 0 : value.sub_type;
  writeBytes(bytes);
}

function writeBytes(bytes: Uint8Array): void {
  reserve(bytes.length);
  scratch.set(bytes, length);
  length += bytes.length;
}

function writeDate(timeMs: number): void {
  const ms = Number.isNaN(timeMs) ? 0 : timeMs;
  const high = Math.floor(ms / 0x100000000);
  reserve(8);
  length = scratch.writeUInt32BE((high ^ 0x80000000) >>> 0, length);
  length = scratch.writeUInt32BE(ms - high * 0x100000000, length);
}

function writeTimestamp(value: Timestamp): void {
  reserve(8);
  length = scratch.writeUInt32BE(value.getHighBitsUnsigned(), length);
  length = scratch.writeUInt32BE(value.getLowBitsUnsigned(), length);
}

function writeRegex(value: RegExp | BSONRegExp): void {
  const { pattern, options } = regexParts(value);
  writeString(pattern);
  writeString(options);
}

/** Pattern and sorted BSON options; a RegExp's `g` stands for BSON's `s`, as the driver encodes it. */
export function regexParts(value: RegExp | BSONRegExp): { pattern: string; options: string } {
  if (!(value instanceof RegExp))
    return { pattern: value.pattern, options: [...value.options].sort().join('') };
  const options = `${value.ignoreCase ? 'i' : ''}${value.multiline ? 'm' : ''}${value.global ? 's' : ''}`;
  return { pattern: value.source, options };
}

/** Undefined where surrogates decide, since UTF-16 units and UTF-8 bytes order them differently. */
function compareStrings(a: string, b: string): number | undefined {
  if (a === b) return 0;
  const shared = Math.min(a.length, b.length);
  for (let i = 0; i < shared; i++) {
    const left = a.charCodeAt(i);
    const right = b.charCodeAt(i);
    if (left !== right) return left < 0xd800 && right < 0xd800 ? left - right : undefined;
  }
  return a.length - b.length;
}
