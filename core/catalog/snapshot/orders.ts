/** Orders in which a list can be asked for. Equal keys follow the product code, so that every order is total. */
export const SORTS = ['CODE', 'NAME', 'NEWEST', 'RISK_LOW_FIRST', 'RISK_HIGH_FIRST'] as const;
export type Sort = (typeof SORTS)[number];
export type SortKey = string | number;

/** What an order of products is made from, by slot. */
export interface SortSource {
  readonly size: number;
  codeAt(slot: number): string;
  nameAt(slot: number): string;
  /** Epoch milliseconds of the first known window. */
  firstVisibleAt(slot: number): number;
  /** 1–5; 0 for an unrated product. */
  levelAt(slot: number): number;
}

export interface Order {
  /** Slots, first to last. */
  readonly slots: Int32Array;
  readonly keyAt: (slot: number) => SortKey;
}

export function sortKeyAt(source: SortSource, sort: Sort): (slot: number) => SortKey {
  switch (sort) {
    case 'CODE':
      return () => 0;
    case 'NAME':
      return (slot) => nameKey(source.nameAt(slot));
    case 'NEWEST':
      return (slot) => -source.firstVisibleAt(slot);
    case 'RISK_LOW_FIRST':
      return (slot) => source.levelAt(slot) || UNRATED_LAST;
    case 'RISK_HIGH_FIRST':
      return (slot) => -source.levelAt(slot);
  }
}

/** Sorts all slots, or mends the order of the view before by taking out and merging in what changed. */
export function orderBy(
  source: SortSource,
  sort: Sort,
  before?: { readonly order: Order; readonly changed: ReadonlySet<number> },
): Order {
  return orderByKeys(
    { size: source.size, codeAt: (slot) => source.codeAt(slot), keyAt: sortKeyAt(source, sort) },
    before,
  );
}

/** What an order is made from, whatever it orders by. */
export interface OrderKeys {
  readonly size: number;
  codeAt(slot: number): string;
  keyAt(slot: number): SortKey;
}

/** As `orderBy`, for keys of one's own. */
export function orderByKeys(
  source: OrderKeys,
  before?: { readonly order: Order; readonly changed: ReadonlySet<number> },
): Order {
  const keyOf = (slot: number) => source.keyAt(slot);
  const keys = new Array<SortKey>(source.size);
  for (let slot = 0; slot < source.size; slot++)
    keys[slot] = before && !before.changed.has(slot) ? before.order.keyAt(slot) : keyOf(slot);
  const compare = (a: number, b: number) =>
    comparePlaces(keys[a]!, source.codeAt(a), keys[b]!, source.codeAt(b));
  const keyAt = (slot: number) => keys[slot]!;
  if (!before) return { slots: Int32Array.from(keys.keys()).sort(compare), keyAt };
  const changed = Int32Array.from(before.changed).sort(compare);
  return { slots: merge(before.order.slots, before.changed, changed, source.size, compare), keyAt };
}

/** The place of (key, code) before, at or after another. */
export function comparePlaces(keyA: SortKey, codeA: string, keyB: SortKey, codeB: string): number {
  if (keyA !== keyB) return keyA < keyB ? -1 : 1;
  return codeA === codeB ? 0 : codeA < codeB ? -1 : 1;
}

const UNRATED_LAST = 9;

function merge(
  before: Int32Array,
  replaced: ReadonlySet<number>,
  changed: Int32Array,
  size: number,
  compare: (a: number, b: number) => number,
): Int32Array {
  const merged = new Int32Array(size);
  let next = 0;
  let place = 0;
  for (const slot of before) {
    if (replaced.has(slot)) continue;
    while (next < changed.length && compare(changed[next]!, slot) < 0) merged[place++] = changed[next++]!;
    merged[place++] = slot;
  }
  while (next < changed.length) merged[place++] = changed[next++]!;
  return merged;
}

const HAN = /\p{Script=Han}/u;
let rankOfHan: ReadonlyMap<string, string> | undefined;

/**
 * A key whose plain comparison puts names in the order of their pinyin. Comparing through ICU at every step of a sort
 * would take seconds for 100,000 names; ranking the characters once takes a fraction of one.
 */
export function nameKey(name: string): string {
  let key = '';
  for (const letter of name.normalize('NFKC').toLowerCase())
    key += HAN.test(letter) ? hanRank(letter) : letter;
  return key;
}

function hanRank(letter: string): string {
  rankOfHan ??= rankHan();
  return rankOfHan.get(letter) ?? `\u{f0000}${letter}`;
}

function rankHan(): ReadonlyMap<string, string> {
  const letters = Array.from({ length: 0x9fff - 0x4e00 + 1 }, (_, index) =>
    String.fromCharCode(0x4e00 + index),
  );
  letters.sort(new Intl.Collator('zh-CN').compare);
  return new Map(letters.map((letter, rank) => [letter, String.fromCharCode(0x4e00 + rank)]));
}
