import { PlatformError } from '../errors.ts';

/** A page of a Relay connection. */
export interface Connection<T> {
  readonly edges: readonly { readonly cursor: string; readonly node: T }[];
  readonly pageInfo: { readonly hasNextPage: boolean; readonly endCursor: string | null };
}

/** What a page of a time-ordered display list is asked by; the list itself decides nothing. */
export interface PageArgs {
  readonly first: number;
  readonly after?: string | null;
}

/** Where a page of a list ordered by instant, newest first, goes on. */
export interface TimeCursor {
  readonly at: Date;
  readonly id: string;
}

/** @throws CURSOR_INVALID */
export function readTimeCursor(after: string | null | undefined): TimeCursor | undefined {
  if (after == null) return undefined;
  const match = /^(\d{1,16}):(.+)$/.exec(Buffer.from(after, 'base64url').toString('utf8'));
  const at = new Date(Number(match?.[1]));
  if (!match || Number.isNaN(at.getTime()))
    throw new PlatformError(
      'CURSOR_INVALID',
      `"${after.slice(0, 64)}" is no cursor of this list. Use the endCursor that the last page returned.`,
    );
  return { at, id: match[2]! };
}

/** The filter that begins after a cursor in a list sorted by `{ [field]: -1, _id: 1 }`. */
export function afterTimeCursor(field: string, cursor: TimeCursor | undefined): Record<string, unknown> {
  if (!cursor) return {};
  return { $or: [{ [field]: { $lt: cursor.at } }, { [field]: cursor.at, _id: { $gt: cursor.id } }] };
}

/** Cuts a page out of `first + 1` records found. */
export function toConnection<T extends { _id: string }>(
  found: readonly T[],
  first: number,
  at: (record: T) => Date,
): Connection<T> {
  const edges = found.slice(0, first).map((node) => ({
    cursor: Buffer.from(`${at(node).getTime()}:${node._id}`, 'utf8').toString('base64url'),
    node,
  }));
  return {
    edges,
    pageInfo: { hasNextPage: found.length > first, endCursor: edges.at(-1)?.cursor ?? null },
  };
}
