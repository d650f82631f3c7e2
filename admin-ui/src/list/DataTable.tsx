import { ArrowDownOutlined, ArrowUpOutlined } from '@ant-design/icons';
import { Checkbox } from 'antd';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';

export type Column<Row> = {
  key: string;
  title: string;
  cell: (row: Row) => ReactNode;
  /** The same for a file. */
  text: (row: Row) => string;
  align?: 'right';
  /** CSS width; the first column takes what is left. */
  width?: string;
  /** Name of the order by it, where there is one. */
  sort?: string;
  /** Cannot be hidden. */
  fixed?: true;
};

type Props<Row> = {
  caption: string;
  columns: readonly Column<Row>[];
  rows: readonly Row[] | undefined;
  keyOf: (row: Row) => string;
  nameOf: (row: Row) => string;
  dense: boolean;
  /** The rows belong to an earlier question. */
  stale: boolean;
  /** Rows to draw while nothing is there yet. */
  skeletons: number;
  sort?: { by: string; descending: boolean; change: (by: string, descending: boolean) => void };
  selection?: { has: (key: string) => boolean; change: (rows: readonly Row[], selected: boolean) => void };
  /** The row under the keyboard's cursor. */
  current?: string | undefined;
};

/** Rows of one list. The old rows stay, paler, until the new ones are there; skeletons have the height of real ones. */
export function DataTable<Row>(props: Props<Row>) {
  const { caption, columns, rows, keyOf, nameOf, dense, stale, skeletons, sort, selection, current } = props;
  const { t } = useTranslation();
  const all = rows !== undefined && rows.length > 0 && rows.every((row) => selection?.has(keyOf(row)));
  const some = rows?.some((row) => selection?.has(keyOf(row))) ?? false;
  return (
    <table className="rows" data-dense={dense || undefined} data-stale={stale || undefined} aria-busy={stale}>
      <caption className="visually-hidden">{caption}</caption>
      <thead>
        <tr>
          {selection && (
            <th scope="col" className="rows-tick">
              <Checkbox
                aria-label={t('list.selectPage')}
                checked={all}
                indeterminate={some && !all}
                disabled={!rows?.length}
                onChange={(event) => selection.change(rows ?? [], event.target.checked)}
              />
            </th>
          )}
          {columns.map((column) => (
            <Head key={column.key} column={column} sort={sort} />
          ))}
        </tr>
      </thead>
      <tbody>
        {rows === undefined
          ? Array.from({ length: skeletons }, (_, index) => (
              <tr key={index} className="rows-skeleton" aria-hidden>
                {selection && <td className="rows-tick" />}
                {columns.map(({ key, align }) => (
                  <td key={key} data-align={align}>
                    <span />
                  </td>
                ))}
              </tr>
            ))
          : rows.map((row) => {
              const key = keyOf(row);
              const selected = selection?.has(key) ?? false;
              return (
                <tr
                  key={key}
                  data-selected={selected || undefined}
                  data-current={current === key || undefined}
                >
                  {selection && (
                    <td className="rows-tick">
                      <Checkbox
                        aria-label={t('list.select', { name: nameOf(row) })}
                        checked={selected}
                        onChange={(event) => selection.change([row], event.target.checked)}
                      />
                    </td>
                  )}
                  {columns.map(({ key: name, align, cell }) => (
                    <td key={name} data-align={align} data-column={name}>
                      {cell(row)}
                    </td>
                  ))}
                </tr>
              );
            })}
      </tbody>
    </table>
  );
}

function Head<Row>({ column, sort }: { column: Column<Row>; sort: Props<Row>['sort'] }) {
  const { title, align, width } = column;
  const style = width === undefined ? undefined : { width };
  if (!column.sort || !sort) {
    return (
      <th scope="col" data-align={align} style={style}>
        {title}
      </th>
    );
  }
  const by = column.sort;
  const here = sort.by === by;
  return (
    <th
      scope="col"
      data-align={align}
      style={style}
      aria-sort={here ? (sort.descending ? 'descending' : 'ascending') : undefined}
    >
      <button type="button" onClick={() => sort.change(by, here ? !sort.descending : by === 'CHANGED')}>
        {title}
        {here && (sort.descending ? <ArrowDownOutlined aria-hidden /> : <ArrowUpOutlined aria-hidden />)}
      </button>
    </th>
  );
}
