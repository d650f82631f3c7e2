import type { Reason } from '../../core/plugin/contract.ts';

/** Pools of the house; OUT is a fund that was taken out of all of them. */
export const POOLS = ['BASE', 'CANDIDATE', 'CORE', 'WATCH', 'FORBIDDEN', 'OUT'] as const;
export type Pool = (typeof POOLS)[number];

/** What a pool bars on its funds: neither shown nor sold, or shown and not sold. */
export type Bar = 'list' | 'sell';

/**
 * Forbidden (禁买池): may be neither listed nor sold. Out: suspended for new sale, so that holders still see what they
 * hold. A fund that was never in a pool is barred from nothing.
 */
export function barsOf(pool: Pool | undefined): readonly Bar[] {
  if (pool === 'FORBIDDEN') return ['list', 'sell'];
  return pool === 'OUT' ? ['sell'] : [];
}

/** Which bars a move puts up and takes away. */
export function barChanges(
  from: Pool | undefined,
  to: Pool,
): { readonly place: readonly Bar[]; readonly lift: readonly Bar[] } {
  const before = barsOf(from);
  const after = barsOf(to);
  return {
    place: after.filter((bar) => !before.includes(bar)),
    lift: before.filter((bar) => !after.includes(bar)),
  };
}

/** Months after which membership is reviewed again; the others are reviewed when something happens. */
const REVIEW_MONTHS: Readonly<Partial<Record<Pool, number>>> = { CORE: 3, CANDIDATE: 6 };

/** The instant by which a membership must be reviewed; undefined where the pool has no period. */
export function reviewDue(pool: Pool, since: Date): Date | undefined {
  const months = REVIEW_MONTHS[pool];
  if (months === undefined) return undefined;
  const due = new Date(since);
  due.setUTCMonth(due.getUTCMonth() + months);
  // A month that lacks the day (31 August + 6) would run on into the next one.
  if (due.getUTCDate() !== since.getUTCDate()) due.setUTCDate(0);
  return due;
}

/**
 * What stands against a move. The core pool takes only what has been a candidate (or is watched, coming back); out of
 * the forbidden pool a fund goes by way of the base pool, so that it is researched anew.
 */
export function moveReasons(code: string, from: Pool | undefined, to: Pool): Reason[] {
  const reasons: Reason[] = [];
  const refuse = (reason: string, zh: string, en: string) =>
    reasons.push({ code: reason, text: { zh, en }, path: code });
  if (from === to) refuse('POOL_SAME', `${code} 已在该池中。`, `${code} is in this pool already.`);
  else if (to === 'OUT' && from === undefined)
    refuse('POOL_NONE', `${code} 不在任何池中。`, `${code} is in no pool.`);
  else if (to === 'CORE' && from !== 'CANDIDATE' && from !== 'WATCH')
    refuse(
      'POOL_ORDER',
      `${code} 须先进入备选池，才能进入核心池。`,
      `${code} must be a candidate before it enters the core pool.`,
    );
  else if (from === 'FORBIDDEN' && to !== 'BASE' && to !== 'OUT')
    refuse(
      'POOL_ORDER',
      `${code} 移出禁买池后须先回到基础池。`,
      `${code} leaves the forbidden pool by way of the base pool.`,
    );
  return reasons;
}
