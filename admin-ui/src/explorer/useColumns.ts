import { useEffect, useState } from 'react';
import type { RefObject } from 'react';

// The code font at 12 px, and the gutter with line numbers and folds.
const columnPx = 7.23;
const gutterPx = 72;

/** How many columns of code the element has room for; follows its width. */
export function useColumns(element: RefObject<HTMLElement | null>): number {
  const [columns, setColumns] = useState(50);
  useEffect(() => {
    const observed = element.current;
    if (!observed) return;
    const observer = new ResizeObserver(() => {
      setColumns(Math.max(24, Math.floor((observed.clientWidth - gutterPx) / columnPx)));
    });
    observer.observe(observed);
    return () => observer.disconnect();
  }, [element]);
  return columns;
}
