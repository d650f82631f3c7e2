import type { Document } from 'bson';

import { failedToParse } from '../errors.ts';
import { EMPTY_ARRAY } from '../keys/index.ts';
import { isDocument } from '../keys/types.ts';
import { valuesAtPath } from '../match/path.ts';
import { isRegex } from '../match/predicate.ts';
import { compileExpression, type Variables } from './expression.ts';
import { sizeOf, StageMemory } from './memory.ts';
import { typeName } from './operator.ts';
import { setAt } from './reshape.ts';
import type { PipelineContext, Run } from './stage.ts';

interface Lookup {
  from: string;
  as: string;
  equality: { localField: string; foreignField: string } | undefined;
  variables: { name: string; value: (doc: Document) => unknown }[];
  pipeline: Document[];
}

type CompilePipeline = (stages: Document[], variables: Variables) => Run;

/** `$lookup` by equality, by pipeline with `let`, or both; asks the other collection per document, by its indexes. */
export function compileLookup(spec: unknown, outer: Variables, compilePipeline: CompilePipeline): Run {
  const lookup = parseLookup(spec, outer);
  // Compiled once with nothing in the variables, so that a wrong pipeline is refused before any document.
  compilePipeline(lookup.pipeline, {
    ...outer,
    ...Object.fromEntries(lookup.variables.map(({ name }) => [name, null])),
  });
  const asParts = lookup.as.split('.');
  return async function* run(source, context) {
    const memory = new StageMemory('$lookup');
    for await (const doc of source) {
      const found: Document[] = [];
      let held = 0;
      for await (const other of joined(doc, lookup, outer, compilePipeline, context)) {
        found.push(other);
        const bytes = sizeOf(other);
        memory.hold(bytes);
        held += bytes;
      }
      memory.release(held);
      yield setAt(doc, asParts, found);
      await context.yieldIfLong();
    }
  };
}

function joined(
  doc: Document,
  lookup: Lookup,
  outer: Variables,
  compilePipeline: CompilePipeline,
  context: PipelineContext,
): AsyncIterable<Document> {
  const variables: Variables = { ...outer };
  for (const { name, value } of lookup.variables) variables[name] = value(doc);
  const { filter, rest } = scanFilter(doc, lookup);
  const source = context.collection(lookup.from).scan(filter);
  return rest.length === 0 ? source : compilePipeline(rest, variables)(source, context);
}

/** The join's equality, and the pipeline's first `$match` where it names no variables, so that indexes serve. */
function scanFilter(doc: Document, { equality, pipeline }: Lookup): { filter: Document; rest: Document[] } {
  const filters: Document[] = [];
  if (equality) filters.push(equalityFilter(doc, equality.localField, equality.foreignField));
  let rest = pipeline;
  const match: unknown = pipeline[0]?.['$match'];
  if (isDocument(match) && !namesExpression(match)) {
    filters.push(match);
    rest = pipeline.slice(1);
  }
  const [first, second] = filters;
  return { filter: first && second ? { $and: [first, second] } : (first ?? {}), rest };
}

function namesExpression(filter: unknown): boolean {
  if (Array.isArray(filter)) return filter.some(namesExpression);
  if (!isDocument(filter)) return false;
  return Object.keys(filter).some((name) => name === '$expr' || namesExpression(filter[name]));
}

/** Each element of a local array may join; missing joins with null and missing; an empty array with nothing. */
function equalityFilter(doc: Document, localField: string, foreignField: string): Document {
  const { values } = valuesAtPath(doc, localField);
  const wanted = values.filter((value) => value !== EMPTY_ARRAY).map((value) => value ?? null);
  if (wanted.length === 1) return { [foreignField]: { $eq: wanted[0] } };
  if (!wanted.some(isRegex)) return { [foreignField]: { $in: wanted } };
  return { $or: wanted.map((value) => ({ [foreignField]: { $eq: value } })) };
}

function parseLookup(spec: unknown, outer: Variables): Lookup {
  if (!isDocument(spec))
    throw failedToParse(`the $lookup specification must be an object, but found ${typeName(spec)}`);
  const { from, as, localField, foreignField, let: lets, pipeline, ...others } = spec;
  const [other] = Object.keys(others);
  if (other !== undefined)
    throw failedToParse(`unknown argument to $lookup: ${other} (the embedded database refuses it)`);
  for (const [name, value] of Object.entries({ from, as, localField, foreignField })) {
    if (value !== undefined && typeof value !== 'string') {
      throw failedToParse(`$lookup argument '${name}' must be a string, found ${typeName(value)}`);
    }
  }
  if (typeof from !== 'string') throw failedToParse("must specify 'from' field for a $lookup");
  if (typeof as !== 'string' || as === '') throw failedToParse("must specify 'as' field for a $lookup");
  if ((localField === undefined) !== (foreignField === undefined)) {
    throw failedToParse('$lookup requires both or neither of localField and foreignField');
  }
  if (localField === undefined && pipeline === undefined) {
    throw failedToParse(
      "$lookup requires either 'pipeline' or both 'localField' and 'foreignField' to be specified",
    );
  }
  if (pipeline !== undefined && !Array.isArray(pipeline))
    throw failedToParse("'pipeline' option must be an array");
  if (lets !== undefined && !isDocument(lets)) throw failedToParse('$lookup argument let must be an object');
  const variables = Object.keys(lets ?? {}).map((name) => {
    if (!/^[a-z]\w*$/.test(name))
      throw failedToParse(`'${name}' starts with an invalid character for a user variable name`);
    return { name, value: compileExpression((lets as Document)[name], outer) };
  });
  const equality =
    localField === undefined ? undefined : { localField, foreignField: foreignField as string };
  return { from, as, equality, variables, pipeline: (pipeline ?? []) as Document[] };
}
