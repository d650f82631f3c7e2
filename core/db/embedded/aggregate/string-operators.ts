import { CommandError } from '../errors.ts';
import { numberOf, ofKind } from '../keys/numeric.ts';
import { isNullish, type Operators, raise, typeName } from './operator.ts';

export const stringOperators: Operators = {
  $concat: {
    min: 0,
    max: Infinity,
    apply: (args) => {
      if (args.some(isNullish)) return null;
      const wrong = args.find((value) => typeof value !== 'string');
      if (wrong !== undefined) throw raise(16702, `$concat only supports strings, not ${typeName(wrong)}`);
      return args.join('');
    },
  },
  $toLower: {
    min: 1,
    max: 1,
    apply: ([value]) => lettersOf('$toLower', value).replace(/[A-Z]+/g, (run) => run.toLowerCase()),
  },
  $toUpper: {
    min: 1,
    max: 1,
    apply: ([value]) => lettersOf('$toUpper', value).replace(/[a-z]+/g, (run) => run.toUpperCase()),
  },
  $toString: { min: 1, max: 1, apply: ([value]) => (isNullish(value) ? null : textOf(value)) },
  $strLenCP: {
    min: 1,
    max: 1,
    apply: ([value]) => {
      if (typeof value !== 'string')
        throw raise(34471, `$strLenCP requires a string argument, found: ${typeName(value)}`);
      return ofKind([...value].length, 'int');
    },
  },
  $substrCP: { min: 3, max: 3, apply: ([value, start, count]) => substring(value, start, count) },
};

/** Only the letters of ASCII change case in these operators (manual, "$toLower": Behavior). */
function lettersOf(operator: string, value: unknown): string {
  if (isNullish(value)) return '';
  if (Array.isArray(value) || typeName(value) === 'object' || typeof value === 'boolean') {
    throw raise(16007, `can't convert from BSON type ${typeName(value)} to String in ${operator}`);
  }
  return textOf(value);
}

function textOf(value: unknown): string {
  if (typeof value === 'string') return value;
  if (value instanceof Date) return value.toISOString();
  const number = numberOf(value);
  if (number !== undefined) return numberText(number);
  const type = typeName(value);
  if (type === 'bool' || type === 'objectId') return String(value);
  throw new CommandError(241, 'ConversionFailure', `Unsupported conversion from ${type} to string`);
}

function numberText(number: number): string {
  if (Number.isFinite(number)) return String(number);
  return Number.isNaN(number) ? 'NaN' : number > 0 ? 'Infinity' : '-Infinity';
}

function substring(value: unknown, start: unknown, count: unknown): string {
  const [from, many] = [numberOf(start), numberOf(count)];
  if (from === undefined)
    throw raise(34450, `$substrCP: starting index must be a numeric type (is ${typeName(start)})`);
  if (!Number.isInteger(from))
    throw raise(34451, '$substrCP: starting index cannot be represented as a 32-bit integer');
  if (many === undefined)
    throw raise(34452, `$substrCP: length must be a numeric type (is ${typeName(count)})`);
  if (!Number.isInteger(many))
    throw raise(34453, '$substrCP: length cannot be represented as a 32-bit integer');
  if (many < 0) throw raise(34454, '$substrCP: length must be a nonnegative integer.');
  if (from < 0) throw raise(34455, '$substrCP: the starting index must be a nonnegative integer.');
  if (isNullish(value)) return '';
  return [...textOf(value)].slice(from, from + many).join('');
}
