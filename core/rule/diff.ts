import type { ApprovalDiffLine } from '../plugin/contract.ts';
import { canonicalJson } from '../trace/record.ts';

/** The places at which two pieces of plain data differ, as paths like `matrix.C2.R3`, with old and new value. */
export function diffData(before: unknown, after: unknown, path = ''): ApprovalDiffLine[] {
  if (canonicalJson(before) === canonicalJson(after)) return [];
  if (!isRecord(before) || !isRecord(after)) {
    const place = path === '' ? '(whole)' : path;
    return [{ path: place, title: { zh: place, en: place }, before: before ?? null, after: after ?? null }];
  }
  const keys = [...new Set([...Object.keys(before), ...Object.keys(after)])].sort();
  return keys.flatMap((key) => diffData(before[key], after[key], path === '' ? key : `${path}.${key}`));
}

/** Lists are compared by position: their entries are places too. */
function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null;
}
