import type { Document } from 'bson';

import { raise, typeMismatch } from '../errors.ts';
import { numberOf, ofKind } from '../keys/numeric.ts';
import { isDocument, typeName } from '../keys/types.ts';
import { compileFilter } from '../match/index.ts';
import { define, own } from '../match/path.ts';
import { compileAddFields, compileProjectStage } from '../project/index.ts';
import { compileGroup, onlyCounts } from './group.ts';
import { sizeOf } from './memory.ts';
import { parseSort, sortKeyOf } from './sort.ts';
import { Sorter } from './sorter.ts';

export { sortKeyOf, sortOf } from './sort.ts';
export type { Sort } from './sort.ts';
export { Sorter } from './sorter.ts';

/** What a pipeline needs of the engine around it. */
export interface PipelineContext {
  /** Lets others run if this has been running for long. */
  yieldIfLong(): Promise<void>;
}

/** A compiled stage. */
export type Run = (source: AsyncIterable<Document>, context: PipelineContext) => AsyncIterable<Document>;

/** How many documents pass between two looks at the clock. */
const DOCUMENTS_PER_STEP = 64;

/**
 * The documents that the pipeline makes of the source, lazily. All stages are compiled, and refused, before this
 * returns; CommandError of a document comes while iterating. Throws 40324 for a stage outside the list.
 */
export function runPipeline(
  stages: Document[],
  source: AsyncIterable<Document>,
  context: PipelineContext,
): AsyncIterable<Document> {
  const runs = stages.map((stage, i) => {
    const [name, spec] = nameAndSpec(stage);
    if (!Object.hasOwn(STAGES, name)) {
      throw raise(40324, `Unrecognized pipeline stage name: '${name}' (the embedded database refuses it)`);
    }
    return STAGES[name]!(spec, stages.slice(i + 1));
  });
  return runs.reduce((input, run) => run(input, context), source);
}

/** Whether the stages look at no document, as those of `countDocuments`: their number is enough. */
export function countsOnly(stages: Document[]): boolean {
  const found = stages.find((stage) => !Object.hasOwn(stage, '$skip') && !Object.hasOwn(stage, '$limit'));
  return found !== undefined && (Object.hasOwn(found, '$count') || onlyCounts(found['$group']));
}

function nameAndSpec(stage: unknown): [string, unknown] {
  if (!isDocument(stage)) throw typeMismatch("Each element of the 'pipeline' array must be an object");
  const names = Object.keys(stage);
  if (names.length !== 1) {
    throw raise(40323, 'A pipeline stage specification object must contain exactly one field.');
  }
  return [names[0]!, stage[names[0]!]];
}

const STAGES: Record<string, (spec: unknown, following: Document[]) => Run> = {
  $match(spec) {
    if (!isDocument(spec)) throw raise(15959, 'the match filter must be an expression in an object');
    const filter = compileFilter(spec);
    return each((doc) => (filter(doc) ? [doc] : []));
  },
  $project(spec) {
    if (!isDocument(spec)) throw raise(15969, '$project specification must be an object');
    const project = compileProjectStage(spec);
    return each((doc) => [project(doc)]);
  },
  $addFields(spec) {
    if (!isDocument(spec)) {
      throw raise(40272, `$addFields specification stage must be an object, got ${typeName(spec)}`);
    }
    const add = compileAddFields(spec);
    return each((doc) => [add(doc)]);
  },
  $unwind: (spec) => each(compileUnwind(spec)),
  $group: compileGroup,
  $sort: (spec, following) => sortStage(spec, rowsWanted(following)),
  $limit: (spec) => limitStage(limitOf(spec)),
  $skip: (spec) => skipStage(skipOf(spec)),
  $count: countStage,
};

/** A stage that looks at one document at a time and gives none, one or many. */
function each(step: (doc: Document) => Document[]): Run {
  return async function* run(source, context) {
    let seen = 0;
    for await (const doc of source) {
      yield* step(doc);
      if (++seen % DOCUMENTS_PER_STEP === 0) await context.yieldIfLong();
    }
  };
}

/** `$unwind` by its path alone: one document per element; a scalar is one element; none for null or missing. */
function compileUnwind(spec: unknown): (doc: Document) => Document[] {
  const given: unknown = isDocument(spec) ? spec['path'] : spec;
  const other = isDocument(spec) ? Object.keys(spec).find((name) => name !== 'path') : undefined;
  if (other !== undefined) {
    throw raise(28811, `unrecognized option to $unwind stage: ${other} (the embedded database refuses it)`);
  }
  if (typeof given !== 'string') {
    if (given === undefined) throw raise(28812, 'no path specified to $unwind stage');
    throw raise(
      isDocument(spec) ? 28808 : 15981,
      `expected a string as the path for $unwind stage, got ${typeName(given)}`,
    );
  }
  if (!given.startsWith('$'))
    throw raise(28818, `path option to $unwind stage should be prefixed with a '$': ${given}`);
  const parts = given.slice(1).split('.');
  if (parts.includes('')) throw raise(40353, `'${given}' is not a valid FieldPath`);
  return (doc) => {
    const value = parts.reduce<unknown>((at, part) => (isDocument(at) ? own(at, part) : undefined), doc);
    if (Array.isArray(value)) return value.map((element: unknown) => replaceAt(doc, parts, element));
    return value === undefined || value === null ? [] : [doc];
  };
}

function replaceAt(doc: Document, [part, ...rest]: string[], value: unknown): Document {
  const copy = { ...doc };
  define(copy, part!, rest.length === 0 ? value : replaceAt(own(doc, part!) as Document, rest, value));
  return copy;
}

/** `$sort`, stable; with a number of rows wanted it keeps only the first ones. Throws 292 above 100 MB. */
function sortStage(spec: unknown, wanted: number): Run {
  const keyOf = sortKeyOf(parseSort(spec));
  return async function* run(source, context) {
    const sorter = new Sorter<Document>('$sort', wanted);
    let seen = 0;
    for await (const doc of source) {
      sorter.add(keyOf(doc), doc, sizeOf(doc));
      if (++seen % DOCUMENTS_PER_STEP === 0) await context.yieldIfLong();
    }
    yield* await sorter.sorted(() => context.yieldIfLong());
  };
}

/** How many documents of a sort are ever asked for: a `$limit` right after it, or after a `$skip`. */
function rowsWanted(following: Document[]): number {
  let skip = 0;
  for (const stage of following) {
    const [name, spec] = nameAndSpec(stage);
    if (name === '$limit') return skip + limitOf(spec);
    if (name !== '$skip') return Infinity;
    skip += skipOf(spec);
  }
  return Infinity;
}

function limitOf(spec: unknown): number {
  const limit = numberOf(spec);
  if (limit === undefined || !Number.isInteger(limit) || limit < 0) {
    throw raise(
      5107201,
      `invalid argument to $limit stage: Expected a non-negative whole number: ${String(spec)}`,
    );
  }
  if (limit === 0) throw raise(15958, 'the limit must be positive');
  return limit;
}

function skipOf(spec: unknown): number {
  const skip = numberOf(spec);
  if (skip === undefined || !Number.isInteger(skip) || skip < 0) {
    throw raise(
      5107200,
      `invalid argument to $skip stage: Expected a non-negative whole number: ${String(spec)}`,
    );
  }
  return skip;
}

function limitStage(limit: number): Run {
  return async function* run(source) {
    let left = limit;
    for await (const doc of source) {
      yield doc;
      // Leaving the loop ends the source, so that nothing more is read.
      if (--left === 0) return;
    }
  };
}

function skipStage(skip: number): Run {
  let seen = 0;
  return each((doc) => (seen++ < skip ? [] : [doc]));
}

/** `$count`: one document with the number, or none for no input. */
function countStage(spec: unknown): Run {
  if (typeof spec !== 'string') throw raise(40156, 'the count field must be a non-empty string');
  if (spec === '') throw raise(40157, 'the count field must be a non-empty string');
  if (spec.startsWith('$')) throw raise(40158, 'the count field cannot be a $-prefixed path');
  if (spec.includes('.')) throw raise(40160, "the count field cannot contain '.'");
  return async function* run(source, context) {
    let count = 0;
    for await (const _doc of source) if (++count % DOCUMENTS_PER_STEP === 0) await context.yieldIfLong();
    if (count > 0) yield { [spec]: ofKind(count, 'int') };
  };
}
