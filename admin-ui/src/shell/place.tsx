import { createContext, useContext, useEffect } from 'react';

const PlaceContext = createContext<(thing: string) => void>(() => undefined);

export const PlaceProvider = PlaceContext.Provider;

/** Says what the page is about, e.g. a product's name, to the trail above and to the window's title. */
export function usePlace(thing: string | undefined): void {
  const set = useContext(PlaceContext);
  useEffect(() => {
    set(thing ?? '');
    return () => set('');
  }, [set, thing]);
}
