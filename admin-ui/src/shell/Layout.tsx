import { useEffect } from 'react';
import { useTranslation } from 'react-i18next';
import { matchPath, Outlet, useLocation } from 'react-router';
import { useLanguage } from '../language/language.ts';
import type { PageDeclaration } from '../pages/declaration.ts';
import { pages } from '../pages/registry.ts';
import { Navigation } from './Navigation.tsx';
import { TopBar } from './TopBar.tsx';
import './shell.css';

export function Layout() {
  const { t } = useTranslation();
  const { say } = useLanguage();
  const { pathname } = useLocation();
  const page = pages.find(({ path }) => matchPath(path, pathname));
  const title = page ? say(page.title) : '';

  useEffect(() => {
    document.title = title ? `${title} · Tessera` : 'Tessera';
  }, [title]);

  return (
    <div className="shell">
      <a className="shell-skip" href="#content">
        {t('shell.skip')}
      </a>
      <Navigation />
      <TopBar trail={page ? trailOf(page, say, (section) => t(`section.${section}`)) : []} />
      <main id="content" className="shell-content" tabIndex={-1}>
        <Outlet />
      </main>
    </div>
  );
}

function trailOf(
  page: PageDeclaration,
  say: (words: PageDeclaration['title']) => string,
  sectionName: (section: string) => string,
): string[] {
  const entry = page.entry ? [say(page.entry)] : [];
  return [sectionName(page.section), ...entry, say(page.title)];
}
