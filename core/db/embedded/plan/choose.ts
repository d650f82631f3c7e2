import type { Document } from 'bson';
import type { Sort } from '../aggregate/index.ts';
import type { Collection, Index } from '../store/catalog.ts';
import { PRIMARY_INDEX } from '../store/layout.ts';
import { boundsOf, unionOf } from './bounds.ts';
import type { Bounds, Interval } from './bounds.ts';
import { holdsAllWanted } from './implied.ts';
import { predicatesOf } from './predicates.ts';
import type { Predicates } from './predicates.ts';

/** How a query reads its documents. The collection itself is the index `_id_`. */
export interface Plan {
  collection: Collection;
  /** Where it reads; several one after another where the branches of an `$or` have an index each. */
  reads: IndexRead[];
  /** The bounds say all that the filter says: documents need no recheck. */
  exact: boolean;
  /** Documents come in the wanted order. */
  sorted: boolean;
  /** A document may come up under several entries. */
  dedupe: boolean;
  /** Only a part of each index is read. */
  bounded: boolean;
}

export interface IndexRead {
  index: Index;
  intervals: Interval[];
  reverse: boolean;
}

export interface Wanted {
  filter: Document;
  sort?: Sort;
  /** The moment of the snapshot read; indexes finished later are not whole in it. */
  since?: number;
}

/**
 * Chooses the index that holds the most fields to given values, then to a range, then gives the order. Where no
 * index bounds the query but one bounds each branch of its `$or`, all of these are read; else the collection is.
 */
export function choosePlan(collection: Collection, wanted: Wanted): Plan {
  const { filter, sort = [], since = Number.MAX_SAFE_INTEGER } = wanted;
  const visible = collection.indexes.filter((index) => !index.building && index.since <= since);
  const predicates = predicatesOf(filter);
  const branches = branchesOf(filter).map(predicatesOf);
  const single = bestOf(collection, visible, predicates, branches, sort);
  if (single.bounded || branches.length === 0) return single;
  const plans = branches.map((branch) => bestOf(collection, visible, branch, [], []));
  if (!plans.every(({ bounded }) => bounded)) return single;
  return {
    ...single,
    reads: plans.flatMap(({ reads }) => reads),
    sorted: sort.length === 0,
    dedupe: true,
    bounded: true,
  };
}

/** The branches of the filter's first `$or`, each with all that stands beside it; none where there is no `$or`. */
function branchesOf({ $or: or, $and: and = [], ...beside }: Document): Document[] {
  const all = and as Document[];
  if (or) return (or as Document[]).map((branch) => ({ $and: [beside, ...all, branch] }));
  for (const [at, one] of all.entries()) {
    const branches = branchesOf(one);
    if (branches.length > 0)
      return branches.map((branch) => ({ $and: [beside, ...all.toSpliced(at, 1), branch] }));
  }
  return [];
}

function bestOf(
  collection: Collection,
  visible: Index[],
  predicates: Predicates,
  branches: Predicates[],
  sort: Sort,
): Plan {
  let best: { plan: Plan; score: number } | undefined;
  const consider = (index: Index, bounds: Bounds): void => {
    const plan = planOf(collection, index, bounds, predicates, sort);
    const score = scoreOf(plan, index, bounds, sort);
    if (!best || score > best.score) best = { plan, score };
  };
  for (const index of visible) {
    if (!holdsAllWanted(index, predicates)) continue;
    const bounds = boundsOf(index, predicates);
    consider(index, bounds);
    if (branches.length > 0) {
      const parts = branches.map((branch) => boundsOf(index, branch));
      consider(index, unionOf(parts, bounds.fixed));
    }
  }
  return (best as unknown as { plan: Plan }).plan;
}

function planOf(
  collection: Collection,
  index: Index,
  bounds: Bounds,
  predicates: Predicates,
  sort: Sort,
): Plan {
  const covered = bounds.equalities + (bounds.ranged ? 1 : 0);
  const order = index.truncated ? undefined : orderOf(index, bounds, sort);
  return {
    collection,
    reads: [{ index, intervals: bounds.intervals, reverse: order === -1 }],
    exact: predicates.plain && !bounds.recheck && covered === predicates.paths.size,
    sorted: sort.length === 0 || order !== undefined,
    dedupe: index.multikey.includes(true),
    bounded: bounds.equalities > 0 || bounds.ranged,
  };
}

function scoreOf(plan: Plan, index: Index, bounds: Bounds, sort: Sort): number {
  const sorted = sort.length > 0 && plan.sorted;
  const whole = index.unique && bounds.equalities === index.key.length;
  if (!plan.bounded && !sorted) return index.id === PRIMARY_INDEX ? 0 : -1;
  return (
    (whole ? 10_000 : 0) +
    bounds.equalities * 100 +
    (bounds.ranged ? 50 : 0) +
    (sorted ? 20 : 0) -
    index.key.length
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
