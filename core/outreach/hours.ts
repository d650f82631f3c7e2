import { addDays, businessDate, startOfBusinessDate } from '../time/business-day.ts';
import type { Hours } from './policy.ts';

/** The next instant within the hours, the same one where it is within already; Asia/Shanghai. */
export function nextWithin({ from, until }: Hours, at: Date): Date {
  const day = startOfBusinessDate(businessDate(at));
  const opens = new Date(day.getTime() + ofDay(from));
  if (at < opens) return opens;
  return at.getTime() < day.getTime() + ofDay(until) ? at : addDays(opens, 1);
}

function ofDay(clock: string): number {
  return (Number(clock.slice(0, 2)) * 60 + Number(clock.slice(3))) * 60_000;
}
