import type { TFunction } from 'i18next';

/** CodeMirror's own words, in the language of the page. */
export function phrasesOf(t: TFunction): Record<string, string> {
  return {
    Find: t('editor.find'),
    next: t('editor.next'),
    previous: t('editor.previous'),
    all: t('editor.all'),
    'match case': t('editor.matchCase'),
    regexp: t('editor.regexp'),
    'by word': t('editor.byWord'),
    close: t('editor.close'),
    'Fold line': t('editor.fold'),
    'Unfold line': t('editor.unfold'),
    'folded code': t('editor.folded'),
    'Folded lines': t('editor.folded'),
    'Unfolded lines': t('editor.unfold'),
    Completions: t('editor.completions'),
  };
}
