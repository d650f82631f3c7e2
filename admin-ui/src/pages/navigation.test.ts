import { describe, expect, test } from '@jest/globals';
import type { PageDeclaration, Section } from './declaration.ts';
import { collectPages, collectTabs, navigationFor, pageAt } from './navigation.ts';

function page(path: string, section: Section, permission: string | null): PageDeclaration {
  return {
    slot: 'page',
    path,
    section,
    permission,
    title: { zh: path, en: path },
    component: () => Promise.resolve({ default: () => null }),
  };
}

describe('navigationFor', () => {
  const pages = [
    page('/system/explorer', 'system', null),
    page('/funds/pools', 'funds', 'fund-pool.read'),
    page('/funds/navs', 'funds', 'nav.read'),
  ];

  test('a page that the person may not open is not drawn, nor a section without pages', () => {
    expect(navigationFor(pages, []).map(({ section }) => section)).toEqual(['system']);
  });

  test('sections come in their fixed order, whatever the order of declaration', () => {
    const drawn = navigationFor(pages, ['fund-pool.read']);
    expect(drawn.map(({ section }) => section)).toEqual(['funds', 'system']);
    expect(drawn[0]?.pages.map(({ path }) => path)).toEqual(['/funds/pools']);
  });
});

test('a page under another one is opened and not drawn', () => {
  const pages = [
    page('/products', 'products', null),
    { ...page('/products/:code', 'products', null), under: '/products' },
  ];
  expect(navigationFor(pages, [])[0]?.pages.map(({ path }) => path)).toEqual(['/products']);
});

test('an address opens the page that names it, before one that has a placeholder for it', () => {
  const pages = [page('/products/:code', 'products', null), page('/products/new', 'products', null)];
  expect(pageAt(pages, () => true)?.path).toBe('/products/new');
  expect(pageAt(pages, (path) => path.includes(':'))?.path).toBe('/products/:code');
  expect(pageAt(pages, () => false)).toBeUndefined();
});

describe('collectPages', () => {
  test('a path declared twice is refused, and both files are named', () => {
    const modules = {
      './a/page.ts': { default: [page('/x', 'system', null)] },
      './b/page.ts': { default: [page('/x', 'funds', null)] },
    };
    expect(() => collectPages(modules)).toThrow(/"\/x".*\.\/a\/page\.ts.*\.\/b\/page\.ts/);
  });

  test('a path without its slash is refused', () => {
    expect(() => collectPages({ './a/page.ts': { default: [page('x', 'system', null)] } })).toThrow(
      /must start/,
    );
  });
});

test('tabs of the page of a client are no pages, and one code is one tab', () => {
  const tab = (code: string) => ({
    slot: 'customer.tab' as const,
    code,
    permission: 'points.read',
    title: { zh: code, en: code },
    component: () => Promise.resolve({ default: () => null }),
  });
  const modules = {
    './a/page.ts': { default: [tab('points'), page('/x', 'system', null), tab('messages')] },
  };
  expect(collectPages(modules).map(({ path }) => path)).toEqual(['/x']);
  expect(collectTabs(modules).map(({ code }) => code)).toEqual(['messages', 'points']);
  expect(() => collectTabs({ ...modules, './b/page.ts': { default: [tab('points')] } })).toThrow(/"points"/);
});
