import type { ReactNode } from 'react';
import type { Column } from './DataTable.tsx';

/** A column of plain text, or of text that is drawn in a way of its own. */
export function column<Row>(
  key: string,
  title: string,
  text: (row: Row) => string,
  more: Partial<Omit<Column<Row>, 'key' | 'title' | 'text'>> & { cell?: (row: Row) => ReactNode } = {},
): Column<Row> {
  return { key, title, text, cell: text, ...more };
}
