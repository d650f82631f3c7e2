import { useEffect, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { matchPath, Outlet, useLocation } from 'react-router';
import { useLanguage } from '../language/language.ts';
import type { PageDeclaration, Words } from '../pages/declaration.ts';
import { pageAt } from '../pages/navigation.ts';
import { pages } from '../pages/registry.ts';
import { Navigation } from './Navigation.tsx';
import { PlaceProvider } from './place.tsx';
import { TopBar } from './TopBar.tsx';
import type { Step } from './TopBar.tsx';
import './shell.css';

export function Layout() {
  const { t } = useTranslation();
  const { say } = useLanguage();
  const { pathname } = useLocation();
  const [thing, setThing] = useState('');
  const page = pageAt(pages, (path) => matchPath(path, pathname) !== null);
  const title = thing || (page ? say(page.title) : '');

  useEffect(() => {
    document.title = title ? `${title} · Tessera` : 'Tessera';
  }, [title]);

  return (
    <PlaceProvider value={setThing}>
      <div className="shell">
        <a className="shell-skip" href="#content">
          {t('shell.skip')}
        </a>
        <Navigation />
        <TopBar trail={page ? trailOf(page, title, say, (section) => t(`section.${section}`)) : []} />
        <main id="content" className="shell-content" tabIndex={-1}>
          <Outlet />
        </main>
      </div>
    </PlaceProvider>
  );
}

function trailOf(
  page: PageDeclaration,
  title: string,
  say: (words: Words) => string,
  sectionName: (section: string) => string,
): Step[] {
  const section = sectionName(page.section);
  const above = pages.find(({ path }) => path === page.under);
  const between: Step[] = above
    ? [{ text: say(above.title), path: above.path }]
    : page.entry
      ? [{ text: say(page.entry) }]
      : [];
  const steps = [{ text: section }, ...between, { text: title }];
  // A section with one page of its own name is said once.
  return steps.filter(({ text }, index) => index === steps.length - 1 || text !== steps[index + 1]?.text);
}
