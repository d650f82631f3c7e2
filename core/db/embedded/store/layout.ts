/** Where things lie: `collection u32 | index u16 | key`. Collection 0 holds the engine's own records. */
export const PREFIX_BYTES = 6;

export const PRIMARY_INDEX = 0;

export const SYSTEM = 0;
/** Within collection 0: one record per collection, per session's last retryable write, per dropped range. */
export const CATALOG_RECORDS = 0;
export const RETRY_RECORDS = 1;
export const DROPPED_RECORDS = 2;
export const COUNTER_RECORDS = 3;

export function prefixOf(collectionId: number, indexId: number): Buffer {
  const prefix = Buffer.allocUnsafe(PREFIX_BYTES);
  prefix.writeUInt32BE(collectionId, 0);
  prefix.writeUInt16BE(indexId, 4);
  return prefix;
}

export function systemKey(kind: number, name: Buffer | string): Buffer {
  return Buffer.concat([prefixOf(SYSTEM, kind), typeof name === 'string' ? Buffer.from(name, 'utf8') : name]);
}

/** The least key greater than every key that begins with the given bytes. */
export function successor(bytes: Buffer): Buffer {
  let last = bytes.length - 1;
  while (last >= 0 && bytes[last] === 0xff) last--;
  if (last < 0) throw new Error('no key follows a key of 0xff bytes alone');
  const next = Buffer.from(bytes.subarray(0, last + 1));
  next[last] = (next[last] as number) + 1;
  return next;
}
