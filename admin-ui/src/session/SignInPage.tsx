import { CloseCircleFilled, InfoCircleFilled } from '@ant-design/icons';
import { Button, Input } from 'antd';
import { useEffect, useId, useState } from 'react';
import type { FormEvent } from 'react';
import { useTranslation } from 'react-i18next';
import type { Problem } from '../http/request.ts';
import { useInstallation } from '../installation/installation.tsx';
import { useLanguage } from '../language/language.ts';
import { Logo } from '../shell/Logo.tsx';
import { EnvironmentBadge, LanguageSwitch, ThemeSwitch } from '../shell/Switches.tsx';
import { useSession } from './session.tsx';
import './sign-in.css';

export function SignInPage({ ended }: { ended: boolean }) {
  const { t } = useTranslation();
  const [account, setAccount] = useState('');
  const [password, setPassword] = useState('');

  useEffect(() => {
    document.title = `${t('signIn.title')} · Tessera`;
  }, [t]);

  const fill = (demo: { account: string; password: string }) => {
    setAccount(demo.account);
    setPassword(demo.password);
  };
  return (
    <div className="sign-in">
      <header>
        <Logo />
        <span className="sign-in-product">{t('shell.product')}</span>
        <span className="sign-in-space" />
        <EnvironmentBadge />
        <LanguageSwitch />
        <ThemeSwitch />
      </header>
      <main>
        <h1>{t('signIn.title')}</h1>
        <SignInForm
          ended={ended}
          account={account}
          password={password}
          onAccount={setAccount}
          onPassword={setPassword}
        />
        <DemoSignIns onPick={fill} picked={account} />
      </main>
    </div>
  );
}

type FormProps = {
  ended: boolean;
  account: string;
  password: string;
  onAccount: (value: string) => void;
  onPassword: (value: string) => void;
};

function SignInForm({ ended, account, password, onAccount, onPassword }: FormProps) {
  const { t } = useTranslation();
  const { signIn } = useSession();
  const [busy, setBusy] = useState(false);
  const [tried, setTried] = useState(false);
  const [problem, setProblem] = useState<Problem | null>(null);

  const submit = async (event: FormEvent) => {
    event.preventDefault();
    setTried(true);
    if (account.trim() === '' || password === '') return;
    setBusy(true);
    setProblem(null);
    const refusal = await signIn(account.trim(), password);
    // A sign-in that succeeds takes this page away.
    if (refusal) {
      setProblem(refusal);
      setBusy(false);
    }
  };

  return (
    <form className="sign-in-form" noValidate onSubmit={(event) => void submit(event)}>
      {ended && !problem && (
        <p className="sign-in-note" role="status">
          <InfoCircleFilled aria-hidden /> {t('signIn.ended')}
        </p>
      )}
      {problem && <Refusal problem={problem} />}
      <Field
        label={t('signIn.account')}
        value={account}
        onChange={onAccount}
        error={tried && account.trim() === '' ? t('signIn.accountMissing') : null}
        autoComplete="username"
      />
      <Field
        label={t('signIn.password')}
        value={password}
        onChange={onPassword}
        error={tried && password === '' ? t('signIn.passwordMissing') : null}
        autoComplete="current-password"
        secret
      />
      <Button type="primary" htmlType="submit" block loading={busy}>
        {busy ? t('signIn.submitting') : t('signIn.submit')}
      </Button>
    </form>
  );
}

function Refusal({ problem }: { problem: Problem }) {
  const { t } = useTranslation();
  const unreachable = problem.status === 0 || problem.status >= 502;
  const detail = unreachable
    ? t('signIn.unreachable')
    : problem.status === 401
      ? t('signIn.rejected')
      : problem.detail || t('signIn.failed');
  return (
    <div className="sign-in-refusal" role="alert">
      <CloseCircleFilled aria-hidden />
      <div>
        <strong>{unreachable ? t('signIn.unreachableTitle') : t('signIn.rejectedTitle')}</strong>
        <p>{detail}</p>
        <code>{problem.code}</code>
      </div>
    </div>
  );
}

type FieldProps = {
  label: string;
  value: string;
  onChange: (value: string) => void;
  error: string | null;
  autoComplete: string;
  secret?: boolean;
};

function Field({ label, value, onChange, error, autoComplete, secret = false }: FieldProps) {
  const id = useId();
  const Control = secret ? Input.Password : Input;
  return (
    <div className="sign-in-field">
      <label htmlFor={id}>{label}</label>
      <Control
        id={id}
        value={value}
        autoComplete={autoComplete}
        onChange={(event) => onChange(event.target.value)}
        aria-invalid={error !== null}
        aria-describedby={error === null ? undefined : `${id}-error`}
        {...(error === null ? {} : { status: 'error' as const })}
      />
      {error !== null && (
        <p id={`${id}-error`} className="sign-in-error">
          {error}
        </p>
      )}
    </div>
  );
}

type DemoProps = { picked: string; onPick: (signIn: { account: string; password: string }) => void };

/** In demo mode only: the platform lists its own accounts, so nobody has to look for them in the terminal. */
function DemoSignIns({ picked, onPick }: DemoProps) {
  const { t } = useTranslation();
  const { say } = useLanguage();
  const { installation } = useInstallation();
  if (installation.state !== 'demo' || installation.config.signIns.length === 0) return null;
  return (
    <section className="sign-in-demo">
      <h2>{t('signIn.demoTitle')}</h2>
      <p>{t('signIn.demoHint')}</p>
      <ul>
        {installation.config.signIns.map((signIn) => (
          <li key={signIn.account}>
            <button type="button" aria-pressed={picked === signIn.account} onClick={() => onPick(signIn)}>
              <span>{say(signIn.label)}</span>
              <code>{signIn.account}</code>
            </button>
          </li>
        ))}
      </ul>
    </section>
  );
}
