import type { Document } from 'bson';

import { compileExpression, type Variables } from '../aggregate/expression.ts';
import { raise } from '../aggregate/operator.ts';
import { numberOf } from '../keys/numeric.ts';
import { isDocument } from '../keys/types.ts';
import { compileElement } from '../match/index.ts';
import { matchedIndex } from '../match/position.ts';
import { own } from '../match/path.ts';
import { branch, type Branch, exclude, include, type Node, place } from './tree.ts';

export type Project = (doc: Document) => Document;

/**
 * The projection of `find` and `findAndModify`: fields in or out, `$slice`, `$elemMatch`, the positional `$`
 * (which needs the filter) and expressions. Source: manual, "Project Fields to Return from Query".
 */
export function compileProjection(projection: Document, filter: Document = {}): Project {
  if (Object.keys(projection).length === 0) return (doc) => doc;
  return compileTree(projection, {}, { filter });
}

/** The same without the forms that only `find` knows, as `$project` takes it. Throws 51272 for an empty one. */
export function compileProjectStage(projection: Document, variables: Variables): Project {
  if (Object.keys(projection).length === 0) {
    throw raise(
      51272,
      'Invalid $project :: caused by :: projection specification must have at least one field',
    );
  }
  return compileTree(projection, variables, undefined);
}

/** Present for `find`, whose projections know more forms. */
interface Find {
  filter: Document;
}

interface Parse {
  tree: Branch;
  variables: Variables;
  find: Find | undefined;
  /** Set by the first field other than _id that says so. */
  mode: 'include' | 'exclude' | undefined;
  id: boolean | undefined;
  /** The array that the positional `$` narrows; at most one. */
  positional: string | undefined;
}

function compileTree(spec: Document, variables: Variables, find: Find | undefined): Project {
  const parse: Parse = {
    tree: branch(),
    variables,
    find,
    mode: undefined,
    id: undefined,
    positional: undefined,
  };
  parseFields(parse, spec, '');
  const { tree, id } = parse;
  const mode = parse.mode ?? (id === true ? 'include' : 'exclude');
  if (mode === 'exclude') {
    if (id === false) place(tree, '_id', { kind: 'exclude' });
    return (doc) => exclude(doc, tree);
  }
  if (id !== false && !tree.fields.has('_id')) place(tree, '_id', { kind: 'include' });
  const project: Project = (doc) => include(doc, tree, doc);
  return parse.positional === undefined ? project : narrowed(project, parse.positional, find!.filter);
}

function parseFields(parse: Parse, spec: Document, prefix: string): void {
  for (const name of Object.keys(spec)) {
    const path = prefix === '' ? name : `${prefix}.${name}`;
    const value: unknown = spec[name];
    const flag =
      typeof value === 'boolean' ? value : numberOf(value) === undefined ? undefined : numberOf(value) !== 0;
    if (flag !== undefined) parseFlag(parse, path, flag);
    else if (!isDocument(value)) computed(parse, path, value);
    else if (Object.keys(value).length === 0) {
      throw raise(51270, `An empty sub-projection is not a valid value. Found empty object at path ${path}`);
    } else if (!Object.keys(value)[0]!.startsWith('$')) parseFields(parse, value, path);
    else parseOperator(parse, path, value);
  }
}

function parseFlag(parse: Parse, path: string, flag: boolean): void {
  if (path === '_id') {
    parse.id = flag;
    return;
  }
  if (parse.find && path.endsWith('.$')) return parsePositional(parse, path, flag);
  setMode(parse, flag ? 'include' : 'exclude', path);
  place(parse.tree, path, { kind: flag ? 'include' : 'exclude' });
}

function setMode(parse: Parse, mode: 'include' | 'exclude', path: string): void {
  if (parse.mode !== undefined && parse.mode !== mode) {
    if (mode === 'exclude')
      throw raise(31254, `Cannot do exclusion on field ${path} in inclusion projection`);
    throw raise(31253, `Cannot do inclusion on field ${path} in exclusion projection`);
  }
  parse.mode = mode;
}

function parsePositional(parse: Parse, path: string, flag: boolean): void {
  if (!flag || parse.mode === 'exclude')
    throw raise(31395, 'positional projection cannot be used with exclusion');
  if (parse.positional !== undefined)
    throw raise(31276, 'Cannot specify more than one positional projection per query.');
  parse.mode = 'include';
  parse.positional = path.slice(0, -2);
  place(parse.tree, parse.positional, { kind: 'include' });
}

function computed(parse: Parse, path: string, expression: unknown): void {
  if (parse.mode === 'exclude') {
    throw raise(31252, `Cannot use expression other than $meta in exclusion projection: ${path}`);
  }
  parse.mode = 'include';
  const compute = compileExpression(expression, parse.variables);
  place(parse.tree, path, { kind: 'compute', compute });
}

function parseOperator(parse: Parse, path: string, value: Document): void {
  const [operator] = Object.keys(value) as [string];
  if (!parse.find || (operator !== '$slice' && operator !== '$elemMatch'))
    return computed(parse, path, value);
  if (Object.keys(value).length > 1) throw raise(31254, `>1 field in projection object of ${path}`);
  if (operator === '$slice') {
    place(parse.tree, path, sliceNode(value['$slice']));
    return;
  }
  if (path.includes('.')) throw raise(31275, 'Cannot use $elemMatch projection on a nested field');
  if (!isDocument(value['$elemMatch'])) throw raise(31274, 'elemMatch: Invalid argument, object required');
  setMode(parse, 'include', path);
  const test = compileElement(value['$elemMatch'], 'whole');
  place(parse.tree, path, {
    kind: 'compute',
    compute(doc) {
      const array = own(doc, path);
      const at = Array.isArray(array) ? array.findIndex(test) : -1;
      return at < 0 ? undefined : [(array as unknown[])[at]];
    },
  });
}

/** `$slice: n` keeps the first n, or the last −n; `[skip, n]` those after skip, counted from the end if negative. */
function sliceNode(operand: unknown): Node {
  const numbers = (Array.isArray(operand) ? (operand as unknown[]) : [operand]).map(numberOf);
  const [first, limit] = numbers;
  if (numbers.length > 2 || numbers.some((number) => number === undefined || !Number.isInteger(number))) {
    throw raise(28724, 'First argument to $slice must be a number or an array of two numbers');
  }
  if (limit !== undefined && limit <= 0)
    throw raise(28729, `Third argument to $slice must be positive: ${limit}`);
  if (Array.isArray(operand) && limit === undefined) throw raise(28724, '$slice needs both skip and limit');
  const cut = (array: unknown[]): unknown[] => {
    if (limit === undefined) return first! < 0 ? array.slice(first) : array.slice(0, first);
    const skip = first! < 0 ? Math.max(array.length + first!, 0) : first!;
    return array.slice(skip, skip + limit);
  };
  return { kind: 'change', change: (value) => (Array.isArray(value) ? cut(value) : value) };
}

/** Leaves of the array only the element that met the filter. Throws 51246 where none did. */
function narrowed(project: Project, path: string, filter: Document): Project {
  const parts = path.split('.');
  return (doc) => {
    const at = matchedIndex(filter, path, doc);
    if (at === undefined) {
      throw raise(
        51246,
        "Executor error during find command :: caused by :: positional operator '.$' couldn't find a matching element in the array",
      );
    }
    return replaceAt(project(doc), parts, at);
  };
}

function replaceAt(doc: Document, [part, ...rest]: string[], at: number): Document {
  const value: unknown = doc[part!];
  if (rest.length === 0) return { ...doc, [part!]: Array.isArray(value) ? [value[at]] : value };
  return isDocument(value) ? { ...doc, [part!]: replaceAt(value, rest, at) } : doc;
}
