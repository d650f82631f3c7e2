import { DownloadOutlined, PlusOutlined } from '@ant-design/icons';
import { App, Button } from 'antd';
import { useMemo, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useNavigate } from 'react-router';
import { useAnswer } from '../../api/useAnswer.ts';
import { useVocabulary } from '../../api/vocabulary.ts';
import { conditionCount, filterOf, fromStart, toggled, writeAddress } from '../../list/address.ts';
import { BulkBar } from '../../list/BulkBar.tsx';
import { ColumnsButton } from '../../list/ColumnsButton.tsx';
import { DataTable } from '../../list/DataTable.tsx';
import { Facets } from '../../list/Facets.tsx';
import { FilterBar, NothingFound } from '../../list/FilterBar.tsx';
import '../../list/list.css';
import { Pager } from '../../list/Pager.tsx';
import { useListSetup } from '../../list/setup.ts';
import { useListAddress } from '../../list/useListAddress.ts';
import { useSelection } from '../../list/useSelection.ts';
import { Views } from '../../list/Views.tsx';
import { useSignedIn } from '../../session/session.tsx';
import { Empty, Failed } from '../../states/states.tsx';
import { count } from '../../words/formats.ts';
import { useNamed } from '../../words/named.ts';
import { CommandDialog } from '../commands/CommandDialog.tsx';
import { COMMANDS, fits, PERMISSION } from '../commands/commands.ts';
import type { Command } from '../commands/commands.ts';
import { useProductColumns } from './columns.tsx';
import { EXPORT_MAX, PRODUCTS, SHAPE, VIEW_COUNTS, VIEW_NAMES, VIEWS } from './question.ts';
import type { ProductRow, ProductsAnswer, ViewCounts } from './question.ts';
import { useExport } from './useExport.ts';
import { useFacets } from './useFacets.tsx';

const keyOf = (row: ProductRow) => row.id;
const BULK: readonly Command[] = COMMANDS.filter((command) => command !== 'archive');

/** Every product, drafts included: found, narrowed, ordered, exported, and acted on many at once. */
export default function ProductListPage() {
  const { t } = useTranslation();
  const { message } = App.useApp();
  const named = useNamed();
  const navigate = useNavigate();
  const { actor } = useSignedIn();
  const navigation = useListAddress(SHAPE);
  const { address, goTo } = navigation;
  const vocabulary = useVocabulary();
  const { setup, change } = useListSetup('products', ['category', 'brand']);
  const filter = useMemo(() => filterOf(address), [address]);
  const answer = useAnswer<ProductsAnswer>(PRODUCTS, {
    filter,
    first: address.size,
    after: address.after,
    before: address.before,
    sort: address.sort,
    descending: address.descending,
  });
  const counts = useAnswer<ViewCounts>(VIEW_COUNTS, VIEWS);
  const found = answer.data?.products;
  const rows = found?.edges.map(({ node }) => node);
  const facets = useFacets(found?.facets, address.values, vocabulary);
  const allColumns = useProductColumns(vocabulary);
  const columns = allColumns.filter(({ key }) => !setup.hidden.includes(key));
  const selection = useSelection<ProductRow>(keyOf, JSON.stringify(filter ?? {}));
  const [command, setCommand] = useState<Command>();
  const exporting = useExport(address, columns, t('product.code'));
  const total = found?.totalCount ?? 0;
  const what = t('product.counted');
  const mayEdit = actor.permissions.includes('product.edit');
  const mayChange = Object.values(PERMISSION).some((permission) => actor.permissions.includes(permission));

  const views = VIEW_NAMES.map((name) => ({
    name: t(`product.view.${name}`),
    link: `?${writeAddress({ ...fromStart(address), ...PLAIN_ORDER, text: '', values: VIEWS[name] }, SHAPE).toString()}`,
    count: counts.data?.[name].totalCount,
  }));
  const actions = BULK.filter((one) => actor.permissions.includes(PERMISSION[one])).map((one) => ({
    key: one,
    label: t(`command.name.${one}`),
    because:
      selection.all || [...selection.rows.values()].some((row) => fits(one, row))
        ? undefined
        : t(`command.because.${one}`, { count: selection.rows.size }),
  }));

  return (
    <div className="list-page">
      <header className="page-head">
        <h1>{t('product.list')}</h1>
        <Button
          icon={<DownloadOutlined aria-hidden />}
          disabled={total === 0}
          loading={exporting.done !== undefined}
          onClick={exporting.start}
        >
          {exporting.done !== undefined
            ? t('list.exporting', { done: count(exporting.done) })
            : total > EXPORT_MAX
              ? t('list.exportFirst', { count: count(EXPORT_MAX) })
              : t('list.export', { count: count(total) })}
        </Button>
        {mayEdit && (
          <Button
            type="primary"
            icon={<PlusOutlined aria-hidden />}
            onClick={() => void navigate('/products/new')}
          >
            {t('product.create')}
          </Button>
        )}
      </header>
      <Views views={views} saved={setup.views} onSave={(saved) => change({ views: saved })} />
      <FilterBar navigation={navigation} facets={facets.all} placeholder={t('product.search')}>
        <ColumnsButton columns={allColumns} setup={setup} onChange={change} />
      </FilterBar>
      <div className="list-body">
        <Facets
          facets={facets.shown}
          values={address.values}
          onToggle={(field, value) => goTo(toggled(address, field, value))}
        />
        <div className="list-card">
          {(selection.rows.size > 0 || selection.all) && (
            <BulkBar
              selected={selection.rows.size}
              total={total}
              allSelected={selection.all}
              what={what}
              actions={actions}
              onAction={(key) => setCommand(key as Command)}
              onAll={selection.chooseAll}
              onNone={selection.clear}
            />
          )}
          <div className="list-scroll" tabIndex={0} role="region" aria-label={t('product.list')}>
            {answer.problem || exporting.problem ? (
              <Failed
                title={t('product.listFailed')}
                detail={t('product.listFailedDetail')}
                notDone={t('product.listNotDone')}
                problem={(answer.problem ?? exporting.problem)!}
                onRetry={answer.reload}
                quiet
              />
            ) : found && total === 0 ? (
              conditionCount(address) > 0 ? (
                <NothingFound
                  address={address}
                  goTo={goTo}
                  facets={facets.all}
                  without={found.without}
                  what={what}
                />
              ) : (
                <Empty title={t('product.none')} text={t('product.noneText')}>
                  {mayEdit && (
                    <Button onClick={() => void navigate('/products/new')}>{t('product.createFirst')}</Button>
                  )}
                </Empty>
              )
            ) : (
              <DataTable
                caption={t('product.list')}
                columns={columns}
                rows={rows}
                keyOf={keyOf}
                nameOf={(row) => named(row.newestVersion.name)}
                dense={setup.dense}
                stale={answer.stale}
                skeletons={14}
                sort={{
                  by: address.sort,
                  descending: address.descending,
                  change: (sort, descending) => goTo(fromStart({ ...address, sort, descending })),
                }}
                {...(mayChange ? { selection } : {})}
              />
            )}
          </div>
          <Pager
            navigation={navigation}
            what={what}
            total={total}
            position={found?.position ?? 0}
            shown={rows?.length ?? 0}
            first={found?.edges[0]?.cursor}
            last={found?.edges.at(-1)?.cursor}
            at={answer.at}
          />
        </div>
      </div>
      {command && (
        <CommandDialog
          command={command}
          selected={{
            products: selection.all ? { filter: filter ?? {} } : { ids: [...selection.rows.keys()] },
            size: selection.all ? total : selection.rows.size,
            nameOf: (id) => {
              const name = (selection.rows.get(id) ?? rows?.find((row) => row.id === id))?.newestVersion.name;
              return name && named(name);
            },
          }}
          onClose={() => setCommand(undefined)}
          onDone={({ done, refusedCount }) => {
            setCommand(undefined);
            selection.clear();
            void message.success(
              t(`command.done.${command}`, { count: count(done) }) +
                (refusedCount > 0 ? t('command.doneRefused', { count: count(refusedCount) }) : ''),
            );
          }}
        />
      )}
    </div>
  );
}

const PLAIN_ORDER = { sort: SHAPE.sort, descending: SHAPE.descending };
