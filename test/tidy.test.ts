import { describe, expect, test } from '@jest/globals';
import { readFileSync, readdirSync } from 'node:fs';
import { dirname, join, normalize, relative } from 'node:path';
import { fromRoot, projectRoot } from '../core/paths.ts';

/** The house's style as a test: what a reader may rely on in every file. */
const FOLDERS = ['core', 'plugins', 'test', 'admin-ui/src', 'examples'];
const LINES_MAX = 500;

const files = FOLDERS.flatMap((folder) => sourceFiles(fromRoot(folder))).map((path) => {
  const text = readFileSync(path, 'utf8');
  return { path: relative(projectRoot, path), text, imports: importsOf(path, text) };
});
const product = files.filter(({ path }) => !/\.test\.tsx?$|^test\//.test(path));

describe('every source file', () => {
  test('stays within what one can read at a sitting', () => {
    const long = files.filter(({ text }) => text.split('\n').length > LINES_MAX).map(({ path }) => path);
    expect(long).toEqual([]);
  });

  test('says why where something is left to do, and switches no test off or alone', () => {
    const offences = files.flatMap(({ path, text }) =>
      [
        ...text.matchAll(
          /\b(TODO|FIXME|XXX)\b(?!: \w+ \w+)|@ts-ignore|@ts-nocheck|\b(describe|test|it)\.only\(/g,
        ),
      ].map((match) => `${path}: ${match[0]}`),
    );
    expect(offences.filter((offence) => !offence.startsWith('test/tidy.test.ts'))).toEqual([]);
  });

  test('has no stray `any`', () => {
    const offences = files.filter(
      ({ path, text }) =>
        path !== 'test/tidy.test.ts' &&
        /(:\s*any\b(?= *[,;=)>|\[\]])|\bas any\b|<any>)/.test(withoutComments(text)),
    );
    expect(offences.map(({ path }) => path)).toEqual([]);
  });

  test('is not named after nothing in particular', () => {
    expect(
      files
        .filter(({ path }) => /(^|\/)(utils?|helpers?|misc|common|manager)(\/|\.|$)/.test(path))
        .map(({ path }) => path),
    ).toEqual([]);
  });

  test('speaks of the platform alone', () => {
    const offences = files.filter(
      ({ text, path }) =>
        path !== 'test/tidy.test.ts' &&
        /\/work\/|\b(sub-?agent|helper session|AI assistant|worktree)\b/i.test(text),
    );
    expect(offences.map(({ path }) => path)).toEqual([]);
  });
});

describe('imports point inward', () => {
  test('core names no plugin, except where the installed ones are listed to it', () => {
    const plugins = readdirSync(fromRoot('plugins'), { withFileTypes: true }).filter((entry) =>
      entry.isDirectory(),
    );
    const entrances = /^core\/(main|cli\/[\w-]+)\.ts$/;
    const offences = product
      .filter(({ path }) => path.startsWith('core/'))
      .flatMap(({ path, text, imports }) => [
        ...plugins.filter(({ name }) => text.includes(name)).map(({ name }) => `${path} names ${name}`),
        ...imports
          .filter(
            (target) =>
              target.startsWith('plugins/') && !(target === 'plugins/index.ts' && entrances.test(path)),
          )
          .map((target) => `${path} imports ${target}`),
      ]);
    expect(offences).toEqual([]);
  });

  test('a plugin imports core and what the plugins it requires offer, nobody else', () => {
    const offences = product.flatMap(({ path, imports }) => {
      const own = /^plugins\/([^/]+)\//.exec(path)?.[1];
      if (own === undefined) return [];
      const foreign = imports.filter(
        (target) => /^plugins\/[^/]+\//.test(target) && !target.startsWith(`plugins/${own}/`),
      );
      return foreign
        .filter((target) => !target.endsWith('/contract.ts'))
        .map((target) => `${path} imports ${target}`);
    });
    expect(offences).toEqual([]);
  });

  test('the product never imports a test', () => {
    const offences = product.filter(
      ({ path, imports }) =>
        !path.startsWith('test/') && imports.some((target) => /^test\/|\.test\.ts$/.test(target)),
    );
    expect(
      offences
        .map(({ path }) => path)
        .filter((path) => !/^core\/cli\/(bench|demo|test-database)\.ts$/.test(path)),
    ).toEqual([]);
  });

  test('no file imports itself in a circle', () => {
    expect(findCycle(product)).toEqual([]);
  });
});

function withoutComments(text: string): string {
  return text.replace(/\/\*.*?\*\/|\/\/.*$|'(?:[^'\\\n]|\\.)*'|`(?:[^`\\]|\\.)*`/gms, '');
}

function sourceFiles(folder: string): string[] {
  try {
    return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
      const path = join(folder, entry.name);
      if (entry.isDirectory())
        return entry.name === 'node_modules' || entry.name === 'dist' ? [] : sourceFiles(path);
      return /\.(ts|tsx|mjs)$/.test(entry.name) ? [path] : [];
    });
  } catch {
    return [];
  }
}

/** Value imports only: a type import leaves no trace at run time and closes no circle. */
function importsOf(path: string, text: string): string[] {
  return [...text.matchAll(/^(?:import|export)\s+(?!type\b)[^'";]*?from\s+'(\.[^']+)'/gms)].map((match) =>
    relative(projectRoot, normalize(join(dirname(path), match[1]!))),
  );
}

function findCycle(all: readonly { path: string; imports: string[] }[]): string[] {
  const importsByPath = new Map(all.map(({ path, imports }) => [path, imports]));
  const done = new Set<string>();
  const visit = (path: string, trail: string[]): string[] => {
    const at = trail.indexOf(path);
    if (at >= 0) return [...trail.slice(at), path];
    if (done.has(path)) return [];
    done.add(path);
    for (const target of importsByPath.get(path) ?? []) {
      const cycle = visit(target, [...trail, path]);
      if (cycle.length > 0) return cycle;
    }
    return [];
  };
  for (const path of importsByPath.keys()) {
    const cycle = visit(path, []);
    if (cycle.length > 0) return cycle;
  }
  return [];
}
