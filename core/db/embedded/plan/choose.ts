import type { Document } from 'bson';
import type { Sort } from '../aggregate/index.ts';
import { badValue } from '../errors.ts';
import type { Collection, Index } from '../store/catalog.ts';
import { PRIMARY_INDEX } from '../store/layout.ts';
import { asNumber } from '../wire/bson.ts';
import { boundsOf } from './bounds.ts';
import type { Bounds, Interval } from './bounds.ts';
import { holdsAllWanted } from './implied.ts';
import { predicatesOf } from './predicates.ts';
import type { Predicates } from './predicates.ts';

/** How a query reads its documents. The collection itself is the index `_id_`. */
export interface Plan {
  collection: Collection;
  index: Index;
  intervals: Interval[];
  reverse: boolean;
  /** The bounds say all that the filter says: documents need no recheck. */
  exact: boolean;
  /** Documents come in the wanted order. */
  sorted: boolean;
  /** A document may come up under several entries. */
  dedupe: boolean;
  bounded: boolean;
}

export interface Wanted {
  filter: Document;
  sort?: Sort;
  /** An index by name or key, or `$natural`. */
  hint?: unknown;
  /** The moment of the snapshot read; indexes finished later are not whole in it. */
  since?: number;
}

/**
 * Chooses the index that holds the most fields to given values, then to a range, then gives the order; a
 * query that no index bounds reads the collection.
 */
export function choosePlan(collection: Collection, wanted: Wanted): Plan {
  const predicates = predicatesOf(wanted.filter);
  const sort = wanted.sort ?? [];
  const visible = collection.indexes.filter(
    ({ building, since }) => !building && since <= (wanted.since ?? Number.MAX_SAFE_INTEGER),
  );
  if (wanted.hint !== undefined) return hinted(collection, visible, wanted.hint, predicates, sort);
  let best: { plan: Plan; score: number } | undefined;
  for (const index of visible) {
    if (!holdsAllWanted(index, predicates)) continue;
    const bounds = boundsOf(index, predicates);
    const plan = planOf(collection, index, bounds, predicates, sort);
    const score = scoreOf(plan, bounds, sort);
    if (!best || score > best.score) best = { plan, score };
  }
  return (best as { plan: Plan }).plan;
}

function planOf(
  collection: Collection,
  index: Index,
  bounds: Bounds,
  predicates: Predicates,
  sort: Sort,
): Plan {
  const order = index.truncated ? undefined : orderOf(index, bounds, sort);
  return {
    collection,
    index,
    intervals: bounds.intervals,
    reverse: order === -1,
    exact: predicates.onlyEqualities && !bounds.cut && bounds.equalities === predicates.paths.size,
    sorted: sort.length === 0 || order !== undefined,
    dedupe: index.multikey.includes(true),
    bounded: bounds.equalities > 0 || bounds.ranged,
  };
}

function scoreOf(plan: Plan, bounds: Bounds, sort: Sort): number {
  const sorted = sort.length > 0 && plan.sorted;
  const whole = plan.index.unique && bounds.equalities === plan.index.key.length;
  const primary = plan.index.id === PRIMARY_INDEX;
  if (!plan.bounded && !sorted) return primary ? 0 : -1;
  return (
    (whole ? 10_000 : 0) +
    bounds.equalities * 100 +
    (bounds.ranged ? 50 : 0) +
    (sorted ? 20 : 0) -
    plan.index.key.length
  );
}

/** The direction in which the index gives the wanted order; undefined when it does not. */
function orderOf(index: Index, bounds: Bounds, sort: Sort): 1 | -1 | undefined {
  if (index.multikey.includes(true)) return undefined;
  const fixed = new Set(index.key.slice(0, bounds.fixed).map(([path]) => path));
  const rest = sort.filter(([path]) => !fixed.has(path));
  if (rest.length === 0) return 1;
  const [, first] = rest[0] as Sort[number];
  const reverse = (index.key[bounds.fixed]?.[1] ?? 1) !== first;
  const matches = rest.every(([path, direction], position) => {
    const field = index.key[bounds.fixed + position];
    return field?.[0] === path && (field[1] === direction) !== reverse;
  });
  return matches ? (reverse ? -1 : 1) : undefined;
}

function hinted(
  collection: Collection,
  visible: Index[],
  hint: unknown,
  predicates: Predicates,
  sort: Sort,
): Plan {
  const nothing: Bounds = {
    intervals: [{ lower: Buffer.alloc(0), upper: undefined }],
    fixed: 0,
    equalities: 0,
    ranged: false,
    cut: false,
  };
  if (isNatural(hint)) {
    return planOf(collection, collection.indexes[0] as Index, nothing, predicates, sort);
  }
  const index = visible.find((candidate) => isHinted(candidate, hint));
  if (!index)
    throw badValue('error processing query: hint provided does not correspond to an existing index');
  if (!holdsAllWanted(index, predicates)) {
    throw badValue(
      `the hinted index ${index.name} is sparse or partial and may not hold all that the filter wants`,
    );
  }
  return planOf(collection, index, boundsOf(index, predicates), predicates, sort);
}

function isNatural(hint: unknown): boolean {
  return typeof hint === 'object' && hint !== null && Object.keys(hint)[0] === '$natural';
}

function isHinted(index: Index, hint: unknown): boolean {
  if (typeof hint === 'string') return index.name === hint;
  const key = Object.entries(hint as Document).map(([path, direction]) => [path, asNumber(direction)]);
  return JSON.stringify(key) === JSON.stringify(index.key);
}
