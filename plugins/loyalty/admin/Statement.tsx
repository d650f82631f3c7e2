import { InfoCircleOutlined } from '@ant-design/icons';
import { Button } from 'antd';
import { useState } from 'react';
import { Card, Facts } from '../../../admin-ui/src/detail/Card.tsx';
import { Dialog } from '../../../admin-ui/src/dialog/Dialog.tsx';
import { useTexts } from '../../../admin-ui/src/language/texts.ts';
import { column } from '../../../admin-ui/src/list/columns.ts';
import { DataTable } from '../../../admin-ui/src/list/DataTable.tsx';
import { count, moment } from '../../../admin-ui/src/words/formats.ts';
import { useNamed } from '../../../admin-ui/src/words/named.ts';
import type { Account, Entry } from './question.ts';
import { texts } from './texts.ts';

type Props = {
  account: Account;
  stale: boolean;
  first: boolean;
  onPage: (after: string | undefined) => void;
};

/** The entries, newest first; each opens its why beside the list. */
export function Statement({ account, stale, first, onPage }: Props) {
  const t = useTexts(texts);
  const [asked, setAsked] = useState<Entry>();
  const { edges, pageInfo } = account.statement;
  const rows = edges.map(({ node }) => node);
  const columns = useEntryColumns(setAsked);
  return (
    <Card title={t('statement')} note={t('entries', { count: count(account.statement.totalCount) })} flush>
      <DataTable
        caption={t('statement')}
        columns={columns}
        rows={rows}
        keyOf={(row) => row.id}
        nameOf={(row) => t(`kind${row.kind}`)}
        dense={false}
        stale={stale}
        skeletons={8}
        current={asked?.id}
      />
      <div className="pager">
        <span role="status">
          {t('shown', {
            from: count(rows.at(-1)?.seq ?? 0),
            to: count(rows[0]?.seq ?? 0),
            count: count(account.statement.totalCount),
          })}
        </span>
        <span className="pager-end">
          <Button size="small" disabled={first} onClick={() => onPage(undefined)}>
            {t('newer')}
          </Button>
          <Button
            size="small"
            disabled={!pageInfo.hasNextPage}
            onClick={() => onPage(pageInfo.endCursor ?? undefined)}
          >
            {t('older')}
          </Button>
        </span>
      </div>
      {asked && <WhyDrawer entry={asked} onClose={() => setAsked(undefined)} />}
    </Card>
  );
}

/** The amount that people look for: what is available, or what was put aside where nothing of it is. */
function changed(entry: Entry): number {
  return entry.available || entry.pending || entry.reserved || -entry.owed;
}

function signed(points: number): string {
  return points > 0 ? `+${count(points)}` : count(points);
}

function useEntryColumns(onWhy: (entry: Entry) => void) {
  const t = useTexts(texts);
  const named = useNamed();
  const says = (row: Entry) => named(row.why[1] ?? row.why[0]);
  return [
    column<Entry>('no', t('no'), (row) => count(row.seq), { width: '64px' }),
    column<Entry>('at', t('at'), (row) => moment(row.at), { width: '144px' }),
    column<Entry>('what', t('what'), (row) => t(`kind${row.kind}`), {
      cell: (row) => (
        <>
          <strong className="points-kind">{t(`kind${row.kind}`)}</strong>{' '}
          <span className="quiet" title={says(row)}>
            {says(row)}
          </span>
        </>
      ),
    }),
    column<Entry>('change', t('change'), (row) => signed(changed(row)), {
      width: '112px',
      align: 'right',
      cell: (row) => <strong className="points-kind">{signed(changed(row))}</strong>,
    }),
    column<Entry>('after', t('after'), (row) => count(row.balanceAfter), {
      width: '128px',
      align: 'right',
    }),
    column<Entry>('why', t('why'), () => '', {
      width: '76px',
      cell: (row) => (
        <button type="button" className="link" onClick={() => onWhy(row)}>
          <InfoCircleOutlined aria-hidden /> {t('why')}
          <span className="visually-hidden"> {row.seq}</span>
        </button>
      ),
    }),
  ];
}

function WhyDrawer({ entry, onClose }: { entry: Entry; onClose: () => void }) {
  const t = useTexts(texts);
  const named = useNamed();
  const title = t('whyOf', { no: entry.seq, points: signed(changed(entry)) });
  return (
    <Dialog drawer width="496px" title={title} onClose={onClose}>
      <ol className="points-why">
        {entry.why.map((line, index) => (
          <li key={index}>{named(line)}</li>
        ))}
      </ol>
      <Facts
        facts={[
          [t('at'), moment(entry.at)],
          [t('by'), entry.postedBy],
          [t('after'), count(entry.balanceAfter)],
          [t('reserved'), entry.reserved === 0 ? undefined : signed(entry.reserved)],
          [t('pending'), entry.pending === 0 ? undefined : signed(entry.pending)],
          [t('owed'), entry.owed === 0 ? undefined : signed(entry.owed)],
        ]}
      />
    </Dialog>
  );
}
