import { UndoOutlined } from '@ant-design/icons';
import { json } from '@codemirror/lang-json';
import { Button, Tooltip } from 'antd';
import { graphql } from 'cm6-graphql';
import type { DocumentNode, GraphQLSchema } from 'graphql';
import { useEffect, useMemo, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { CodeEditor } from '../editor/CodeEditor.tsx';
import type { LineRange } from '../editor/tint.ts';
import { useLanguage } from '../language/language.ts';
import type { Draft } from './drafts.ts';
import { examples } from './examples.ts';
import type { Example } from './examples.ts';
import type { Refusal } from './sending.ts';
import { decisionLines } from './query.ts';
import { Tabs } from './Tabs.tsx';
import { readHeaders } from './variables.ts';

type Props = {
  example: Example;
  onExample: (id: string) => void;
  draft: Draft;
  document: DocumentNode | null;
  changed: boolean;
  onEdit: (part: Partial<Draft>) => void;
  onReset: () => void;
  onCursor: (offset: number) => void;
  schema: GraphQLSchema | null;
  onShowInDocs: (type: string) => void;
  refusal: Refusal | null;
};

const noLines: readonly LineRange[] = [];

export function QueryPanel(props: Props) {
  const { example, onExample, draft, document, changed, onEdit, onReset, onCursor, schema, onShowInDocs } =
    props;
  const { t } = useTranslation();
  const { say } = useLanguage();
  const tinted = useMemo(() => (document ? decisionLines(document) : noLines), [document]);
  const language = useMemo(
    () =>
      graphql(schema ?? undefined, {
        onShowInDocs: (_field, type, parentType) => {
          const name = (parentType ?? type ?? '').replace(/[[\]!]/g, '');
          if (name !== '') onShowInDocs(name);
        },
      }),
    [schema, onShowInDocs],
  );
  return (
    <section className="card explorer-query" aria-label={t('explorer.query')}>
      <div className="card-head">
        <h2>{t('explorer.query')}</h2>
        {changed && (
          <Tooltip title={t('explorer.resetHint')}>
            <Button
              type="text"
              size="small"
              className="explorer-reset"
              icon={<UndoOutlined />}
              aria-label={t('explorer.reset')}
              onClick={onReset}
            />
          </Tooltip>
        )}
      </div>
      <div className="explorer-tabs-host">
        <Tabs
          label={t('explorer.examples')}
          tabs={examples.map(({ id, title }) => ({ id, label: say(title) }))}
          active={example.id}
          onChange={onExample}
        >
          <CodeEditor
            key={example.id}
            label={t('explorer.query')}
            value={draft.query}
            onChange={(query) => onEdit({ query })}
            language={language}
            tinted={tinted}
            onCursor={onCursor}
          />
        </Tabs>
      </div>
      <Inputs {...props} key={example.id} draft={draft} />
    </section>
  );
}

type InputsProps = { draft: Draft; onEdit: (part: Partial<Draft>) => void; refusal: Refusal | null };

const jsonLanguage = json();

function Inputs({ draft, onEdit, refusal }: InputsProps) {
  const { t } = useTranslation();
  const [active, setActive] = useState<'variables' | 'headers'>('variables');
  const count = Object.keys(readHeaders(draft.headers) ?? {}).length;

  useEffect(() => {
    if (refusal === 'variables' || refusal === 'headers') setActive(refusal);
  }, [refusal]);

  const messages: Record<Refusal, string> = {
    query: t('explorer.invalidQuery'),
    variables: t('explorer.invalidVariables'),
    headers: t('explorer.invalidHeaders'),
  };
  return (
    <div className="explorer-inputs">
      {refusal && (
        <p className="explorer-refusal" role="alert">
          {messages[refusal]}
        </p>
      )}
      <Tabs
        label={t('explorer.inputs')}
        tabs={[
          { id: 'variables', label: t('explorer.variables') },
          { id: 'headers', label: `${t('explorer.headers')} ${count}` },
        ]}
        active={active}
        onChange={(id) => setActive(id === 'headers' ? 'headers' : 'variables')}
      >
        {active === 'variables' ? (
          <CodeEditor
            key="variables"
            label={t('explorer.variables')}
            value={draft.variables}
            onChange={(variables) => onEdit({ variables })}
            language={jsonLanguage}
          />
        ) : (
          <CodeEditor
            key="headers"
            label={t('explorer.headers')}
            value={draft.headers}
            onChange={(headers) => onEdit({ headers })}
            language={jsonLanguage}
          />
        )}
      </Tabs>
      {active === 'headers' && <p className="explorer-side-note">{t('explorer.tokenHint')}</p>}
    </div>
  );
}
