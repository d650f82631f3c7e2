import { encodeValue, typeBracket } from '../keys/index.ts';
import { FIELD_BYTES_MAX } from '../index/entries.ts';
import type { Index } from '../store/catalog.ts';
import { successor } from '../store/layout.ts';
import type { PathPredicate, Predicates } from './predicates.ts';

/** Keys from `lower` (inclusive) to `upper` (exclusive), without the prefix of collection and index. */
export interface Interval {
  lower: Buffer;
  /** Undefined: to the end of the index. */
  upper: Buffer | undefined;
}

export interface Bounds {
  /** In key order and without overlap. */
  intervals: Interval[];
  /** How many leading fields are held to one value, hence do not disturb an order by the fields after. */
  fixed: number;
  /** How many leading fields are held to given values. */
  equalities: number;
  ranged: boolean;
  /** The bounds hold more than the predicates want, so that each entry's document is asked. */
  recheck: boolean;
}

/** Enough for what the platform asks; a longer product of `$in` lists stops at the field before. */
const POINTS_MAX = 5_000;

/** The part of an index that can hold what the predicates want. */
export function boundsOf(index: Index, wanted: Predicates): Bounds {
  let points: Buffer[] = [Buffer.alloc(0)];
  const bounds: Bounds = { intervals: [], fixed: 0, equalities: 0, ranged: false, recheck: false };
  const arrays = new Set<string>();
  for (const [position, [path, direction]] of index.key.entries()) {
    const predicate = wanted.paths.get(path);
    if (!predicate || !mayBound(index, position, arrays)) break;
    if (!predicate.equals) {
      const range = rangeOf(predicate, direction, index.multikey[position] === true);
      bounds.ranged = true;
      // Without a lower bound NaN lies within; in an array one element may meet one bound and another the other.
      bounds.recheck ||= !predicate.lower || index.multikey.includes(true) || index.truncated;
      return finish(
        bounds,
        points.map((point) => within(point, range)),
      );
    }
    if (points.length * predicate.equals.length > POINTS_MAX) break;
    const keys = distinct(predicate.equals.map((value) => directed(encodeValue(value), direction)));
    points = points.flatMap((point) => keys.map((key) => Buffer.concat([point, key])));
    bounds.equalities++;
    if (predicate.lower || predicate.upper) bounds.recheck = true;
    if (bounds.fixed === position && keys.length === 1) bounds.fixed++;
  }
  return finish(
    bounds,
    points.map((point) => ({ lower: point, upper: end(point) })),
  );
}

/**
 * Any of several parts of one index, in key order and without overlap; all hold so many leading fields to the
 * same value, and the index gives the order by those behind.
 */
export function unionOf(parts: Bounds[], fixed: number): Bounds {
  const intervals: Interval[] = [];
  const all = parts.flatMap((part) => part.intervals).sort((a, b) => a.lower.compare(b.lower));
  for (const { lower, upper } of all) {
    const last = intervals.at(-1);
    if (!last || (last.upper && last.upper.compare(lower) < 0)) intervals.push({ lower, upper });
    else if (!upper || (last.upper && last.upper.compare(upper) < 0)) last.upper = upper;
  }
  const equalities = Math.min(...parts.map((part) => part.equalities));
  return {
    intervals,
    fixed,
    equalities,
    ranged: parts.every((part) => part.ranged || part.equalities > equalities),
    recheck: parts.some((part) => part.recheck),
  };
}

// Two paths through one array: each element gives its own entry, and the filter may be met by different
// elements, so only one of them can bound.
function mayBound(index: Index, position: number, arrays: Set<string>): boolean {
  if (!index.multikey[position]) return true;
  const root = (index.key[position]?.[0] ?? '').split('.')[0] as string;
  if (arrays.has(root)) return false;
  arrays.add(root);
  return true;
}

// In a multikey index one element may meet one bound and another element the other: only one of them is used.
function rangeOf(predicate: PathPredicate, direction: 1 | -1, multikey: boolean): Interval {
  const { lower } = predicate;
  const upper = multikey && lower ? undefined : predicate.upper;
  const bracket = typeBracket((lower ?? upper ?? { value: null }).value);
  const cuts = {
    lower: lower ? cut(encodeValue(lower.value), !lower.inclusive) : bracket.lower,
    upper: upper ? cut(encodeValue(upper.value), upper.inclusive) : bracket.upper,
  };
  if (lower && upper) {
    // Bounds of two types meet nowhere in a single value; the narrower bracket keeps the interval sound.
    const other = typeBracket(upper.value);
    if (!other.lower.equals(bracket.lower)) return { lower: Buffer.alloc(0), upper: Buffer.alloc(0) };
  }
  if (direction === 1) return cuts;
  return { lower: inverseCut(cuts.upper), upper: inverseCut(cuts.lower) };
}

/** The place just before all keys that begin with these bytes, or just after them. */
function cut(key: Buffer, after: boolean): Buffer {
  return after ? successor(key) : key;
}

// What lies at or after a place ascending lies before its mirror image descending: keys beginning with the
// inverted bytes are still on the far side, hence the successor.
function inverseCut(place: Buffer): Buffer {
  const inverted = directed(place, -1);
  return inverted.every((byte) => byte === 0xff) ? inverted : successor(inverted);
}

function directed(key: Buffer, direction: 1 | -1): Buffer {
  if (direction === 1) return key;
  const inverted = Buffer.allocUnsafe(key.length);
  for (let at = 0; at < key.length; at++) inverted[at] = ~(key[at] as number) & 0xff;
  return inverted;
}

function within(point: Buffer, range: Interval): Interval {
  const upper = range.upper === undefined ? end(point) : Buffer.concat([point, range.upper]);
  return { lower: Buffer.concat([point, range.lower]), upper };
}

function end(point: Buffer): Buffer | undefined {
  return point.length === 0 ? undefined : successor(point);
}

function distinct(keys: Buffer[]): Buffer[] {
  if (keys.length < 2) return keys;
  const sorted = keys.sort((a, b) => a.compare(b));
  return sorted.filter((key, position) => position === 0 || !key.equals(sorted[position - 1] as Buffer));
}

// A key longer than the store takes ends in a hash: only its certain beginning can bound.
function finish(bounds: Bounds, intervals: Interval[]): Bounds {
  const certain = FIELD_BYTES_MAX - 32;
  for (const interval of intervals) {
    if (interval.lower.length > certain) {
      bounds.recheck = true;
      interval.lower = interval.lower.subarray(0, certain);
    }
    if (interval.upper && interval.upper.length > certain) {
      bounds.recheck = true;
      interval.upper = successor(interval.upper.subarray(0, certain));
    }
  }
  bounds.intervals = intervals.filter(({ lower, upper }) => upper === undefined || lower.compare(upper) < 0);
  return bounds;
}
