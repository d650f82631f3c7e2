import type { Document } from 'bson';

import { CommandError, failedToParse } from '../errors.ts';
import { compare } from '../keys/index.ts';
import { bsonType, isDocument } from '../keys/types.ts';
import { define, own } from '../match/path.ts';
import { OPERATORS } from './operators.ts';
import { comparePaths, parsePath, refuseConflicts } from './path.ts';
import { seedFrom } from './seed.ts';
import { applyModifiers, type Modifier } from './walk.ts';

export interface Update {
  /** The changed copy; the given document stays as it was. Throws CommandError, in MongoDB's codes. */
  apply(doc: Document, opts: { insert: boolean }): Document;
  /** The document that an upsert applies this update to, from the filter's equality conditions. */
  seed(filter: Document): Document;
}

/** An update by operators or by replacement; what can be refused without a document is refused here. */
export function compileUpdate(update: Document): Update {
  if (Array.isArray(update)) {
    throw failedToParse('an update by a pipeline is not offered (the embedded database refuses it)');
  }
  if (!Object.keys(update)[0]?.startsWith('$')) return replacement(update);
  const modifiers = parseModifiers(update);
  refuseConflicts(modifiers.map(({ parts }) => parts));
  modifiers.sort((a, b) => comparePaths(a.parts, b.parts));
  return {
    apply: (doc, { insert }) => {
      const wanted = insert ? modifiers : modifiers.filter(({ insertOnly }) => !insertOnly);
      return keepId(doc, applyModifiers(doc, wanted), insert);
    },
    seed: seedFrom,
  };
}

function replacement(update: Document): Update {
  const dollar = Object.keys(update).find((name) => name.startsWith('$'));
  if (dollar !== undefined) {
    throw new CommandError(
      52,
      'DollarPrefixedFieldName',
      `The dollar ($) prefixed field '${dollar}' is not allowed in the context of an update's replacement document.`,
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

function parseModifiers(update: Document): Modifier[] {
  return Object.keys(update).flatMap((operator) => {
    const fields: unknown = update[operator];
    if (!Object.hasOwn(OPERATORS, operator)) {
      throw failedToParse(
        `Unknown modifier: ${operator}. Expected a valid update modifier (the embedded database refuses what it ` +
          `does not offer)`,
      );
    }
    if (!isDocument(fields)) {
      throw failedToParse(
        `Modifiers operate on fields but we found type ${bsonType(fields)} instead. For example: ` +
          `{$mod: {<field>: ...}} not {${operator}: ${String(fields)}}`,
      );
    }
    const { creates, compile } = OPERATORS[operator]!;
    return Object.keys(fields).map((path): Modifier => ({
      parts: parsePath(path),
      creates,
      change: compile(fields[path], path),
      insertOnly: operator === '$setOnInsert',
    }));
  });
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
