import type { Document } from 'bson';
import { CommandError } from '../errors.ts';
import { asNumber } from '../wire/bson.ts';

/** Counting, as countDocuments asks for it: skip, limit and one group over everything. */
export async function* runPipeline(
  stages: Document[],
  source: AsyncIterable<Document>,
  _context: unknown,
): AsyncGenerator<Document> {
  let skip = 0;
  let limit = Infinity;
  let counts = false;
  for (const stage of stages) {
    const [name] = Object.keys(stage);
    if (name === '$skip') skip = asNumber(stage.$skip) ?? 0;
    else if (name === '$limit') limit = asNumber(stage.$limit) ?? 0;
    else if (name === '$group' && Object.keys(stage.$group as Document).join() === '_id,n') counts = true;
    else throw new CommandError(40324, 'Location40324', `Unrecognized pipeline stage name: '${name}'`);
  }
  let n = 0;
  for await (const document of source) {
    if (n >= skip + limit) break;
    if (++n > skip && !counts) yield document;
  }
  if (counts && n > skip) yield { _id: 1, n: n - skip };
}
