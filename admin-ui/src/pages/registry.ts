import type { PageModule } from './declaration.ts';
import { collectPages } from './navigation.ts';

/** Every page of this build: core's own folders and `plugins/<name>/admin/`, found when the bundle is built. */
export const pages = collectPages({
  ...import.meta.glob<PageModule>('../*/page.ts', { eager: true }),
  ...import.meta.glob<PageModule>('../../../plugins/*/admin/page.ts', { eager: true }),
});
