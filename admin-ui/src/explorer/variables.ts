/** Parses a text that has to be a JSON object; null when it is not one. An empty text is an empty object. */
export function readObject(text: string): Record<string, unknown> | null {
  if (text.trim() === '') return {};
  try {
    const value: unknown = JSON.parse(text);
    if (typeof value !== 'object' || value === null || Array.isArray(value)) return null;
    return value as Record<string, unknown>;
  } catch {
    return null;
  }
}

/** Headers are names and texts; anything else is refused. */
export function readHeaders(text: string): Record<string, string> | null {
  const value = readObject(text);
  if (!value || !Object.values(value).every((item) => typeof item === 'string')) return null;
  return value as Record<string, string>;
}

/** Sets variables in their JSON text; a text that is not a JSON object is left to its author. */
export function withVariables(text: string, values: Record<string, unknown>): string {
  const current = readObject(text);
  if (!current) return text;
  const changed = Object.entries(values).some(([name, value]) => current[name] !== value);
  return changed ? printObject({ ...current, ...values }) : text;
}

/** One line while it is short, as a person would write it. */
export function printObject(value: Record<string, unknown>): string {
  const short = Object.entries(value).map(
    ([name, item]) => `${JSON.stringify(name)}: ${JSON.stringify(item)}`,
  );
  const line = `{ ${short.join(', ')} }`;
  if (short.length === 0) return '{}';
  return line.length <= 48 ? line : `{\n  ${short.join(',\n  ')}\n}`;
}

const shanghai = '+08:00';

/** `2026-11-23T14:05` as the field gives it, to the instant that the query is given. */
export function instantOf(shanghaiTime: string): string | null {
  const instant = new Date(`${shanghaiTime}${shanghai}`);
  return Number.isNaN(instant.getTime()) ? null : instant.toISOString();
}

/** An instant as the field shows it, in Shanghai's time; empty when it is none. */
export function shanghaiTimeOf(instant: unknown): string {
  const at = typeof instant === 'string' ? new Date(instant).getTime() : Number.NaN;
  // Shanghai keeps one offset all year.
  return Number.isNaN(at) ? '' : new Date(at + 8 * 3_600_000).toISOString().slice(0, 16);
}
