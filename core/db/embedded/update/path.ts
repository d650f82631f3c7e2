import { badValue, CommandError } from '../errors.ts';
import { isIndex } from '../match/path.ts';

/** Splits an update path and refuses what MongoDB refuses: empty parts, `$` out of place. */
export function parsePath(path: string): string[] {
  const parts = path.split('.');
  if (parts.includes('')) {
    throw new CommandError(
      56,
      'EmptyFieldName',
      `The update path '${path}' contains an empty field name, which is not allowed.`,
    );
  }
  if (isPositional(parts[0]!)) {
    throw badValue(`Cannot have positional (i.e. '$') element in the first position in path '${path}'`);
  }
  if (parts.filter((part) => part === '$').length > 1) {
    throw badValue(`Too many positional (i.e. '$') elements found in path '${path}'`);
  }
  const dollar = parts.find((part) => part.startsWith('$') && !isPositional(part) && !isReference(part));
  if (dollar !== undefined) {
    throw new CommandError(
      52,
      'DollarPrefixedFieldName',
      `The dollar ($) prefixed field '${dollar}' in '${path}' is not allowed for storage.`,
    );
  }
  return parts;
}

/** `$`, `$[]` or `$[identifier]`. */
export function isPositional(part: string): boolean {
  return part === '$' || isArrayWide(part);
}

export function isArrayWide(part: string): boolean {
  return part.startsWith('$[') && part.endsWith(']');
}

/** The order in which MongoDB applies paths: part by part, numbers by size, names by their letters. */
export function comparePaths(a: string[], b: string[]): number {
  for (let i = 0; i < Math.min(a.length, b.length); i++) {
    const [left, right] = [a[i]!, b[i]!];
    if (left === right) continue;
    if (isIndex(left) && isIndex(right)) return Number(left) - Number(right);
    return left < right ? -1 : 1;
  }
  return a.length - b.length;
}

/** Throws 40 when one path is the other or leads to it, or when a name stands beside `$[…]`. */
export function refuseConflicts(paths: string[][]): void {
  const root: Tree = new Map();
  for (const parts of paths) {
    let tree = root;
    parts.forEach((part, i) => {
      const last = i === parts.length - 1;
      const next = tree.get(part);
      const besides = [...tree.keys()].some((other) => isArrayWide(other) !== isArrayWide(part));
      if (besides) throw conflict(parts.join('.'), parts.slice(0, i).join('.'));
      if (next !== undefined && (last || next.size === 0))
        throw conflict(parts.join('.'), parts.slice(0, i + 1).join('.'));
      const child: Tree = next ?? new Map();
      tree.set(part, child);
      tree = child;
    });
  }
}

type Tree = Map<string, Tree>;

export function conflict(path: string, at: string): CommandError {
  return new CommandError(
    40,
    'ConflictingUpdateOperators',
    `Updating the path '${path}' would create a conflict at '${at}'`,
  );
}

function isReference(part: string): boolean {
  return part === '$ref' || part === '$id' || part === '$db';
}
