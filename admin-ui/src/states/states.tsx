import { CloseCircleFilled, LockOutlined } from '@ant-design/icons';
import { Button, Skeleton } from 'antd';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import type { Problem } from '../http/request.ts';
import { CopyButton } from './CopyButton.tsx';
import './states.css';

/** Skeleton in the place of a page; it appears only after 200 ms, so that quick answers do not flicker. */
export function Loading() {
  const { t } = useTranslation();
  return (
    <div className="state-loading" role="status" aria-label={t('state.loading')}>
      <Skeleton active paragraph={{ rows: 6 }} />
    </div>
  );
}

type FailedProps = {
  title: string;
  detail: string;
  notDone: string;
  problem: Problem;
  onRetry: () => void;
  /** Inside a page that has a filled button already. */
  quiet?: boolean;
};

/** What happened, what was not done, the code, and a way to try again. */
export function Failed({ title, detail, notDone, problem, onRetry, quiet = false }: FailedProps) {
  const { t } = useTranslation();
  const happened = [problem.status === 0 ? t('state.noAnswer') : problem.title, problem.detail].filter(
    Boolean,
  );
  return (
    <section className="state-panel" role="alert">
      <div className="state-alert">
        <CloseCircleFilled aria-hidden />
        <div>
          <h2>{title}</h2>
          <p>{detail}</p>
        </div>
      </div>
      <Facts>
        <Fact name={t('state.notDone')}>{notDone}</Fact>
        <Fact name={t('state.what')}>{happened.join(' · ')}</Fact>
        {problem.status > 0 && <Fact name={t('state.status')}>HTTP {problem.status}</Fact>}
        <Fact name={t('state.code')}>
          <code>{problem.code}</code>
        </Fact>
      </Facts>
      <div className="state-actions">
        <Button type={quiet ? 'default' : 'primary'} onClick={onRetry}>
          {t('state.retry')}
        </Button>
        <CopyButton
          text={() => `${problem.code} ${problem.status}\n${problem.title}\n${problem.detail}`}
          label={t('state.copy')}
        />
      </div>
    </section>
  );
}

type NoPermissionProps = { page: string; permission: string; roles: string[]; onLeave: () => void };

/** Which permission is missing and who grants it. */
export function NoPermission({ page, permission, roles, onLeave }: NoPermissionProps) {
  const { t } = useTranslation();
  return (
    <section className="state-panel">
      <div className="state-head">
        <span className="state-icon">
          <LockOutlined aria-hidden />
        </span>
        <div>
          <h1>{t('state.noPermissionTitle')}</h1>
          <p>{t('state.noPermission', { page })}</p>
        </div>
      </div>
      <Facts>
        <Fact name={t('state.needed')}>
          <code>{permission}</code>
        </Fact>
        <Fact name={t('state.whoGrants')}>{t('state.whoGrantsAnswer')}</Fact>
        <Fact name={t('state.held')}>{roles.join(', ') || t('state.heldNone')}</Fact>
      </Facts>
      <div className="state-actions">
        <Button type="primary" onClick={onLeave}>
          {t('state.seeMine')}
        </Button>
      </div>
    </section>
  );
}

type EmptyProps = { title: string; text: string; level?: 1 | 2; children?: ReactNode };

/** What this place is for and, as children, the first step. */
export function Empty({ title, text, level = 2, children }: EmptyProps) {
  const Heading = level === 1 ? 'h1' : 'h2';
  return (
    <section className="state-empty">
      <svg width="72" height="40" viewBox="0 0 72 40" aria-hidden="true">
        <rect x="0.5" y="0.5" width="71" height="11" rx="3" className="state-empty-first" />
        <rect x="0.5" y="14.5" width="71" height="11" rx="3" className="state-empty-next" />
        <rect x="0.5" y="28.5" width="71" height="11" rx="3" className="state-empty-next" />
      </svg>
      <Heading>{title}</Heading>
      <p>{text}</p>
      {children}
    </section>
  );
}

function Facts({ children }: { children: ReactNode }) {
  return <dl className="state-facts">{children}</dl>;
}

function Fact({ name, children }: { name: string; children: ReactNode }) {
  return (
    <div>
      <dt>{name}</dt>
      <dd>{children}</dd>
    </div>
  );
}
