import { sections } from './declaration.ts';
import type { CustomerTabDeclaration, Declaration, PageDeclaration, Section } from './declaration.ts';

export type NavigationSection = { section: Section; pages: PageDeclaration[] };

/** Whether someone with these permissions may open the page. */
export function mayOpen(page: PageDeclaration, permissions: readonly string[]): boolean {
  return page.permission === null || permissions.includes(page.permission);
}

/** The sections and pages to draw, in the order of the sections; nothing that the person may not open. */
export function navigationFor(
  pages: readonly PageDeclaration[],
  permissions: readonly string[],
): NavigationSection[] {
  return sections
    .map((section) => ({
      section,
      pages: pages.filter(
        (page) => page.section === section && page.under === undefined && mayOpen(page, permissions),
      ),
    }))
    .filter(({ pages: open }) => open.length > 0);
}

/** The page that an address opens: one without a placeholder goes first, as `/products/new` before `/products/:code`. */
export function pageAt(
  pages: readonly PageDeclaration[],
  matches: (pattern: string) => boolean,
): PageDeclaration | undefined {
  const found = pages.filter(({ path }) => matches(path));
  return found.find(({ path }) => !path.includes(':')) ?? found[0];
}

/**
 * Puts the declarations of all modules into one list.
 * @throws when a path is declared twice or does not start with a slash; both sides are named by their file.
 */
export function collectPages(modules: Record<string, { default: Declaration[] }>): PageDeclaration[] {
  const fileOf = new Map<string, string>();
  for (const [file, module] of Object.entries(modules)) {
    for (const page of module.default.filter((one) => one.slot === 'page')) {
      if (!page.path.startsWith('/'))
        throw new Error(`${file}: page path "${page.path}" must start with "/"`);
      const other = fileOf.get(page.path);
      if (other !== undefined)
        throw new Error(`page path "${page.path}" is declared in ${other} and in ${file}`);
      fileOf.set(page.path, file);
    }
  }
  return declaredIn(modules).filter((one) => one.slot === 'page');
}

/**
 * The tabs that plugins and core's rooms bring to the page of a client, in the order of their codes.
 * @throws when a code is declared twice
 */
export function collectTabs(modules: Record<string, { default: Declaration[] }>): CustomerTabDeclaration[] {
  const tabs = declaredIn(modules).filter((one) => one.slot === 'customer.tab');
  const twice = tabs.find(({ code }, index) => tabs.findIndex((other) => other.code === code) !== index);
  if (twice) throw new Error(`the tab "${twice.code}" of the page of a client is declared twice`);
  return tabs.sort((a, b) => (a.code < b.code ? -1 : 1));
}

function declaredIn(modules: Record<string, { default: Declaration[] }>): Declaration[] {
  return Object.values(modules).flatMap((module) => module.default);
}
