import type { ReactNode } from 'react';
import { Link, useLocation, useSearchParams } from 'react-router';
import './detail.css';

export type Tab = { code: string; title: ReactNode };

/** Which tab the address names; the first one where it names none that is there. */
export function useTab(codes: readonly string[]): string {
  const [params] = useSearchParams();
  const asked = params.get('tab');
  return asked !== null && codes.includes(asked) ? asked : (codes[0] ?? '');
}

/** The parts of a page as links: a part has an address, and back leads to the one before. */
export function Tabs({ tabs, label }: { tabs: readonly Tab[]; label: string }) {
  const { pathname } = useLocation();
  const current = useTab(tabs.map(({ code }) => code));
  return (
    <nav className="tabs" aria-label={label}>
      {tabs.map(({ code, title }, index) => (
        <Link
          key={code}
          to={index === 0 ? pathname : `${pathname}?tab=${code}`}
          aria-current={code === current ? 'page' : undefined}
        >
          {title}
        </Link>
      ))}
    </nav>
  );
}
