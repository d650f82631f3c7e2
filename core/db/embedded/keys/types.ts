import type { Document } from 'bson';

import { CommandError } from '../errors.ts';

/** BSON types by the aliases that `$type` knows; a missing value reads as null. */
export type BsonType =
  | 'minKey'
  | 'null'
  | 'int'
  | 'long'
  | 'double'
  | 'string'
  | 'object'
  | 'array'
  | 'binData'
  | 'objectId'
  | 'bool'
  | 'date'
  | 'timestamp'
  | 'regex'
  | 'maxKey';

const TAGGED: Record<string, BsonType> = {
  ObjectId: 'objectId',
  Int32: 'int',
  Long: 'long',
  Double: 'double',
  Binary: 'binData',
  Timestamp: 'timestamp',
  BSONRegExp: 'regex',
  MinKey: 'minKey',
  MaxKey: 'maxKey',
};

/** The type of a decoded value, promoted or not. Throws NotImplemented for types that are not kept here. */
export function bsonType(value: unknown): BsonType {
  switch (typeof value) {
    case 'string':
      return 'string';
    case 'number':
      return Number.isInteger(value) && value >= -0x80000000 && value <= 0x7fffffff && !Object.is(value, -0)
        ? 'int'
        : 'double';
    case 'boolean':
      return 'bool';
    case 'bigint':
      return 'long';
    case 'object':
      return value === null ? 'null' : typeOfObject(value);
    case 'undefined':
      return 'null';
    default:
      throw notOffered(typeof value);
  }
}

/** The type's name in an error message. */
export function typeName(value: unknown): string {
  return value === undefined ? 'missing' : bsonType(value);
}

/** True for an embedded document: not an array, a date, a regular expression, bytes or a BSON wrapper. */
export function isDocument(value: unknown): value is Document {
  return typeof value === 'object' && value !== null && typeOfObject(value) === 'object';
}

const BSON_VERSION = Symbol.for('@@mdb.bson.version');

/**
 * The kind of a wrapper of the bson package, whichever copy of the package made it. Its symbol decides, not a
 * field named _bsontype alone, which a caller could send.
 */
export function bsonTag(value: object): string | undefined {
  return BSON_VERSION in value ? (value as { _bsontype?: string })._bsontype : undefined;
}

/** 238 NotImplemented, naming the type. */
export const notOffered = (what: string): CommandError =>
  new CommandError(238, 'NotImplemented', `${what} is not offered by the embedded database`);

function typeOfObject(value: object): BsonType {
  if (Array.isArray(value)) return 'array';
  const tag = bsonTag(value);
  if (tag !== undefined) {
    const tagged = TAGGED[tag];
    if (tagged === undefined) throw notOffered(`BSON type ${tag}`);
    return tagged;
  }
  if (value instanceof Date) return 'date';
  if (value instanceof RegExp) return 'regex';
  if (ArrayBuffer.isView(value)) return 'binData';
  return 'object';
}
