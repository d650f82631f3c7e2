import { StateEffect, StateField } from '@codemirror/state';
import type { Text } from '@codemirror/state';
import { Decoration, EditorView } from '@codemirror/view';
import type { DecorationSet } from '@codemirror/view';

/** Lines counted from 1, both ends included. */
export type LineRange = { from: number; to: number };

export const setTintedLines = StateEffect.define<readonly LineRange[]>();

const tintedLine = Decoration.line({ class: 'code-tinted' });

/** Gives whole lines the soft accent, so that the same thing is found by eye in the query and in the answer. */
export const tintedLines = StateField.define<DecorationSet>({
  create: () => Decoration.none,
  update(lines, transaction) {
    for (const effect of transaction.effects) {
      if (effect.is(setTintedLines)) return decorate(transaction.newDoc, effect.value);
    }
    return lines.map(transaction.changes);
  },
  provide: (field) => EditorView.decorations.from(field),
});

function decorate(doc: Text, ranges: readonly LineRange[]): DecorationSet {
  const numbers = new Set<number>();
  for (const { from, to } of ranges) {
    for (let line = from; line <= Math.min(to, doc.lines); line++) numbers.add(line);
  }
  const inOrder = [...numbers].sort((a, b) => a - b);
  return Decoration.set(inOrder.map((line) => tintedLine.range(doc.line(line).from)));
}
