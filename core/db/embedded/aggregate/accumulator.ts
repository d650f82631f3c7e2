import { Double } from 'bson';

import { compare, encodeValue } from '../keys/index.ts';
import { type NumberKind, numberKind, numberOf, ofKind, widerKind } from '../keys/numeric.ts';
import { raise } from './operator.ts';
import { sizeOf } from './memory.ts';

/** Gathers one value per document; a missing value comes as undefined. `add` returns the bytes it now keeps more. */
export interface Accumulator {
  add(value: unknown): number;
  result(): unknown;
}

/** The accumulators of `$group`, by name. Throws 15952 for one outside the list. */
export function accumulatorOf(name: string): () => Accumulator {
  if (!Object.hasOwn(ACCUMULATORS, name)) {
    throw raise(15952, `unknown group operator '${name}' (the embedded database refuses it)`);
  }
  return ACCUMULATORS[name]!;
}

/** The same over a list at hand, as the expressions `$sum`, `$avg`, `$min` and `$max` take it. */
export function accumulate(name: string, values: unknown[]): unknown {
  const accumulator = accumulatorOf(name)();
  for (const value of values) accumulator.add(value);
  return accumulator.result();
}

const ACCUMULATORS: Record<string, () => Accumulator> = {
  $sum: () => {
    const sum = new Sum();
    return { add: (value) => sum.add(value), result: () => ofKind(sum.total(), sum.kind) };
  },
  $avg: () => {
    const sum = new Sum();
    return {
      add: (value) => sum.add(value),
      result: () => (sum.count === 0 ? null : new Double(sum.total() / sum.count)),
    };
  },
  $count: () => {
    let count = 0;
    return {
      add: () => {
        count++;
        return 0;
      },
      result: () => ofKind(count, 'int'),
    };
  },
  $min: () => extreme(-1),
  $max: () => extreme(1),
  $first: () => {
    let [seen, first]: [boolean, unknown] = [false, null];
    return {
      add(value) {
        if (seen) return 0;
        [seen, first] = [true, value ?? null];
        return sizeOf(value);
      },
      result: () => first,
    };
  },
  $last: () => {
    let last: unknown = null;
    return {
      add(value) {
        last = value ?? null;
        return 0;
      },
      result: () => last,
    };
  },
  $push: () => {
    const list: unknown[] = [];
    return {
      add(value) {
        if (value === undefined) return 0;
        list.push(value);
        return sizeOf(value);
      },
      result: () => list,
    };
  },
  $addToSet: () => {
    const set = new Map<string, unknown>();
    return {
      add(value) {
        if (value === undefined) return 0;
        const key = encodeValue(value).toString('latin1');
        if (set.has(key)) return 0;
        set.set(key, value);
        return key.length + sizeOf(value);
      },
      result: () => [...set.values()],
    };
  },
};

/** Sums what is a number, with the rounding errors of doubles carried along (Neumaier), and keeps the widest kind. */
class Sum {
  kind: NumberKind = 'int';
  count = 0;
  private sum = 0;
  private lost = 0;

  add(value: unknown): number {
    const number = numberOf(value);
    if (number === undefined) return 0;
    this.count++;
    this.kind = widerKind(this.kind, numberKind(value)!);
    const next = this.sum + number;
    this.lost += Math.abs(this.sum) >= Math.abs(number) ? this.sum - next + number : number - next + this.sum;
    this.sum = next;
    return 0;
  }

  total(): number {
    return Number.isFinite(this.sum) ? this.sum + this.lost : this.sum;
  }
}

function extreme(direction: 1 | -1): Accumulator {
  let best: unknown;
  return {
    add(value) {
      if (value === null || value === undefined) return 0;
      if (best === undefined || direction * compare(value, best) > 0) best = value;
      return 0;
    },
    result: () => best ?? null,
  };
}
