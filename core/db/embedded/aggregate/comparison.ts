import { compare, rankOf } from '../keys/index.ts';
import { isTruthy } from '../match/predicate.ts';
import { type Operators, raise, typeName } from './operator.ts';

export const comparisonOperators: Operators = {
  $eq: { min: 2, max: 2, apply: ([a, b]) => order(a, b) === 0 },
  $ne: { min: 2, max: 2, apply: ([a, b]) => order(a, b) !== 0 },
  $gt: { min: 2, max: 2, apply: ([a, b]) => order(a, b) > 0 },
  $gte: { min: 2, max: 2, apply: ([a, b]) => order(a, b) >= 0 },
  $lt: { min: 2, max: 2, apply: ([a, b]) => order(a, b) < 0 },
  $lte: { min: 2, max: 2, apply: ([a, b]) => order(a, b) <= 0 },
  $not: { min: 1, max: 1, apply: ([a]) => !isTruthy(a) },
  $in: {
    min: 2,
    max: 2,
    apply: ([value, list]) => {
      if (!Array.isArray(list))
        throw raise(40081, `$in requires an array as a second argument, found: ${typeName(list)}`);
      return list.some((element) => order(element, value) === 0);
    },
  },
  $type: { min: 1, max: 1, apply: ([a]) => typeName(a) },
};

/** Over all types; unlike in a filter, missing stands apart from null: before it, and after MinKey. */
function order(a: unknown, b: unknown): number {
  if (a === undefined || b === undefined) {
    if (a === b) return 0;
    const other = a ?? b;
    const before = other !== null && other !== undefined && rankOf(other) < rankOf(null);
    return (a === undefined) === before ? 1 : -1;
  }
  return compare(a, b);
}
