import { useCallback } from 'react';
import { useLanguage } from './language.ts';

/** The words of one room, Chinese and English side by side; a room is a folder of pages, of core or of a plugin. */
export type TextPairs = Readonly<Record<string, readonly [zh: string, en: string]>>;

export type Say<Texts extends TextPairs> = (
  key: keyof Texts & string,
  values?: Readonly<Record<string, string | number>>,
) => string;

/** Says a text of a room in the page's language. Keys are checked by the types, so that none can be missing. */
export function useTexts<Texts extends TextPairs>(texts: Texts): Say<Texts> {
  const { language } = useLanguage();
  return useCallback(
    (key, values) => fill(texts[key]![language === 'en' ? 1 : 0], values),
    [texts, language],
  );
}

/** Puts values into the places of a text: `{{count}}`. */
export function fill(text: string, values: Readonly<Record<string, string | number>> = {}): string {
  return text.replace(/\{\{(\w+)\}\}/g, (place, name: string) => String(values[name] ?? place));
}
