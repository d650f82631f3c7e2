import { sections } from './declaration.ts';
import type { PageDeclaration, Section } from './declaration.ts';

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
export function collectPages(modules: Record<string, { default: PageDeclaration[] }>): PageDeclaration[] {
  const fileOf = new Map<string, string>();
  for (const [file, module] of Object.entries(modules)) {
    for (const page of module.default) {
      if (!page.path.startsWith('/'))
        throw new Error(`${file}: page path "${page.path}" must start with "/"`);
      const other = fileOf.get(page.path);
      if (other !== undefined)
        throw new Error(`page path "${page.path}" is declared in ${other} and in ${file}`);
      fileOf.set(page.path, file);
    }
  }
  return Object.values(modules).flatMap((module) => module.default);
}
