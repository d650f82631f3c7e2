import type { ZodType } from 'zod';
import type { LocalizedText, Reason } from '../plugin/contract.ts';

/** What a system says of one client. */
export interface ActivityReport {
  /** Its id at the source. */
  readonly id: string;
  /** Name of the declared activity. */
  readonly type: string;
  readonly customerNo: string;
  readonly at: Date;
  readonly facts: unknown;
  /** Id of the report of the same source that this one takes back. */
  readonly reverses?: string;
}

/** Systems' clocks differ a little; what is further ahead is a mistake. */
export const AHEAD_MAX_MS = 5 * 60_000;
const ID_LENGTH_MAX = 200;

/** What is wrong with a report, so far as it can be seen without the database. */
export function reportProblem(
  report: ActivityReport,
  /** By the name of each activity: what its facts must be. */
  shapes: ReadonlyMap<string, ZodType>,
  now: Date,
): Reason | undefined {
  const { id, type, at, facts, reverses } = report;
  if (!fits(id) || (reverses !== undefined && !fits(reverses)))
    return reason(
      'id',
      `编号须为 1 至 ${ID_LENGTH_MAX} 个字符。`,
      `An id has 1 to ${ID_LENGTH_MAX} characters.`,
    );
  if (reverses === id) return reason('reverses', '不能冲正自身。', 'A report cannot take itself back.');
  const shape = shapes.get(type);
  if (!shape) {
    const known = [...shapes.keys()].sort().join(', ');
    return reason(
      'type',
      `没有行为类型“${type}”。可用：${known}。`,
      `No activity "${type}"; there are ${known}.`,
    );
  }
  if (at.getTime() > now.getTime() + AHEAD_MAX_MS)
    return reason('at', '发生时间在未来，请检查时钟。', 'It happens in the future. Check the clock.');
  const { success, error } = shape.safeParse(facts);
  if (success) return undefined;
  const places = error.issues.map(({ path, message }) => `${['facts', ...path].join('.')}: ${message}`);
  return reason('facts', `内容不符合声明：${places.join('；')}`, `Not as declared: ${places.join('; ')}`);
}

function fits(id: string): boolean {
  return id.length > 0 && id.length <= ID_LENGTH_MAX;
}

function reason(path: string, zh: string, en: string): Reason {
  return { code: 'ACTIVITY_INVALID', text: { zh, en } satisfies LocalizedText, path };
}
