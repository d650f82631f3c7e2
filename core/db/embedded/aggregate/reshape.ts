import type { Document } from 'bson';

import { CommandError } from '../errors.ts';
import { ofKind } from '../keys/numeric.ts';
import { isDocument } from '../keys/types.ts';
import { compileFilter } from '../match/index.ts';
import { define, own } from '../match/path.ts';
import { compileProjectStage, type Project } from '../project/index.ts';
import { branch, type Branch, compute, exclude, place } from '../project/tree.ts';
import { compileExpression, type Variables } from './expression.ts';
import { raise, typeName } from './operator.ts';

/** A stage that looks at one document at a time and emits none, one or many. */
export type Each = (doc: Document, emit: (doc: Document) => void) => void;

/** `$match`, the stages that give a document another shape, and `$unwind`; undefined for any other stage. */
export function compileEach(name: string, spec: unknown, variables: Variables): Each | undefined {
  const reshape = compileReshape(name, spec, variables);
  if (reshape) return (doc, emit) => emit(reshape(doc));
  if (name === '$match') {
    if (!isDocument(spec)) throw raise(15959, 'the match filter must be an expression in an object');
    const filter = compileFilter(spec, variables);
    return (doc, emit) => {
      if (filter(doc)) emit(doc);
    };
  }
  return name === '$unwind' ? compileUnwind(spec) : undefined;
}

/** A pipeline in the place of an update: only stages that keep to one document. Throws 72 for any other. */
export function compileUpdatePipeline(stages: Document[], at: Date): Project {
  const steps = stages.map((stage) => {
    const names = isDocument(stage) ? Object.keys(stage) : [];
    if (names.length !== 1) {
      throw raise(40323, 'A pipeline stage specification object must contain exactly one field.');
    }
    const [name] = names as [string];
    const step = compileReshape(name, stage[name], { NOW: at });
    if (!step)
      throw new CommandError(72, 'InvalidOptions', `${name} is not allowed to be used within an update`);
    return step;
  });
  return (doc) => steps.reduce((current, step) => step(current), doc);
}

function compileReshape(name: string, spec: unknown, variables: Variables): Project | undefined {
  switch (name) {
    case '$project':
      if (!isDocument(spec)) throw raise(15969, '$project specification must be an object');
      return compileProjectStage(spec, variables);
    case '$addFields':
    case '$set':
      return compileAddFields(name, spec, variables);
    case '$unset':
      return compileUnset(spec);
    case '$replaceRoot':
      if (!isDocument(spec)) {
        throw raise(
          40229,
          `expected an object as specification for $replaceRoot stage, got ${typeName(spec)}`,
        );
      }
      if (!Object.hasOwn(spec, 'newRoot'))
        throw raise(40231, 'no newRoot specified for the $replaceRoot stage');
      return compileReplace(spec['newRoot'], variables);
    case '$replaceWith':
      return compileReplace(spec, variables);
    default:
      return undefined;
  }
}

function compileAddFields(stage: string, spec: unknown, variables: Variables): Project {
  if (!isDocument(spec))
    throw raise(40272, `${stage} specification stage must be an object, got ${typeName(spec)}`);
  if (Object.keys(spec).length === 0) {
    throw raise(40177, `Invalid ${stage} :: caused by :: specification must have at least one field`);
  }
  const tree = branch();
  addFields(tree, spec, '', variables);
  return (doc) => compute({ ...doc }, tree, doc);
}

function addFields(tree: Branch, spec: Document, prefix: string, variables: Variables): void {
  for (const name of Object.keys(spec)) {
    const path = prefix + name;
    const value: unknown = spec[name];
    const nested = isDocument(value) && !Object.keys(value)[0]?.startsWith('$');
    if (nested && Object.keys(value).length === 0) {
      throw raise(40180, `an empty object is not a valid value. Found at ${path}`);
    }
    if (nested) addFields(tree, value, `${path}.`, variables);
    else place(tree, path, { kind: 'compute', compute: compileExpression(value, variables) });
  }
}

function compileUnset(spec: unknown): Project {
  const paths: unknown[] = Array.isArray(spec) ? spec : [spec];
  if (paths.length === 0)
    throw raise(31119, '$unset specification must be a string or an array with at least one field');
  const tree = branch();
  for (const path of paths) {
    if (typeof path !== 'string') {
      throw raise(
        Array.isArray(spec) ? 31120 : 31002,
        '$unset specification must be a string or an array of strings',
      );
    }
    place(tree, path, { kind: 'exclude' });
  }
  return (doc) => exclude(doc, tree);
}

function compileReplace(expression: unknown, variables: Variables): Project {
  const evaluate = compileExpression(expression, variables);
  return (doc) => {
    const root = evaluate(doc);
    if (isDocument(root)) return root;
    throw raise(
      40228,
      `'newRoot' expression must evaluate to an object, but resulting value was of type ${typeName(root)}`,
    );
  };
}

interface Unwind {
  path: string;
  includeArrayIndex?: string;
  preserveNullAndEmptyArrays?: boolean;
}

function compileUnwind(spec: unknown): Each {
  const { path, includeArrayIndex: indexField, preserveNullAndEmptyArrays: preserve } = parseUnwind(spec);
  const parts = path.slice(1).split('.');
  const indexParts = indexField?.split('.');
  const withIndex = (doc: Document, index: number | null): Document =>
    indexParts ? setAt(doc, indexParts, index === null ? null : ofKind(index, 'long')) : doc;
  return (doc, emit) => {
    const value = valueAt(doc, parts);
    if (Array.isArray(value) && value.length > 0) {
      value.forEach((element, index) => emit(withIndex(setAt(doc, parts, element), index)));
    } else if (!Array.isArray(value) && value !== undefined && value !== null) {
      emit(withIndex(doc, null));
    } else if (preserve) {
      emit(withIndex(Array.isArray(value) ? setAt(doc, parts, undefined) : doc, null));
    }
  };
}

function parseUnwind(spec: unknown): Unwind {
  if (typeof spec === 'string') return parseUnwind({ path: spec });
  if (!isDocument(spec)) {
    throw raise(
      15981,
      `expected either a string or an object as specification for $unwind stage, got ${typeName(spec)}`,
    );
  }
  const { path, includeArrayIndex, preserveNullAndEmptyArrays, ...others } = spec;
  const [other] = Object.keys(others);
  if (other !== undefined) throw raise(28811, `unrecognized option to $unwind stage: ${other}`);
  if (path === undefined) throw raise(28812, 'no path specified to $unwind stage');
  if (typeof path !== 'string')
    throw raise(28808, `expected a string as the path for $unwind stage, got ${typeName(path)}`);
  if (!path.startsWith('$'))
    throw raise(28818, `path option to $unwind stage should be prefixed with a '$': ${path}`);
  if (path.includes('..') || path.endsWith('.') || path === '$')
    throw raise(40353, `'${path}' is not a valid FieldPath`);
  if (
    includeArrayIndex !== undefined &&
    (typeof includeArrayIndex !== 'string' || includeArrayIndex === '')
  ) {
    throw raise(28810, 'expected a non-empty string for the includeArrayIndex option to $unwind stage');
  }
  if (includeArrayIndex?.startsWith('$')) {
    throw raise(
      28822,
      `includeArrayIndex option to $unwind stage should not be prefixed with a '$': ${includeArrayIndex}`,
    );
  }
  if (preserveNullAndEmptyArrays !== undefined && typeof preserveNullAndEmptyArrays !== 'boolean') {
    throw raise(28809, 'expected a boolean for the preserveNullAndEmptyArrays option to $unwind stage');
  }
  return {
    path,
    ...(includeArrayIndex === undefined ? {} : { includeArrayIndex }),
    preserveNullAndEmptyArrays: preserveNullAndEmptyArrays === true,
  };
}

function valueAt(doc: Document, parts: string[]): unknown {
  let value: unknown = doc;
  for (const part of parts) value = isDocument(value) ? own(value, part) : undefined;
  return value;
}

/** A copy with the value at the path; undefined removes the field. */
export function setAt(doc: Document, [part, ...rest]: string[], value: unknown): Document {
  const copy = { ...doc };
  const inner: unknown = own(doc, part!);
  const next = rest.length === 0 ? value : setAt(isDocument(inner) ? inner : {}, rest, value);
  if (next === undefined) delete copy[part!];
  else define(copy, part!, next);
  return copy;
}
