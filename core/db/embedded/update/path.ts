import { badValue, CommandError } from '../errors.ts';
import { isIndex } from '../match/path.ts';

/** Splits an update path and refuses what MongoDB refuses, and its positional operators. */
export function parsePath(path: string): string[] {
  const parts = path.split('.');
  if (parts.includes('')) {
    throw new CommandError(
      56,
      'EmptyFieldName',
      `The update path '${path}' contains an empty field name, which is not allowed.`,
    );
  }
  const dollar = parts.find((part) => part.startsWith('$'));
  if (dollar === '$' || dollar?.startsWith('$[')) {
    throw badValue(`positional '${dollar}' in '${path}' is not offered (the embedded database refuses it)`);
  }
  if (dollar !== undefined) {
    throw new CommandError(
      52,
      'DollarPrefixedFieldName',
      `The dollar ($) prefixed field '${dollar}' in '${path}' is not allowed for storage.`,
    );
  }
  return parts;
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

/** Throws 40 when one path is another or leads to it. */
export function refuseConflicts(paths: string[][]): void {
  // With a separator before all else, a path that leads to others stands right before one of them.
  const sorted = paths.map((parts) => parts.join('\0')).sort();
  sorted.slice(1).forEach((path, i) => {
    const before = sorted[i]!;
    if (path !== before && !path.startsWith(`${before}\0`)) return;
    const [at, other] = [before, path].map((one) => one.replaceAll('\0', '.'));
    throw new CommandError(
      40,
      'ConflictingUpdateOperators',
      `Updating the path '${other}' would create a conflict at '${at}'`,
    );
  });
}
