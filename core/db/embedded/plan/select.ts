import type { Document } from 'bson';
import { parseSort, sortKeyOf } from '../aggregate/index.ts';
import type { Sort } from '../aggregate/index.ts';
import { CommandError } from '../errors.ts';
import { isDocument } from '../keys/types.ts';
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
    this.#key = sortKeyOf(sort);
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

/** The sort that a command names; none where it names none or an empty one. */
export function sortOf(sort: unknown): Sort {
  if (sort == null || (isDocument(sort) && Object.keys(sort).length === 0)) return [];
  return parseSort(sort);
}
