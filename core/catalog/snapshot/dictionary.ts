/**
 * Gives each distinct key a small number, for typed columns. Numbers are never taken back, so a dictionary may be
 * shared by all views of a process; what fills it must be bounded by the catalogue.
 */
export class Dictionary<Value> {
  readonly #numbers = new Map<string, number>();
  readonly #values: Value[] = [];

  get size(): number {
    return this.#values.length;
  }

  /** The number of `key`, made with `value` where it is new. */
  add(key: string, value: Value): number {
    let number = this.#numbers.get(key);
    if (number === undefined) {
      number = this.#values.length;
      this.#numbers.set(key, number);
      this.#values.push(value);
    }
    return number;
  }

  find(key: string): number | undefined {
    return this.#numbers.get(key);
  }

  at(number: number): Value {
    return this.#values[number]!;
  }
}
