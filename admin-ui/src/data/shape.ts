export type Shape = 'nothing' | 'flag' | 'value' | 'text-pair' | 'values' | 'table' | 'list' | 'record';

/** How data is best drawn. A table is a list of records, or records of records that have the same names (a matrix). */
export function shapeOf(data: unknown): Shape {
  if (data === null || data === undefined) return 'nothing';
  if (typeof data === 'boolean') return 'flag';
  if (typeof data !== 'object') return 'value';
  if (Array.isArray(data)) {
    if (data.every((item) => !isRecord(item) && !Array.isArray(item))) return 'values';
    return data.every((item) => isRecord(item) && isFlat(item)) ? 'table' : 'list';
  }
  const record = data as Record<string, unknown>;
  const names = Object.keys(record);
  if (names.length === 0) return 'nothing';
  if (typeof record['zh'] === 'string' && names.every((name) => name === 'zh' || name === 'en'))
    return 'text-pair';
  const values = Object.values(record);
  const first = values[0];
  const matrix =
    values.length > 1 &&
    isRecord(first) &&
    !isTextPair(first) &&
    Object.keys(first).length > 0 &&
    values.every((value) => isRecord(value) && isFlat(value) && sameNames(value, first));
  return matrix ? 'table' : 'record';
}

/** Columns and rows of what `shapeOf` calls a table; a matrix has its own names in a first column without a head. */
export function tableOf(data: unknown): { columns: string[]; rows: unknown[][] } {
  if (Array.isArray(data)) {
    const columns = [...new Set(data.flatMap((item) => Object.keys(item as object)))];
    const rows = data.map((item) => columns.map((name) => (item as Record<string, unknown>)[name]));
    return { columns, rows };
  }
  const entries = Object.entries(data as Record<string, Record<string, unknown>>);
  const names = Object.keys(entries[0]?.[1] ?? {});
  return {
    columns: ['', ...names],
    rows: entries.map(([name, record]) => [name, ...names.map((column) => record[column])]),
  };
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function isTextPair(value: Record<string, unknown>): boolean {
  return shapeOf(value) === 'text-pair';
}

/** Nothing in it needs more room than a cell. */
function isFlat(record: Record<string, unknown>): boolean {
  return Object.values(record).every((value) => {
    if (!isRecord(value)) return !Array.isArray(value) || shapeOf(value) === 'values';
    return Object.keys(value).length === 0 || isTextPair(value);
  });
}

function sameNames(one: Record<string, unknown>, other: Record<string, unknown>): boolean {
  const names = Object.keys(one);
  return names.length === Object.keys(other).length && names.every((name) => name in other);
}
