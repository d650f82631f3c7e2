import type { Channel, RiskLevel } from '../records.ts';
import { channelBit } from '../snapshot/standing.ts';
import { searchTerms } from '../snapshot/text-index.ts';
import { withDescendants } from '../tree-search.ts';
import { comparePlaces } from '../snapshot/orders.ts';
import type { Order, Sort, SortKey } from '../snapshot/orders.ts';
import { attributeKey } from '../snapshot/view.ts';
import type { AttributeValue, View } from '../snapshot/view.ts';

/** What a list is narrowed to. Values of one field are alternatives; fields are all required. */
export interface BrowseFilter {
  readonly kinds?: readonly string[] | null;
  /** Codes; a category stands for itself and everything below it. */
  readonly categories?: readonly string[] | null;
  readonly brands?: readonly string[] | null;
  readonly riskLevels?: readonly RiskLevel[] | null;
  /** Every word must occur in code, name, summary or a searchable attribute. */
  readonly text?: string | null;
  readonly attributes?: readonly AttributeFilter[] | null;
}

export interface AttributeFilter {
  readonly attribute: string;
  readonly values: readonly string[];
}

/** The product classes that a client may see; absent: all. */
export interface AllowedClasses {
  /** Equal for equal sets, so that clients alike share one selection. */
  readonly key: string;
  has(classNo: number): boolean;
}

/** Everything that one question finds, in order: pages and counts are cut from it. */
export interface Selection {
  readonly order: Order;
  readonly slots: Int32Array;
}

export interface FacetCount<Value> {
  readonly value: Value;
  readonly count: number;
}

export interface Facets {
  readonly kinds: readonly FacetCount<string>[];
  readonly categories: readonly FacetCount<string>[];
  readonly brands: readonly FacetCount<string>[];
  readonly riskLevels: readonly FacetCount<RiskLevel>[];
  readonly attributes: readonly FacetCount<AttributeValue>[];
}

export interface SelectionQuery {
  readonly channel: Channel;
  readonly filter: BrowseFilter;
  readonly sort: Sort;
  readonly allowed: AllowedClasses | undefined;
}

export function select<Class>(view: View<Class>, query: SelectionQuery): Selection {
  const order = view.order(query.sort);
  const matches = matcher(view, query);
  const found = new Int32Array(order.slots.length);
  let count = 0;
  for (const slot of order.slots) if (matches(slot)) found[count++] = slot;
  return { order, slots: found.slice(0, count) };
}

/** Whether one product is in what the question finds. */
export function matcher<Class>(
  view: View<Class>,
  { channel, filter, allowed }: Omit<SelectionQuery, 'sort'>,
): (slot: number) => boolean {
  const { visible, classNo } = view.columns;
  const bit = channelBit(channel);
  const narrowed = narrowing(view, filter);
  return (slot) => {
    if ((visible[slot]! & bit) === 0) return false;
    if (allowed !== undefined && !allowed.has(classNo[slot]!)) return false;
    for (const test of narrowed) if (!test(slot)) return false;
    return true;
  };
}

/** Index of the first product after the place that a cursor names, which itself may have gone. */
export function placeAfter<Class>(
  view: View<Class>,
  selection: Selection,
  key: SortKey,
  code: string,
): number {
  let low = 0;
  let high = selection.slots.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    const slot = selection.slots[middle]!;
    const order = comparePlaces(selection.order.keyAt(slot), view.rowsAt(slot).product.code, key, code);
    if (order <= 0) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** How many of the found products stand under each value, most first. */
export function countFacets<Class>(view: View<Class>, slots: Int32Array): Facets {
  const { columns, vocabulary } = view;
  const kinds = new Uint32Array(vocabulary.kinds.size);
  const categories = new Uint32Array(vocabulary.categories.size);
  const brands = new Uint32Array(vocabulary.brands.size);
  const attributes = new Uint32Array(vocabulary.attributes.size);
  const levels = new Uint32Array(LEVELS.length);
  for (const slot of slots) {
    kinds[columns.kind[slot]!]!++;
    const category = columns.category[slot]!;
    if (category >= 0) categories[category]!++;
    const brand = columns.brand[slot]!;
    if (brand >= 0) brands[brand]!++;
    levels[columns.level[slot]!]!++;
    for (const value of view.attributesAt(slot)) attributes[value]!++;
  }
  return {
    kinds: counted(kinds, (number) => vocabulary.kinds.at(number)),
    categories: counted(categories, (number) => vocabulary.categories.at(number)),
    brands: counted(brands, (number) => vocabulary.brands.at(number)),
    riskLevels: LEVELS.slice(1).flatMap((value, index) =>
      levels[index + 1]! > 0 ? [{ value: value as RiskLevel, count: levels[index + 1]! }] : [],
    ),
    attributes: counted(attributes, (number) => vocabulary.attributes.at(number)),
  };
}

const LEVELS = ['', 'R1', 'R2', 'R3', 'R4', 'R5'] as const;
const FACET_VALUES_MAX = 100;

function counted<Value>(counts: Uint32Array, valueAt: (number: number) => Value): FacetCount<Value>[] {
  const found: { value: Value; count: number; number: number }[] = [];
  for (const [number, count] of counts.entries())
    if (count > 0) found.push({ value: valueAt(number), count, number });
  found.sort((a, b) => b.count - a.count || a.number - b.number);
  return found.slice(0, FACET_VALUES_MAX).map(({ value, count }) => ({ value, count }));
}

type Test = (slot: number) => boolean;

function narrowing<Class>(view: View<Class>, filter: BrowseFilter): Test[] {
  const { columns, vocabulary, snapshot } = view;
  const tests: Test[] = [];
  if (filter.kinds)
    tests.push(
      among(
        columns.kind,
        filter.kinds.map((kind) => vocabulary.kinds.find(kind)),
      ),
    );
  if (filter.categories) {
    const wanted = withDescendants(snapshot.categories, filter.categories);
    tests.push(
      among(
        columns.category,
        wanted.map((id) => vocabulary.categories.find(id)),
      ),
    );
  }
  if (filter.brands) {
    const wanted = withDescendants(snapshot.brands, filter.brands);
    tests.push(
      among(
        columns.brand,
        wanted.map((id) => vocabulary.brands.find(id)),
      ),
    );
  }
  if (filter.riskLevels)
    tests.push(
      among(
        columns.level,
        filter.riskLevels.map((level) => LEVELS.indexOf(level)),
      ),
    );
  for (const { attribute, values } of filter.attributes ?? []) {
    const wanted = new Set(
      values.map((value) => vocabulary.attributes.find(attributeKey({ attribute, value }))),
    );
    tests.push((slot) => view.attributesAt(slot).some((number) => wanted.has(number)));
  }
  const terms = searchTerms(filter.text ?? '');
  if (terms.length > 0) tests.push(view.text.matcher(terms));
  return tests;
}

function among(column: Int32Array | Uint8Array, numbers: readonly (number | undefined)[]): Test {
  const wanted = new Set(numbers);
  return (slot) => wanted.has(column[slot]);
}
