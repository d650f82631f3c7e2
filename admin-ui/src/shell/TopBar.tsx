import { Button, Dropdown } from 'antd';
import { useTranslation } from 'react-i18next';
import { Link } from 'react-router';
import { useRoleNames } from '../session/roles.ts';
import { useSession, useSignedIn } from '../session/session.tsx';
import { EnvironmentBadge, LanguageSwitch, ThemeSwitch } from './Switches.tsx';

export type Step = { text: string; path?: string };

/** Where I am (from the section down to the page), in which environment, and who I am. */
export function TopBar({ trail }: { trail: Step[] }) {
  return (
    <header className="shell-top">
      <div className="shell-where">{trail.length > 0 && <Trail steps={trail} />}</div>
      <EnvironmentBadge />
      <LanguageSwitch />
      <ThemeSwitch />
      <Account />
    </header>
  );
}

function Trail({ steps }: { steps: Step[] }) {
  const { t } = useTranslation();
  return (
    <nav aria-label={t('shell.breadcrumb')} className="shell-trail">
      <ol>
        {steps.map((step, index) => (
          <li key={step.text} aria-current={index === steps.length - 1 ? 'page' : undefined}>
            {step.path ? <Link to={step.path}>{step.text}</Link> : step.text}
          </li>
        ))}
      </ol>
    </nav>
  );
}

function Account() {
  const { t } = useTranslation();
  const { actor } = useSignedIn();
  const { signOut } = useSession();
  const roles = useRoleNames(actor.roles);
  const items = [
    {
      key: 'who',
      type: 'group' as const,
      label: (
        <span className="account-card">
          <strong>{actor.name}</strong>
          <span>
            {t('shell.roles')}: {roles || t('shell.noRoles')}
          </span>
        </span>
      ),
    },
    { key: 'sign-out', label: t('shell.signOut') },
  ];
  const choose = ({ key }: { key: string }) => {
    if (key === 'sign-out') void signOut();
  };
  return (
    <Dropdown trigger={['click']} menu={{ items, onClick: choose }} placement="bottomRight">
      <Button type="text" className="account">
        <span className="visually-hidden">{t('shell.account')}: </span>
        <span className="account-mark" aria-hidden="true">
          {[...actor.name][0]}
        </span>
        <span>{actor.name}</span>
        {roles && <span className="account-role">· {roles}</span>}
      </Button>
    </Dropdown>
  );
}
