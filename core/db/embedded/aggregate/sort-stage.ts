import type { Buffer } from 'node:buffer';

import type { Document } from 'bson';

import { numberOf, ofKind } from '../keys/numeric.ts';
import { sizeOf, StageMemory } from './memory.ts';
import { raise } from './operator.ts';
import { sortKey } from './sort.ts';
import type { PipelineContext, Run } from './stage.ts';

interface Row {
  /** The key's bytes as a string, which orders alike and compares faster. */
  key: string;
  doc: Document;
  bytes: number;
}

/** Rows sorted at once; a few milliseconds of work. */
const RUN_ROWS = 1024;
/** With a limit up to here, no more than twice as many rows are ever held. */
const TOP_ROWS_MAX = 10_000;

/** `$sort`, stable; with a number of rows wanted it keeps only the first ones. Throws 292 above 100 MB. */
export function compileSortStage(spec: unknown, rowsWanted: number | undefined): Run {
  const key = sortKey(spec);
  return async function* run(source, context) {
    const memory = new StageMemory('$sort');
    const rows =
      rowsWanted !== undefined && rowsWanted <= TOP_ROWS_MAX
        ? await firstRows(source, key, rowsWanted, memory, context)
        : await allRows(source, key, memory, context);
    for (const { doc } of rows) yield doc;
  };
}

type Key = (doc: Document) => Buffer;
const byKey = (a: Row, b: Row): number => (a.key < b.key ? -1 : a.key > b.key ? 1 : 0);

async function firstRows(
  source: AsyncIterable<Document>,
  key: Key,
  wanted: number,
  memory: StageMemory,
  context: PipelineContext,
): Promise<Row[]> {
  let rows: Row[] = [];
  let last: string | undefined;
  const trim = (): void => {
    rows.sort(byKey);
    for (const { bytes } of rows.slice(wanted)) memory.release(bytes);
    rows = rows.slice(0, wanted);
    if (rows.length === wanted) last = rows.at(-1)!.key;
  };
  let seen = 0;
  for await (const doc of source) {
    const row = rowOf(doc, key);
    // A later document with the key of the last kept one comes after it.
    if (last === undefined || row.key < last) {
      memory.hold(row.bytes);
      rows.push(row);
      if (rows.length >= wanted * 2 + RUN_ROWS) trim();
    }
    if (++seen % RUN_ROWS === 0) await context.yieldIfLong();
  }
  trim();
  return rows;
}

async function allRows(
  source: AsyncIterable<Document>,
  key: Key,
  memory: StageMemory,
  context: PipelineContext,
): Promise<Row[]> {
  let runs: Row[][] = [];
  let current: Row[] = [];
  for await (const doc of source) {
    const row = rowOf(doc, key);
    memory.hold(row.bytes);
    current.push(row);
    if (current.length < RUN_ROWS) continue;
    runs.push(current.sort(byKey));
    current = [];
    await context.yieldIfLong();
  }
  runs.push(current.sort(byKey));
  while (runs.length > 1) {
    const merged: Row[][] = [];
    for (let i = 0; i < runs.length; i += 2) merged.push(await merge(runs[i]!, runs[i + 1] ?? [], context));
    runs = merged;
  }
  return runs[0]!;
}

function rowOf(doc: Document, key: Key): Row {
  const sortedBy = key(doc).toString('latin1');
  return { key: sortedBy, doc, bytes: sizeOf(doc) + sortedBy.length };
}

async function merge(left: Row[], right: Row[], context: PipelineContext): Promise<Row[]> {
  if (right.length === 0) return left;
  const merged: Row[] = [];
  let [i, j] = [0, 0];
  while (i < left.length && j < right.length) {
    merged.push(byKey(left[i]!, right[j]!) <= 0 ? left[i++]! : right[j++]!);
    if (merged.length % RUN_ROWS === 0) await context.yieldIfLong();
  }
  while (i < left.length) merged.push(left[i++]!);
  while (j < right.length) merged.push(right[j++]!);
  return merged;
}

export function limitOf(spec: unknown): number {
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

export function skipOf(spec: unknown): number {
  const skip = numberOf(spec);
  if (skip === undefined || !Number.isInteger(skip) || skip < 0) {
    throw raise(
      5107200,
      `invalid argument to $skip stage: Expected a non-negative whole number: ${String(spec)}`,
    );
  }
  return skip;
}

export function limitStage(limit: number): Run {
  return async function* run(source) {
    let left = limit;
    for await (const doc of source) {
      yield doc;
      // Leaving the loop ends the source, so that nothing more is read.
      if (--left === 0) return;
    }
  };
}

export function skipStage(skip: number): Run {
  return async function* run(source, context) {
    let seen = 0;
    for await (const doc of source) {
      if (seen++ >= skip) yield doc;
      else if (seen % RUN_ROWS === 0) await context.yieldIfLong();
    }
  };
}

/** `$count`: one document with the number, or none for no input. */
export function countStage(spec: unknown): Run {
  if (typeof spec !== 'string') throw raise(40156, 'the count field must be a non-empty string');
  if (spec === '') throw raise(40157, 'the count field must be a non-empty string');
  if (spec.startsWith('$')) throw raise(40158, 'the count field cannot be a $-prefixed path');
  if (spec.includes('.')) throw raise(40160, "the count field cannot contain '.'");
  return async function* run(source, context) {
    let count = 0;
    for await (const _doc of source) if (++count % RUN_ROWS === 0) await context.yieldIfLong();
    if (count > 0) yield { [spec]: ofKind(count, 'int') };
  };
}
