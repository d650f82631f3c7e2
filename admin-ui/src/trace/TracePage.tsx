import { LockOutlined } from '@ant-design/icons';
import { Button, Select } from 'antd';
import { useMemo, useState } from 'react';
import { useAnswer } from '../api/useAnswer.ts';
import { useTexts } from '../language/texts.ts';
import { conditionCount, fromStart, withValues } from '../list/address.ts';
import type { ListShape } from '../list/address.ts';
import { column } from '../list/columns.ts';
import { Chips } from '../list/Chips.tsx';
import { DataTable } from '../list/DataTable.tsx';
import '../list/list.css';
import { StepPager } from '../list/StepPager.tsx';
import { useListAddress } from '../list/useListAddress.ts';
import { Empty, Failed } from '../states/states.tsx';
import { count, moment } from '../words/formats.ts';
import '../words/words.css';
import { TRACES } from './question.ts';
import type { Trace, TracesAnswer } from './question.ts';
import { texts } from './texts.ts';
import { TraceDrawer } from './TraceDrawer.tsx';
import { ACTIONS, useTraceWords } from './words.ts';
import './trace.css';

const SHAPE: ListShape = {
  fields: ['actorId', 'actorName', 'action', 'subjectType', 'subjectId', 'partyId', 'days'],
  sort: 'AT',
  descending: true,
  sorts: ['AT'],
};
const DAYS = ['1', '7', '30'] as const;
const DAY_MS = 86_400_000;

/** Who did what to what, when and why; nothing of it can be changed unnoticed. */
export default function TracePage() {
  const t = useTexts(texts);
  const { actionWord, subjectWord } = useTraceWords();
  const navigation = useListAddress(SHAPE);
  const { address, goTo } = navigation;
  const [opened, setOpened] = useState<Trace>();
  const one = (field: string) => address.values[field]?.[0];
  const days = one('days');
  // Whole hours, so that the question stays the same while it is looked at.
  const from = useMemo(() => spanStart(days, new Date()), [days]);
  const answer = useAnswer<TracesAnswer>(TRACES, {
    first: address.size,
    after: address.after,
    actorId: one('actorId'),
    action: one('action'),
    subjectType: one('subjectType'),
    subjectId: one('subjectId'),
    partyId: one('partyId'),
    from,
  });
  const rows = answer.data?.traces.edges.map(({ node }) => node);
  const columns = useTraceColumns(setOpened);
  const narrow = (values: Record<string, string | undefined>) => {
    let next = address;
    for (const [field, value] of Object.entries(values))
      next = withValues(next, field, value === undefined ? [] : [value]);
    goTo(next);
  };
  const chips = [
    { key: 'actorId', name: t('filterActor'), text: one('actorName') ?? one('actorId') },
    {
      key: 'subjectType',
      name: t('filterAbout'),
      text: one('subjectType') && subjectWord(one('subjectType')!),
    },
    { key: 'subjectId', name: t('filterId'), text: one('subjectId') },
    { key: 'partyId', name: t('filterClient'), text: one('partyId') },
  ];
  return (
    <div className="list-page">
      <header className="page-head">
        <h1>{t('title')}</h1>
        {answer.data && <Sealing sealing={answer.data.traceSealing} />}
      </header>
      <div className="filters">
        <Select
          className="trace-action"
          aria-label={t('filterAction')}
          placeholder={t('filterAction')}
          allowClear
          showSearch={{ optionFilterProp: 'label' }}
          value={one('action') ?? null}
          onChange={(action: string | null) => narrow({ action: action ?? undefined })}
          options={Object.keys(ACTIONS).map((value) => ({ value, label: actionWord(value) }))}
        />
        <Select
          className="trace-span"
          aria-label={t('span')}
          placeholder={t('span')}
          allowClear
          value={days ?? null}
          onChange={(value: string | null) => narrow({ days: value ?? undefined })}
          options={DAYS.map((value) => ({ value, label: t(`day${value}`) }))}
        />
        <Chips
          chips={chips}
          onDrop={(key) =>
            narrow(key === 'actorId' ? { actorId: undefined, actorName: undefined } : { [key]: undefined })
          }
        />
      </div>
      <div className="list-body" data-bare>
        <div className="list-card">
          <div className="list-scroll" tabIndex={0} role="region" aria-label={t('title')}>
            {answer.problem ? (
              <Failed
                title={t('failed')}
                detail={t('failedDetail')}
                notDone={t('failedNotDone')}
                problem={answer.problem}
                onRetry={answer.reload}
                quiet
              />
            ) : rows?.length === 0 ? (
              <Empty title={t('none')} text={t('noneText')}>
                {conditionCount(address) > 0 && (
                  <Button onClick={() => goTo(fromStart({ ...address, values: {} }))}>{t('clear')}</Button>
                )}
              </Empty>
            ) : (
              <DataTable
                caption={t('title')}
                columns={columns}
                rows={rows}
                keyOf={(row) => row.id}
                nameOf={(row) => actionWord(row.action)}
                dense={false}
                stale={answer.stale}
                skeletons={14}
                current={opened?.id}
              />
            )}
          </div>
          <StepPager
            navigation={navigation}
            said={t('shown', { count: rows?.length ?? 0 })}
            pageInfo={answer.data?.traces.pageInfo}
            at={answer.at}
          />
        </div>
      </div>
      {opened && <TraceDrawer trace={opened} onNarrow={narrow} onClose={() => setOpened(undefined)} />}
    </div>
  );
}

function spanStart(days: string | undefined, now: Date): string | undefined {
  if (days === undefined || !(DAYS as readonly string[]).includes(days)) return undefined;
  const hour = Math.ceil(now.getTime() / 3_600_000) * 3_600_000;
  return new Date(hour - Number(days) * DAY_MS).toISOString();
}

function Sealing({ sealing: { sealNo, sealedAt, waiting } }: { sealing: TracesAnswer['traceSealing'] }) {
  const t = useTexts(texts);
  return (
    <span className="trace-sealing">
      <LockOutlined aria-hidden />{' '}
      {sealNo === null
        ? t('sealedNone')
        : t('sealed', { no: count(sealNo), time: sealedAt === null ? '' : moment(sealedAt) })}
      {' · '}
      {waiting === 0 ? t('sealedAll') : t('sealedWaiting', { count: count(waiting) })}
    </span>
  );
}

function useTraceColumns(onOpen: (trace: Trace) => void) {
  const t = useTexts(texts);
  const { actionWord, subjectWord } = useTraceWords();
  const who = ({ actor }: Trace) => (actor.kind === 'system' ? t('system') : actor.name);
  return [
    column<Trace>('at', t('at'), (row) => moment(row.at), { width: '144px' }),
    column<Trace>('who', t('who'), who, { width: '120px' }),
    column<Trace>('what', t('what'), (row) => actionWord(row.action), {
      width: '180px',
      cell: (row) => (
        <button type="button" className="link" onClick={() => onOpen(row)}>
          {actionWord(row.action)}
        </button>
      ),
    }),
    column<Trace>('about', t('about'), (row) => subjectWord(row.subjectType), {
      width: '280px',
      cell: (row) => (
        <>
          {subjectWord(row.subjectType)} <span className="code">{row.subjectId}</span>
        </>
      ),
    }),
    column<Trace>('reason', t('reason'), (row) => row.reason ?? '—', {
      cell: (row) => <span title={row.reason ?? ''}>{row.reason ?? '—'}</span>,
    }),
    column<Trace>('seal', t('seal'), (row) => String(row.sealNo ?? ''), {
      width: '84px',
      align: 'right',
      cell: (row) =>
        row.sealNo === null ? <span className="warned">{t('unsealed')}</span> : count(row.sealNo),
    }),
  ];
}
