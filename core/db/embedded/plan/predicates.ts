import { Binary, Double, Int32, Long, ObjectId, Timestamp } from 'bson';
import type { Document } from 'bson';
import { numberOf } from '../keys/numeric.ts';
import { isDocument } from '../keys/types.ts';
import { isOperators } from '../match/index.ts';

/** What a filter demands of one path, as far as an index can serve it; all else is left to the recheck. */
export interface PathPredicate {
  /** Values of which the path must hold one; one value for equality, several for `$in`. */
  equals?: unknown[];
  lower?: { value: unknown; inclusive: boolean };
  upper?: { value: unknown; inclusive: boolean };
}

export interface Predicates {
  paths: Map<string, PathPredicate>;
  /** Every clause is an equality or a bound with a plain value: an entry within the bounds may need no recheck. */
  plain: boolean;
  /** The clauses as `path → condition`, for telling whether they imply a partial index's filter. */
  clauses: [path: string, condition: unknown][];
}

export function predicatesOf(filter: Document): Predicates {
  const predicates: Predicates = { paths: new Map(), plain: true, clauses: [] };
  collect(filter, predicates);
  return predicates;
}

function collect(filter: Document, into: Predicates): void {
  for (const [path, condition] of Object.entries(filter)) {
    if (path === '$and') {
      for (const branch of condition as Document[]) collect(branch, into);
    } else if (path.startsWith('$')) {
      into.plain = false;
    } else if (isOperators(condition)) {
      for (const [operator, operand] of Object.entries(condition)) {
        into.clauses.push([path, { [operator]: operand }]);
        if (!collectOperator(path, operator, operand, into)) into.plain = false;
      }
    } else {
      into.clauses.push([path, { $eq: condition }]);
      if (!collectOperator(path, '$eq', condition, into)) into.plain = false;
    }
  }
}

/** True when the bounds say all that the operator does. */
function collectOperator(path: string, operator: string, operand: unknown, into: Predicates): boolean {
  const predicate = into.paths.get(path) ?? {};
  const exact = fill(predicate, operator, operand);
  if (exact !== undefined) into.paths.set(path, predicate);
  return exact === true;
}

function fill(predicate: PathPredicate, operator: string, operand: unknown): boolean | undefined {
  switch (operator) {
    case '$eq':
      if (!isKeyed(operand) || predicate.equals) return undefined;
      predicate.equals = [operand];
      return isScalar(operand);
    case '$in':
      if (!Array.isArray(operand) || !operand.every(isKeyed) || predicate.equals) return undefined;
      predicate.equals = operand;
      return operand.every(isScalar);
    case '$gt':
    case '$gte':
      if (!isScalar(operand) || predicate.lower) return undefined;
      predicate.lower = { value: operand, inclusive: operator === '$gte' };
      return !isNotANumber(operand);
    case '$lt':
    case '$lte':
      if (!isScalar(operand) || predicate.upper) return undefined;
      predicate.upper = { value: operand, inclusive: operator === '$lte' };
      return !isNotANumber(operand);
    default:
      return undefined;
  }
}

/** NaN is in no range but its own, though its key comes before all numbers. */
function isNotANumber(value: unknown): boolean {
  return Number.isNaN(numberOf(value));
}

/** Values that stand in an index as they are: arrays do not, for each element has its own entry. */
function isKeyed(value: unknown): boolean {
  return value == null || isScalar(value) || isDocument(value);
}

/** Values that equal only what has the same key; null also means missing, and a document may hold arrays. */
function isScalar(value: unknown): boolean {
  switch (typeof value) {
    case 'number':
    case 'string':
    case 'boolean':
      return true;
    case 'object':
      return (
        value instanceof Int32 ||
        value instanceof Double ||
        value instanceof Long ||
        value instanceof Date ||
        value instanceof ObjectId ||
        (value instanceof Binary && value.sub_type !== Binary.SUBTYPE_VECTOR) ||
        value instanceof Timestamp
      );
    default:
      return false;
  }
}
