import { badValue, CommandError } from '../errors.ts';

/**
 * A search for plain text: anywhere in a string, or at its beginning (`^`), and with option `i` in any case.
 * Punctuation may be escaped. Whatever else means something in a pattern is refused, so that no pattern means
 * something else here than in MongoDB. Throws 51091 for such a pattern, 51108 for an unknown option.
 */
export function compileRegex(pattern: string, options: string): RegExp {
  const option = [...options].find((one) => one !== 'i');
  if (option !== undefined && 'msux'.includes(option))
    throw badValue(`$regex option ${option} is not offered by the embedded database`);
  if (option !== undefined)
    throw new CommandError(51108, 'Location51108', `invalid flag in regex options: ${option}`);
  const atStart = pattern.startsWith('^');
  const text = plainText(atStart ? pattern.slice(1) : pattern);
  if (text === undefined) {
    throw new CommandError(
      51091,
      'Location51091',
      `Regular expression ${pattern}: the embedded database searches for plain text only, or for its beginning`,
    );
  }
  const escaped = text.replace(/[\^$\\.*+?()[\]{}|/]/g, '\\$&');
  return new RegExp(atStart ? `^${escaped}` : escaped, options === '' ? 'u' : 'iu');
}

/** The characters that the pattern stands for one by one; undefined where one has a further meaning. */
function plainText(pattern: string): string | undefined {
  let text = '';
  for (let i = 0; i < pattern.length; i++) {
    let char = pattern[i]!;
    if (char === '\\') {
      char = pattern[++i] ?? '';
      if (!/^[!-/:-@[-`{-~ ]$/.test(char)) return undefined;
    } else if ('^$.*+?()[]{}|'.includes(char)) return undefined;
    text += char;
  }
  return text;
}
