import { describe, expect, test } from '@jest/globals';
import { Binary, Double, Int32, Long, MaxKey, MinKey, ObjectId, Timestamp } from 'bson';
import fc from 'fast-check';

import { compare, encodeKey, encodeValue, typeBracket } from './index.ts';

/** MongoDB's order of types (manual, "Comparison/Sort Order"), written apart from the codec. */
const TYPE_ORDER = [
  'minKey',
  'null',
  'number',
  'string',
  'object',
  'array',
  'binary',
  'objectId',
  'boolean',
  'date',
  'timestamp',
  'maxKey',
];

function kindOf(value: unknown): string {
  if (value === null || value === undefined) return 'null';
  if (typeof value === 'number' || value instanceof Int32 || value instanceof Double) return 'number';
  if (value instanceof Timestamp) return 'timestamp';
  if (value instanceof Long) return 'number';
  if (value instanceof MinKey) return 'minKey';
  if (value instanceof MaxKey) return 'maxKey';
  if (value instanceof Binary) return 'binary';
  if (value instanceof ObjectId) return 'objectId';
  if (value instanceof Date) return 'date';
  if (Array.isArray(value)) return 'array';
  return typeof value;
}

function expectedOrder(a: unknown, b: unknown): number {
  const kind = kindOf(a);
  const byType = TYPE_ORDER.indexOf(kind) - TYPE_ORDER.indexOf(kindOf(b));
  if (byType !== 0) return Math.sign(byType);
  switch (kind) {
    case 'number':
      return orderNumbers(Number(a), Number(b));
    case 'string':
      return Math.sign(Buffer.compare(Buffer.from(a as string), Buffer.from(b as string)));
    case 'boolean':
    case 'date':
      return Math.sign(Number(a) - Number(b));
    case 'objectId':
      return Math.sign(Buffer.compare((a as ObjectId).id, (b as ObjectId).id));
    case 'binary':
      return orderBinary(a as Binary, b as Binary);
    case 'timestamp':
      return (a as Timestamp).compare(b as Timestamp);
    case 'array':
    case 'object':
      return orderFields(Object.entries(a as object), Object.entries(b as object));
    default:
      return 0;
  }
}

function orderNumbers(a: number, b: number): number {
  if (Number.isNaN(a) || Number.isNaN(b)) return Number(Number.isNaN(b)) - Number(Number.isNaN(a));
  return a < b ? -1 : a > b ? 1 : 0;
}

function orderBinary(a: Binary, b: Binary): number {
  return Math.sign(
    a.length() - b.length() ||
      a.sub_type - b.sub_type ||
      Buffer.compare(a.value() as Buffer, b.value() as Buffer),
  );
}

function orderFields(a: [string, unknown][], b: [string, unknown][]): number {
  for (let i = 0; i < Math.min(a.length, b.length); i++) {
    const [[leftName, left], [rightName, right]] = [a[i]!, b[i]!];
    const byType = TYPE_ORDER.indexOf(kindOf(left)) - TYPE_ORDER.indexOf(kindOf(right));
    const order =
      byType || Buffer.compare(Buffer.from(leftName), Buffer.from(rightName)) || expectedOrder(left, right);
    if (order !== 0) return Math.sign(order);
  }
  return Math.sign(a.length - b.length);
}

const scalar = fc.oneof(
  fc.constantFrom<unknown>(
    null,
    true,
    false,
    0,
    -0,
    NaN,
    Infinity,
    -Infinity,
    2 ** 53 - 1,
    -(2 ** 53 - 1),
    '',
    '\0',
    'a\0',
    'a\0b',
    '\ud83d\ude00',
    '\uffff',
    '\ud800',
    new MinKey(),
    new MaxKey(),
  ),
  fc.double(),
  fc.integer().map((value) => new Int32(value)),
  fc.maxSafeInteger().map((value) => Long.fromNumber(value)),
  fc.double().map((value) => new Double(value)),
  fc.string({ unit: 'binary' }),
  fc.date({ noInvalidDate: true }),
  fc.uint8Array({ minLength: 12, maxLength: 12 }).map((bytes) => new ObjectId(bytes)),
  fc
    .tuple(fc.uint8Array({ maxLength: 4 }), fc.constantFrom(0, 4, 128))
    .map(([bytes, type]) => new Binary(bytes, type)),
  fc.tuple(fc.nat(5), fc.nat(5)).map(([t, i]) => new Timestamp({ t, i })),
);
// Names that are no numbers: JavaScript moves those to the front of an object.
const name = fc.constantFrom('a', 'b', 'ab', 'é', '$x', 'A');
const { value: anyValue } = fc.letrec<{ value: unknown }>((tie) => ({
  value: fc.oneof(
    { maxDepth: 3 },
    scalar,
    fc.array(tie('value'), { maxLength: 3 }),
    fc.dictionary(name, tie('value'), { maxKeys: 3, noNullPrototype: true }),
  ),
}));

describe('the key codec', () => {
  test('orders bytes as MongoDB orders values, and holds equal what it holds equal', () => {
    fc.assert(
      fc.property(anyValue, anyValue, (a, b) => {
        expect(Math.sign(Buffer.compare(encodeValue(a), encodeValue(b)))).toBe(expectedOrder(a, b));
        expect(Math.sign(compare(a, b))).toBe(expectedOrder(a, b));
      }),
      { numRuns: 5000 },
    );
  });

  test('keeps the order of near values', () => {
    const near = fc.oneof(
      scalar,
      fc.array(fc.constantFrom<unknown>('', '\0', 'a', 0, null, [], {}), { maxLength: 3 }),
    );
    fc.assert(
      fc.property(near, near, (a, b) => {
        expect(Math.sign(Buffer.compare(encodeValue(a), encodeValue(b)))).toBe(expectedOrder(a, b));
      }),
      { numRuns: 3000 },
    );
  });

  test('orders compound keys field by field, inverted where the field descends', () => {
    const pair = fc.tuple(anyValue, anyValue);
    const directions = fc.tuple(
      fc.constantFrom(1 as const, -1 as const),
      fc.constantFrom(1 as const, -1 as const),
    );
    fc.assert(
      fc.property(pair, pair, directions, (a, b, by) => {
        const expected = by[0] * expectedOrder(a[0], b[0]) || by[1] * expectedOrder(a[1], b[1]);
        expect(Math.sign(Buffer.compare(encodeKey(a, by), encodeKey(b, by))) + 0).toBe(expected + 0);
      }),
      { numRuns: 3000 },
    );
  });

  test('never makes one key the beginning of another, so that a record id may follow it', () => {
    fc.assert(
      fc.property(anyValue, anyValue, (a, b) => {
        const [left, right] = [encodeValue(a), encodeValue(b)];
        if (!left.equals(right)) expect(right.subarray(0, left.length).equals(left)).toBe(false);
      }),
      { numRuns: 3000 },
    );
  });

  test('brackets hold exactly the values of one type', () => {
    fc.assert(
      fc.property(scalar, anyValue, (constant, value) => {
        if (['minKey', 'maxKey'].includes(kindOf(constant))) return;
        const { lower, upper } = typeBracket(constant);
        const key = encodeValue(value);
        const inside = Buffer.compare(lower, key) <= 0 && Buffer.compare(key, upper) < 0;
        expect(inside).toBe(kindOf(constant) === kindOf(value));
      }),
      { numRuns: 2000 },
    );
  });

  test('refuses by name what it cannot order exactly', () => {
    expect(() => encodeValue(Long.fromString('9007199254740993'))).toThrow('64-bit integer beyond 2^53');
    expect(() => encodeValue({ a: [2n ** 60n] })).toThrow('64-bit integer beyond 2^53');
  });
});
