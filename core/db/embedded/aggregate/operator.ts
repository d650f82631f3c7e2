import { CommandError } from '../errors.ts';
import { bsonType } from '../keys/types.ts';

/** Operators over evaluated arguments; a missing argument is undefined. */
export type Operators = Record<string, { min: number; max: number; apply: (args: unknown[]) => unknown }>;

/** MongoDB's numbered errors have the name Location and the number. */
export function raise(code: number, message: string): CommandError {
  return new CommandError(code, `Location${code}`, message);
}

export function typeName(value: unknown): string {
  return value === undefined ? 'missing' : bsonType(value);
}

export function isNullish(value: unknown): value is null | undefined {
  return value === null || value === undefined;
}
