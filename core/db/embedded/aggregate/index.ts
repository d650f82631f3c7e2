import type { Document } from 'bson';

import { typeMismatch } from '../errors.ts';
import { isDocument } from '../keys/types.ts';
import type { Variables } from './expression.ts';
import { compileFacet } from './facet.ts';
import { compileGroup } from './group.ts';
import { compileLookup } from './lookup.ts';
import { compileEach, type Each } from './reshape.ts';
import { compileSortStage, countStage, limitOf, limitStage, skipOf, skipStage } from './sort-stage.ts';
import { raise } from './operator.ts';
import type { PipelineContext, Run } from './stage.ts';

export type { PipelineContext } from './stage.ts';
export { parseSort, sortKeyOf } from './sort.ts';
export type { Sort } from './sort.ts';

/**
 * The documents that the pipeline makes of the source, lazily. All stages are compiled, and refused, before this
 * returns; CommandError of a document comes while iterating. Throws 40324 for a stage outside the list.
 */
export function runPipeline(
  stages: Document[],
  source: AsyncIterable<Document>,
  context: PipelineContext,
): AsyncIterable<Document> {
  const variables: Variables = { NOW: context.at ?? new Date() };
  return compilePipeline(stages, variables)(source, context);
}

/** The pipeline as one function of its source; its expressions may name these variables. */
export function compilePipeline(stages: Document[], variables: Variables): Run {
  const runs: Run[] = [];
  let each: Each[] = [];
  const endEach = (): void => {
    if (each.length > 0) runs.push(eachStage(each));
    each = [];
  };
  stages.forEach((stage, i) => {
    const [name, spec] = nameAndSpec(stage);
    const simple = compileEach(name, spec, variables);
    if (simple) {
      each.push(simple);
      return;
    }
    endEach();
    runs.push(compileStage(name, spec, stages.slice(i + 1), variables));
  });
  endEach();
  return (source, context) => runs.reduce((input, run) => run(input, context), source);
}

function nameAndSpec(stage: unknown): [string, unknown] {
  if (!isDocument(stage)) throw typeMismatch("Each element of the 'pipeline' array must be an object");
  const names = Object.keys(stage);
  if (names.length !== 1) {
    throw raise(40323, 'A pipeline stage specification object must contain exactly one field.');
  }
  return [names[0]!, stage[names[0]!]];
}

function compileStage(name: string, spec: unknown, following: Document[], variables: Variables): Run {
  switch (name) {
    case '$group':
      return compileGroup(spec, variables);
    case '$sort':
      return compileSortStage(spec, rowsWanted(following));
    case '$limit':
      return limitStage(limitOf(spec));
    case '$skip':
      return skipStage(skipOf(spec));
    case '$count':
      return countStage(spec);
    case '$lookup':
      return compileLookup(spec, variables, compilePipeline);
    case '$facet':
      return compileFacet(spec, (stages) => compilePipeline(stages, variables));
    default:
      throw raise(40324, `Unrecognized pipeline stage name: '${name}' (the embedded database refuses it)`);
  }
}

/** How many documents of a sort are ever asked for: a `$limit` right after it, or after a `$skip`. */
function rowsWanted(following: Document[]): number | undefined {
  let skip = 0;
  for (const stage of following) {
    const [name, spec] = nameAndSpec(stage);
    if (name === '$limit') return skip + limitOf(spec);
    if (name !== '$skip') return undefined;
    skip += skipOf(spec);
  }
  return undefined;
}

/** A short step aside after so many documents, so that one scan does not hold others up. */
const DOCUMENTS_PER_STEP = 64;

function eachStage(steps: Each[]): Run {
  return async function* run(source, context) {
    let out: Document[] = [];
    const step = steps.reduceRight<(doc: Document) => void>(
      (emit, each) => (doc) => each(doc, emit),
      (doc) => out.push(doc),
    );
    let seen = 0;
    for await (const doc of source) {
      step(doc);
      if (out.length > 0) {
        const ready = out;
        out = [];
        for (const result of ready) yield result;
      }
      if (++seen % DOCUMENTS_PER_STEP === 0) await context.yieldIfLong();
    }
  };
}
