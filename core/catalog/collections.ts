export { collectionOf as collection } from '../db/collection.ts';

/** The record without its undefined members, which the driver would store as null. */
export function defined<T extends object>(record: T): T {
  return Object.fromEntries(Object.entries(record).filter(([, value]) => value !== undefined)) as T;
}

/** The list in runs of at most `size`, so that a transaction and its statements stay bounded. */
export function chunksOf<T>(items: readonly T[], size: number): T[][] {
  const chunks: T[][] = [];
  for (let start = 0; start < items.length; start += size) chunks.push(items.slice(start, start + size));
  return chunks;
}
