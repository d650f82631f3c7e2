import { useCallback, useEffect, useMemo, useState } from 'react';

export type Selection<Row> = {
  rows: ReadonlyMap<string, Row>;
  /** Everything that the filter finds, shown or not. */
  all: boolean;
  has: (key: string) => boolean;
  change: (rows: readonly Row[], selected: boolean) => void;
  chooseAll: () => void;
  clear: () => void;
};

/** Selected rows, over pages; another filter begins anew, so that nobody acts on what they no longer see. */
export function useSelection<Row>(keyOf: (row: Row) => string, filterKey: string): Selection<Row> {
  const [rows, setRows] = useState<ReadonlyMap<string, Row>>(new Map());
  const [all, setAll] = useState(false);
  const clear = useCallback(() => {
    setRows((before) => (before.size === 0 ? before : new Map()));
    setAll(false);
  }, []);
  useEffect(clear, [filterKey, clear]);
  const change = useCallback(
    (changed: readonly Row[], selected: boolean) => {
      setAll(false);
      setRows((before) => {
        const after = new Map(before);
        for (const row of changed) {
          if (selected) after.set(keyOf(row), row);
          else after.delete(keyOf(row));
        }
        return after;
      });
    },
    [keyOf],
  );
  const chooseAll = useCallback(() => setAll(true), []);
  return useMemo(
    () => ({ rows, all, has: (key: string) => all || rows.has(key), change, chooseAll, clear }),
    [rows, all, change, chooseAll, clear],
  );
}
