import { describe, test } from '@jest/globals';
import { accessSync, constants, existsSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { realDataPath } from './real-data.ts';

/** Something that a test uses where the machine has it. */
export interface Need {
  readonly name: string;
  readonly present: boolean;
}

/** A program on the PATH, e.g. `redis-server`. */
export function program(name: string): Need & { readonly path: string | undefined } {
  const path = (process.env.PATH ?? '')
    .split(delimiter)
    .map((folder) => join(folder, name))
    .find(isExecutable);
  return { name, present: path !== undefined, path };
}

/** A file of the real input data. */
export function realData(file: string): Need & { readonly path: string } {
  const path = realDataPath(file);
  return { name: `real data ${file}`, present: existsSync(path), path };
}

/**
 * A suite that runs where the machine has what it needs, and is otherwise reported as skipped with the reason in its
 * title. With TESSERA_REQUIRE_ALL=1 (continuous integration) a missing need fails instead.
 */
export function describeWith(needs: readonly Need[], title: string, suite: () => void): void {
  const missing = needs.filter((need) => !need.present).map((need) => need.name);
  if (missing.length === 0) describe(title, suite);
  else if (process.env.TESSERA_REQUIRE_ALL === '1')
    test(title, () => {
      throw new Error(
        `This machine lacks ${missing.join(', ')}, and TESSERA_REQUIRE_ALL=1 allows no skipped test.`,
      );
    });
  else describe.skip(`${title} (skipped: this machine lacks ${missing.join(', ')})`, suite);
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
