import { useTranslation } from 'react-i18next';
import { useAnswer } from '../api/useAnswer.ts';
import '../detail/detail.css';
import { useLanguage } from '../language/language.ts';
import { useTexts } from '../language/texts.ts';
import { Failed } from '../states/states.tsx';
import { day } from '../words/formats.ts';
import { Figures } from './Figures.tsx';
import { WORKBENCH } from './question.ts';
import type { WorkbenchAnswer } from './question.ts';
import { texts } from './texts.ts';
import { Today } from './Today.tsx';
import { Waiting } from './Waiting.tsx';
import './workbench.css';

/** What waits for this person, what the clock does today, and the house in figures. */
export default function WorkbenchPage() {
  const t = useTexts(texts);
  const { language } = useLanguage();
  const answer = useAnswer<WorkbenchAnswer>(WORKBENCH, NOTHING);
  const found = answer.data?.workbench;
  const now = new Date(found?.at ?? Date.now());
  const weekday = new Intl.DateTimeFormat(language, { weekday: 'long', timeZone: 'Asia/Shanghai' });
  return (
    <div className="page workbench">
      <header className="workbench-head">
        <h1>{t('title')}</h1>
        <span>
          {day(now)} {weekday.format(now)}
        </span>
      </header>
      {answer.problem && !found ? (
        <Failed
          title={t('failedTitle')}
          detail={t('failedDetail')}
          notDone={t('failedNotDone')}
          problem={answer.problem}
          onRetry={answer.reload}
        />
      ) : (
        <>
          <Figures figures={found?.figures} />
          <div className="columns-side">
            <Waiting tasks={found?.tasks} />
            <Today moments={found?.today} missing={found?.todayMissing ?? []} now={now} />
          </div>
        </>
      )}
      <Live loading={answer.loading && !found} />
    </div>
  );
}

function Live({ loading }: { loading: boolean }) {
  const { t } = useTranslation();
  return (
    <span className="visually-hidden" role="status">
      {loading ? t('state.loading') : ''}
    </span>
  );
}

const NOTHING = {};
