/** Leaves the field as it is. */
export const KEEP = Symbol('keep');
/** Removes the field; an array keeps the place and holds null there. */
export const REMOVE = Symbol('remove');

/** The new value of a field from its old one (undefined where missing), or KEEP or REMOVE. */
export type Change = (value: unknown) => unknown;

/** A value in an error message, short. */
export function describe(value: unknown): string {
  const text = typeof value === 'object' && value !== null ? JSON.stringify(value) : String(value);
  return text.length > 80 ? `${text.slice(0, 77)}...` : text;
}
