import { CommandError, badValue } from '../errors.ts';

/** One element of a raw BSON document: where it, its name and its value lie in the buffer. */
export interface RawElement {
  type: number;
  name: string;
  start: number;
  valueStart: number;
  end: number;
}

/** Walks the elements of a raw BSON document (https://bsonspec.org/spec.html) without decoding them. */
export function* rawElements(document: Buffer, offset = 0): Generator<RawElement> {
  const end = offset + document.readInt32LE(offset) - 1;
  let at = offset + 4;
  while (at < end) {
    const start = at;
    const type = document[at] as number;
    const nameEnd = document.indexOf(0, at + 1);
    const valueStart = nameEnd + 1;
    at = valueStart + valueSize(document, type, valueStart);
    if (nameEnd < 0 || at > end) throw badValue('invalid BSON: an element runs past the end of its document');
    yield { type, name: document.toString('utf8', start + 1, nameEnd), start, valueStart, end: at };
  }
}

/** The documents of an array element of a raw command, such as `documents` of an insert, as slices. */
export function rawArray(document: Buffer, name: string): Buffer[] | undefined {
  for (const element of rawElements(document)) {
    if (element.name !== name || element.type !== 0x04) continue;
    const items: Buffer[] = [];
    for (const item of rawElements(document, element.valueStart)) {
      if (item.type !== 0x03) throw new CommandError(14, 'TypeMismatch', `'${name}' takes documents only`);
      items.push(document.subarray(item.valueStart, item.end));
    }
    return items;
  }
  return undefined;
}

/** The same document with `_id` as its first element, as MongoDB stores it; undefined when it has none. */
export function withIdFirst(document: Buffer): Buffer | undefined {
  for (const element of rawElements(document)) {
    if (element.name !== '_id') continue;
    if (element.start === 4) return document;
    return Buffer.concat([
      document.subarray(0, 4),
      document.subarray(element.start, element.end),
      document.subarray(4, element.start),
      document.subarray(element.end),
    ]);
  }
  return undefined;
}

const DEPTH_MAX = 100;

/**
 * Refuses what the engine could store but not compare truly: Decimal128, integers beyond 2^53, code, and
 * documents nested deeper than MongoDB allows.
 */
export function refuseUnstorable(document: Buffer, offset = 0, depth = 1): void {
  if (depth > DEPTH_MAX) throw badValue(`documents are nested at most ${DEPTH_MAX} levels deep`);
  for (const element of rawElements(document, offset)) {
    if (element.type === 0x03 || element.type === 0x04) {
      refuseUnstorable(document, element.valueStart, depth + 1);
    } else if (element.type === 0x12) {
      const value = document.readBigInt64LE(element.valueStart);
      if (value > 9007199254740991n || value < -9007199254740991n) {
        throw badValue(`'${element.name}': the embedded database takes no 64-bit integer beyond 2^53`);
      }
    } else if (element.type === 0x13 || element.type === 0x0d || element.type === 0x0f) {
      const what = element.type === 0x13 ? 'Decimal128' : 'JavaScript code';
      throw badValue(`'${element.name}': the embedded database takes no ${what}`);
    }
  }
}

function valueSize(document: Buffer, type: number, at: number): number {
  switch (type) {
    case 0x01: // double
    case 0x09: // date
    case 0x11: // timestamp
    case 0x12: // long
      return 8;
    case 0x02: // string
    case 0x0d: // code
    case 0x0e: // symbol
      return 4 + document.readInt32LE(at);
    case 0x03: // document
    case 0x04: // array
    case 0x0f: // code with scope
      return document.readInt32LE(at);
    case 0x05: // binary
      return 5 + document.readInt32LE(at);
    case 0x06: // undefined
    case 0x0a: // null
    case 0x7f: // max key
    case 0xff: // min key
      return 0;
    case 0x07: // object id
      return 12;
    case 0x08: // boolean
      return 1;
    case 0x0b: {
      // regular expression: two C strings
      const patternEnd = document.indexOf(0, at);
      return document.indexOf(0, patternEnd + 1) + 1 - at;
    }
    case 0x0c: // database pointer
      return 4 + document.readInt32LE(at) + 12;
    case 0x10: // int
      return 4;
    case 0x13: // decimal
      return 16;
    default:
      throw badValue(`invalid BSON: unknown element type 0x${type.toString(16)}`);
  }
}
