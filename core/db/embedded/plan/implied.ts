import type { Document } from 'bson';
import { compare, typeBracket } from '../keys/index.ts';
import { compileFilter, isOperators } from '../match/index.ts';
import type { Index } from '../store/catalog.ts';
import type { Predicates } from './predicates.ts';

/** Whether a filter's clauses guarantee that every document it wants stands in a sparse or partial index. */
export function holdsAllWanted(index: Index, wanted: Predicates): boolean {
  if (index.partialFilter && !implies(wanted, index.partialFilter)) return false;
  return !index.sparse || index.key.some(([path]) => demandsPresence(wanted, path));
}

function implies(wanted: Predicates, filter: Document): boolean {
  return Object.entries(filter).every(([path, condition]) => {
    if (path === '$and') return (condition as Document[]).every((branch) => implies(wanted, branch));
    if (path.startsWith('$')) return false;
    const clauses: Document = isOperators(condition) ? condition : { $eq: condition };
    return Object.entries(clauses).every(([operator, operand]) =>
      impliesClause(wanted, path, operator, operand),
    );
  });
}

function impliesClause(wanted: Predicates, path: string, operator: string, operand: unknown): boolean {
  const clause = { [operator]: operand };
  if (wanted.clauses.some(([own, condition]) => own === path && compare(condition, clause) === 0))
    return true;
  const predicate = wanted.paths.get(path);
  if (operator === '$exists') return operand === true && demandsPresence(wanted, path);
  if (predicate?.equals) {
    const satisfies = compileFilter({ value: clause });
    return predicate.equals.every((value) => value != null && satisfies({ value }));
  }
  const [bound, side] =
    operator === '$gt' || operator === '$gte' ? [predicate?.lower, 1] : [predicate?.upper, -1];
  if (!bound || !['$gt', '$gte', '$lt', '$lte'].includes(operator)) return false;
  // Bounds of different types lie in different brackets and imply nothing of each other.
  if (!typeBracket(bound.value).lower.equals(typeBracket(operand).lower)) return false;
  const order = compare(bound.value, operand) * side;
  if (order === 0) return operator.endsWith('e') || !bound.inclusive;
  return order > 0;
}

function demandsPresence(wanted: Predicates, path: string): boolean {
  const predicate = wanted.paths.get(path);
  if (predicate?.lower || predicate?.upper) return true;
  if (predicate?.equals?.every((value) => value != null)) return true;
  return wanted.clauses.some(([own, condition]) => own === path && (condition as Document).$exists === true);
}
