import { Component } from 'react';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { Failed } from './states.tsx';

type Props = { children: ReactNode };
type State = { error: Error | null };

/** Keeps a page that breaks from taking the shell with it. */
export class PageBoundary extends Component<Props, State> {
  override state: State = { error: null };

  static getDerivedStateFromError(error: unknown): State {
    return { error: error instanceof Error ? error : new Error(String(error)) };
  }

  override render() {
    const { error } = this.state;
    if (error) return <Crashed error={error} onRetry={() => this.setState({ error: null })} />;
    return this.props.children;
  }
}

function Crashed({ error, onRetry }: { error: Error; onRetry: () => void }) {
  const { t } = useTranslation();
  return (
    <Failed
      title={t('state.crashedTitle')}
      detail={t('state.crashed')}
      notDone={t('state.crashedNotDone')}
      problem={{ status: 0, code: 'PAGE_BROKEN', title: error.name, detail: error.message }}
      onRetry={onRetry}
    />
  );
}
