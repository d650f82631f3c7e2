import type { Document } from 'bson';

import { CommandError, raise, typeMismatch } from '../errors.ts';
import { compare } from '../keys/index.ts';
import { type NumberKind, numberKind, numberOf, ofKind, widerKind } from '../keys/numeric.ts';
import { isDocument, typeName } from '../keys/types.ts';
import { define, own } from '../match/path.ts';
import { isTruthy } from '../match/predicate.ts';

/** What an expression sees: the document, and the elements that `$filter` names. A missing value is undefined. */
interface Scope {
  root: Document;
  elements: Readonly<Record<string, unknown>>;
}

type Evaluate = (scope: Scope) => unknown;
/** The names that `$$` may be followed by. */
type Names = ReadonlySet<string>;

/**
 * An aggregation expression as a function of a document; undefined means missing. Throws 168 for an operator
 * outside the list, and MongoDB's codes for arguments that are wrong. Source: manual, "Aggregation Operators".
 */
export function compileExpression(expression: unknown): (doc: Document) => unknown {
  const evaluate = compile(expression, new Set());
  return (root) => evaluate({ root, elements: {} });
}

function compile(expression: unknown, names: Names): Evaluate {
  if (typeof expression === 'string')
    return expression.startsWith('$') ? compilePath(expression, names) : () => expression;
  if (Array.isArray(expression)) {
    const elements = expression.map((element) => compile(element, names));
    return (scope) => elements.map((element) => element(scope) ?? null);
  }
  if (!isDocument(expression)) return () => expression;
  const keys = Object.keys(expression);
  if (!keys.some((key) => key.startsWith('$'))) return compileObject(expression, names);
  if (keys.length > 1) {
    throw raise(
      15983,
      'An object representing an expression must have exactly one field: ' + keys.join(', '),
    );
  }
  const [operator] = keys as [string];
  if (Object.hasOwn(FORMS, operator)) return FORMS[operator]!(expression[operator], names);
  if (Object.hasOwn(OPERATORS, operator)) return compileOperator(operator, expression[operator], names);
  throw new CommandError(
    168,
    'InvalidPipelineOperator',
    `Unrecognized expression '${operator}' (the embedded database refuses it)`,
  );
}

function compilePath(path: string, names: Names): Evaluate {
  const isVariable = path.startsWith('$$');
  const parts = path.slice(isVariable ? 2 : 1).split('.');
  if (parts.includes(''))
    throw raise(parts.length === 1 ? 16872 : 40353, `'${path}' is not a valid FieldPath`);
  if (parts.some((part) => part.startsWith('$'))) {
    throw raise(16410, `FieldPath field names may not start with '$': ${path}`);
  }
  if (!isVariable) return ({ root }) => follow(root, parts, 0);
  const [name] = parts as [string];
  if (name === 'ROOT') return ({ root }) => follow(root, parts, 1);
  if (!names.has(name)) {
    throw raise(17276, `Use of undefined variable: ${name} (the embedded database has only $$ROOT)`);
  }
  return ({ elements }) => follow(elements[name], parts, 1);
}

/** Through an array, a path gives the array of what its documents hold there. */
function follow(value: unknown, parts: string[], at: number): unknown {
  if (at === parts.length) return value;
  if (Array.isArray(value)) {
    const found = value.map((element) => (isDocument(element) ? follow(element, parts, at) : undefined));
    return found.filter((element) => element !== undefined);
  }
  return isDocument(value) ? follow(own(value, parts[at]!), parts, at + 1) : undefined;
}

function compileObject(expression: Document, names: Names): Evaluate {
  const fields = Object.keys(expression).map((name) => {
    if (name.includes('.')) throw raise(16412, `FieldPath field names may not contain '.': ${name}`);
    return { name, evaluate: compile(expression[name], names) };
  });
  return (scope) => {
    const result: Document = {};
    for (const { name, evaluate } of fields) {
      const value = evaluate(scope);
      if (value !== undefined) define(result, name, value);
    }
    return result;
  };
}

/** Operators over evaluated arguments; a missing argument is undefined. */
interface Operator {
  /** How many arguments it takes; undefined for any number. */
  takes?: number;
  apply(args: unknown[]): unknown;
}

const OPERATORS: Record<string, Operator> = {
  $eq: { takes: 2, apply: ([a, b]) => order(a, b) === 0 },
  $ne: { takes: 2, apply: ([a, b]) => order(a, b) !== 0 },
  $gt: { takes: 2, apply: ([a, b]) => order(a, b) > 0 },
  $gte: { takes: 2, apply: ([a, b]) => order(a, b) >= 0 },
  $lt: { takes: 2, apply: ([a, b]) => order(a, b) < 0 },
  $lte: { takes: 2, apply: ([a, b]) => order(a, b) <= 0 },
  $not: { takes: 1, apply: ([a]) => !isTruthy(a) },
  $and: { apply: (args) => args.every(isTruthy) },
  $or: { apply: (args) => args.some(isTruthy) },
  $add: { apply: (args) => calculate('$add', args, (a, b) => a + b, 0) },
  $subtract: { takes: 2, apply: (args) => calculate('$subtract', args, (a, b) => a - b) },
  $multiply: { apply: (args) => calculate('$multiply', args, (a, b) => a * b, 1) },
};

function compileOperator(operator: string, operand: unknown, names: Names): Evaluate {
  const { takes, apply } = OPERATORS[operator]!;
  const list = listOf(operand);
  if (takes !== undefined && list.length !== takes) {
    throw raise(
      16020,
      `Expression ${operator} takes exactly ${takes} arguments. ${list.length} were passed in.`,
    );
  }
  const args = list.map((argument) => compile(argument, names));
  return (scope) => apply(args.map((argument) => argument(scope)));
}

/** Over all types; unlike in a filter, missing stands apart from null and before it. */
function order(a: unknown, b: unknown): number {
  if (a === undefined || b === undefined) return a === b ? 0 : a === undefined ? -1 : 1;
  return compare(a, b);
}

/** Numbers only; null or missing makes the result null, and the widest kind of number is kept. */
function calculate(
  operator: string,
  args: unknown[],
  step: (a: number, b: number) => number,
  start?: number,
): unknown {
  let kind: NumberKind = 'int';
  let result = start;
  for (const value of args) {
    if (value === null || value === undefined) return null;
    const number = numberOf(value);
    if (number === undefined) {
      throw typeMismatch(`${operator} takes only numbers in the embedded database, not ${typeName(value)}`);
    }
    result = result === undefined ? number : step(result, number);
    kind = widerKind(kind, numberKind(value)!);
  }
  return ofKind(result!, kind);
}

/** Operators that do not simply take values: they decide what is evaluated, or with which names. */
const FORMS: Record<string, (operand: unknown, names: Names) => Evaluate> = {
  $literal: (operand) => () => operand,
  $ifNull: (operand, names) => {
    const entries = listOf(operand).map((entry) => compile(entry, names));
    if (entries.length < 2) throw raise(1257300, '$ifNull needs at least two arguments');
    return (scope) => {
      for (const entry of entries.slice(0, -1)) {
        const value = entry(scope);
        if (value !== null && value !== undefined) return value;
      }
      return entries.at(-1)!(scope);
    };
  },
  $cond: (operand, names) => {
    const parts = isDocument(operand)
      ? argumentsOf('$cond', operand, ['if', 'then', 'else'], 17080)
      : listOf(operand);
    if (parts.length !== 3) throw raise(16020, 'Expression $cond takes exactly 3 arguments.');
    const [test, yes, no] = parts.map((part) => compile(part, names));
    return (scope) => (isTruthy(test!(scope)) ? yes!(scope) : no!(scope));
  },
  $filter: (operand, names) => {
    const given = isDocument(operand) && !Object.hasOwn(operand, 'as') ? { ...operand, as: 'this' } : operand;
    const [input, name, cond] = argumentsOf('$filter', given, ['input', 'as', 'cond'], 28648);
    if (typeof name !== 'string' || !/^[a-z]\w*$/.test(name)) {
      throw new CommandError(9, 'FailedToParse', `'${String(name)}' is not a valid variable name`);
    }
    const list = compile(input, names);
    const test = compile(cond, new Set([...names, name]));
    return (scope) => {
      const value = list(scope);
      if (value === null || value === undefined) return null;
      if (!Array.isArray(value))
        throw raise(28651, `input to $filter must be an array not ${typeName(value)}`);
      return value.filter((element: unknown) =>
        isTruthy(test({ root: scope.root, elements: { ...scope.elements, [name]: element } })),
      );
    };
  },
};

function listOf(operand: unknown): unknown[] {
  return Array.isArray(operand) ? operand : [operand];
}

/** The values of exactly these arguments, in their order. */
function argumentsOf(operator: string, operand: unknown, wanted: string[], code: number): unknown[] {
  if (!isDocument(operand)) throw raise(code, `${operator} only supports an object as its argument`);
  const unknown = Object.keys(operand).find((name) => !wanted.includes(name));
  if (unknown !== undefined) throw raise(code, `Unrecognized parameter to ${operator}: ${unknown}`);
  const missing = wanted.find((name) => !Object.hasOwn(operand, name));
  if (missing !== undefined) throw raise(code, `Missing '${missing}' parameter to ${operator}`);
  return wanted.map((name) => operand[name] as unknown);
}
