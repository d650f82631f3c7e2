import { useTranslation } from 'react-i18next';
import { shapeOf, tableOf } from './shape.ts';
import './data.css';

/**
 * Data whose shape is data itself, drawn as what it is: a list of alike records as a table, a matrix as a table, the rest
 * as names and values. Nobody has to read JSON.
 */
export function DataView({ data, depth = 0 }: { data: unknown; depth?: number }) {
  const { t } = useTranslation();
  const shape = shapeOf(data);
  if (shape === 'nothing') return <span className="quiet">—</span>;
  if (shape === 'flag') return <span>{data === true ? t('data.yes') : t('data.no')}</span>;
  if (shape === 'value') return <span className="data-value">{String(data)}</span>;
  if (shape === 'text-pair') return <TextPair pair={data as { zh: string; en?: string }} />;
  if (shape === 'values')
    return <span className="data-value">{(data as unknown[]).map(String).join(t('word.comma')) || '—'}</span>;
  if (shape === 'table') return <Table data={data} depth={depth} />;
  if (shape === 'list')
    return (
      <ol className="data-list">
        {(data as unknown[]).map((item, index) => (
          <li key={index}>
            <DataView data={item} depth={depth + 1} />
          </li>
        ))}
      </ol>
    );
  return (
    <dl className="data-names" data-depth={depth}>
      {Object.entries(data as object).map(([name, value]) => (
        <div key={name} data-wide={['table', 'list', 'record'].includes(shapeOf(value)) || undefined}>
          <dt>{name}</dt>
          <dd>
            <DataView data={value} depth={depth + 1} />
          </dd>
        </div>
      ))}
    </dl>
  );
}

function TextPair({ pair }: { pair: { zh: string; en?: string } }) {
  const { i18n } = useTranslation();
  return <span>{i18n.language === 'en' ? (pair.en ?? pair.zh) : pair.zh}</span>;
}

function Table({ data, depth }: { data: unknown; depth: number }) {
  const { columns, rows } = tableOf(data);
  return (
    <div className="data-scroll">
      <table className="data-table">
        <thead>
          <tr>
            {columns.map((name) => (
              <th key={name} scope="col">
                {name}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {rows.map((row, index) => (
            <tr key={index}>
              {row.map((cell, place) =>
                place === 0 && columns[0] === '' ? (
                  <th key={place} scope="row">
                    {String(cell)}
                  </th>
                ) : (
                  <td key={place} data-number={typeof cell === 'number' || undefined}>
                    <DataView data={cell} depth={depth + 1} />
                  </td>
                ),
              )}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
