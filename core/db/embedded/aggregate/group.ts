import type { Document } from 'bson';

import { encodeValue } from '../keys/index.ts';
import { isDocument } from '../keys/types.ts';
import { define } from '../match/path.ts';
import { type Accumulator, accumulatorOf } from './accumulator.ts';
import { compileExpression, type Variables } from './expression.ts';
import { sizeOf, StageMemory } from './memory.ts';
import { raise } from './operator.ts';
import type { Run } from './stage.ts';

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
export function compileGroup(spec: unknown, variables: Variables): Run {
  if (!isDocument(spec)) throw raise(15947, "a group's fields must be specified in an object");
  if (!Object.hasOwn(spec, '_id')) throw raise(15955, 'a group specification must include an _id');
  const idOf = compileExpression(spec['_id'], variables);
  const fields = Object.keys(spec)
    .filter((name) => name !== '_id')
    .map((name) => compileField(name, spec[name], variables));
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

function compileField(name: string, spec: unknown, variables: Variables): Field {
  if (name.includes('.')) throw raise(40235, `The field name '${name}' cannot contain '.'`);
  if (name.startsWith('$')) throw raise(40236, `The field name '${name}' cannot be an operator name`);
  const operators = isDocument(spec) ? Object.keys(spec) : [];
  if (!operators[0]?.startsWith('$')) throw raise(40234, `The field '${name}' must be an accumulator object`);
  if (operators.length !== 1) throw raise(40238, `The field '${name}' must specify one accumulator`);
  const [operator] = operators as [string];
  const operand: unknown = (spec as Document)[operator];
  const create = accumulatorOf(operator);
  if (operator === '$count' && !(isDocument(operand) && Object.keys(operand).length === 0)) {
    throw raise(40234, '$count takes no arguments, i.e. $count: {}');
  }
  if (Array.isArray(operand) && operator !== '$push' && operator !== '$addToSet' && operand.length !== 1) {
    throw raise(40237, `The ${operator} accumulator is a unary operator`);
  }
  const argument: unknown = Array.isArray(operand) && operand.length === 1 ? operand[0] : operand;
  return { name, create, value: compileExpression(argument, variables) };
}

function resultOf(group: Group, fields: Field[]): Document {
  const result: Document = { _id: group.id };
  fields.forEach(({ name }, i) => define(result, name, group.accumulators[i]!.result()));
  return result;
}
