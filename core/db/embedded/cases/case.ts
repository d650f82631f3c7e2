import type { Document } from 'bson';

/** A refusal with MongoDB's error code. */
export interface Refusal {
  error: number;
}

export interface FindOperation {
  kind: 'find';
  filter: Document;
  sort?: Document;
  projection?: Document;
}

export interface UpdateOperation {
  kind: 'update';
  filter: Document;
  update: Document;
  upsert?: boolean;
}

export interface AggregateOperation {
  kind: 'aggregate';
  pipeline: Document[];
}

export type Operation = FindOperation | UpdateOperation | AggregateOperation;

/** One statement of the manual as documents, an operation and what comes of it. */
export interface Case {
  title: string;
  /** The page of the MongoDB manual, and its section where it has one. */
  manual: string;
  documents: Document[];
  operation: Operation;
  /**
   * For a find: the ids found, in order if it sorts, or whole documents if it projects. For an update: the
   * collection afterwards. For an aggregation: its result.
   */
  expected: unknown[] | Refusal;
}

type Row<T> = [title: string, operation: T, expected: unknown[] | Refusal];

/** Cases of filters over the same documents. */
export function filters(manual: string, documents: Document[], rows: Row<Document>[]): Case[] {
  return rows.map(([title, filter, expected]) => ({
    title,
    manual,
    documents,
    operation: { kind: 'find', filter },
    expected,
  }));
}

export function sorts(manual: string, documents: Document[], rows: Row<Document>[]): Case[] {
  return rows.map(([title, sort, expected]) => ({
    title,
    manual,
    documents,
    operation: { kind: 'find', filter: {}, sort },
    expected,
  }));
}

export function projections(
  manual: string,
  documents: Document[],
  rows: [title: string, projection: Document, expected: unknown[] | Refusal, filter?: Document][],
): Case[] {
  return rows.map(([title, projection, expected, filter]) => ({
    title,
    manual,
    documents,
    operation: { kind: 'find', filter: filter ?? {}, projection },
    expected,
  }));
}

type UpdateRow = [
  title: string,
  before: Document,
  update: Document,
  after: Document | Refusal,
  more?: Omit<Partial<UpdateOperation>, 'kind' | 'update'>,
];

/** Cases of updates of one document, which has `_id` 1. */
export function updates(manual: string, rows: UpdateRow[]): Case[] {
  return rows.map(([title, before, update, after, more]) => ({
    title,
    manual,
    documents: [{ _id: 1, ...before }],
    operation: { kind: 'update', filter: { _id: 1 }, update, ...more },
    expected: isRefusal(after) ? after : [{ _id: 1, ...after }],
  }));
}

/** Cases of upserts into an empty collection. */
export function upserts(
  manual: string,
  rows: [title: string, filter: Document, update: Document, expected: Document | Refusal][],
): Case[] {
  return rows.map(([title, filter, update, expected]) => ({
    title,
    manual,
    documents: [],
    operation: { kind: 'update', filter, update, upsert: true },
    expected: isRefusal(expected) ? expected : [expected],
  }));
}

export function pipelines(manual: string, documents: Document[], rows: Row<Document[]>[]): Case[] {
  return rows.map(([title, pipeline, expected]) => ({
    title,
    manual,
    documents,
    operation: { kind: 'aggregate', pipeline },
    expected,
  }));
}

/** Cases of one expression over one document: its value, or missing where `expected` is undefined. */
export function expressions(
  manual: string,
  document: Document,
  rows: [title: string, expression: unknown, expected: unknown][],
): Case[] {
  return rows.map(([title, expression, expected]) => ({
    title,
    manual,
    documents: [{ _id: 1, ...document }],
    operation: { kind: 'aggregate', pipeline: [{ $project: { _id: 0, value: expression } }] },
    expected: isRefusal(expected) ? expected : [expected === undefined ? {} : { value: expected }],
  }));
}

export function isRefusal(expected: unknown): expected is Refusal {
  return typeof expected === 'object' && expected !== null && Object.keys(expected).join() === 'error';
}
