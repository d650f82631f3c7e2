import { createContext, useCallback, useContext, useEffect, useMemo, useState } from 'react';
import type { ReactNode } from 'react';
import { applyTokens } from './theme.ts';
import type { ThemeName } from './tokens.ts';

/** What a person set for this browser: `system` follows the device. */
export type ThemeChoice = ThemeName | 'system';

type Preferences = { choice: ThemeChoice; theme: ThemeName; chooseTheme: (choice: ThemeChoice) => void };

const storageKey = 'tessera.theme';
const PreferencesContext = createContext<Preferences | null>(null);

export function PreferencesProvider({ children }: { children: ReactNode }) {
  const [choice, setChoice] = useState<ThemeChoice>(storedChoice);
  const deviceTheme = useDeviceTheme();
  const theme = choice === 'system' ? deviceTheme : choice;

  useEffect(() => applyTokens(theme), [theme]);

  const chooseTheme = useCallback((next: ThemeChoice) => {
    localStorage.setItem(storageKey, next);
    setChoice(next);
  }, []);
  const value = useMemo(() => ({ choice, theme, chooseTheme }), [choice, theme, chooseTheme]);
  return <PreferencesContext value={value}>{children}</PreferencesContext>;
}

export function usePreferences(): Preferences {
  const preferences = useContext(PreferencesContext);
  if (!preferences) throw new Error('usePreferences is used outside PreferencesProvider');
  return preferences;
}

function storedChoice(): ThemeChoice {
  const stored = localStorage.getItem(storageKey);
  return stored === 'light' || stored === 'dark' ? stored : 'system';
}

function useDeviceTheme(): ThemeName {
  const [query] = useState(() => window.matchMedia('(prefers-color-scheme: dark)'));
  const [dark, setDark] = useState(query.matches);
  useEffect(() => {
    const changed = () => setDark(query.matches);
    query.addEventListener('change', changed);
    return () => query.removeEventListener('change', changed);
  }, [query]);
  return dark ? 'dark' : 'light';
}
