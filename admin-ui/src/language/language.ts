import i18next from 'i18next';
import { useCallback } from 'react';
import { initReactI18next, useTranslation } from 'react-i18next';
import type { Words } from '../pages/declaration.ts';
import { en } from './en.ts';
import { zhCN } from './zh-CN.ts';

export type Language = 'zh-CN' | 'en';

const storageKey = 'tessera.language';

/** Loads the texts and the language that this person last chose, or that the browser asks for. */
export async function startLanguage(): Promise<void> {
  await i18next.use(initReactI18next).init({
    resources: { 'zh-CN': { translation: zhCN }, en: { translation: en } },
    lng: preferredLanguage(localStorage.getItem(storageKey), navigator.languages),
    fallbackLng: false,
    // React escapes what it draws; escaping twice would show entities.
    interpolation: { escapeValue: false },
  });
  markDocument();
  i18next.on('languageChanged', markDocument);
}

export async function chooseLanguage(language: Language): Promise<void> {
  localStorage.setItem(storageKey, language);
  await i18next.changeLanguage(language);
}

/** The language of the page, and how to say a text that is given in both. */
export function useLanguage(): { language: Language; say: (words: Words) => string } {
  const { i18n } = useTranslation();
  const language: Language = i18n.language === 'en' ? 'en' : 'zh-CN';
  const say = useCallback((words: Words) => (language === 'en' ? words.en : words.zh), [language]);
  return { language, say };
}

/** What was chosen before; else the first of the browser's languages that we speak; else Chinese. */
export function preferredLanguage(stored: string | null, asked: readonly string[]): Language {
  if (stored === 'en' || stored === 'zh-CN') return stored;
  const first = asked.find((tag) => /^(zh|en)\b/i.test(tag));
  return first !== undefined && /^en/i.test(first) ? 'en' : 'zh-CN';
}

function markDocument(): void {
  document.documentElement.lang = i18next.language;
}
