import {
  autocompletion,
  closeBrackets,
  closeBracketsKeymap,
  completionKeymap,
} from '@codemirror/autocomplete';
import { defaultKeymap, history, historyKeymap } from '@codemirror/commands';
import {
  bracketMatching,
  codeFolding,
  foldGutter,
  foldKeymap,
  HighlightStyle,
  indentOnInput,
  syntaxHighlighting,
} from '@codemirror/language';
import { lintKeymap } from '@codemirror/lint';
import { search, searchKeymap } from '@codemirror/search';
import { EditorState, Prec } from '@codemirror/state';
import type { Extension } from '@codemirror/state';
import { drawSelection, EditorView, keymap, lineNumbers } from '@codemirror/view';
import { tags } from '@lezer/highlight';
import './editor.css';

/** Colours are CSS variables, so that a change of theme needs no change of the editor. */
const colours = HighlightStyle.define([
  {
    tag: [tags.keyword, tags.definitionKeyword, tags.operatorKeyword],
    color: 'var(--accent)',
    fontWeight: '600',
  },
  { tag: [tags.typeName, tags.atom], color: 'var(--code-type)' },
  { tag: [tags.string, tags.variableName, tags.special(tags.variableName)], color: 'var(--warning)' },
  { tag: [tags.number, tags.integer, tags.float], color: 'var(--warning)' },
  { tag: [tags.bool, tags.null], color: 'var(--accent)' },
  { tag: tags.comment, color: 'var(--text-3)' },
  { tag: [tags.punctuation, tags.brace, tags.paren, tags.bracket, tags.separator], color: 'var(--text-2)' },
  { tag: tags.invalid, color: 'var(--error)' },
]);

const look: Extension = [
  lineNumbers(),
  codeFolding({ placeholderText: '…' }),
  drawSelection(),
  bracketMatching(),
  search({ top: true }),
  syntaxHighlighting(colours),
];

// The page runs the query on this chord; without a binding here the editor would insert a line.
const leaveRunToPage = Prec.highest(keymap.of([{ key: 'Mod-Enter', run: () => true }]));

/** For a text that is written here. Tab leaves the editor, so that the keyboard is never caught in it. */
export const editing: Extension = [
  look,
  history(),
  indentOnInput(),
  closeBrackets(),
  autocompletion(),
  EditorView.contentAttributes.of({ tabindex: '0' }),
  leaveRunToPage,
  keymap.of([
    ...closeBracketsKeymap,
    ...completionKeymap,
    ...lintKeymap,
    ...searchKeymap,
    ...foldKeymap,
    ...historyKeymap,
    ...defaultKeymap,
  ]),
];

/** For a text that is only read: it can be reached by keyboard, selected, searched and folded. */
export const reading: Extension = [
  look,
  foldGutter(),
  EditorState.readOnly.of(true),
  EditorView.editable.of(false),
  EditorView.contentAttributes.of({
    tabindex: '0',
    role: 'textbox',
    'aria-readonly': 'true',
    'aria-multiline': 'true',
  }),
  leaveRunToPage,
  keymap.of([...searchKeymap, ...foldKeymap, ...defaultKeymap]),
];
