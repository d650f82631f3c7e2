import type { Document } from 'bson';
import { sortKey } from '../aggregate/index.ts';
import { CommandError, badValue } from '../errors.ts';
import { asNumber } from '../wire/bson.ts';
import type { Sort } from './choose.ts';
import { Found } from './scan.ts';

/** MongoDB's limit for a sort that no index serves. */
const SORT_BYTES_MAX = 100 * 1024 * 1024;

/** Documents in a wanted order that no index gives: all of them, or the first `count` in bounded memory. */
export class Sorter {
  readonly #sort: Sort;
  readonly #key: (document: Document) => Buffer;
  readonly #count: number;
  #kept: { key: Buffer; order: number; found: Found }[] = [];
  #bytes = 0;
  #order = 0;

  constructor(sort: Sort, count: number) {
    this.#sort = sort;
    this.#key = sort.length > 0 ? sortKey(Object.fromEntries(sort)) : () => Buffer.alloc(0);
    this.#count = count;
  }

  add(found: Found): void {
    const key = this.#key(found.document);
    // Kept without its decoded form, which takes several times the memory.
    this.#kept.push({ key, order: this.#order++, found: new Found(found.recordId, found.raw) });
    this.#bytes += key.length + found.raw.length;
    if (this.#kept.length >= 2 * this.#count + 100) this.#trim();
    if (this.#bytes > SORT_BYTES_MAX) {
      throw new CommandError(
        292,
        'QueryExceededMemoryLimitNoDiskUseAllowed',
        `Sort exceeded memory limit of ${SORT_BYTES_MAX} bytes; add an index on ${this.#sort.map(([path]) => path).join(', ')}`,
      );
    }
  }

  sorted(): Found[] {
    this.#trim();
    return this.#kept.map(({ found }) => found);
  }

  #trim(): void {
    this.#kept.sort((a, b) => a.key.compare(b.key) || a.order - b.order);
    this.#kept.length = Math.min(this.#kept.length, this.#count);
    this.#bytes = this.#kept.reduce((sum, { key, found }) => sum + key.length + found.raw.length, 0);
  }
}

/** Reads a sort document; directions other than 1 and −1 (text scores, say) are refused. */
export function parseSort(sort: unknown): Sort {
  if (sort == null) return [];
  return Object.entries(sort as Document).map(([path, given]) => {
    const direction = asNumber(given);
    if (direction !== 1 && direction !== -1) {
      throw badValue(`sort by '${path}': the direction is 1 or -1, nothing else is supported`);
    }
    if (path === '') throw badValue('sort by an empty path');
    return [path, direction];
  });
}
