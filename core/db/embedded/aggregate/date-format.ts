import { notOffered } from '../keys/types.ts';
import { isNullish, raise, typeName } from './operator.ts';

const DEFAULT_FORMAT = '%Y-%m-%dT%H:%M:%S.%LZ';
const UTC_NAMES = new Set<unknown>(['UTC', 'GMT', 'Z', 'Etc/UTC', '+00:00', '+0000', '+00']);

/** `$dateToString` in UTC; other time zones are refused by name. */
export function dateToString(
  date: unknown,
  format: unknown,
  timezone: unknown,
  onNull: () => unknown,
): unknown {
  if (isNullish(date)) {
    const otherwise = onNull();
    return otherwise === undefined ? null : otherwise;
  }
  if (!(date instanceof Date)) throw raise(16006, `can't convert from BSON type ${typeName(date)} to Date`);
  if (timezone === null) return null;
  if (timezone !== undefined && !UTC_NAMES.has(timezone))
    throw notOffered(`The time zone ${String(timezone)}`);
  if (format === null) return null;
  if (format !== undefined && typeof format !== 'string')
    throw raise(18533, `$dateToString requires that 'format' be a string, found: ${typeName(format)}`);
  return formatDate(date, format ?? DEFAULT_FORMAT);
}

function formatDate(date: Date, format: string): string {
  return format.replace(/%(.?)/gs, (_match, letter: string) => {
    const write = Object.hasOwn(PARTS, letter) ? PARTS[letter] : undefined;
    if (write) return write(date);
    if ('bBGVU'.includes(letter) && letter !== '') throw notOffered(`The date format %${letter}`);
    if (letter === '') throw raise(18535, "Unmatched '%' at end of format string");
    throw raise(18536, `Invalid format character '%${letter}' in format string`);
  });
}

const padded = (number: number, width: number): string => String(number).padStart(width, '0');
const DAY_MS = 86_400_000;

const PARTS: Record<string, (date: Date) => string> = {
  Y: (date) => padded(date.getUTCFullYear(), 4),
  m: (date) => padded(date.getUTCMonth() + 1, 2),
  d: (date) => padded(date.getUTCDate(), 2),
  H: (date) => padded(date.getUTCHours(), 2),
  M: (date) => padded(date.getUTCMinutes(), 2),
  S: (date) => padded(date.getUTCSeconds(), 2),
  L: (date) => padded(date.getUTCMilliseconds(), 3),
  j: (date) => padded(Math.floor((date.getTime() - Date.UTC(date.getUTCFullYear(), 0, 1)) / DAY_MS) + 1, 3),
  u: (date) => String(date.getUTCDay() || 7),
  w: (date) => String(date.getUTCDay() + 1),
  z: () => '+0000',
  Z: () => '0',
  '%': () => '%',
};
