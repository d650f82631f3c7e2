import { CaretRightFilled } from '@ant-design/icons';
import { Button, Tooltip } from 'antd';
import { useCallback, useEffect, useMemo, useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useSearchParams } from 'react-router';
import { useInstallation } from '../installation/installation.tsx';
import type { DemoConfig } from '../installation/installation.tsx';
import { useSession, useSignedIn } from '../session/session.tsx';
import { AnswerPanel } from './AnswerPanel.tsx';
import { TimeControl, TouchpointControl } from './ContextControls.tsx';
import { DocsPanel } from './DocsPanel.tsx';
import { useDraft } from './drafts.ts';
import { examples } from './examples.ts';
import { LimitsPanel } from './LimitsPanel.tsx';
import { PersonaPanel } from './PersonaPanel.tsx';
import { declaredVariables, operationAt, pageSizeOf, readQuery, tokensOf } from './query.ts';
import { QueryPanel } from './QueryPanel.tsx';
import { myself } from './sending.ts';
import type { Refusal } from './sending.ts';
import { bodyOf, fillToken } from './run.ts';
import type { RunAnswer } from './run.ts';
import { useControls } from './useControls.ts';
import { useRun } from './useRun.ts';
import { useSchema } from './useSchema.ts';
import { readHeaders, readObject } from './variables.ts';
import './explorer.css';

export function Explorer({ config }: { config: DemoConfig }) {
  const { t } = useTranslation();
  const { token, actor } = useSignedIn();
  const { endSession } = useSession();
  const { reload } = useInstallation();
  const [search, setSearch] = useSearchParams();
  const example = examples.find(({ id }) => id === search.get('example')) ?? examples[0];
  if (!example) throw new Error('there is no example query');

  const { draft, changed, edit, reset } = useDraft(example);
  const document = useMemo(() => readQuery(draft.query), [draft.query]);
  const cursor = useRef(0);
  const declared = useMemo(() => {
    const operation = document && operationAt(document, 0);
    return operation ? declaredVariables(operation) : [];
  }, [document]);
  const controls = useControls(draft, edit, declared, config);
  const schema = useSchema(token);
  const [docsType, setDocsType] = useState<string | null>(null);

  // Without a choice, an example for touchpoints is sent by one, an example for staff by oneself.
  const chosen = search.get('as');
  const usual = controls.channel.value ?? config.apiClients[0]?.channel ?? myself;
  const sender = chosen ?? (example.as === 'staff' ? myself : usual);
  const client = config.apiClients.find(({ channel }) => channel === sender);
  const senderToken = client?.token ?? token;

  const [refusal, setRefusal] = useState<Refusal | null>(null);
  const sentAsMyself = useRef(false);
  const onAnswer = useCallback(
    (answer: RunAnswer) => {
      if (answer.status === 401 && sentAsMyself.current) endSession();
    },
    [endSession],
  );
  const { state, start, stop } = useRun(onAnswer);

  const variables = useMemo(() => readObject(draft.variables), [draft.variables]);
  const operation = document && operationAt(document, 0);
  const body = bodyOf(draft.query, variables ?? {}, operation?.name?.value);

  const runNow = useCallback(() => {
    const headers = readHeaders(draft.headers);
    if (draft.query.trim() === '') return setRefusal('query');
    if (!variables) return setRefusal('variables');
    if (!headers) return setRefusal('headers');
    setRefusal(null);
    sentAsMyself.current = senderToken === token;
    const around = document ? operationAt(document, cursor.current)?.name?.value : undefined;
    start({ body: bodyOf(draft.query, variables, around), headers: fillToken(headers, senderToken) });
  }, [draft, variables, document, senderToken, token, start]);

  useRunChord(runNow);

  const select = (name: 'example' | 'as', value: string) => {
    setSearch(
      (before) => {
        const after = new URLSearchParams(before);
        after.set(name, value);
        return after;
      },
      { replace: name === 'as' },
    );
  };
  const chooseSender = (value: string) => {
    select('as', value);
    if (value !== myself && controls.channel.use !== 'unused') controls.channel.set(value);
  };
  return (
    <div className="explorer">
      <header className="explorer-head">
        <h1>{t('explorer.title')}</h1>
        <p>{t('explorer.subtitle')}</p>
        <TouchpointControl config={config} sender={sender} me={actor.name} onChange={chooseSender} />
        <TimeControl control={controls.time} />
        {state.running ? (
          <Button onClick={stop}>{t('explorer.stop')}</Button>
        ) : (
          <Tooltip title={t('explorer.runHint')} placement="bottomRight">
            <Button
              type="primary"
              icon={<CaretRightFilled aria-hidden />}
              onClick={runNow}
              aria-keyshortcuts="Control+Enter"
            >
              {t('explorer.run')} <kbd aria-hidden="true">Ctrl ⏎</kbd>
            </Button>
          </Tooltip>
        )}
      </header>
      <QueryPanel
        example={example}
        onExample={(id) => select('example', id)}
        draft={draft}
        document={document}
        changed={changed}
        onEdit={edit}
        onReset={reset}
        onCursor={(offset) => {
          cursor.current = offset;
        }}
        schema={schema.schema}
        onShowInDocs={setDocsType}
        refusal={refusal}
      />
      <AnswerPanel state={state} onRun={runNow} />
      <div className="explorer-side">
        <PersonaPanel personas={config.personas} control={controls.customer} onReload={reload} />
        <DocsPanel schema={schema} open={docsType} onOpen={setDocsType} />
        <LimitsPanel
          limits={config.limits}
          used={state.answer?.limits ?? null}
          tokens={document ? tokensOf(document) : null}
          pageSize={operation ? pageSizeOf(operation, variables ?? {}) : null}
          bodyBytes={new TextEncoder().encode(body).byteLength}
        />
      </div>
    </div>
  );
}

/** Ctrl/⌘ + Enter runs from anywhere on the page. */
function useRunChord(run: () => void): void {
  useEffect(() => {
    const pressed = (event: KeyboardEvent) => {
      if (event.key !== 'Enter' || !(event.ctrlKey || event.metaKey)) return;
      event.preventDefault();
      run();
    };
    window.addEventListener('keydown', pressed);
    return () => window.removeEventListener('keydown', pressed);
  }, [run]);
}
