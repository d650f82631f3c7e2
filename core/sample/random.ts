/** Repeatable chance: the same seed gives the same sample firm everywhere. Never for secrets. */
export class SeededRandom {
  #state: number;

  constructor(seed: number) {
    this.#state = seed >>> 0;
  }

  /** At least 0 and below 1 (mulberry32). */
  next(): number {
    this.#state = (this.#state + 0x6d2b79f5) >>> 0;
    let mixed = this.#state;
    mixed = Math.imul(mixed ^ (mixed >>> 15), mixed | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  }

  /** A whole number from `min` to `max`, both included. */
  int(min: number, max: number): number {
    return min + Math.floor(this.next() * (max - min + 1));
  }

  pick<T>(choices: readonly T[]): T {
    return choices[this.int(0, choices.length - 1)]!;
  }

  /** True in so many of a hundred cases. */
  chance(pct: number): boolean {
    return this.next() * 100 < pct;
  }

  /** Shuffles in place and returns the same list. */
  shuffle<T>(list: T[]): T[] {
    for (let last = list.length - 1; last > 0; last--) {
      const other = this.int(0, last);
      [list[last], list[other]] = [list[other]!, list[last]!];
    }
    return list;
  }

  /** So many different ones of the list. */
  sample<T>(list: readonly T[], count: number): T[] {
    if (count > list.length) throw new Error(`There are ${list.length} to choose from, not ${count}.`);
    return this.shuffle([...list]).slice(0, count);
  }
}
