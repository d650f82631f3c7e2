import type { Duty } from '../suitability/policy.ts';

/** A duty that was done for an order, with its evidence; kept as long as the order. */
export interface DoneDuty {
  readonly code: string;
  /** The text that was said or shown, by its version: `policy@1/duty/CODE`. */
  readonly text: string;
  readonly at: Date;
  /** How it was done, e.g. electronically or in a recorded call. */
  readonly manner: string;
  readonly channel: string;
  /** Where the paper or recording is kept. */
  readonly evidenceRef?: string;
  /** Who recorded it. */
  readonly by: { readonly id: string; readonly name: string };
}

export type DutyProblem = 'DUTY_UNKNOWN' | 'DUTY_TEXT_OUTDATED' | 'DUTY_BEFORE_IT_OPEN' | 'DUTY_TOO_EARLY';

const HOUR_MS = 3_600_000;

/** Duties that must be done before anything is reserved, in the order of the policy. */
export function dueBefore(duties: readonly Duty[]): readonly Duty[] {
  return duties.filter(({ due }) => due === 'BEFORE_RESERVATION');
}

/** When a duty of waiting is over; undefined for duties that somebody does. */
export function waitsUntil({ hours }: Duty, heldSince: Date): Date | undefined {
  return hours === undefined ? undefined : new Date(heldSince.getTime() + hours * HOUR_MS);
}

/** What is still open at an instant: a duty is done by evidence of its present text, a wait by time. */
export function openDuties(
  duties: readonly Duty[],
  done: readonly Pick<DoneDuty, 'code' | 'text'>[],
  heldSince: Date,
  at: Date,
): readonly Duty[] {
  return dueBefore(duties).filter((duty) => {
    const until = waitsUntil(duty, heldSince);
    if (until !== undefined) return at < until;
    return !done.some(({ code, text }) => code === duty.code && text === duty.text);
  });
}

/**
 * What stands against recording that a duty was done now: it must be one of the order's, with its present text, and
 * after the duty that it follows (told unsuitable → insists → written warning; a call-back after the cooling time).
 */
export function dutyProblem(
  { code, text }: Pick<DoneDuty, 'code' | 'text'>,
  duties: readonly Duty[],
  done: readonly Pick<DoneDuty, 'code' | 'text'>[],
  heldSince: Date,
  at: Date,
): DutyProblem | undefined {
  const duty = dueBefore(duties).find((one) => one.code === code);
  if (!duty || duty.hours !== undefined) return 'DUTY_UNKNOWN';
  if (duty.text !== text) return 'DUTY_TEXT_OUTDATED';
  const before = openDuties(duties, done, heldSince, at).find((one) => one.code === duty.after);
  if (!before) return undefined;
  return before.hours === undefined ? 'DUTY_BEFORE_IT_OPEN' : 'DUTY_TOO_EARLY';
}
