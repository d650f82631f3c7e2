import { badValue, CommandError } from '../errors.ts';

/**
 * A Perl-compatible expression as MongoDB runs it, in JavaScript's terms. Where the two differ the pattern is
 * rewritten (`.`, `$`, `^`, `\s`, `\v`), and what JavaScript's strict syntax does not know is refused, so that
 * no pattern means something else here. Throws 51091 for such a pattern, 51108 for an unknown option.
 */
export function compileRegex(pattern: string, options: string): RegExp {
  for (const option of options) {
    if (option === 'x') throw badValue('$regex option x is not offered by the embedded database');
    if (!'imsu'.includes(option))
      throw new CommandError(51108, 'Location51108', `invalid flag in regex options: ${option}`);
  }
  try {
    return new RegExp(rewrite(pattern, options), options.includes('i') ? 'iu' : 'u');
  } catch (error) {
    throw new CommandError(
      51091,
      'Location51091',
      `Regular expression is invalid here: ${pattern} (${(error as Error).message})`,
    );
  }
}

const SPACE = ' \\t\\n\\v\\f\\r';
const VERTICAL = '\\n\\v\\f\\r\\u0085\\u2028\\u2029';

function rewrite(pattern: string, options: string): string {
  const multiline = options.includes('m');
  let inClass = false;
  let out = '';
  for (let i = 0; i < pattern.length; i++) {
    const char = pattern[i]!;
    if (char === '\\') {
      out += rewriteEscape(pattern[++i] ?? '', inClass);
    } else if (inClass) {
      if (char === '[' && ':.='.includes(pattern[i + 1] ?? ' '))
        throw new Error('POSIX classes are not offered');
      if (char === ']') inClass = false;
      out += char;
    } else if (char === '[') {
      inClass = true;
      out += char;
      if (pattern[i + 1] === '^') out += pattern[++i]!;
      if (pattern[i + 1] === ']') throw new Error('a class may not begin with ]');
    } else if (char === '.') out += options.includes('s') ? '[^]' : '[^\\n]';
    else if (char === '^') out += multiline ? '(?:(?<![^])|(?<=\\n)(?=[^]))' : '(?<![^])';
    else if (char === '$') out += multiline ? '(?=\\n|(?![^]))' : '(?=\\n?(?![^]))';
    else out += char;
  }
  return out;
}

function rewriteEscape(char: string, inClass: boolean): string {
  if (char === 's') return inClass ? SPACE : `[${SPACE}]`;
  if (char === 'v') return inClass ? VERTICAL : `[${VERTICAL}]`;
  if (char === 'S') {
    if (inClass) throw new Error('\\S inside a class is not offered');
    return `[^${SPACE}]`;
  }
  // Perl lets any punctuation be escaped; the strict syntax only what has a meaning.
  if (/^[^A-Za-z0-9]$/u.test(char) && !'^$\\.*+?()[]{}|/'.includes(char) && !(inClass && char === '-'))
    return char;
  return `\\${char}`;
}
