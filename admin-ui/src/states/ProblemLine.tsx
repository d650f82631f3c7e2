import { CloseCircleFilled } from '@ant-design/icons';
import { useTranslation } from 'react-i18next';
import type { Problem } from '../http/request.ts';
import './states.css';

/** A failure inside a form or dialog: what happened, what was not done, the code. */
export function ProblemLine({ problem, notDone }: { problem: Problem; notDone: string }) {
  const { t } = useTranslation();
  const happened = problem.status === 0 ? t('state.noAnswer') : problem.title;
  return (
    <div className="state-alert state-line" role="alert">
      <CloseCircleFilled aria-hidden />
      <div>
        <strong>{happened}</strong>
        <p>
          {notDone} <code>{problem.code}</code>
        </p>
      </div>
    </div>
  );
}
