import { CheckCircleFilled, CloseCircleFilled, ExclamationCircleFilled } from '@ant-design/icons';
import { json } from '@codemirror/lang-json';
import { Button } from 'antd';
import { useMemo, useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { CodeEditor } from '../editor/CodeEditor.tsx';
import { CopyButton } from '../states/CopyButton.tsx';
import { Empty, Failed } from '../states/states.tsx';
import { listOf, outcomesOf, printAnswer } from './answer.ts';
import type { AnswerList } from './answer.ts';
import { AnswerTable } from './AnswerTable.tsx';
import { decisionFields } from './query.ts';
import type { RunAnswer } from './run.ts';
import { useColumns } from './useColumns.ts';
import type { RunState } from './useRun.ts';
import { sizeText } from './figures.ts';

const jsonLanguage = json();

export function AnswerPanel({ state, onRun }: { state: RunState; onRun: () => void }) {
  const { t } = useTranslation();
  const { answer, problem, running } = state;
  return (
    <section className="card explorer-answer" aria-label={t('explorer.answer')} aria-busy={running}>
      <div className="card-head">
        <h2>{t('explorer.answer')}</h2>
        <div className="explorer-verdict" role="status">
          {running && <span className="explorer-running">{t('explorer.running')}</span>}
          {!running && problem && <VerdictMark verdict="failed" />}
          {!running && answer && <Measures answer={answer} />}
        </div>
        {answer && (
          <CopyButton bare text={() => JSON.stringify(answer.body, null, 2)} label={t('explorer.copy')} />
        )}
      </div>
      {problem && (
        <Failed
          title={t('explorer.networkTitle')}
          detail={t('explorer.network')}
          notDone={t('explorer.networkNotDone')}
          problem={problem}
          onRetry={onRun}
          quiet
        />
      )}
      {answer && <AnswerBody answer={answer} stale={running} />}
      {!answer && !problem && <Empty title={t('explorer.emptyTitle')} text={t('explorer.empty')} />}
    </section>
  );
}

function Measures({ answer }: { answer: RunAnswer }) {
  const { t } = useTranslation();
  return (
    <>
      <VerdictMark verdict={answer.verdict} />
      {answer.status !== 200 && <span>HTTP {answer.status}</span>}
      <span>{t('explorer.ms', { ms: Math.max(1, Math.round(answer.elapsedMs)) })}</span>
      <span>{sizeText(answer.sizeBytes)}</span>
    </>
  );
}

function VerdictMark({ verdict }: { verdict: RunAnswer['verdict'] | 'failed' }) {
  const { t } = useTranslation();
  const Icon = {
    ok: CheckCircleFilled,
    partial: ExclamationCircleFilled,
    refused: CloseCircleFilled,
    failed: CloseCircleFilled,
  }[verdict];
  return (
    <span className={`explorer-mark explorer-mark-${verdict}`}>
      <Icon aria-hidden /> {t(`explorer.verdict.${verdict}`)}
    </span>
  );
}

function AnswerBody({ answer, stale }: { answer: RunAnswer; stale: boolean }) {
  const { t } = useTranslation();
  const [asTable, setAsTable] = useState(false);
  const place = useRef<HTMLDivElement>(null);
  const columns = useColumns(place);
  const printed = useMemo(
    () => printAnswer(withoutLimits(answer), decisionFields, columns),
    [answer, columns],
  );
  const list = useMemo(() => listOf(answer.data), [answer]);
  const table = asTable && list !== null;
  return (
    <>
      <div ref={place} className="explorer-answer-body" data-stale={stale}>
        {table ? (
          <AnswerTable list={list} />
        ) : (
          <CodeEditor
            label={t('explorer.answer')}
            value={typeof answer.body === 'string' ? answer.body : printed.text}
            language={jsonLanguage}
            tinted={printed.marked}
            wrap
          />
        )}
      </div>
      {list && (
        <div className="explorer-answer-foot">
          <ListSummary list={list} />
          <Button type="link" onClick={() => setAsTable(!asTable)}>
            {table ? t('explorer.asText') : t('explorer.asTable')}
          </Button>
        </div>
      )}
    </>
  );
}

/** The limits have a panel of their own. */
function withoutLimits({ body }: RunAnswer): unknown {
  if (typeof body !== 'object' || body === null || !('extensions' in body)) return body;
  const { extensions, ...rest } = body;
  const { limits: _limits, ...others } = (extensions ?? {}) as Record<string, unknown>;
  return Object.keys(others).length > 0 ? { ...rest, extensions: others } : rest;
}

const knownOutcomes = ['MATCH', 'WARN_REQUIRED', 'FORBIDDEN', 'EXPIRED', 'INCOMPLETE'];

function ListSummary({ list }: { list: AnswerList }) {
  const { t } = useTranslation();
  const { outcomes, recommendable } = outcomesOf(list.rows);
  const counts = outcomes.map(([outcome, count]) =>
    knownOutcomes.includes(outcome) ? t(`explorer.outcome.${outcome}`, { count }) : `${outcome} ${count}`,
  );
  if (outcomes.length > 0) counts.push(t('explorer.recommendable', { count: recommendable }));
  const shown = list.rows.length;
  return (
    <p>
      <strong>
        {list.total === null
          ? t('explorer.returnedOnly', { shown })
          : t('explorer.returned', { shown, total: list.total.toLocaleString('en-US') })}
      </strong>
      <span>{counts.join(' · ')}</span>
    </p>
  );
}
