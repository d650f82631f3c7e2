import type { Channel, ReviewState, RiskLevel, SaleState } from '../records.ts';
import { comparePlaces, type SortKey } from '../snapshot/orders.ts';
import { channelBit } from '../snapshot/standing.ts';
import { CHANNELS } from '../records.ts';
import { LIFECYCLES, type Lifecycle } from './lifecycle.ts';

/** What the staff's list is narrowed to. Values of one field are alternatives; fields are all required. */
export interface DeskFilter {
  readonly kind?: string;
  readonly sale?: SaleState;
  readonly review?: ReviewState;
  /** The beginning of the code. */
  readonly codePrefix?: string;
  /** Every word must occur in the code or a name of the newest version. */
  readonly text?: string;
  readonly kinds?: readonly string[];
  readonly lifecycles?: readonly Lifecycle[];
  /** Review states of the newest version. */
  readonly reviews?: readonly ReviewState[];
  /** Visible on any of them now. */
  readonly channels?: readonly Channel[];
  readonly riskLevels?: readonly RiskLevel[];
  /** Codes; a category stands for itself and everything below it. */
  readonly categories?: readonly string[];
  readonly brands?: readonly string[];
}

/** One product as the selection reads it: small numbers, so that a hundred thousand are read in milliseconds. */
export interface DeskFacts {
  readonly size: number;
  readonly kind: Int32Array;
  readonly lifecycle: Uint8Array;
  readonly review: Uint8Array;
  /** One bit per channel on which it is visible now. */
  readonly channels: Uint8Array;
  /** 1–5; 0 for unrated. */
  readonly level: Uint8Array;
  /** −1 for none. */
  readonly category: Int32Array;
  readonly brand: Int32Array;
}

/** Conditions that a person sets and drops one by one. */
export const CONDITIONS = [
  'text',
  'kinds',
  'lifecycles',
  'reviews',
  'channels',
  'riskLevels',
  'categories',
  'brands',
] as const;
export type Condition = (typeof CONDITIONS)[number];

export interface DeskTest {
  /** Absent for what is not a condition of its own: it cannot be dropped. */
  readonly condition?: Condition;
  readonly holds: (slot: number) => boolean;
}

export interface Counted {
  readonly kinds: Uint32Array;
  readonly lifecycles: Uint32Array;
  readonly channels: Uint32Array;
  readonly riskLevels: Uint32Array;
  readonly categories: Uint32Array;
  readonly brands: Uint32Array;
}

export interface DeskSelection {
  /** 1 for each slot that is found. */
  readonly found: Uint8Array;
  readonly count: number;
  /**
   * How many products stand under each value. A value of a condition that is set is counted as if that condition were
   * not, since its values are alternatives: ticking a second one adds its products.
   */
  readonly facets: Counted;
  /** What would be found without one of the conditions. */
  readonly without: ReadonlyMap<Condition, number>;
}

/** One pass over all products: finds, counts facets, and counts what each condition alone holds back. */
export function selectRows(
  facts: DeskFacts,
  tests: readonly DeskTest[],
  vocabulary: { readonly kinds: number; readonly categories: number; readonly brands: number },
): DeskSelection {
  const found = new Uint8Array(facts.size);
  const without = new Map<Condition, number>();
  const facets: Counted = {
    kinds: new Uint32Array(vocabulary.kinds),
    lifecycles: new Uint32Array(LIFECYCLES.length),
    channels: new Uint32Array(CHANNELS.length),
    riskLevels: new Uint32Array(LEVELS),
    categories: new Uint32Array(vocabulary.categories),
    brands: new Uint32Array(vocabulary.brands),
  };
  let count = 0;
  for (let slot = 0; slot < facts.size; slot++) {
    const failed = onlyFailure(tests, slot);
    if (failed === 'MORE') continue;
    if (failed === undefined) {
      found[slot] = 1;
      count++;
    } else without.set(failed, (without.get(failed) ?? 0) + 1);
    if (failed === undefined || failed === 'kinds') facets.kinds[facts.kind[slot]!]!++;
    if (failed === undefined || failed === 'lifecycles') facets.lifecycles[facts.lifecycle[slot]!]!++;
    if (failed === undefined || failed === 'riskLevels') facets.riskLevels[facts.level[slot]!]!++;
    if (failed === undefined || failed === 'channels') countChannels(facets.channels, facts.channels[slot]!);
    if ((failed === undefined || failed === 'categories') && facts.category[slot]! >= 0)
      facets.categories[facts.category[slot]!]!++;
    if ((failed === undefined || failed === 'brands') && facts.brand[slot]! >= 0)
      facets.brands[facts.brand[slot]!]!++;
  }
  for (const { condition } of tests)
    if (condition !== undefined) without.set(condition, count + (without.get(condition) ?? 0));
  return { found, count, facets, without };
}

/** Levels 1 to 5, and 0 for none. */
const LEVELS = 6;

/** Undefined where every test holds; the condition that alone fails; MORE where two fail or one that cannot be dropped. */
function onlyFailure(tests: readonly DeskTest[], slot: number): Condition | 'MORE' | undefined {
  let failed: Condition | undefined;
  for (const { condition, holds } of tests) {
    if (holds(slot)) continue;
    if (failed !== undefined || condition === undefined) return 'MORE';
    failed = condition;
  }
  return failed;
}

function countChannels(counts: Uint32Array, bits: number): void {
  for (let channel = 0; channel < counts.length; channel++) if (bits & (1 << channel)) counts[channel]!++;
}

export function channelBits(channels: readonly Channel[]): number {
  return channels.reduce((bits, channel) => bits | channelBit(channel), 0);
}

/** A place in an order: the key that it is ordered by, and the code that settles ties. */
export interface Place {
  readonly key: SortKey;
  readonly code: string;
}

/** Index of the first of `slots` that stands behind a place (`'after'`) or not before it (`'at'`); binary search. */
export function indexOfPlace(
  slots: Int32Array,
  placeOf: (slot: number) => Place,
  place: Place,
  { descending, side }: { readonly descending: boolean; readonly side: 'after' | 'at' },
): number {
  let low = 0;
  let high = slots.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    const here = placeOf(slots[middle]!);
    const order = comparePlaces(here.key, here.code, place.key, place.code) * (descending ? -1 : 1);
    if (order < 0 || (order === 0 && side === 'after')) low = middle + 1;
    else high = middle;
  }
  return low;
}
