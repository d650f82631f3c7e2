import { PlatformError } from '../../errors.ts';
import { fromGlobalId, toGlobalId } from '../../graphql/global-id.ts';
import type { ProductRecord } from '../records.ts';
import { CHANNELS, type Channel, type RiskLevel } from '../records.ts';
import { searchTerms } from '../snapshot/text-index.ts';
import { withDescendants } from '../tree-search.ts';
import { DESK_SORTS, levelAt, REVIEW_NUMBERS, type DeskSort, type DeskState } from './desk.ts';
import { LIFECYCLES, type Lifecycle } from './lifecycle.ts';
import {
  channelBits,
  indexOfPlace,
  selectRows,
  type Condition,
  type DeskFilter,
  type DeskSelection,
  type DeskTest,
  type Place,
} from './selection.ts';

export interface DeskQuestion {
  readonly filter: DeskFilter;
  readonly sort: DeskSort;
  readonly descending: boolean;
  readonly first: number;
  /** The page begins behind this product … */
  readonly after?: string | undefined;
  /** … or ends before this one. */
  readonly before?: string | undefined;
}

export interface DeskFacet<Value> {
  readonly value: Value;
  readonly count: number;
}

export interface DeskPage {
  readonly products: readonly { readonly product: ProductRecord; readonly cursor: string }[];
  readonly totalCount: number;
  /** How many found products stand before the page. */
  readonly position: number;
  readonly hasNextPage: boolean;
  readonly facets: {
    readonly kinds: readonly DeskFacet<string>[];
    readonly lifecycles: readonly DeskFacet<Lifecycle>[];
    readonly channels: readonly DeskFacet<Channel>[];
    readonly riskLevels: readonly DeskFacet<RiskLevel>[];
    /** By id. */
    readonly categories: readonly DeskFacet<string>[];
    readonly brands: readonly DeskFacet<string>[];
  };
  readonly without: readonly { readonly condition: Condition; readonly count: number }[];
}

const PAGE_MAX = 100;
const TEXT_LENGTH_MAX = 100;
const VALUES_MAX = 100;
const FACET_VALUES_MAX = 100;

/** @throws PAGE_SIZE_INVALID, CURSOR_INVALID, SEARCH_TOO_LONG, FILTER_TOO_LARGE */
export function deskPage(state: DeskState, question: DeskQuestion): DeskPage {
  const { sort, descending, first } = question;
  if (!(first >= 1 && first <= PAGE_MAX))
    throw new PlatformError('PAGE_SIZE_INVALID', `"first" is ${first}. Use 1 to ${PAGE_MAX}.`);
  const selection = find(state, question.filter);
  const order = state.order(sort);
  const slots = inOrder(selection, order.slots, descending);
  const placeOf = (slot: number): Place => ({ key: order.keyAt(slot), code: state.rowAt(slot).product.code });
  const [from, to] = bounds(slots, placeOf, question);
  return {
    products: Array.from(slots.subarray(from, to), (slot) => ({
      product: state.rowAt(slot).product,
      cursor: writeCursor(sort, placeOf(slot)),
    })),
    totalCount: selection.count,
    position: from,
    hasNextPage: to < selection.count,
    facets: facetsOf(state, selection),
    without: [...selection.without].map(([condition, count]) => ({ condition, count })),
  };
}

/** Ids of at most `max` products that the filter finds, in the order of their codes: what a bulk command acts on. */
export function deskIds(state: DeskState, filter: DeskFilter, max: number): string[] {
  const selection = find(state, filter);
  const ids: string[] = [];
  for (const slot of state.order('CODE').slots) {
    if (selection.found[slot] !== 1) continue;
    if (ids.length === max) break;
    ids.push(state.rowAt(slot).product._id);
  }
  return ids;
}

function find(state: DeskState, filter: DeskFilter): DeskSelection {
  refuseLarge(filter);
  return selectRows(state.facts, testsOf(state, filter), {
    kinds: state.kinds.size,
    categories: state.categories.size,
    brands: state.brands.size,
  });
}

function inOrder({ found, count }: DeskSelection, order: Int32Array, descending: boolean): Int32Array {
  const slots = new Int32Array(count);
  let place = 0;
  for (const slot of order) if (found[slot] === 1) slots[place++] = slot;
  return descending ? slots.reverse() : slots;
}

function bounds(
  slots: Int32Array,
  placeOf: (slot: number) => Place,
  { sort, descending, first, after, before }: DeskQuestion,
): [from: number, to: number] {
  if (before !== undefined) {
    const end = indexOfPlace(slots, placeOf, readCursor(before, sort), { descending, side: 'at' });
    return [Math.max(0, end - first), end];
  }
  const from =
    after === undefined
      ? 0
      : indexOfPlace(slots, placeOf, readCursor(after, sort), { descending, side: 'after' });
  return [from, Math.min(slots.length, from + first)];
}

function testsOf(state: DeskState, filter: DeskFilter): DeskTest[] {
  const { facts, kinds, snapshot } = state;
  const tests: DeskTest[] = [];
  const among = (
    column: ArrayLike<number>,
    wanted: readonly (number | undefined)[],
    condition?: Condition,
  ) => {
    const set = new Set(wanted);
    tests.push({ ...(condition ? { condition } : {}), holds: (slot) => set.has(column[slot]) });
  };
  const { kind, sale, review, codePrefix } = filter;
  if (kind) among(facts.kind, [kinds.find(kind)]);
  if (review) among(facts.review, [REVIEW_NUMBERS.indexOf(review)]);
  if (sale) tests.push({ holds: (slot) => state.rowAt(slot).product.sale === sale });
  if (codePrefix) tests.push({ holds: (slot) => state.rowAt(slot).product.code.startsWith(codePrefix) });
  if (filter.kinds)
    among(
      facts.kind,
      filter.kinds.map((code) => kinds.find(code)),
      'kinds',
    );
  if (filter.lifecycles)
    among(
      facts.lifecycle,
      filter.lifecycles.map((name) => LIFECYCLES.indexOf(name)),
      'lifecycles',
    );
  if (filter.reviews)
    among(
      facts.review,
      filter.reviews.map((name) => REVIEW_NUMBERS.indexOf(name)),
      'reviews',
    );
  if (filter.riskLevels)
    among(
      facts.level,
      filter.riskLevels.map((level) => Number(level.slice(1))),
      'riskLevels',
    );
  if (filter.channels) {
    const bits = channelBits(filter.channels);
    tests.push({ condition: 'channels', holds: (slot) => (facts.channels[slot]! & bits) !== 0 });
  }
  if (filter.categories) {
    const ids = withDescendants(snapshot.categories, filter.categories);
    among(
      facts.category,
      ids.map((id) => state.categories.find(id)),
      'categories',
    );
  }
  if (filter.brands) {
    const ids = withDescendants(snapshot.brands, filter.brands);
    among(
      facts.brand,
      ids.map((id) => state.brands.find(id)),
      'brands',
    );
  }
  const terms = searchTerms(filter.text ?? '');
  if (terms.length > 0) tests.push({ condition: 'text', holds: state.text.matcher(terms) });
  return tests;
}

function facetsOf(state: DeskState, { facets }: DeskSelection): DeskPage['facets'] {
  return {
    kinds: mostFirst(facets.kinds, (number) => state.kinds.at(number)),
    lifecycles: inTurn(facets.lifecycles, (number) => LIFECYCLES[number]!),
    channels: inTurn(facets.channels, (number) => CHANNELS[number]!),
    riskLevels: inTurn(facets.riskLevels.subarray(1), (number) => levelAt(number + 1)!),
    categories: mostFirst(facets.categories, (number) => state.categories.at(number)),
    brands: mostFirst(facets.brands, (number) => state.brands.at(number)),
  };
}

function inTurn<Value>(counts: Uint32Array, valueAt: (number: number) => Value): DeskFacet<Value>[] {
  return Array.from(counts, (count, number) => ({ value: valueAt(number), count })).filter(
    ({ count }) => count > 0,
  );
}

function mostFirst<Value>(counts: Uint32Array, valueAt: (number: number) => Value): DeskFacet<Value>[] {
  return inTurn(counts, valueAt)
    .sort((a, b) => b.count - a.count)
    .slice(0, FACET_VALUES_MAX);
}

function writeCursor(sort: DeskSort, { key, code }: Place): string {
  return toGlobalId('Cursor', JSON.stringify([sort, key, code]));
}

function readCursor(cursor: string, sort: DeskSort): Place {
  try {
    const [of, key, code] = JSON.parse(fromGlobalId('Cursor', cursor)) as [DeskSort, Place['key'], string];
    const known = DESK_SORTS.includes(of) && typeof code === 'string';
    if (known && of === sort && (typeof key === 'number' || typeof key === 'string')) return { key, code };
  } catch {
    // Not JSON: as foreign as a cursor of another order.
  }
  throw new PlatformError(
    'CURSOR_INVALID',
    'This cursor is not of this list and order. Begin without "after" and "before".',
  );
}

function refuseLarge({ text, codePrefix, kinds, categories, brands }: DeskFilter): void {
  if ((text?.length ?? 0) > TEXT_LENGTH_MAX || (codePrefix?.length ?? 0) > TEXT_LENGTH_MAX)
    throw new PlatformError(
      'SEARCH_TOO_LONG',
      `The text to search for is longer than ${TEXT_LENGTH_MAX} characters. Use fewer words.`,
    );
  const values = [...(kinds ?? []), ...(categories ?? []), ...(brands ?? [])];
  if (values.length > VALUES_MAX || values.some((value) => value.length > TEXT_LENGTH_MAX))
    throw new PlatformError(
      'FILTER_TOO_LARGE',
      `A filter has at most ${VALUES_MAX} values of ${TEXT_LENGTH_MAX} characters each. Ask in parts.`,
    );
}
