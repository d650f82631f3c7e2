/** Moves a `YYYY-MM-DD` by whole days. */
export function shiftDate(date: string, days: number): string {
  return new Date(Date.parse(`${date}T00:00:00Z`) + days * 86_400_000).toISOString().slice(0, 10);
}

/** The same day so many years earlier; 28 February where there is no 29th. */
export function yearsBefore(date: string, years: number): string {
  const moved = `${String(Number(date.slice(0, 4)) - years).padStart(4, '0')}${date.slice(4)}`;
  return shiftDate(moved, 0) === moved ? moved : moved.replace('-02-29', '-02-28');
}
