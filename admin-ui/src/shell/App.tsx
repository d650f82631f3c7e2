import { App as AntdApp, ConfigProvider } from 'antd';
import enUS from 'antd/locale/en_US';
import zhCN from 'antd/locale/zh_CN';
import { useMemo } from 'react';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { RouterProvider } from 'react-router';
import { popupContainer } from '../dialog/Dialog.tsx';
import { InstallationProvider } from '../installation/installation.tsx';
import { useLanguage } from '../language/language.ts';
import { SessionProvider, useSession } from '../session/session.tsx';
import { SignInPage } from '../session/SignInPage.tsx';
import { Failed, Loading } from '../states/states.tsx';
import { PreferencesProvider, usePreferences } from './preferences.tsx';
import { router } from './router.tsx';
import { antdThemeOf, styleNonce } from './theme.ts';

export function App() {
  return (
    <PreferencesProvider>
      <Design>
        <InstallationProvider>
          <SessionProvider>
            <Entrance />
          </SessionProvider>
        </InstallationProvider>
      </Design>
    </PreferencesProvider>
  );
}

function Design({ children }: { children: ReactNode }) {
  const { theme } = usePreferences();
  const { language } = useLanguage();
  const antdTheme = useMemo(() => antdThemeOf(theme), [theme]);
  const csp = useMemo(() => {
    const nonce = styleNonce();
    return nonce === undefined ? {} : { nonce };
  }, []);
  return (
    <ConfigProvider
      theme={antdTheme}
      csp={csp}
      locale={language === 'en' ? enUS : zhCN}
      button={{ autoInsertSpace: false }}
      wave={{ disabled: true }}
      getPopupContainer={popupContainer}
    >
      <AntdApp className="app">{children}</AntdApp>
    </ConfigProvider>
  );
}

/** The sign-in page until someone is signed in; the address stays, so that signing in leads to where one wanted to go. */
function Entrance() {
  const { session, retry } = useSession();
  const { t } = useTranslation();
  if (session.state === 'checking') return <Loading />;
  if (session.state === 'signed-out') return <SignInPage ended={session.because === 'ended'} />;
  if (session.state === 'unreachable') {
    return (
      <Failed
        title={t('state.startFailedTitle')}
        detail={t('state.startFailed')}
        notDone={t('state.startNotDone')}
        problem={session.problem}
        onRetry={retry}
      />
    );
  }
  return <RouterProvider router={router} />;
}
