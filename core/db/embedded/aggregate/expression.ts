import type { Document } from 'bson';

import { CommandError } from '../errors.ts';
import { isDocument } from '../keys/types.ts';
import { define, own } from '../match/path.ts';
import { isTruthy } from '../match/predicate.ts';
import { arrayOperators } from './array-operators.ts';
import { arithmeticOperators } from './arithmetic.ts';
import { comparisonOperators } from './comparison.ts';
import { dateToString } from './date-format.ts';
import { stringOperators } from './string-operators.ts';
import { type Operators, raise, typeName } from './operator.ts';

/** Variables by name, without `$$`. */
export type Variables = Record<string, unknown>;

/** What an expression sees: the document and its variables. A missing value is undefined. */
interface Scope {
  root: Document;
  vars: Variables;
}

type Evaluate = (scope: Scope) => unknown;

/**
 * An aggregation expression as a function of a document; undefined means missing. Throws 168 for an operator
 * outside the list, and MongoDB's codes for arguments that are wrong. Source: manual, "Aggregation Operators".
 */
export function compileExpression(expression: unknown, vars: Variables = {}): (doc: Document) => unknown {
  // $$NOW is the database's clock, one reading for the whole command where the caller gives it.
  const known: Variables = { NOW: new Date(), ...vars };
  const evaluate = compile(expression, new Set(Object.keys(known)));
  return (root) => evaluate({ root, vars: known });
}

function compile(expression: unknown, names: ReadonlySet<string>): Evaluate {
  if (typeof expression === 'string')
    return expression.startsWith('$') ? compilePath(expression, names) : () => expression;
  if (Array.isArray(expression)) {
    const elements = expression.map((element) => compile(element, names));
    return (scope) => elements.map((element) => element(scope) ?? null);
  }
  if (!isDocument(expression)) return () => expression;
  const keys = Object.keys(expression);
  if (!keys.some((key) => key.startsWith('$'))) return compileObject(expression, names);
  const [operator] = keys as [string];
  if (keys.length > 1) {
    throw raise(
      15983,
      'An object representing an expression must have exactly one field: ' + keys.join(', '),
    );
  }
  return compileOperator(operator, expression[operator], names);
}

function compilePath(path: string, names: ReadonlySet<string>): Evaluate {
  const isVariable = path.startsWith('$$');
  const parts = path.slice(isVariable ? 2 : 1).split('.');
  if (parts.includes(''))
    throw raise(parts.length === 1 ? 16872 : 40353, `'${path}' is not a valid FieldPath`);
  if (parts.some((part) => part.startsWith('$'))) {
    throw raise(16410, `FieldPath field names may not start with '$': ${path}`);
  }
  if (!isVariable)
    return parts.length === 1 ? ({ root }) => own(root, parts[0]!) : ({ root }) => follow(root, parts, 0);
  const [name, ...rest] = parts as [string, ...string[]];
  if (name === 'REMOVE') return () => undefined;
  if (name === 'ROOT' || name === 'CURRENT') return ({ root }) => follow(root, rest, 0);
  if (!names.has(name)) throw raise(17276, `Use of undefined variable: ${name}`);
  return ({ vars }) => follow(vars[name], rest, 0);
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

function compileObject(expression: Document, names: ReadonlySet<string>): Evaluate {
  const fields = Object.keys(expression).map((name) => ({
    name,
    evaluate: compile(expression[name], names),
  }));
  const dotted = fields.find(({ name }) => name.includes('.'));
  if (dotted)
    throw raise(16412, `FieldPath field names may not contain '.'. Consider $setField: ${dotted.name}`);
  return (scope) => {
    const result: Document = {};
    for (const { name, evaluate } of fields) {
      const value = evaluate(scope);
      if (value !== undefined) define(result, name, value);
    }
    return result;
  };
}

const OPERATORS: Operators = {
  ...arithmeticOperators,
  ...arrayOperators,
  ...comparisonOperators,
  ...stringOperators,
};

function compileOperator(operator: string, operand: unknown, names: ReadonlySet<string>): Evaluate {
  if (Object.hasOwn(FORMS, operator)) return FORMS[operator]!(operand, names);
  if (!Object.hasOwn(OPERATORS, operator)) {
    throw new CommandError(
      168,
      'InvalidPipelineOperator',
      `Unrecognized expression '${operator}' (the embedded database refuses it)`,
    );
  }
  const { min, max, apply } = OPERATORS[operator]!;
  const list: unknown[] = Array.isArray(operand) ? operand : [operand];
  if (list.length < min || list.length > max) {
    const wanted =
      min === max ? `exactly ${min}` : `at least ${min}${max === Infinity ? '' : ` and at most ${max}`}`;
    throw raise(16020, `Expression ${operator} takes ${wanted} arguments. ${list.length} were passed in.`);
  }
  const args = list.map((argument) => compile(argument, names));
  return (scope) => apply(args.map((argument) => argument(scope)));
}

/** Operators that do not simply take values: they decide what is evaluated, or with which variables. */
const FORMS: Record<string, (operand: unknown, names: ReadonlySet<string>) => Evaluate> = {
  $literal: (operand) => () => operand,
  $and: (operand, names) => {
    const all = listOf(operand).map((entry) => compile(entry, names));
    return (scope) => all.every((entry) => isTruthy(entry(scope)));
  },
  $or: (operand, names) => {
    const any = listOf(operand).map((entry) => compile(entry, names));
    return (scope) => any.some((entry) => isTruthy(entry(scope)));
  },
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
  $cond: compileCond,
  $switch: compileSwitch,
  $filter: compileFilterForm,
  $map: compileMap,
  $dateToString: (operand, names) => {
    const { date, format, timezone, onNull } = argumentsOf(
      '$dateToString',
      operand,
      ['date'],
      ['format', 'timezone', 'onNull'],
      18628,
    );
    const [when, how, zone, otherwise] = [date, format, timezone, onNull].map((part) => compile(part, names));
    return (scope) => dateToString(when!(scope), how!(scope), zone!(scope), () => otherwise!(scope));
  },
};

function listOf(operand: unknown): unknown[] {
  return Array.isArray(operand) ? operand : [operand];
}

function argumentsOf(
  operator: string,
  operand: unknown,
  needed: string[],
  optional: string[],
  code: number,
): Document {
  if (!isDocument(operand)) throw raise(code, `${operator} only supports an object as its argument`);
  const unknown = Object.keys(operand).find((name) => !needed.includes(name) && !optional.includes(name));
  if (unknown !== undefined) throw raise(code, `Unrecognized parameter to ${operator}: ${unknown}`);
  const missing = needed.find((name) => !Object.hasOwn(operand, name));
  if (missing !== undefined) throw raise(code, `Missing '${missing}' parameter to ${operator}`);
  return operand;
}

function compileCond(operand: unknown, names: ReadonlySet<string>): Evaluate {
  let parts = operand as unknown[];
  if (isDocument(operand)) {
    const named = argumentsOf('$cond', operand, ['if', 'then', 'else'], [], 17080);
    parts = [named['if'], named['then'], named['else']];
  }
  if (!Array.isArray(parts) || parts.length !== 3)
    throw raise(16020, 'Expression $cond takes exactly 3 arguments.');
  const [test, yes, no] = parts.map((part) => compile(part, names));
  return (scope) => (isTruthy(test!(scope)) ? yes!(scope) : no!(scope));
}

function compileSwitch(operand: unknown, names: ReadonlySet<string>): Evaluate {
  const { branches, default: otherwise } = argumentsOf('$switch', operand, ['branches'], ['default'], 40060);
  if (!Array.isArray(branches)) throw raise(40061, "$switch expected an array for 'branches'");
  if (branches.length === 0) throw raise(40068, '$switch requires at least one branch.');
  const compiled = (branches as unknown[]).map((branch) => {
    const named = argumentsOf('$switch', branch, ['case', 'then'], [], 40063);
    return { test: compile(named['case'], names), then: compile(named['then'], names) };
  });
  const fallback = Object.hasOwn(operand as Document, 'default') ? compile(otherwise, names) : undefined;
  return (scope) => {
    for (const { test, then } of compiled) if (isTruthy(test(scope))) return then(scope);
    if (fallback) return fallback(scope);
    throw raise(
      40066,
      '$switch could not find a matching branch for an input, and no default was specified.',
    );
  };
}

function compileFilterForm(operand: unknown, names: ReadonlySet<string>): Evaluate {
  const { input, as, cond, limit } = argumentsOf(
    '$filter',
    operand,
    ['input', 'cond'],
    ['as', 'limit'],
    28648,
  );
  if (limit !== undefined)
    throw raise(28647, 'Unrecognized parameter to $filter: limit (the embedded database refuses it)');
  const name = variableName(as);
  const list = compile(input, names);
  const test = compile(cond, new Set([...names, name]));
  return (scope) => {
    const value = list(scope);
    if (value === null || value === undefined) return null;
    if (!Array.isArray(value)) throw raise(28651, `input to $filter must be an array not ${typeName(value)}`);
    return value.filter((element: unknown) =>
      isTruthy(test({ root: scope.root, vars: { ...scope.vars, [name]: element } })),
    );
  };
}

function compileMap(operand: unknown, names: ReadonlySet<string>): Evaluate {
  const { input, as, in: body } = argumentsOf('$map', operand, ['input', 'in'], ['as'], 16880);
  const name = variableName(as);
  const list = compile(input, names);
  const each = compile(body, new Set([...names, name]));
  return (scope) => {
    const value = list(scope);
    if (value === null || value === undefined) return null;
    if (!Array.isArray(value)) throw raise(16883, `input to $map must be an array not ${typeName(value)}`);
    return value.map(
      (element: unknown) => each({ root: scope.root, vars: { ...scope.vars, [name]: element } }) ?? null,
    );
  };
}

function variableName(as: unknown): string {
  if (as === undefined) return 'this';
  if (typeof as !== 'string' || !/^[a-z\u0080-\uffff][\w\u0080-\uffff]*$/.test(as)) {
    throw new CommandError(9, 'FailedToParse', `'${String(as)}' is not a valid variable name`);
  }
  return as;
}
