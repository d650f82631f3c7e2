import { Button } from 'antd';
import { Link } from 'react-router';
import { useAnswer } from '../api/useAnswer.ts';
import { useTexts } from '../language/texts.ts';
import { fromStart } from '../list/address.ts';
import type { ListShape } from '../list/address.ts';
import { column } from '../list/columns.ts';
import { DataTable } from '../list/DataTable.tsx';
import { FilterBar } from '../list/FilterBar.tsx';
import '../list/list.css';
import { useListSetup } from '../list/setup.ts';
import { ColumnsButton } from '../list/ColumnsButton.tsx';
import { StepPager } from '../list/StepPager.tsx';
import { useListAddress } from '../list/useListAddress.ts';
import { Empty, Failed } from '../states/states.tsx';
import { day } from '../words/formats.ts';
import { useNamed } from '../words/named.ts';
import '../words/words.css';
import './customers.css';
import { CUSTOMERS } from './question.ts';
import type { CustomerRow, CustomersAnswer } from './question.ts';
import { useSchemeNames } from './scheme.ts';
import { texts } from './texts.ts';
import { useCode } from './words.tsx';

const SHAPE: ListShape = { fields: [], sort: 'NO', descending: false, sorts: ['NO'] };
const keyOf = (row: CustomerRow) => row.id;

/** Clients by number, name or phone; names and phones masked. */
export default function CustomerListPage() {
  const t = useTexts(texts);
  const navigation = useListAddress(SHAPE);
  const { address, goTo } = navigation;
  const { setup, change } = useListSetup('customers');
  const text = address.text.trim();
  const answer = useAnswer<CustomersAnswer>(CUSTOMERS, {
    search: text === '' ? null : text,
    first: address.size,
    after: address.after,
  });
  const rows = answer.data?.customers.edges.map(({ node }) => node);
  const allColumns = useCustomerColumns(answer.at ?? new Date());
  const columns = allColumns.filter(({ key }) => !setup.hidden.includes(key));
  return (
    <div className="list-page customers">
      <header className="page-head">
        <h1>{t('list')}</h1>
      </header>
      <FilterBar navigation={navigation} facets={NONE} placeholder={t('search')}>
        <span className="quiet">{t('hint')}</span>
        <ColumnsButton columns={allColumns} setup={setup} onChange={change} />
      </FilterBar>
      <div className="list-body" data-bare>
        <div className="list-card">
          <div className="list-scroll" tabIndex={0} role="region" aria-label={t('list')}>
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
              text === '' ? (
                <Empty title={t('none')} text={t('noneText')} />
              ) : (
                <Empty title={t('notFound')} text={t('notFoundText', { text })}>
                  <Button onClick={() => goTo(fromStart({ ...address, text: '' }))}>{t('clear')}</Button>
                </Empty>
              )
            ) : (
              <DataTable
                caption={t('list')}
                columns={columns}
                rows={rows}
                keyOf={keyOf}
                nameOf={(row) => row.nameMasked}
                dense={setup.dense}
                stale={answer.stale}
                skeletons={14}
              />
            )}
          </div>
          <StepPager
            navigation={navigation}
            said={t('shown', { count: rows?.length ?? 0 })}
            pageInfo={answer.data?.customers.pageInfo}
            at={answer.at}
          />
        </div>
      </div>
    </div>
  );
}

const NONE: readonly never[] = [];

function useCustomerColumns(now: Date) {
  const t = useTexts(texts);
  const code = useCode();
  const named = useSchemeNames();
  const say = useNamed();
  return [
    column<CustomerRow>('no', t('no'), (row) => row.customerNo, {
      fixed: true,
      width: '132px',
      cell: (row) => <Link to={`/customers/${encodeURIComponent(row.customerNo)}`}>{row.customerNo}</Link>,
    }),
    column<CustomerRow>('name', t('name'), (row) => row.nameMasked, { width: '96px' }),
    column<CustomerRow>('phone', t('phone'), (row) => row.phoneMasked, { width: '124px' }),
    column<CustomerRow>('tier', t('tier'), (row) => named(row.tier), { width: '88px' }),
    column<CustomerRow>('clubs', t('clubs'), (row) => row.clubs.map(named).join(t('comma')) || '—', {
      width: '180px',
    }),
    column<CustomerRow>('stage', t('stage'), (row) => code(row.stage), { width: '88px' }),
    column<CustomerRow>(
      'profile',
      t('profile'),
      (row) => (row.riskProfile ? code(row.riskProfile.level) : t('unassessed')),
      {
        width: '176px',
        cell: ({ riskProfile }) =>
          riskProfile ? (
            <>
              {code(riskProfile.level)}{' '}
              {riskProfile.lowestCategory && <span className="mark mark-warning">{t('lowest')}</span>}
            </>
          ) : (
            <span className="quiet">{t('unassessed')}</span>
          ),
      },
    ),
    column<CustomerRow>(
      'valid',
      t('validUntil'),
      (row) => (row.riskProfile ? day(row.riskProfile.validUntil) : '—'),
      {
        width: '152px',
        cell: ({ riskProfile }) =>
          riskProfile === null ? (
            '—'
          ) : new Date(riskProfile.validUntil) <= now ? (
            <span className="warned">
              {day(riskProfile.validUntil)} {t('expired')}
            </span>
          ) : (
            day(riskProfile.validUntil)
          ),
      },
    ),
    column<CustomerRow>('branch', t('branch'), (row) => say(row.branch)),
  ];
}
