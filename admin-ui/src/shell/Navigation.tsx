import {
  ApartmentOutlined,
  AppstoreOutlined,
  AuditOutlined,
  FundOutlined,
  HistoryOutlined,
  HomeOutlined,
  MessageOutlined,
  SafetyCertificateOutlined,
  SettingOutlined,
  StarOutlined,
  TagOutlined,
} from '@ant-design/icons';
import { lazy, Suspense } from 'react';
import type { ComponentType } from 'react';
import { useTranslation } from 'react-i18next';
import { NavLink } from 'react-router';
import { useLanguage } from '../language/language.ts';
import type { PageDeclaration, Section } from '../pages/declaration.ts';
import { navigationFor } from '../pages/navigation.ts';
import type { NavigationSection } from '../pages/navigation.ts';
import { pages } from '../pages/registry.ts';
import { useSignedIn } from '../session/session.tsx';
import { Logo } from './Logo.tsx';

const icons: Record<Section, ComponentType<{ 'aria-hidden'?: boolean }>> = {
  workbench: HomeOutlined,
  products: AppstoreOutlined,
  pricing: TagOutlined,
  suitability: SafetyCertificateOutlined,
  customers: ApartmentOutlined,
  loyalty: StarOutlined,
  sms: MessageOutlined,
  funds: FundOutlined,
  approvals: AuditOutlined,
  trace: HistoryOutlined,
  system: SettingOutlined,
};

/** Only what is declared and what this person may open; a section without pages is not drawn. */
export function Navigation() {
  const { t } = useTranslation();
  const { actor } = useSignedIn();
  return (
    <nav className="shell-navigation" aria-label={t('shell.navigation')}>
      <Logo />
      {navigationFor(pages, actor.permissions).map((section) => (
        <SectionEntries key={section.section} section={section} />
      ))}
    </nav>
  );
}

/** A section that is one page of its own name is that page's entry; the others are a head with their pages below. */
function SectionEntries({ section: { section, pages: open } }: { section: NavigationSection }) {
  const { t } = useTranslation();
  const { say } = useLanguage();
  const Icon = icons[section];
  const name = t(`section.${section}`);
  const [first] = open;
  if (open.length === 1 && first && say(first.entry ?? first.title) === name) {
    return (
      <section className="shell-single">
        <NavLink to={first.path}>
          <Icon aria-hidden />
          {name}
          <Badge page={first} />
        </NavLink>
      </section>
    );
  }
  return (
    <section>
      <h2>
        <Icon aria-hidden />
        {name}
      </h2>
      <ul>
        {open.map((page) => (
          <li key={page.path}>
            <NavLink to={page.path}>
              {say(page.entry ?? page.title)}
              <Badge page={page} />
            </NavLink>
          </li>
        ))}
      </ul>
    </section>
  );
}

const badges = new Map(pages.flatMap(({ path, badge }) => (badge ? [[path, lazy(badge)] as const] : [])));

function Badge({ page }: { page: PageDeclaration }) {
  const Count = badges.get(page.path);
  if (!Count) return null;
  return (
    <Suspense fallback={null}>
      <span className="shell-badge">
        <Count />
      </span>
    </Suspense>
  );
}
