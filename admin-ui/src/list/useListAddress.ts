import { useCallback, useMemo } from 'react';
import { useSearchParams } from 'react-router';
import { readAddress, writeAddress } from './address.ts';
import type { ListAddress, ListShape } from './address.ts';

export type ListNavigation = {
  address: ListAddress;
  /** Goes to another list; `quietly` without a step for the back button, as while typing. */
  goTo: (address: ListAddress, quietly?: boolean) => void;
  linkTo: (address: ListAddress) => string;
};

export function useListAddress(shape: ListShape): ListNavigation {
  const [params, setParams] = useSearchParams();
  const text = params.toString();
  const address = useMemo(() => readAddress(new URLSearchParams(text), shape), [text, shape]);
  const goTo = useCallback(
    (next: ListAddress, quietly = false) => setParams(writeAddress(next, shape), { replace: quietly }),
    [setParams, shape],
  );
  const linkTo = useCallback((next: ListAddress) => `?${writeAddress(next, shape).toString()}`, [shape]);
  return { address, goTo, linkTo };
}
