import { EditorState, StateEffect } from '@codemirror/state';
import type { Extension } from '@codemirror/state';
import { EditorView } from '@codemirror/view';
import { useEffect, useMemo, useRef } from 'react';
import { useTranslation } from 'react-i18next';
import { styleNonce } from '../shell/theme.ts';
import { phrasesOf } from './phrases.ts';
import { editing, reading } from './setup.ts';
import { setTintedLines, tintedLines } from './tint.ts';
import type { LineRange } from './tint.ts';

type Props = {
  /** What the editor is for, as assistive technology says it. */
  label: string;
  value: string;
  /** Without it the text can be read, searched and folded, not changed. */
  onChange?: (value: string) => void;
  /** Language, completion and the like; keep it the same object between renders. */
  language: Extension;
  tinted?: readonly LineRange[];
  wrap?: boolean;
  /** Told the offset of the cursor whenever it moves. */
  onCursor?: (offset: number) => void;
};

const none: readonly LineRange[] = [];

/** CodeMirror with the look, the keys and the language of the admin UI. */
export function CodeEditor({
  label,
  value,
  onChange,
  language,
  tinted = none,
  wrap = false,
  onCursor,
}: Props) {
  const { t } = useTranslation();
  const place = useRef<HTMLDivElement>(null);
  const view = useRef<EditorView>(null);
  const listeners = useRef({ onChange, onCursor });
  useEffect(() => {
    listeners.current = { onChange, onCursor };
  });

  const readOnly = onChange === undefined;
  const extensions = useMemo(
    () => [
      readOnly ? reading : editing,
      language,
      tintedLines,
      wrap ? EditorView.lineWrapping : [],
      EditorView.cspNonce.of(styleNonce() ?? ''),
      EditorView.contentAttributes.of({ 'aria-label': label }),
      EditorState.phrases.of(phrasesOf(t)),
      EditorView.updateListener.of((update) => {
        if (update.docChanged) listeners.current.onChange?.(update.state.doc.toString());
        if (update.selectionSet) listeners.current.onCursor?.(update.state.selection.main.head);
      }),
    ],
    [label, language, readOnly, t, wrap],
  );

  const first = useRef({ value, extensions });
  useEffect(() => {
    if (!place.current) return;
    const { value: doc, extensions: initial } = first.current;
    const editor = new EditorView({
      parent: place.current,
      state: EditorState.create({ doc, extensions: initial }),
    });
    view.current = editor;
    return () => {
      editor.destroy();
      view.current = null;
    };
  }, []);

  useEffect(() => {
    view.current?.dispatch({ effects: StateEffect.reconfigure.of(extensions) });
  }, [extensions]);

  useEffect(() => {
    const editor = view.current;
    if (!editor) return;
    const changed = editor.state.doc.toString() !== value;
    editor.dispatch({
      ...(changed ? { changes: { from: 0, to: editor.state.doc.length, insert: value } } : {}),
      effects: setTintedLines.of(tinted),
    });
  }, [value, tinted, extensions]);

  return <div ref={place} className="code-editor" />;
}
