import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { en } from './en.ts';
import { zhCN } from './zh-CN.ts';

type Tree = { [key: string]: string | Tree };

function flatten(tree: Tree, prefix = ''): Map<string, string> {
  const flat = new Map<string, string>();
  for (const [key, value] of Object.entries(tree)) {
    if (typeof value === 'string') flat.set(prefix + key, value);
    else for (const [inner, text] of flatten(value, `${prefix}${key}.`)) flat.set(inner, text);
  }
  return flat;
}

const placeholders = (text: string) => [...text.matchAll(/\{\{(\w+)\}\}/g)].map((found) => found[1]).sort();

describe('the texts of the admin UI', () => {
  const chinese = flatten(zhCN);
  const english = flatten(en);

  test('both languages have the same keys, and none is empty', () => {
    expect([...english.keys()].sort()).toEqual([...chinese.keys()].sort());
    for (const [key, text] of [...chinese, ...english]) expect([key, text.trim()]).not.toEqual([key, '']);
  });

  test('both languages fill in the same values', () => {
    const differing = [...chinese].filter(
      ([key, text]) => `${placeholders(text)}` !== `${placeholders(english.get(key) ?? '')}`,
    );
    expect(differing).toEqual([]);
  });

  test('Chinese texts are Chinese and English texts have no Chinese in them', () => {
    const han = /\p{Script=Han}/u;
    expect([...english].filter(([, text]) => han.test(text))).toEqual([]);
    // A text of marks and values alone, as “{{name}}：”, has no words.
    const worded = (text: string) => /\p{L}/u.test(text.replace(/\{\{\w+\}\}/g, ''));
    expect([...chinese].filter(([, text]) => worded(text) && !han.test(text))).toEqual([]);
  });

  test('every key that the code asks for exists, and every key is asked for', () => {
    const source = sourceTexts(join(import.meta.dirname, '..')).join('\n');
    const asked = new Set([...source.matchAll(/\bt\(\s*'([\w.]+)'/g)].map((found) => found[1] ?? ''));
    // Keys put together at run time: t(`section.${section}`).
    const askedPrefixes = [...source.matchAll(/\bt\(\s*`([\w.]+\.)\$\{/g)].map((found) => found[1] ?? '');
    // A key without a dot is a text of its room, and checked by the types.
    expect([...asked].filter((key) => key.includes('.') && !chinese.has(key))).toEqual([]);
    const unused = [...chinese.keys()].filter(
      (key) => !asked.has(key) && !askedPrefixes.some((prefix) => key.startsWith(prefix)),
    );
    expect(unused).toEqual([]);
  });
});

function sourceTexts(folder: string): string[] {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((file) => /\.tsx?$/.test(file) && !file.endsWith('.test.ts'))
    .map((file) => readFileSync(join(folder, file), 'utf8'));
}
