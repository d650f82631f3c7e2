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
import type { ComponentType } from 'react';
import { useTranslation } from 'react-i18next';
import { NavLink } from 'react-router';
import { useLanguage } from '../language/language.ts';
import type { Section } from '../pages/declaration.ts';
import { navigationFor } from '../pages/navigation.ts';
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
  const { say } = useLanguage();
  const { actor } = useSignedIn();
  return (
    <nav className="shell-navigation" aria-label={t('shell.navigation')}>
      <Logo />
      {navigationFor(pages, actor.permissions).map(({ section, pages: open }) => {
        const Icon = icons[section];
        return (
          <section key={section}>
            <h2>
              <Icon aria-hidden />
              {t(`section.${section}`)}
            </h2>
            <ul>
              {open.map((page) => (
                <li key={page.path}>
                  <NavLink to={page.path}>{say(page.entry ?? page.title)}</NavLink>
                </li>
              ))}
            </ul>
          </section>
        );
      })}
    </nav>
  );
}
