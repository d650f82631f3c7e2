import { useCallback } from 'react';
import { useAnswer } from '../api/useAnswer.ts';
import { useNamed } from '../words/named.ts';
import { SCHEME } from './question.ts';
import type { SchemeAnswer } from './question.ts';

/** Names of tiers and clubs; a code until they are there. */
export function useSchemeNames(): (code: string) => string {
  const { data } = useAnswer<SchemeAnswer>(SCHEME, NOTHING);
  const named = useNamed();
  return useCallback(
    (code) => {
      const { tiers = [], clubs = [] } = data?.customerScheme ?? {};
      return named([...tiers, ...clubs].find((one) => one.code === code)?.name ?? { zh: code });
    },
    [data, named],
  );
}

const NOTHING = {};
