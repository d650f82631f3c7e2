import type { Buffer } from 'node:buffer';

import { StageMemory } from './memory.ts';

interface Row<T> {
  /** The key's bytes as a string, which orders alike and compares faster. */
  key: string;
  item: T;
  bytes: number;
}

/** Rows sorted at once; a few milliseconds of work. */
const RUN_ROWS = 1024;
/** With a number wanted up to here, no more than about twice as many rows are ever held. */
const TOP_ROWS_MAX = 10_000;

const byKey = (a: Row<unknown>, b: Row<unknown>): number => (a.key < b.key ? -1 : a.key > b.key ? 1 : 0);

/**
 * Items in the order of their keys, equal ones as they came: all of them, or the first `wanted` in bounded
 * memory. Nobody waits for a long sort: it is done in runs and merged in steps. Throws 292 above 100 MB.
 */
export class Sorter<T> {
  readonly #wanted: number;
  readonly #memory: StageMemory;
  #runs: Row<T>[][] = [];
  #current: Row<T>[] = [];
  /** Nothing at or behind this key is wanted any more. */
  #end: string | undefined;

  constructor(what: string, wanted: number) {
    this.#memory = new StageMemory(what);
    this.#wanted = wanted;
  }

  add(by: Buffer, item: T, bytes: number): void {
    const key = by.toString('latin1');
    if (this.#end !== undefined && key >= this.#end) return;
    const row = { key, item, bytes: bytes + key.length };
    this.#memory.hold(row.bytes);
    this.#current.push(row);
    if (this.#wanted <= TOP_ROWS_MAX) {
      if (this.#current.length >= this.#wanted * 2 + RUN_ROWS) this.#trim();
    } else if (this.#current.length >= RUN_ROWS) this.#endRun();
  }

  /** At once, for a few wanted. */
  first(): T[] {
    this.#trim();
    return this.#current.map(({ item }) => item);
  }

  async sorted(yieldIfLong: () => Promise<void>): Promise<T[]> {
    if (this.#wanted <= TOP_ROWS_MAX) return this.first();
    this.#endRun();
    let runs = this.#runs;
    while (runs.length > 1) {
      const merged: Row<T>[][] = [];
      for (let i = 0; i < runs.length; i += 2)
        merged.push(await merge(runs[i]!, runs[i + 1] ?? [], yieldIfLong));
      runs = merged;
    }
    return runs[0]!.slice(0, this.#wanted).map(({ item }) => item);
  }

  #endRun(): void {
    this.#runs.push(this.#current.sort(byKey));
    this.#current = [];
  }

  #trim(): void {
    this.#current.sort(byKey);
    for (const { bytes } of this.#current.splice(this.#wanted)) this.#memory.release(bytes);
    if (this.#current.length === this.#wanted) this.#end = this.#current.at(-1)?.key;
  }
}

async function merge<T>(
  left: Row<T>[],
  right: Row<T>[],
  yieldIfLong: () => Promise<void>,
): Promise<Row<T>[]> {
  const merged: Row<T>[] = [];
  let [i, j] = [0, 0];
  while (i < left.length || j < right.length) {
    const takeLeft = j === right.length || (i < left.length && byKey(left[i]!, right[j]!) <= 0);
    merged.push(takeLeft ? left[i++]! : right[j++]!);
    if (merged.length % RUN_ROWS === 0) await yieldIfLong();
  }
  return merged;
}
