import { businessDate, startOfBusinessDate } from '../../../core/time/business-day.ts';

/** The last month in which points may be spent, `YYYY-MM` in Asia/Shanghai: equal to compare as text. */
export type Month = string;

/** The month of points that do not expire: sorts behind every other. */
export const NEVER: Month = '9999-12';

export function monthOf(at: Date): Month {
  return businessDate(at).slice(0, 7);
}

export function addMonths(month: Month, count: number): Month {
  const months = Number(month.slice(0, 4)) * 12 + Number(month.slice(5, 7)) - 1 + count;
  const year = String(Math.floor(months / 12)).padStart(4, '0');
  return `${year}-${String((months % 12) + 1).padStart(2, '0')}`;
}

/** The instant at which points of this month expire: the month is over. Undefined for those that never do. */
export function endOfMonth(month: Month): Date | undefined {
  return month === NEVER ? undefined : startOfBusinessDate(`${addMonths(month, 1)}-01`);
}
