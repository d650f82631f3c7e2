import { ArrowLeftOutlined, CloseOutlined, SearchOutlined } from '@ant-design/icons';
import { Button, Input, Skeleton, Tooltip } from 'antd';
import type { GraphQLSchema } from 'graphql';
import { useEffect, useMemo, useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { docsOf, firstTypes, searchDocs } from './docs.ts';
import type { DocsHit, DocsRow } from './docs.ts';
import { decisionFields } from './query.ts';
import type { SchemaState } from './useSchema.ts';

type Props = { schema: SchemaState; open: string | null; onOpen: (type: string | null) => void };

/** The types of the interface with their descriptions, from the platform itself. */
export function DocsPanel({ schema, open, onOpen }: Props) {
  const { t } = useTranslation();
  const [searching, setSearching] = useState(false);
  const [text, setText] = useState('');
  const ready = schema.schema;
  const first = useMemo(() => (ready ? firstTypes(ready, decisionFields) : []), [ready]);
  const shown = open ?? first.at(-1) ?? '';
  const { back, go } = useTrail(first, shown, onOpen);

  const close = () => {
    setSearching(false);
    setText('');
  };
  const openHit = (hit: DocsHit) => {
    close();
    go(hit.type);
  };
  return (
    <section className="card explorer-docs" aria-label={t('explorer.docs')}>
      <div className="card-head">
        {searching ? (
          <SearchField text={text} onText={setText} onClose={close} />
        ) : (
          <>
            {back && (
              <Tooltip title={t('explorer.docsBack')}>
                <Button
                  type="text"
                  size="small"
                  icon={<ArrowLeftOutlined />}
                  aria-label={t('explorer.docsBack')}
                  onClick={back}
                />
              </Tooltip>
            )}
            <h2>
              <span className="explorer-docs-word">{t('explorer.docs')}</span> {shown}
            </h2>
            <Button
              type="text"
              size="small"
              icon={<SearchOutlined />}
              aria-label={t('explorer.docsSearch')}
              disabled={!ready}
              onClick={() => setSearching(true)}
            />
          </>
        )}
      </div>
      <div className="explorer-docs-body" tabIndex={0} role="region" aria-label={t('explorer.docs')}>
        {schema.state === 'loading' && (
          <div role="status" aria-label={t('explorer.docsLoading')}>
            <Skeleton active title={false} paragraph={{ rows: 5 }} />
          </div>
        )}
        {schema.state === 'failed' && (
          <p className="explorer-side-note" role="alert">
            {t('explorer.docsFailed')} <code>{schema.problem?.code}</code>
          </p>
        )}
        {ready && searching && text.trim() !== '' && <Hits schema={ready} text={text} onOpen={openHit} />}
        {ready && !(searching && text.trim() !== '') && <TypePage schema={ready} name={shown} onOpen={go} />}
      </div>
    </section>
  );
}

/** Remembers which types were open, so that one can go back. */
function useTrail(first: string[], shown: string, onOpen: (type: string) => void) {
  const [visited, setTrail] = useState<string[] | null>(null);
  const trail = visited ?? first.slice(0, -1);
  const go = (type: string) => {
    if (type === shown) return;
    setTrail([...trail, shown]);
    onOpen(type);
  };
  const last = trail.at(-1);
  const back =
    last === undefined
      ? null
      : () => {
          setTrail(trail.slice(0, -1));
          onOpen(last);
        };
  return { go, back };
}

type SearchFieldProps = { text: string; onText: (text: string) => void; onClose: () => void };

function SearchField({ text, onText, onClose }: SearchFieldProps) {
  const { t } = useTranslation();
  const holder = useRef<HTMLDivElement>(null);
  useEffect(() => holder.current?.querySelector('input')?.focus(), []);
  return (
    <div ref={holder} className="explorer-docs-search">
      <Input
        size="small"
        value={text}
        placeholder={t('explorer.docsSearch')}
        aria-label={t('explorer.docsSearch')}
        onChange={(event) => onText(event.target.value)}
        onKeyDown={(event) => {
          if (event.key === 'Escape') onClose();
        }}
      />
      <Button
        type="text"
        size="small"
        icon={<CloseOutlined />}
        aria-label={t('explorer.docsSearchClose')}
        onClick={onClose}
      />
    </div>
  );
}

const hitsMax = 30;

type HitsProps = { schema: GraphQLSchema; text: string; onOpen: (hit: DocsHit) => void };

function Hits({ schema, text, onOpen }: HitsProps) {
  const { t } = useTranslation();
  const { hits, more } = searchDocs(schema, text, hitsMax);
  if (hits.length === 0) return <p className="explorer-side-note">{t('explorer.docsNone', { text })}</p>;
  return (
    <>
      <ul className="explorer-docs-rows">
        {hits.map((hit) => (
          <li key={`${hit.type}.${hit.field ?? ''}`}>
            <button type="button" onClick={() => onOpen(hit)}>
              <code>{hit.field === undefined ? hit.type : `${hit.type}.${hit.field}`}</code>
            </button>
            {hit.description && <p>{hit.description}</p>}
          </li>
        ))}
      </ul>
      {more > 0 && <p className="explorer-side-note">{t('explorer.docsMore', { count: more })}</p>}
    </>
  );
}

type TypePageProps = { schema: GraphQLSchema; name: string; onOpen: (type: string) => void };

function TypePage({ schema, name, onOpen }: TypePageProps) {
  const { t } = useTranslation();
  const page = docsOf(schema, name);
  if (!page) return null;
  const heading = {
    fields: t('explorer.docsFields'),
    inputs: t('explorer.docsInputs'),
    values: t('explorer.docsValues'),
    possible: t('explorer.docsPossible'),
    scalar: null,
  }[page.kind];
  return (
    <>
      <p className="explorer-docs-about">{page.description || t('explorer.docsNoDescription')}</p>
      {heading && <h3 className="visually-hidden">{heading}</h3>}
      <ul className="explorer-docs-rows">
        {page.rows.map((row) => (
          <Row key={row.name} row={row} onOpen={onOpen} />
        ))}
      </ul>
    </>
  );
}

function Row({ row, onOpen }: { row: DocsRow; onOpen: (type: string) => void }) {
  const { t } = useTranslation();
  const { opens } = row;
  return (
    <li data-tinted={decisionFields.has(row.name) || undefined}>
      <div className="explorer-docs-line">
        <code>{row.name}</code>
        {opens !== undefined && (
          <button type="button" onClick={() => onOpen(opens)}>
            <code>{row.type ?? opens}</code>
          </button>
        )}
      </div>
      {row.description && <p>{row.description}</p>}
      {row.deprecated !== undefined && (
        <p className="explorer-docs-deprecated">{t('explorer.deprecated', { reason: row.deprecated })}</p>
      )}
      {row.args.length > 0 && (
        <ul className="explorer-docs-args" aria-label={t('explorer.docsArguments')}>
          {row.args.map((arg) => (
            <li key={arg.name} title={arg.description || undefined}>
              <code>{arg.name}</code>{' '}
              <button type="button" onClick={() => onOpen(arg.opens)}>
                <code>{arg.type}</code>
              </button>
            </li>
          ))}
        </ul>
      )}
    </li>
  );
}
