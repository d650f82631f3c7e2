import type { BrandRecord, CategoryRecord, KindRecord } from '../records.ts';
import type { CatalogRows, ProductRows } from './product-rows.ts';
import type { KindFacts } from './standing.ts';

/** Products per chunk: a publication copies the chunks that it touches and shares the rest. */
const CHUNK_SIZE = 1024;

/**
 * The published catalogue as of one sequence number, immutable: a publication makes the next one. A product keeps its
 * slot (a small number, its place in every column) for the life of the process.
 */
export interface Snapshot {
  readonly seq: number;
  readonly size: number;
  readonly chunks: readonly (readonly ProductRows[])[];
  readonly slotById: ReadonlyMap<string, number>;
  readonly slotByCode: ReadonlyMap<string, number>;
  readonly kinds: ReadonlyMap<string, KindFacts>;
  readonly categories: ReadonlyMap<string, CategoryRecord>;
  readonly brands: ReadonlyMap<string, BrandRecord>;
}

/** What the next snapshot changed, so that what was derived from the last one is mended and not made again. */
export interface SnapshotChange {
  readonly snapshot: Snapshot;
  /** Slots whose rows were replaced or added. */
  readonly slots: readonly number[];
  /** Kinds, categories or brands changed: anything may have. */
  readonly vocabulary: boolean;
}

export function buildSnapshot(rows: CatalogRows): Snapshot {
  const empty: Snapshot = {
    seq: 0,
    size: 0,
    chunks: [],
    slotById: new Map(),
    slotByCode: new Map(),
    kinds: new Map(),
    categories: new Map(),
    brands: new Map(),
  };
  return applyChanges(empty, rows).snapshot;
}

export function applyChanges(before: Snapshot, rows: CatalogRows): SnapshotChange {
  const isNew = rows.products.some(({ product }) => !before.slotById.has(product._id));
  const slotById = isNew ? new Map(before.slotById) : before.slotById;
  const slotByCode = isNew ? new Map(before.slotByCode) : before.slotByCode;
  const chunks = before.chunks.slice() as ProductRows[][];
  const copied = new Set<number>();
  const slots: number[] = [];
  let size = before.size;
  for (const product of rows.products) {
    const known = slotById.get(product.product._id);
    const slot = known ?? size++;
    if (known === undefined) {
      (slotById as Map<string, number>).set(product.product._id, slot);
      (slotByCode as Map<string, number>).set(product.product.code, slot);
    }
    const chunk = Math.floor(slot / CHUNK_SIZE);
    if (!copied.has(chunk)) {
      chunks[chunk] = chunks[chunk]?.slice() ?? [];
      copied.add(chunk);
    }
    chunks[chunk]![slot % CHUNK_SIZE] = product;
    slots.push(slot);
  }
  const vocabulary = rows.kinds.length + rows.categories.length + rows.brands.length > 0;
  const snapshot: Snapshot = {
    seq: Math.max(before.seq, rows.seq),
    size,
    chunks,
    slotById,
    slotByCode,
    kinds: merged(before.kinds, rows.kinds, kindFacts),
    categories: merged(before.categories, rows.categories, (category) => category),
    brands: merged(before.brands, rows.brands, (brand) => brand),
  };
  return { snapshot, slots, vocabulary };
}

export function rowsAt(snapshot: Snapshot, slot: number): ProductRows {
  return snapshot.chunks[Math.floor(slot / CHUNK_SIZE)]![slot % CHUNK_SIZE]!;
}

function merged<Row extends { readonly _id: string }, Kept>(
  before: ReadonlyMap<string, Kept>,
  rows: readonly Row[],
  keep: (row: Row) => Kept,
): ReadonlyMap<string, Kept> {
  if (rows.length === 0) return before;
  const after = new Map(before);
  for (const row of rows) after.set(row._id, keep(row));
  return after;
}

function kindFacts(record: KindRecord): KindFacts {
  return {
    record,
    installed: !record.gone,
    filterable: attributesMarked(record, 'x-filterable'),
    searchable: attributesMarked(record, 'x-searchable'),
  };
}

function attributesMarked(kind: KindRecord, mark: string): string[] {
  const properties = (kind.attributes.properties ?? {}) as Record<string, Record<string, unknown>>;
  return Object.keys(properties).filter((name) => properties[name]![mark] === true);
}
