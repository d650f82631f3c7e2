import { describe, expect, test } from '@jest/globals';
import { dueAt, openAccount, type Account } from './account.ts';
import { Replay } from './check.ts';
import type { Command, Decided, Redemption, Situation } from './command.ts';
import { decide } from './decide.ts';
import type { Journal } from './journal.ts';
import { endOfMonth, NEVER } from './month.ts';
import { POINTS_MAX } from './points.ts';
import type { PointsPolicy } from './policy.ts';

const policy: PointsPolicy = {
  version: 'points-policy@1',
  expiry: { kind: 'END_OF_YEAR', yearsAfter: 2 },
  owedMax: 0,
  returnedMonths: 1,
};
const by = { kind: 'staff', id: 's1', name: 'desk' };
const cause = { type: 'event', id: 'e1', ruleId: 'rule', ruleVersion: 3, approvalId: 'a1' };
const shanghai = (time: string) => new Date(`${time}+08:00`);
const start = shanghai('2026-11-25T12:00:00');

/** Decides and fails where it is refused. */
function done(situation: Situation, command: Command, at = start, under = policy): Decided {
  const decision = decide(situation, command, { at, by, policy: under });
  if ('refusal' in decision) throw new Error(`refused: ${JSON.stringify(decision.refusal)}`);
  return decision;
}

function refused(situation: Situation, command: Command, at = start) {
  const decision = decide(situation, command, { at, by, policy });
  return 'refusal' in decision ? decision.refusal : undefined;
}

function earned(points: number, at = start, account: Account = openAccount('p', 'POINTS')): Decided {
  return done({ account }, { type: 'earn', points, cause }, at);
}

function held(account: Account, points: number, at = start): Decided & { redemption: Redemption } {
  const expiresAt = new Date(at.getTime() + 900_000);
  const command = { type: 'reserve', redemptionId: 'r', points, expiresAt, cause } as const;
  return done({ account }, command, at) as Decided & { redemption: Redemption };
}

describe('points', () => {
  test.each([0, -1, 1.5, '1e3', Number.NaN, Infinity, 2 ** 53, POINTS_MAX + 1, null, [1], { $gt: 0 }])(
    'are not %p',
    (points) => {
      const { account, redemption } = held(earned(100).account, 10);
      const commands: Command[] = [
        { type: 'earn', points: points as number, cause },
        { type: 'reserve', redemptionId: 'x', points: points as number, expiresAt: start, cause },
        { type: 'refund', points: points as number, cause },
        { type: 'reverse', points: points as number, cause },
        ...(points === -1 ? [] : [{ type: 'adjust', points: points as number, cause } as const]),
      ];
      for (const command of commands)
        expect(() => decide({ account, redemption }, command, { at: start, by, policy })).toThrow(
          expect.objectContaining({ code: 'AMOUNT_INVALID' }),
        );
    },
  );

  test('posted in 2026 can be spent until 2029-01-01 00:00 in Shanghai and are gone then', () => {
    const { account } = earned(120);
    expect(account.lots).toEqual([{ expiryMonth: '2028-12', points: 120 }]);
    expect(dueAt(account)).toEqual(shanghai('2029-01-01T00:00:00'));
    const eve = shanghai('2028-12-31T23:59:59.999');
    expect(held(account, 120, eve).redemption.points).toBe(120);
    const late = done({ account }, { type: 'settle' }, shanghai('2029-01-01T00:00:00'));
    expect(late.account.available).toBe(0);
    expect(late.journals.map(({ kind }) => kind)).toEqual(['EXPIRED']);
    expect(endOfMonth(NEVER)).toBeUndefined();
  });

  test('that are held back can be spent from the day that was said', () => {
    const { account } = done(
      { account: openAccount('p', 'POINTS') },
      { type: 'earn', points: 50, pendingDays: 7, cause },
    );
    expect([account.available, account.pending]).toEqual([0, 50]);
    const reserve = { type: 'reserve', redemptionId: 'r', points: 50, expiresAt: start, cause } as const;
    expect(refused({ account }, reserve, shanghai('2026-12-01T23:59:59'))).toEqual({
      code: 'INSUFFICIENT_POINTS',
      available: 0,
    });
    expect(held(account, 50, shanghai('2026-12-02T00:00:00')).account.reserved).toBe(50);
  });

  test('held for a redemption outlive their month, and come back to live until the end of the next', () => {
    const { account, redemption } = held(earned(80).account, 80);
    const later = shanghai('2029-03-10T09:00:00');
    expect(done({ account }, { type: 'settle' }, later).account.reserved).toBe(80);
    const { account: after } = done({ account, redemption }, { type: 'cancel', cause }, later);
    expect(after.lots).toEqual([{ expiryMonth: '2029-04', points: 80 }]);
  });

  test('are spent where they expire first', () => {
    const first = earned(30);
    const { account } = earned(30, shanghai('2027-02-01T00:00:00'), first.account);
    const { redemption } = held(account, 40, shanghai('2027-02-02T00:00:00'));
    expect(redemption.slices).toEqual([
      { expiryMonth: '2028-12', points: 30, refunded: 0 },
      { expiryMonth: '2029-12', points: 10, refunded: 0 },
    ]);
  });
});

describe('a clawback', () => {
  const take = (account: Account, original: Journal, owedMax: number) =>
    done({ account, original }, { type: 'reverse', cause }, start, { ...policy, owedMax });

  test('of 100 with 30 available leaves a debt of 70 where the policy lets it', () => {
    const { account: full, entry } = earned(100);
    const { account } = held(full, 70);
    const after = take(account, entry!, 100);
    expect(after.account).toMatchObject({ available: 0, owed: 70, reserved: 70 });
    expect(after.entry!.postings).toEqual([
      { account: 'CLIENT', bucket: 'AVAILABLE', expiryMonth: '2028-12', points: -30 },
      { account: 'CLIENT', bucket: 'OWED', points: -70 },
      { account: 'ISSUER', points: 100 },
    ]);
    const next = earned(100, start, after.account);
    expect(next.account).toMatchObject({ available: 30, owed: 0 });
    expect(next.journals.map(({ kind }) => kind)).toEqual(['EARNED', 'REPAID']);
  });

  test('writes off, visibly, what the policy does not let the client owe', () => {
    const { account: full, entry } = earned(100);
    const { account } = held(full, 70);
    const after = take(account, entry!, 20);
    expect(after.account).toMatchObject({ available: 0, owed: 20 });
    expect(after.entry!.postings).toContainEqual({ account: 'WRITTEN_OFF', points: -50 });
  });

  test('takes no point twice', () => {
    const { account, entry } = earned(100);
    const half = done({ account, original: entry }, { type: 'reverse', points: 60, cause });
    const situation = { account: half.account, original: entry, reversal: half.reversal };
    expect(refused(situation, { type: 'reverse', points: 41, cause })).toEqual({
      code: 'ALREADY_REVERSED',
      rest: 40,
    });
    const rest = done(situation, { type: 'reverse', cause });
    expect(rest.account.available).toBe(0);
    expect(refused({ ...situation, reversal: rest.reversal }, { type: 'reverse', cause })).toMatchObject({
      code: 'ALREADY_REVERSED',
    });
  });

  test('is of an award or an adjustment, nothing else, and of this account', () => {
    const { account, entry } = held(earned(10).account, 5);
    expect(refused({ account, original: entry }, { type: 'reverse', cause })).toEqual({
      code: 'NOT_REVERSIBLE',
    });
    const other = done({ account: openAccount('q', 'POINTS') }, { type: 'earn', points: 5, cause });
    expect(refused({ account, original: other.entry }, { type: 'reverse', cause })).toEqual({
      code: 'JOURNAL_UNKNOWN',
    });
  });
});

describe('an account', () => {
  test('never goes back in time', () => {
    const first = earned(10);
    const second = earned(10, new Date(start.getTime() - 2000), first.account);
    expect(second.entry!.at).toEqual(start);
  });

  test('is not brought over its limit', () => {
    const account = {
      ...openAccount('p', 'POINTS'),
      available: 1e12,
      lots: [{ expiryMonth: '2028-12', points: 1e12 }],
    };
    expect(refused({ account }, { type: 'earn', points: 1, cause })).toEqual({ code: 'BALANCE_LIMIT' });
  });

  test('shows any entry that was changed, removed, doubled or moved', () => {
    const first = earned(30);
    const hold = held(first.account, 20);
    const spent = done({ account: hold.account, redemption: hold.redemption }, { type: 'confirm', cause });
    const entries = [first, hold, spent].flatMap(({ journals }) => journals);
    const breachOf = (journals: readonly Journal[]) => {
      const replay = new Replay('p', 'POINTS');
      for (const journal of journals) {
        const breach = replay.next(journal);
        if (breach) return breach.invariant;
      }
      return replay.end(spent.account, [spent.redemption!], [])?.invariant;
    };
    expect(breachOf(entries)).toBeUndefined();
    expect(breachOf(entries.slice(0, 2))).toBe(6);
    expect(breachOf(entries.slice(1))).toBe(6);
    expect(breachOf([entries[0]!, ...entries])).toBe(6);
    expect(breachOf([entries[1]!, entries[0]!, entries[2]!])).toBe(6);
    for (const change of [
      { at: new Date(0) },
      { cause: { ...cause, ruleVersion: 4 } },
      { by: { ...by, id: 's2' } },
      { postings: [] },
      { prevHash: 'f' },
    ])
      expect(breachOf([{ ...entries[0]!, ...change }, ...entries.slice(1)])).toBe(6);
  });
});
