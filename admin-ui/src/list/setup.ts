import { useCallback, useState } from 'react';

/** How a person likes a list: which columns, how dense, and the views that they named. Kept in this browser. */
export type ListSetup = { hidden: string[]; dense: boolean; views: SavedView[] };
export type SavedView = { name: string; link: string };

const PLAIN: ListSetup = { hidden: [], dense: false, views: [] };
const VIEWS_MAX = 12;

export function useListSetup(list: string, hiddenAtFirst: readonly string[] = []) {
  const key = `tessera.list.${list}`;
  const [setup, setSetup] = useState<ListSetup>(() => readSetup(localStorage.getItem(key), hiddenAtFirst));
  const change = useCallback(
    (next: Partial<ListSetup>) =>
      setSetup((before) => {
        const after = { ...before, ...next };
        localStorage.setItem(key, JSON.stringify(after));
        return after;
      }),
    [key],
  );
  return { setup, change };
}

/** What was stored, as far as it still has the shape; anything else is the plain list. */
export function readSetup(stored: string | null, hiddenAtFirst: readonly string[] = []): ListSetup {
  const plain = { ...PLAIN, hidden: [...hiddenAtFirst] };
  try {
    const found = JSON.parse(stored ?? 'null') as Partial<ListSetup> | null;
    if (!found) return plain;
    const views = (Array.isArray(found.views) ? found.views : []).filter(
      (view) => typeof view.name === 'string' && typeof view.link === 'string',
    );
    return {
      hidden: Array.isArray(found.hidden)
        ? found.hidden.filter((name) => typeof name === 'string')
        : plain.hidden,
      dense: found.dense === true,
      views: views.slice(0, VIEWS_MAX),
    };
  } catch {
    return plain;
  }
}
