import { useState } from 'react';
import { ask } from '../../api/ask.ts';
import { csvOf, saveFile } from '../../list/csv.ts';
import type { Column } from '../../list/DataTable.tsx';
import { filterOf } from '../../list/address.ts';
import type { ListAddress } from '../../list/address.ts';
import type { Problem } from '../../http/request.ts';
import { useSignedIn } from '../../session/session.tsx';
import { day } from '../../words/formats.ts';
import { EXPORT_MAX, PRODUCTS } from './question.ts';
import type { ProductRow, ProductsAnswer } from './question.ts';

const PAGE = 100;

/** Exactly what the list shows, all pages of it, as a file: the columns, the order, the conditions. */
export function useExport(address: ListAddress, columns: readonly Column<ProductRow>[], codeTitle: string) {
  const { token } = useSignedIn();
  const [done, setDone] = useState<number>();
  const [problem, setProblem] = useState<Problem>();
  const start = async () => {
    setProblem(undefined);
    setDone(0);
    const rows: ProductRow[] = [];
    let after: string | undefined;
    do {
      const { sort, descending } = address;
      const variables = { filter: filterOf(address), sort, descending, first: PAGE, after };
      const answer = await ask<ProductsAnswer>(token, PRODUCTS, variables);
      if (!answer.ok) {
        setDone(undefined);
        setProblem(answer.problem);
        return;
      }
      const { edges } = answer.data.products;
      rows.push(...edges.map(({ node }) => node));
      after = edges.length === PAGE ? edges.at(-1)?.cursor : undefined;
      setDone(rows.length);
    } while (after !== undefined && rows.length < EXPORT_MAX);
    const head = [codeTitle, ...columns.map(({ title }) => title)];
    const body = rows.map((row) => [row.code, ...columns.map(({ text }) => text(row))]);
    saveFile(`products-${day(new Date())}.csv`, csvOf([head, ...body]));
    setDone(undefined);
  };
  return { start: () => void start(), done, problem };
}
