import { useTranslation } from 'react-i18next';
import { useInstallation } from '../installation/installation.tsx';
import { Empty, Failed, Loading } from '../states/states.tsx';
import { Explorer } from './Explorer.tsx';

/** Tries the GraphQL interface as a touchpoint or as oneself; open in demo mode only. */
export default function ExplorerPage() {
  const { t } = useTranslation();
  const { installation, reload } = useInstallation();
  if (installation.state === 'loading') return <Loading />;
  if (installation.state === 'not-demo') {
    return <Empty level={1} title={t('explorer.unavailableTitle')} text={t('explorer.unavailable')} />;
  }
  if (installation.state === 'failed') {
    return (
      <Failed
        title={t('state.failedTitle')}
        detail={t('explorer.configFailed')}
        notDone={t('explorer.configNotDone')}
        problem={installation.problem}
        onRetry={reload}
      />
    );
  }
  return <Explorer config={installation.config} />;
}
