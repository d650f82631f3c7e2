import type { Document } from 'bson';

import { badValue, CommandError, failedToParse } from '../errors.ts';
import { compare } from '../keys/index.ts';
import { refuseUnstorable } from '../keys/storable.ts';
import { compileUpdatePipeline } from '../aggregate/reshape.ts';
import { bsonType, isDocument } from '../keys/types.ts';
import { define, own } from '../match/path.ts';
import { matchedIndex } from '../match/position.ts';
import type { Change } from './change.ts';
import { OPERATORS } from './operators.ts';
import { comparePaths, isPositional, parsePath, refuseConflicts } from './path.ts';
import { type ArrayFilters, compileArrayFilters } from './positional.ts';
import { seedFrom } from './seed.ts';
import { changeAt, type Modifier, rename } from './walk.ts';

export interface UpdateOptions {
  arrayFilters?: Document[];
  /** The filter that found the document; the positional `$` needs it. */
  filter?: Document;
  /** The time that `$currentDate` and `$$NOW` write. */
  at?: Date;
}

export interface Update {
  /** The changed copy; the given document stays as it was. Throws CommandError, in MongoDB's codes. */
  apply(doc: Document, opts: { insert: boolean }): Document;
  /** The document that an upsert applies this update to, from the filter's equality conditions. */
  seed(filter: Document): Document;
}

/** An update by operators, by replacement or by pipeline; what can be refused without a document is refused here. */
export function compileUpdate(update: Document | Document[], options: UpdateOptions): Update {
  refuseUnstorable(update);
  if (Array.isArray(update)) return pipelineUpdate(update as Document[], options);
  if (!Object.keys(update)[0]?.startsWith('$')) return replacement(update, options);
  const modifiers = parseModifiers(update, options.at ?? new Date());
  const paths = modifiers.flatMap((modifier) =>
    modifier.from ? [modifier.parts, modifier.from] : [modifier.parts],
  );
  refuseConflicts(paths);
  const arrayFilters = compileArrayFilters(options.arrayFilters ?? [], paths);
  modifiers.sort((a, b) => comparePaths(a.parts, b.parts));
  const dynamic = modifiers.length > 1 && paths.some((parts) => parts.some(isPositional));
  return {
    apply: (doc, { insert }) =>
      keepId(
        doc,
        applyModifiers(doc, modifiers, { insert, arrayFilters, dynamic, filter: options.filter }),
        insert,
      ),
    seed: seedFrom,
  };
}

function pipelineUpdate(stages: Document[], options: UpdateOptions): Update {
  if (options.arrayFilters?.length) {
    throw failedToParse('arrayFilters may not be specified for pipeline-style updates');
  }
  const reshape = compileUpdatePipeline(stages, options.at ?? new Date());
  return { apply: (doc, { insert }) => keepId(doc, withId(doc, reshape(doc)), insert), seed: seedFrom };
}

/** A pipeline that gives a new document without `_id` keeps the old one's. */
function withId(before: Document, after: Document): Document {
  const id = own(before, '_id');
  return id === undefined || own(after, '_id') !== undefined ? after : { _id: id, ...after };
}

function replacement(update: Document, options: UpdateOptions): Update {
  if (options.arrayFilters?.length)
    throw failedToParse('arrayFilters may not be specified for replacement updates');
  const dollar = Object.keys(update).find((name) => name.startsWith('$'));
  if (dollar !== undefined) {
    throw new CommandError(
      52,
      'DollarPrefixedFieldName',
      `The dollar ($) prefixed field '${dollar}' in '${dollar}' is not allowed in the context of an update's ` +
        `replacement document. Consider using an aggregation pipeline with $replaceWith.`,
    );
  }
  return {
    apply(doc, { insert }) {
      const id = own(doc, '_id');
      const given = own(update, '_id');
      if (id === undefined) return keepId(doc, { ...update }, insert);
      if (given !== undefined && compare(id, given) !== 0) throw immutableId();
      const { _id: _given, ...rest } = update;
      return { _id: id, ...rest };
    },
    seed(filter) {
      const id = own(seedFrom(filter), '_id');
      return id === undefined ? {} : { _id: id };
    },
  };
}

function parseModifiers(update: Document, now: Date): Modifier[] {
  return Object.keys(update).flatMap((operator) => {
    const fields: unknown = update[operator];
    if (operator !== '$rename' && !Object.hasOwn(OPERATORS, operator)) {
      throw failedToParse(
        `Unknown modifier: ${operator}. Expected a valid update modifier or pipeline-style update specified as ` +
          `an array (the embedded database refuses what it does not offer)`,
      );
    }
    if (!isDocument(fields)) {
      throw failedToParse(
        `Modifiers operate on fields but we found type ${bsonType(fields)} instead. For example: ` +
          `{$mod: {<field>: ...}} not {${operator}: ${String(fields)}}`,
      );
    }
    return Object.keys(fields).map((path): Modifier => {
      if (operator === '$rename') return rename(path, fields[path]);
      const { creates, compile } = OPERATORS[operator]!;
      const change: Change = compile(fields[path], path, now);
      return { parts: parsePath(path), creates, change, insertOnly: operator === '$setOnInsert' };
    });
  });
}

interface Run {
  insert: boolean;
  arrayFilters: ArrayFilters;
  /** Whether two paths might meet at one place that is known only now. */
  dynamic: boolean;
  filter: Document | undefined;
}

function applyModifiers(doc: Document, modifiers: Modifier[], run: Run): Document {
  const root: Document = { ...doc };
  const walk = {
    root,
    owned: new Set<object>([root]),
    arrayFilters: run.arrayFilters,
    touched: run.dynamic ? new Set<string>() : undefined,
  };
  for (const modifier of modifiers) {
    if (modifier.insertOnly && !run.insert) continue;
    const parts = modifier.parts.includes('$')
      ? resolvePositional(modifier.parts, doc, run.filter)
      : modifier.parts;
    changeAt(walk, parts === modifier.parts ? modifier : { ...modifier, parts });
  }
  return root;
}

function resolvePositional(parts: string[], doc: Document, filter: Document | undefined): string[] {
  const at = parts.indexOf('$');
  const index = filter && matchedIndex(filter, parts.slice(0, at).join('.'), doc);
  if (index === undefined) {
    throw badValue('The positional operator did not find the match needed from the query.');
  }
  return parts.with(at, String(index));
}

/** `_id` stays what it was, and an inserted document begins with it. */
function keepId(before: Document, after: Document, insert: boolean): Document {
  const [had, has] = [own(before, '_id'), own(after, '_id')];
  if (had !== has && (had !== undefined || !insert)) {
    if (has === undefined || compare(had, has) !== 0) throw immutableId();
  }
  if (!insert || has === undefined || Object.keys(after)[0] === '_id') return after;
  const ordered: Document = { _id: has };
  for (const name of Object.keys(after)) if (name !== '_id') define(ordered, name, after[name]);
  return ordered;
}

function immutableId(): CommandError {
  return new CommandError(
    66,
    'ImmutableField',
    "Performing an update on the path '_id' would modify the immutable field '_id'",
  );
}
