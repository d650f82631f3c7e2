import { useTranslation } from 'react-i18next';
import { cellsOf } from './answer.ts';
import type { AnswerList } from './answer.ts';
import { decisionFields } from './query.ts';

/** The list of an answer as rows; a column per field, named by its path. */
export function AnswerTable({ list }: { list: AnswerList }) {
  const { t } = useTranslation();
  const rows = list.rows.map(cellsOf);
  const columns = [...new Set(rows.flatMap((cells) => [...cells.keys()]))];
  const tinted = (column: string) => column.split('.').some((part) => decisionFields.has(part)) || undefined;
  const numeric = (column: string) => rows.every((cells) => /^(-?[\d.]+|—)$/.test(cells.get(column) ?? '—'));
  const isNumeric = new Map(columns.map((column) => [column, numeric(column) || undefined]));
  return (
    <div
      className="answer-table"
      tabIndex={0}
      role="region"
      aria-label={t('explorer.tableCaption', { path: list.path })}
    >
      <table>
        <thead>
          <tr>
            {columns.map((column) => (
              <th key={column} scope="col" data-tinted={tinted(column)} data-numeric={isNumeric.get(column)}>
                {column}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {rows.map((cells, index) => (
            <tr key={index}>
              {columns.map((column) => (
                <td key={column} data-tinted={tinted(column)} data-numeric={isNumeric.get(column)}>
                  {cells.get(column) ?? '—'}
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
