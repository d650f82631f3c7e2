import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { describe, expect, test } from '@jest/globals';
import { fill } from './texts.ts';
import type { TextPairs } from './texts.ts';

const root = resolve(import.meta.dirname, '..', '..', '..');

/** Every room that brings its own texts: folders of the admin UI and of plugins. */
const rooms = [join(root, 'admin-ui', 'src'), join(root, 'plugins')]
  .flatMap((folder) =>
    readdirSync(folder, { recursive: true, encoding: 'utf8' }).map((file) => join(folder, file)),
  )
  .filter((file) => /(admin-ui.src.\w+|plugins.[\w-]+.admin).texts\.ts$/.test(file))
  .filter((file) => !file.includes(join('src', 'language')));

const placesOf = (text: string) => [...text.matchAll(/\{\{(\w+)\}\}/g)].map((found) => found[1]).sort();

describe.each(rooms)('the texts of %s', (file) => {
  const load = async () => ((await import(pathToFileURL(file).href)) as { texts: TextPairs }).texts;

  test('are Chinese and English, and both have the same places', async () => {
    const han = /\p{Script=Han}/u;
    for (const [key, [zh, en]] of Object.entries(await load())) {
      expect([key, placesOf(zh)]).toEqual([key, placesOf(en)]);
      expect([key, han.test(en), en.trim() === '']).toEqual([key, false, false]);
      if (/\p{L}{3}/u.test(en.replace(/\{\{\w+\}\}/g, ''))) expect([key, han.test(zh)]).toEqual([key, true]);
    }
  });

  test('are all said somewhere in their room', async () => {
    const room = dirname(file);
    const source = readdirSync(room, { recursive: true, encoding: 'utf8' })
      .filter((name) => /\.tsx?$/.test(name) && name !== 'texts.ts')
      .map((name) => readFileSync(join(room, name), 'utf8'))
      .join('\n');
    const prefixes = [...source.matchAll(/`(\w+)\$\{/g)].map((found) => found[1]!);
    const unsaid = Object.keys(await load()).filter(
      (key) => !source.includes(`'${key}'`) && !prefixes.some((prefix) => key.startsWith(prefix)),
    );
    expect(unsaid).toEqual([]);
  });
});

test('a value is put into its place, and a place without one stays to be seen', () => {
  expect(fill('{{count}} of {{total}}', { count: 3 })).toBe('3 of {{total}}');
});
