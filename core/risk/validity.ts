import { businessDate, startOfBusinessDate } from '../time/business-day.ts';

/**
 * The instant at which something valid for `months` from `at` has run out: the start of the same Shanghai date that
 * many months on, or of the last day of a shorter month. Validity is half-open and ends with a day, so that thousands of
 * ratings given on one day run out together.
 */
export function validUntil(at: Date, months: number): Date {
  const [year = 0, month = 0, day = 0] = businessDate(at).split('-').map(Number);
  const monthIndex = year * 12 + (month - 1) + months;
  const lastDay = new Date(Date.UTC(Math.floor(monthIndex / 12), (monthIndex % 12) + 1, 0)).getUTCDate();
  const date = [
    String(Math.floor(monthIndex / 12)).padStart(4, '0'),
    String((monthIndex % 12) + 1).padStart(2, '0'),
    String(Math.min(day, lastDay)).padStart(2, '0'),
  ];
  return startOfBusinessDate(date.join('-'));
}
