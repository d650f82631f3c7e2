import { PlatformError } from '../errors.ts';

/** An id that says nothing to its holder and cannot be mistaken for one of another type. */
export function toGlobalId(type: string, id: string): string {
  return Buffer.from(`${type}:${id}`, 'utf8').toString('base64url');
}

/** The inner id; refuses an id of another type or of no type. */
export function fromGlobalId(type: string, globalId: string): string {
  const text = Buffer.from(globalId, 'base64url').toString('utf8');
  if (text.startsWith(`${type}:`)) return text.slice(type.length + 1);
  throw new PlatformError(
    'ID_INVALID',
    `"${globalId.slice(0, 64)}" is no id of a ${type}. Use the id that a query returned.`,
  );
}
