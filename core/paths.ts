import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The repository's root: the same whether this runs from source or from `dist/`, where SDL and data files are not copied. */
export const projectRoot = findRoot(dirname(fileURLToPath(import.meta.url)));

/** Absolute path of a file that ships with the platform, e.g. `fromRoot('schemas', 'core')`. */
export function fromRoot(...segments: string[]): string {
  return join(projectRoot, ...segments);
}

function findRoot(folder: string): string {
  if (existsSync(join(folder, 'package.json')) && existsSync(join(folder, 'schemas'))) return folder;
  const parent = dirname(folder);
  if (parent === folder)
    throw new Error('The platform is not inside its project folder (no package.json found above it).');
  return findRoot(parent);
}
