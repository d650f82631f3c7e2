import { GlobalOutlined, MoonOutlined, SunOutlined } from '@ant-design/icons';
import { Button, Dropdown, Tag, Tooltip } from 'antd';
import { useTranslation } from 'react-i18next';
import { useInstallation } from '../installation/installation.tsx';
import { chooseLanguage, useLanguage } from '../language/language.ts';
import { usePreferences } from './preferences.tsx';
import type { ThemeChoice } from './preferences.tsx';

export function LanguageSwitch() {
  const { t } = useTranslation();
  const { language } = useLanguage();
  const items = [
    { key: 'zh-CN', label: <span lang="zh-CN">中文</span> },
    { key: 'en', label: <span lang="en">English</span> },
  ];
  const choose = ({ key }: { key: string }) => void chooseLanguage(key === 'en' ? 'en' : 'zh-CN');
  return (
    <Dropdown trigger={['click']} menu={{ items, selectedKeys: [language], onClick: choose }}>
      <Button
        type="text"
        icon={<GlobalOutlined />}
        aria-label={`${t('shell.language')}: ${t('shell.languageName')}`}
      >
        {t('shell.languageName')}
      </Button>
    </Dropdown>
  );
}

export function ThemeSwitch() {
  const { t } = useTranslation();
  const { choice, theme, chooseTheme } = usePreferences();
  const items = [
    { key: 'light', label: t('shell.themeLight') },
    { key: 'dark', label: t('shell.themeDark') },
    { key: 'system', label: t('shell.themeSystem') },
  ];
  const choose = ({ key }: { key: string }) => chooseTheme(key as ThemeChoice);
  return (
    <Dropdown trigger={['click']} menu={{ items, selectedKeys: [choice], onClick: choose }}>
      <Button
        type="text"
        aria-label={t('shell.theme')}
        icon={theme === 'dark' ? <MoonOutlined /> : <SunOutlined />}
      />
    </Dropdown>
  );
}

/** Says that this is a demo; where the platform does not say so, nothing is claimed. */
export function EnvironmentBadge() {
  const { t } = useTranslation();
  const { installation } = useInstallation();
  if (installation.state !== 'demo') return null;
  return (
    <Tooltip title={t('shell.demoWhy')}>
      <Tag className="environment">{t('shell.demo')}</Tag>
    </Tooltip>
  );
}
