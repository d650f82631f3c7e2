import { useCallback } from 'react';
import { useLanguage } from '../language/language.ts';

/** A text of the platform: Chinese always, English where somebody wrote it. */
export type Named = { zh: string; en?: string | null };

/** Says a text of the platform in the page's language; without an English text the Chinese one. */
export function useNamed(): (name: Named | null | undefined) => string {
  const { language } = useLanguage();
  return useCallback(
    (name) => (name ? ((language === 'en' ? name.en : undefined) ?? name.zh) : '—'),
    [language],
  );
}
