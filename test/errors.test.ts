import { readFileSync, readdirSync } from 'node:fs';
import { join, relative } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { fromRoot } from '../core/paths.ts';

/** Every way in which product code states the code of an error, a refusal or a reason. */
const STATED = [
  /\bnew (?:Platform|Start|Launch|DataFolder)Error\(\s*((?:'[A-Z][A-Z0-9_]+'))/g,
  /\bsuper\(\s*('[A-Z][A-Z0-9_]+')/g,
  /\b(?:refus\w*|missing)\(\s*('[A-Z][A-Z0-9_]+')/g,
  /\bcode: ('[A-Z][A-Z0-9_]+'(?: \| '[A-Z][A-Z0-9_]+')*)/g,
  /REQUEST_CODES = new Set\(\[([^\]]*)\]/g,
];

/** The engine speaks MongoDB's own codes, all but where it is launched; what sample data calls a code is data. */
const NOT_OURS = /^core\/(db\/embedded\/(?!launch\.ts|main\.ts|store\/lock\.ts)|sample\/)/;

const stated = statedCodes();
const documented = documentedRows();

describe('docs/errors.md', () => {
  test('has a row for every code that the source states', () => {
    const rows = [...stated]
      .filter(([code]) => !documented.has(code))
      .map(([code, file]) => `| \`${code}\` | ${file} | what it means | what to do |`);
    expect(`Add to docs/errors.md, in alphabetical order:\n${rows.join('\n')}`).toBe(
      'Add to docs/errors.md, in alphabetical order:\n',
    );
  });

  test('has no row for a code that the source lacks', () => {
    expect([...documented.keys()].filter((code) => !stated.has(code))).toEqual([]);
  });

  test('says in every row where the code comes from, what it means and what to do', () => {
    for (const [code, cells] of documented)
      expect({ code, filled: cells.filter((cell) => cell.length > 3).length }).toEqual({ code, filled: 3 });
  });

  test('lists the codes in alphabetical order, each once', () => {
    const codes = documentedCodes();
    expect(codes).toEqual([...new Set(codes)].sort());
  });
});

/** Code → the first file that states it. */
function statedCodes(): Map<string, string> {
  const codes = new Map<string, string>();
  for (const file of [...productFiles('core'), ...productFiles('plugins')]) {
    const text = readFileSync(fromRoot(file), 'utf8');
    for (const pattern of STATED)
      for (const match of text.matchAll(pattern))
        for (const [, code] of match[1]!.matchAll(/'([A-Z][A-Z0-9_]+)'/g))
          if (!codes.has(code!)) codes.set(code!, file);
  }
  return new Map([...codes].sort());
}

function productFiles(folder: string): string[] {
  return readdirSync(fromRoot(folder), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && entry.name.endsWith('.ts') && !entry.name.endsWith('.test.ts'))
    .map((entry) => relative(fromRoot(), join(entry.parentPath, entry.name)))
    .filter((file) => !NOT_OURS.test(file))
    .sort();
}

function documentedRows(): Map<string, string[]> {
  const rows = readFileSync(fromRoot('docs', 'errors.md'), 'utf8').matchAll(/^\| `([A-Z0-9_]+)` \|(.*)\|$/gm);
  return new Map([...rows].map(([, code, rest]) => [code!, rest!.split('|').map((cell) => cell.trim())]));
}

function documentedCodes(): string[] {
  const rows = readFileSync(fromRoot('docs', 'errors.md'), 'utf8').matchAll(/^\| `([A-Z0-9_]+)` \|/gm);
  return [...rows].map(([, code]) => code!);
}
