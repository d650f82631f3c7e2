import { CHANNELS } from '../records.ts';
import { Dictionary } from './dictionary.ts';
import { orderBy } from './orders.ts';
import type { Order, Sort, SortSource } from './orders.ts';
import { contentOf } from './product-rows.ts';
import type { ProductRows } from './product-rows.ts';
import { rowsAt } from './snapshot.ts';
import type { Snapshot, SnapshotChange } from './snapshot.ts';
import { standingOf } from './standing.ts';
import type { KindFacts, Standing } from './standing.ts';
import { TextIndex, searchable } from './text-index.ts';

/** A filterable attribute's value, as a facet counts it. */
export interface AttributeValue {
  readonly attribute: string;
  readonly value: string;
}

/** Sorts products into classes that every client's suitability decision treats alike. */
export type Classify<Class> = (
  rows: ProductRows,
  standing: Standing,
  kind: KindFacts,
) => { readonly key: string; readonly facts: Class };

/** Small numbers for the words in the columns; shared by all views of a process. */
export interface Vocabulary<Class> {
  readonly classes: Dictionary<Class>;
  readonly kinds: Dictionary<string>;
  readonly categories: Dictionary<string>;
  readonly brands: Dictionary<string>;
  readonly attributes: Dictionary<AttributeValue>;
}

export interface ViewRules<Class> {
  readonly classify: Classify<Class>;
  readonly vocabulary: Vocabulary<Class>;
}

export function newVocabulary<Class>(): Vocabulary<Class> {
  return {
    classes: new Dictionary(),
    kinds: new Dictionary(),
    categories: new Dictionary(),
    brands: new Dictionary(),
    attributes: new Dictionary(),
  };
}

/** The decision columns, by slot: what finding, filtering and counting read. −1 stands for "none". */
export interface Columns {
  readonly visible: Uint8Array;
  readonly level: Uint8Array;
  readonly classNo: Int32Array;
  readonly kind: Int32Array;
  readonly category: Int32Array;
  readonly brand: Int32Array;
  readonly firstVisibleAt: Float64Array;
  readonly changesAt: Float64Array;
}

/**
 * A snapshot as it stands from `from` until before `until`: between two instants at which a window opens or ends, no
 * request evaluates any window. Immutable but for orders, which are made when first asked for.
 */
export class View<Class> {
  readonly snapshot: Snapshot;
  readonly from: number;
  readonly until: number;
  readonly columns: Columns;
  readonly text: TextIndex;
  readonly vocabulary: Vocabulary<Class>;
  readonly #standings: readonly Standing[];
  readonly #names: readonly string[];
  readonly #attributes: readonly Int32Array[];
  readonly #orders = new Map<Sort, Order>();

  constructor(
    parts: ViewParts<Class>,
    from: number,
    before?: { orders: ReadonlyMap<Sort, Order>; changed: ReadonlySet<number> },
  ) {
    this.snapshot = parts.snapshot;
    this.from = from;
    this.until = parts.columns.changesAt.reduce((least, instant) => Math.min(least, instant), Infinity);
    this.columns = parts.columns;
    this.text = parts.text;
    this.vocabulary = parts.vocabulary;
    this.#standings = parts.standings;
    this.#names = parts.names;
    this.#attributes = parts.attributes;
    for (const [sort, order] of before?.orders ?? [])
      this.#orders.set(sort, orderBy(this.#source(), sort, { order, changed: before!.changed }));
  }

  standingAt(slot: number): Standing {
    return this.#standings[slot]!;
  }

  rowsAt(slot: number): ProductRows {
    return rowsAt(this.snapshot, slot);
  }

  attributesAt(slot: number): Int32Array {
    return this.#attributes[slot]!;
  }

  order(sort: Sort): Order {
    let order = this.#orders.get(sort);
    if (!order) this.#orders.set(sort, (order = orderBy(this.#source(), sort)));
    return order;
  }

  /** The view after a publication or at a later instant; what has not changed is taken over. */
  next(rules: ViewRules<Class>, at: Date, change?: SnapshotChange): View<Class> {
    const snapshot = change?.snapshot ?? this.snapshot;
    if (at.getTime() < this.from || change?.vocabulary) return viewOf(snapshot, rules, at);
    const changed = new Set(change?.slots);
    for (const [slot, instant] of this.columns.changesAt.entries())
      if (instant <= at.getTime()) changed.add(slot);
    const parts: ViewParts<Class> = {
      snapshot,
      vocabulary: this.vocabulary,
      standings: this.#standings.slice(),
      names: this.#names.slice(),
      attributes: this.#attributes.slice(),
      columns: newColumns(snapshot.size, this.columns),
      text: new TextIndex(snapshot.size, this.text),
    };
    for (const slot of changed) place(parts, rules, slot, at);
    return new View(parts, at.getTime(), { orders: this.#orders, changed });
  }

  #source(): SortSource {
    return {
      size: this.snapshot.size,
      codeAt: (slot) => this.rowsAt(slot).product.code,
      nameAt: (slot) => this.#names[slot]!,
      firstVisibleAt: (slot) => this.columns.firstVisibleAt[slot]!,
      levelAt: (slot) => this.columns.level[slot]!,
    };
  }
}

export function viewOf<Class>(snapshot: Snapshot, rules: ViewRules<Class>, at: Date): View<Class> {
  const parts: ViewParts<Class> = {
    snapshot,
    vocabulary: rules.vocabulary,
    standings: [],
    names: [],
    attributes: [],
    columns: newColumns(snapshot.size),
    text: new TextIndex(snapshot.size),
  };
  for (let slot = 0; slot < snapshot.size; slot++) place(parts, rules, slot, at);
  return new View(parts, at.getTime());
}

interface ViewParts<Class> {
  readonly snapshot: Snapshot;
  readonly vocabulary: Vocabulary<Class>;
  readonly standings: Standing[];
  readonly names: string[];
  readonly attributes: Int32Array[];
  readonly columns: Columns;
  readonly text: TextIndex;
}

const NO_ATTRIBUTES = new Int32Array(0);

/** Evaluates one product at an instant into its place in every column. */
function place<Class>(parts: ViewParts<Class>, rules: ViewRules<Class>, slot: number, at: Date): void {
  const { columns, snapshot, vocabulary } = parts;
  const rows = rowsAt(snapshot, slot);
  const kind = snapshot.kinds.get(rows.product.kind);
  const standing = standingOf(rows, kind, { at, knownSeq: snapshot.seq });
  parts.standings[slot] = standing;
  columns.visible[slot] = standing.visible;
  columns.changesAt[slot] = standing.until;
  columns.level[slot] = standing.rating ? Number(standing.rating.level.slice(1)) : 0;
  columns.firstVisibleAt[slot] = rows.listings.reduce(
    (first, listing) => Math.min(first, listing.visibleFrom.getTime()),
    Number.MAX_SAFE_INTEGER,
  );
  columns.kind[slot] = vocabulary.kinds.add(rows.product.kind, rows.product.kind);
  columns.classNo[slot] = columns.category[slot] = columns.brand[slot] = -1;
  parts.names[slot] = rows.product.code;
  parts.attributes[slot] = NO_ATTRIBUTES;
  if (!standing.version || !kind) {
    parts.text.set(slot, '');
    return;
  }
  const content = contentOf(standing.version);
  const { key, facts } = rules.classify(rows, standing, kind);
  columns.classNo[slot] = vocabulary.classes.add(key, facts);
  if (content.categoryId !== undefined)
    columns.category[slot] = vocabulary.categories.add(content.categoryId, content.categoryId);
  if (content.brandId !== undefined)
    columns.brand[slot] = vocabulary.brands.add(content.brandId, content.brandId);
  parts.names[slot] = content.name.zh;
  const values = filterableValues(kind, content.attributes).map((value) =>
    vocabulary.attributes.add(attributeKey(value), value),
  );
  parts.attributes[slot] = Int32Array.from(new Set(values));
  parts.text.set(slot, textOf(rows, kind, content));
}

export function attributeKey({ attribute, value }: AttributeValue): string {
  return `${attribute}\u0000${value}`;
}

/** Scalars count as themselves, lists as each of their values; anything deeper is no facet. */
function filterableValues(kind: KindFacts, attributes: Readonly<Record<string, unknown>>): AttributeValue[] {
  return kind.filterable.flatMap((attribute) =>
    [attributes[attribute]]
      .flat()
      .filter((value) => typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean')
      .map((value) => ({ attribute, value: String(value) })),
  );
}

function textOf(rows: ProductRows, kind: KindFacts, content: ReturnType<typeof contentOf>): string {
  const { name, summary, attributes } = content;
  const parts = [rows.product.code, name.zh, name.en, summary?.zh, summary?.en];
  for (const attribute of kind.searchable) {
    const value = attributes[attribute];
    if (typeof value === 'string') parts.push(value);
  }
  return searchable(parts.filter((part) => part !== undefined).join('\n'));
}

function newColumns(size: number, from?: Columns): Columns {
  const columns: Columns = {
    visible: new Uint8Array(size),
    level: new Uint8Array(size),
    classNo: new Int32Array(size),
    kind: new Int32Array(size),
    category: new Int32Array(size),
    brand: new Int32Array(size),
    firstVisibleAt: new Float64Array(size),
    changesAt: new Float64Array(size),
  };
  if (from)
    for (const name of Object.keys(columns) as (keyof Columns)[]) columns[name].set(from[name] as never);
  return columns;
}

if (CHANNELS.length > 8) throw new Error('Columns.visible holds one bit per channel in a byte: widen it.');
