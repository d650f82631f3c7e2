import type { Document } from 'bson';

import { raise } from '../errors.ts';
import { compare, encodeValue } from '../keys/index.ts';
import { type NumberKind, numberKind, numberOf, ofKind, widerKind } from '../keys/numeric.ts';
import { isDocument } from '../keys/types.ts';
import { define } from '../match/path.ts';
import { compileExpression } from './expression.ts';
import type { Run } from './index.ts';
import { sizeOf, StageMemory } from './memory.ts';

/** Gathers one value per document; a missing value comes as undefined. `add` returns the bytes it now keeps more. */
interface Accumulator {
  add(value: unknown): number;
  result(): unknown;
}

interface Field {
  name: string;
  create: () => Accumulator;
  value: (doc: Document) => unknown;
}

interface Group {
  id: unknown;
  accumulators: Accumulator[];
}

const DOCUMENTS_PER_STEP = 64;
/** What a group takes besides its key and values. */
const GROUP_BYTES = 200;

/** `$group`: memory for the groups, not for the documents. Throws 292 above 100 MB. */
export function compileGroup(spec: unknown): Run {
  if (!isDocument(spec)) throw raise(15947, "a group's fields must be specified in an object");
  if (!Object.hasOwn(spec, '_id')) throw raise(15955, 'a group specification must include an _id');
  const idOf = compileExpression(spec['_id']);
  const fields = Object.keys(spec)
    .filter((name) => name !== '_id')
    .map((name) => compileField(name, spec[name]));
  return async function* run(source, context) {
    const groups = new Map<string, Group>();
    const memory = new StageMemory('$group');
    let seen = 0;
    for await (const doc of source) {
      // Missing and null make one group.
      const id = idOf(doc) ?? null;
      const key = typeof id === 'string' ? `s${id}` : encodeValue(id).toString('latin1');
      let group = groups.get(key);
      if (group === undefined) {
        group = { id, accumulators: fields.map((field) => field.create()) };
        groups.set(key, group);
        memory.hold(GROUP_BYTES + key.length + sizeOf(id) + GROUP_BYTES * fields.length);
      }
      let kept = 0;
      for (let i = 0; i < fields.length; i++) kept += group.accumulators[i]!.add(fields[i]!.value(doc));
      if (kept > 0) memory.hold(kept);
      if (++seen % DOCUMENTS_PER_STEP === 0) await context.yieldIfLong();
    }
    for (const group of groups.values()) yield resultOf(group, fields);
  };
}

/** Whether a group counts documents without looking at them, as `countDocuments` asks. */
export function onlyCounts(spec: unknown): boolean {
  return (
    isDocument(spec) &&
    Object.keys(spec).every((name) => {
      const value: unknown = spec[name];
      if (name === '_id') return value === null || numberOf(value) !== undefined;
      return (
        isDocument(value) && Object.keys(value).join() === '$sum' && numberOf(value['$sum']) !== undefined
      );
    })
  );
}

function compileField(name: string, spec: unknown): Field {
  if (name.includes('.')) throw raise(40235, `The field name '${name}' cannot contain '.'`);
  if (name.startsWith('$')) throw raise(40236, `The field name '${name}' cannot be an operator name`);
  const operators = isDocument(spec) ? Object.keys(spec) : [];
  if (!operators[0]?.startsWith('$')) throw raise(40234, `The field '${name}' must be an accumulator object`);
  if (operators.length !== 1) throw raise(40238, `The field '${name}' must specify one accumulator`);
  const [operator] = operators as [string];
  if (!Object.hasOwn(ACCUMULATORS, operator)) {
    throw raise(15952, `unknown group operator '${operator}' (the embedded database refuses it)`);
  }
  const operand: unknown = (spec as Document)[operator];
  if (Array.isArray(operand) && operator !== '$push')
    throw raise(40237, `The ${operator} accumulator is a unary operator`);
  return { name, create: ACCUMULATORS[operator]!, value: compileExpression(operand) };
}

function resultOf(group: Group, fields: Field[]): Document {
  const result: Document = { _id: group.id };
  fields.forEach(({ name }, i) => define(result, name, group.accumulators[i]!.result()));
  return result;
}

const ACCUMULATORS: Record<string, () => Accumulator> = {
  $sum: () => new Sum(),
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
};

/** Sums what is a number, with the rounding errors of doubles carried along (Neumaier), and keeps the widest kind. */
class Sum implements Accumulator {
  #kind: NumberKind = 'int';
  #sum = 0;
  #lost = 0;

  add(value: unknown): number {
    const number = numberOf(value);
    if (number === undefined) return 0;
    this.#kind = widerKind(this.#kind, numberKind(value)!);
    const next = this.#sum + number;
    this.#lost +=
      Math.abs(this.#sum) >= Math.abs(number) ? this.#sum - next + number : number - next + this.#sum;
    this.#sum = next;
    return 0;
  }

  result(): unknown {
    return ofKind(Number.isFinite(this.#sum) ? this.#sum + this.#lost : this.#sum, this.#kind);
  }
}

/** The least (−1) or the greatest (1) value over all types; null and missing do not count. */
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
