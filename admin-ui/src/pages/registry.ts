import type { PageModule } from './declaration.ts';
import { collectPages, collectTabs } from './navigation.ts';

/** What core's own folders and `plugins/<name>/admin/` declare, found when the bundle is built. */
const modules = {
  ...import.meta.glob<PageModule>('../*/page.ts', { eager: true }),
  ...import.meta.glob<PageModule>('../../../plugins/*/admin/page.ts', { eager: true }),
};

export const pages = collectPages(modules);
export const customerTabs = collectTabs(modules);
