import { useCallback, useMemo, useState } from 'react';
import { defaultHeaders, examples } from './examples.ts';
import type { Example } from './examples.ts';
import { printObject } from './variables.ts';

/** What is in the editors for one example. */
export type Draft = { query: string; variables: string; headers: string };

type Drafts = Record<string, Partial<Draft>>;

const storageKey = 'tessera.explorer.drafts';

/** Edits survive a reload, per example; what was not changed follows the example. */
export function useDraft(example: Example): {
  draft: Draft;
  changed: boolean;
  edit: (part: Partial<Draft>) => void;
  reset: () => void;
} {
  const [drafts, setDrafts] = useState<Drafts>(storedDrafts);

  const update = useCallback((change: (drafts: Drafts) => Drafts) => {
    setDrafts((before) => {
      const after = change(before);
      localStorage.setItem(storageKey, JSON.stringify(after));
      return after;
    });
  }, []);

  const original = useMemo(() => originalOf(example), [example]);
  const stored = drafts[example.id];
  const draft = useMemo(() => ({ ...original, ...stored }), [original, stored]);
  const edit = useCallback(
    (part: Partial<Draft>) =>
      update((before) => ({ ...before, [example.id]: { ...before[example.id], ...part } })),
    [example.id, update],
  );
  const reset = useCallback(
    () => update((before) => Object.fromEntries(Object.entries(before).filter(([id]) => id !== example.id))),
    [example.id, update],
  );
  const changed = draft.query !== original.query || draft.headers !== original.headers;
  return { draft, changed, edit, reset };
}

function originalOf(example: Example): Draft {
  return { query: example.query, variables: printObject(example.variables), headers: defaultHeaders };
}

function storedDrafts(): Drafts {
  try {
    const stored: unknown = JSON.parse(localStorage.getItem(storageKey) ?? '{}');
    if (typeof stored !== 'object' || stored === null) return {};
    const known = new Set(examples.map(({ id }) => id));
    return Object.fromEntries(Object.entries(stored).filter(([id]) => known.has(id))) as Drafts;
  } catch {
    // A draft that cannot be read is dropped; the example stands in its place.
    return {};
  }
}
