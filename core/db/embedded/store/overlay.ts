/** Reads over binary keys in byte order: an lmdb snapshot, or a snapshot under an overlay. */
export interface Reader {
  get(key: Buffer): Buffer | undefined;
  /** Entries from `lower` (inclusive) to `upper` (exclusive); backwards when `reverse`. */
  range(lower: Buffer, upper: Buffer, reverse?: boolean): Iterable<Entry>;
}

export interface Entry {
  key: Buffer;
  value: Buffer;
}

/** A key as a string whose order is the byte order, for maps and sorted arrays. */
export const keyText = (key: Buffer): string => key.toString('latin1');

/**
 * Writes not yet in the store, above a reader. Statements roll back to a mark; what is left is put into the
 * store in one go, so that a command that throws leaves nothing behind.
 */
export class Overlay implements Reader {
  readonly #base: Reader;
  readonly #values = new Map<string, Buffer | null>();
  readonly #sorted: string[] = [];
  #undo: [string, Buffer | null | undefined][] = [];

  constructor(base: Reader) {
    this.#base = base;
  }

  get size(): number {
    return this.#values.size;
  }

  get(key: Buffer): Buffer | undefined {
    const value = this.#values.size > 0 ? this.#values.get(keyText(key)) : undefined;
    return value === undefined ? this.#base.get(key) : (value ?? undefined);
  }

  put(key: Buffer, value: Buffer): void {
    this.#set(keyText(key), value);
  }

  remove(key: Buffer): void {
    this.#set(keyText(key), null);
  }

  mark(): number {
    return this.#undo.length;
  }

  rollback(mark: number): void {
    while (this.#undo.length > mark) {
      const [text, before] = this.#undo.pop() as [string, Buffer | null | undefined];
      if (before === undefined) {
        this.#values.delete(text);
        this.#sorted.splice(position(this.#sorted, text), 1);
      } else {
        this.#values.set(text, before);
      }
    }
  }

  /** Forgets how to roll back; called when nothing before this point can be undone any more. */
  settle(): void {
    this.#undo = [];
  }

  /** The writes in key order; null marks a removal. */
  *changes(): Iterable<[Buffer, Buffer | null]> {
    for (const text of this.#sorted) yield [Buffer.from(text, 'latin1'), this.#values.get(text) ?? null];
  }

  *range(lower: Buffer, upper: Buffer, reverse = false): Iterable<Entry> {
    const from = position(this.#sorted, keyText(lower));
    const mine = this.#sorted.slice(from, position(this.#sorted, keyText(upper)));
    if (mine.length === 0) {
      yield* this.#base.range(lower, upper, reverse);
      return;
    }
    if (reverse) mine.reverse();
    let next = 0;
    for (const entry of this.#base.range(lower, upper, reverse)) {
      const text = keyText(entry.key);
      while (next < mine.length && before(mine[next] as string, text, reverse)) {
        const own = this.#entry(mine[next++] as string);
        if (own) yield own;
      }
      if (mine[next] === text) {
        const own = this.#entry(mine[next++] as string);
        if (own) yield own;
      } else {
        yield entry;
      }
    }
    for (; next < mine.length; next++) {
      const own = this.#entry(mine[next] as string);
      if (own) yield own;
    }
  }

  #set(text: string, value: Buffer | null): void {
    const previous = this.#values.get(text);
    this.#undo.push([text, previous]);
    if (previous === undefined) this.#sorted.splice(position(this.#sorted, text), 0, text);
    this.#values.set(text, value);
  }

  #entry(text: string): Entry | undefined {
    const value = this.#values.get(text);
    return value ? { key: Buffer.from(text, 'latin1'), value } : undefined;
  }
}

function before(a: string, b: string, reverse: boolean): boolean {
  return reverse ? a > b : a < b;
}

/** The first position in a sorted array whose text is not less than the given one. */
function position(sorted: string[], text: string): number {
  let low = 0;
  let high = sorted.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((sorted[middle] as string) < text) low = middle + 1;
    else high = middle;
  }
  return low;
}
