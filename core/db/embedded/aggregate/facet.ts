import type { Document } from 'bson';

import { isDocument } from '../keys/types.ts';
import { sizeOf, StageMemory } from './memory.ts';
import { raise } from './operator.ts';
import type { Run } from './stage.ts';

/** `$facet`: several pipelines over the same documents, which are held meanwhile. Throws 292 above 100 MB. */
export function compileFacet(spec: unknown, compilePipeline: (stages: Document[]) => Run): Run {
  if (!isDocument(spec) || Object.keys(spec).length === 0) {
    throw raise(40169, 'the $facet specification must be a non-empty object');
  }
  const facets = Object.keys(spec).map((name) => {
    const stages: unknown = spec[name];
    if (!Array.isArray(stages)) throw raise(40170, `arguments to $facet must be arrays, ${name} is not`);
    if (stages.some((stage) => isDocument(stage) && Object.hasOwn(stage, '$facet'))) {
      throw raise(40600, '$facet is not allowed to be used within a $facet stage');
    }
    return { name, run: compilePipeline(stages as Document[]) };
  });
  return async function* run(source, context) {
    const memory = new StageMemory('$facet');
    const docs: Document[] = [];
    for await (const doc of source) {
      memory.hold(sizeOf(doc));
      docs.push(doc);
    }
    const result: Document = {};
    for (const facet of facets) {
      const found: Document[] = [];
      for await (const doc of facet.run(again(docs), context)) {
        memory.hold(sizeOf(doc));
        found.push(doc);
      }
      result[facet.name] = found;
    }
    yield result;
  };
}

async function* again(docs: Document[]): AsyncIterable<Document> {
  for (const doc of docs) yield doc;
}
