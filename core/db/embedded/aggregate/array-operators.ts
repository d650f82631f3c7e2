import type { Document } from 'bson';

import { compare } from '../keys/index.ts';
import { numberOf } from '../keys/numeric.ts';
import { ofKind } from '../keys/numeric.ts';
import { isDocument } from '../keys/types.ts';
import { isNullish, type Operators, raise, typeName } from './operator.ts';

export const arrayOperators: Operators = {
  $size: {
    min: 1,
    max: 1,
    apply: ([list]) => {
      if (!Array.isArray(list)) {
        throw raise(17124, `The argument to $size must be an array, but was of type: ${typeName(list)}`);
      }
      return ofKind(list.length, 'int');
    },
  },
  $arrayElemAt: { min: 2, max: 2, apply: ([list, index]) => elementAt(list, index) },
  $first: { min: 1, max: 1, apply: ([list]) => ends('$first', list)?.at(0) ?? nullOf(list) },
  $last: { min: 1, max: 1, apply: ([list]) => ends('$last', list)?.at(-1) ?? nullOf(list) },
  $concatArrays: {
    min: 0,
    max: Infinity,
    apply: (lists) => {
      if (lists.some(isNullish)) return null;
      return lists.flatMap((list) => {
        if (!Array.isArray(list))
          throw raise(28664, `$concatArrays only supports arrays, not ${typeName(list)}`);
        return list as unknown[];
      });
    },
  },
  $setUnion: { min: 0, max: Infinity, apply: setUnion },
  $mergeObjects: { min: 0, max: Infinity, apply: mergeObjects },
};

function elementAt(list: unknown, index: unknown): unknown {
  if (isNullish(list) || isNullish(index)) return null;
  if (!Array.isArray(list)) {
    throw raise(28689, `$arrayElemAt's first argument must be an array, but is ${typeName(list)}`);
  }
  const at = numberOf(index);
  if (at === undefined) {
    throw raise(28690, `$arrayElemAt's second argument must be a numeric value, but is ${typeName(index)}`);
  }
  if (!Number.isInteger(at))
    throw raise(28691, `$arrayElemAt's second argument must be a 32-bit integer: ${at}`);
  return list.at(at) as unknown;
}

function ends(operator: string, list: unknown): unknown[] | undefined {
  if (isNullish(list)) return undefined;
  if (!Array.isArray(list))
    throw raise(28689, `${operator}'s argument must be an array, but is ${typeName(list)}`);
  return list;
}

/** Null for a missing list or a null at its end, missing for an empty list. */
function nullOf(list: unknown): null | undefined {
  return Array.isArray(list) && list.length === 0 ? undefined : null;
}

/** Sorted, since MongoDB leaves the order open. */
function setUnion(lists: unknown[]): unknown {
  if (lists.some(isNullish)) return null;
  const all = lists.flatMap((list) => {
    if (!Array.isArray(list))
      throw raise(17043, `All operands of $setUnion must be arrays. One is ${typeName(list)}`);
    return list as unknown[];
  });
  all.sort(compare);
  return all.filter((value, i) => i === 0 || compare(value, all[i - 1]) !== 0);
}

function mergeObjects(args: unknown[]): unknown {
  const parts = args.length === 1 && Array.isArray(args[0]) ? (args[0] as unknown[]) : args;
  const merged: Document = {};
  for (const part of parts) {
    if (isNullish(part)) continue;
    if (!isDocument(part))
      throw raise(40400, `$mergeObjects requires object inputs, but input is of type ${typeName(part)}`);
    Object.assign(merged, part);
  }
  return merged;
}
