import type { LineRange } from '../editor/tint.ts';

export type Printed = { text: string; marked: LineRange[] };

/**
 * Prints JSON in lines of about `width` columns: what is short shares a line, and what wraps only one longer thing
 * opens and closes on the lines of that thing. `marked` are the lines of the keys asked for; these always begin and
 * end with lines of their own.
 */
export function printAnswer(value: unknown, markedKeys: ReadonlySet<string>, width: number): Printed {
  const lines: string[] = [];
  const marked: LineRange[] = [];

  const write = (prefix: string, item: unknown, indent: string, suffix: string): void => {
    const room = width - columnsOf(indent + prefix);
    const short = onOneLine(item, room, markedKeys);
    if (short !== null || typeof item !== 'object' || item === null) {
      lines.push(`${indent}${prefix}${short ?? JSON.stringify(item)}${suffix}`);
      return;
    }
    const wrapped = wrappedIn(item, room, markedKeys);
    if (wrapped) write(prefix + wrapped.before, wrapped.item, indent, wrapped.after + suffix);
    else writeEntries(prefix, item, indent, suffix);
  };

  const writeEntries = (prefix: string, item: object, indent: string, suffix: string): void => {
    const isArray = Array.isArray(item);
    const entries = Object.entries(item);
    lines.push(`${indent}${prefix}${isArray ? '[' : '{'}`);
    // The number of the line that may take a further short entry.
    let open = -1;
    entries.forEach(([key, element], index) => {
      const from = lines.length + 1;
      const comma = index < entries.length - 1 ? ',' : '';
      write(isArray ? '' : `${JSON.stringify(key)}: `, element, `${indent}  `, comma);
      if (!isArray && markedKeys.has(key)) {
        marked.push({ from, to: lines.length });
        open = -1;
      } else if (lines.length > from) open = -1;
      else if (!(open === from - 1 && joinLast(lines, width))) open = from;
    });
    lines.push(`${indent}${isArray ? ']' : '}'}${suffix}`);
  };

  write('', value, '', '');
  return { text: lines.join('\n'), marked };
}

/** Where all but the last entry are short, the last one and what stands around it; so nesting costs no column. */
function wrappedIn(
  item: object,
  room: number,
  markedKeys: ReadonlySet<string>,
): { before: string; item: unknown; after: string } | null {
  const entries = Object.entries(item);
  const last = entries.at(-1);
  if (!last || typeof last[1] !== 'object' || last[1] === null) return null;
  if (Array.isArray(item)) return entries.length === 1 ? { before: '[', item: last[1], after: ']' } : null;
  if (markedKeys.has(last[0])) return null;
  const before = entries.slice(0, -1).map(([key, element]) => {
    const text = markedKeys.has(key) ? null : onOneLine(element, room, markedKeys);
    return text === null ? null : `${JSON.stringify(key)}: ${text}, `;
  });
  const opening = `{ ${before.join('')}${JSON.stringify(last[0])}: `;
  if (before.includes(null) || columnsOf(opening) > room - 2) return null;
  return { before: opening, item: last[1], after: ' }' };
}

/** Puts the last line behind the one before it, where both fit. */
function joinLast(lines: string[], width: number): boolean {
  const [before, last] = lines.slice(-2);
  if (before === undefined || last === undefined) return false;
  const joined = `${before} ${last.trimStart()}`;
  if (columnsOf(joined) > width) return false;
  lines.splice(-2, 2, joined);
  return true;
}

/** The value on one line, or null where it is longer than `room` or holds a marked key. */
function onOneLine(value: unknown, room: number, markedKeys: ReadonlySet<string>): string | null {
  if (room < 2) return null;
  if (typeof value !== 'object' || value === null) {
    const text = JSON.stringify(value);
    return columnsOf(text) <= room ? text : null;
  }
  const parts: string[] = [];
  let left = room - 4;
  for (const [key, element] of Object.entries(value)) {
    if (!Array.isArray(value) && markedKeys.has(key)) return null;
    const before = Array.isArray(value) ? '' : `${JSON.stringify(key)}: `;
    const text = onOneLine(element, left - before.length, markedKeys);
    if (text === null) return null;
    parts.push(before + text);
    left -= before.length + columnsOf(text) + 2;
  }
  if (Array.isArray(value)) return `[${parts.join(', ')}]`;
  return parts.length === 0 ? '{}' : `{ ${parts.join(', ')} }`;
}

/** Chinese characters take two columns. */
function columnsOf(text: string): number {
  return text.length + (text.match(/[\u2e80-\uffef]/g)?.length ?? 0);
}

/** A list inside an answer: where it is, its rows, and how many there are in all, where the answer says so. */
export type AnswerList = { path: string; rows: Record<string, unknown>[]; total: number | null };

/** The first list of objects in the data, the outermost first: a connection's nodes, else an array. */
export function listOf(data: unknown): AnswerList | null {
  const waiting: { path: string; value: unknown }[] = [{ path: '', value: data }];
  for (let next = waiting.shift(); next; next = waiting.shift()) {
    const { path, value } = next;
    if (!isObject(value)) continue;
    const edges = value['edges'];
    const nodes = Array.isArray(edges)
      ? edges.map((edge) => (isObject(edge) ? edge['node'] : edge))
      : value['nodes'];
    const total = typeof value['totalCount'] === 'number' ? value['totalCount'] : null;
    if (Array.isArray(nodes)) return { path, rows: nodes.filter(isObject), total };
    for (const [key, inner] of Object.entries(value)) {
      const innerPath = path === '' ? key : `${path}.${key}`;
      if (Array.isArray(inner) && inner.length > 0 && inner.every(isObject)) {
        return { path: innerPath, rows: inner, total };
      }
      waiting.push({ path: innerPath, value: inner });
    }
  }
  return null;
}

/** A row as cells by dotted path, e.g. `product.name.zh`; lists inside a row become one cell. */
export function cellsOf(row: Record<string, unknown>): Map<string, string> {
  const cells = new Map<string, string>();
  const walk = (value: unknown, path: string): void => {
    if (isObject(value)) {
      for (const [key, inner] of Object.entries(value)) walk(inner, path === '' ? key : `${path}.${key}`);
    } else {
      cells.set(path, cellText(value));
    }
  };
  walk(row, '');
  return cells;
}

function cellText(value: unknown): string {
  if (value === null || value === undefined) return '—';
  if (!Array.isArray(value)) return String(value);
  if (value.length === 0) return '—';
  return value
    .map((item) => (isObject(item) ? Object.values(item).map(cellText).join(' ') : String(item)))
    .join('; ');
}

/** How many rows have which suitability outcome, and how many of them may be recommended. */
export function outcomesOf(rows: Record<string, unknown>[]): {
  outcomes: [string, number][];
  recommendable: number;
} {
  const counts = new Map<string, number>();
  let recommendable = 0;
  for (const row of rows) {
    const suitability = row['suitability'];
    if (!isObject(suitability)) continue;
    const outcome = suitability['outcome'];
    if (typeof outcome === 'string') counts.set(outcome, (counts.get(outcome) ?? 0) + 1);
    if (suitability['recommendable'] === true) recommendable += 1;
  }
  return { outcomes: [...counts], recommendable };
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
