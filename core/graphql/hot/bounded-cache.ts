/**
 * A cache that holds at most `weightMax`: entries used since the last turn survive it, the others go. Cheaper than
 * keeping the exact order of use, which the fastest path of the platform cannot afford.
 */
export class BoundedCache<Key, Value> {
  readonly #weightMax: number;
  readonly #weigh: (value: Value) => number;
  #young = new Map<Key, Value>();
  #old = new Map<Key, Value>();
  #weight = 0;

  constructor(weightMax: number, weigh: (value: Value) => number = () => 1) {
    this.#weightMax = weightMax;
    this.#weigh = weigh;
  }

  get size(): number {
    return this.#young.size + this.#old.size;
  }

  get(key: Key): Value | undefined {
    const young = this.#young.get(key);
    if (young !== undefined) return young;
    const old = this.#old.get(key);
    if (old === undefined) return undefined;
    this.#old.delete(key);
    this.set(key, old);
    return old;
  }

  set(key: Key, value: Value): void {
    this.#weight += this.#weigh(value);
    // Half each: what is old and what is young together stay within the bound.
    if (this.#weight > this.#weightMax / 2) {
      this.#old = this.#young;
      this.#young = new Map();
      this.#weight = this.#weigh(value);
    }
    this.#young.set(key, value);
  }
}
