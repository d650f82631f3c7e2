const LEVELS = ['C1', 'C2', 'C3', 'C4', 'C5'];

/** Where a client stands between C1 and C5; said in words beside it. */
export function CategoryScale({ level }: { level: string }) {
  return (
    <ol className="category-scale" aria-hidden>
      {LEVELS.map((one) => (
        <li key={one} data-here={one === level || undefined}>
          {one}
        </li>
      ))}
    </ol>
  );
}
