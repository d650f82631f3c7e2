import fc from 'fast-check';
import type { Account } from '../../../plugins/loyalty/ledger/account.ts';
import { Replay } from '../../../plugins/loyalty/ledger/check.ts';
import type { Command, Decision, Redemption, Reversal } from '../../../plugins/loyalty/ledger/command.ts';
import type { Circumstances, decide as Decide } from '../../../plugins/loyalty/ledger/decide.ts';
import type { Journal } from '../../../plugins/loyalty/ledger/journal.ts';
import type { PointsPolicy } from '../../../plugins/loyalty/ledger/policy.ts';
import { Oracle } from './oracle.ts';

/** The ledger's decisions, as they are or with a fault planted in them. */
export interface Decisions {
  readonly decide: typeof Decide;
  readonly openAccount: (partyId: string, pointType: string) => Account;
}

/** What a client, a merchant or time may do next; `pick` chooses among what there is. */
export type Intent =
  | { readonly do: 'wait'; readonly ms: number }
  | { readonly do: 'earn'; readonly points: number; readonly pendingDays: number }
  | {
      readonly do: 'reserve';
      readonly points: number;
      readonly holdMs: number;
      readonly merchant: string | undefined;
    }
  | { readonly do: 'confirm' | 'cancel' | 'time-out'; readonly pick: number }
  | { readonly do: 'refund' | 'reverse'; readonly pick: number; readonly points: number | undefined }
  | { readonly do: 'adjust'; readonly points: number }
  | { readonly do: 'settle' };

/** Lives that are long and short, debts that are allowed and not: each policy as both sides know it. */
const POLICIES = [
  { expiry: { kind: 'END_OF_MONTH', monthsAfter: 2 }, owedMax: 60, told: { months: 2 } },
  { expiry: { kind: 'END_OF_YEAR', yearsAfter: 1 }, owedMax: 0, told: { years: 1 } },
] as const;

const START = new Date('2026-03-01T04:00:00Z');
const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
const pick = fc.nat(1000);
const points = fc.oneof(fc.integer({ min: 1, max: 12 }), fc.integer({ min: 1, max: 400 }));
const part = fc.option(fc.integer({ min: 1, max: 50 }), { nil: undefined, freq: 3 });

export const intents: fc.Arbitrary<Intent> = fc.oneof(
  { weight: 4, arbitrary: fc.record({ do: fc.constant('wait' as const), ms: fc.nat(3 * DAY_MS) }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('wait' as const), ms: fc.nat(60 * DAY_MS) }) },
  {
    weight: 6,
    arbitrary: fc.record({
      do: fc.constant('earn' as const),
      points,
      pendingDays: fc.oneof(fc.constant(0), fc.integer({ min: 0, max: 92 })),
    }),
  },
  {
    weight: 6,
    arbitrary: fc.record({
      do: fc.constant('reserve' as const),
      points,
      holdMs: fc.nat(3 * DAY_MS),
      merchant: fc.constantFrom(undefined, 'bank', 'shop'),
    }),
  },
  { weight: 4, arbitrary: fc.record({ do: fc.constant('confirm' as const), pick }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constantFrom('cancel' as const, 'time-out' as const), pick }) },
  { weight: 3, arbitrary: fc.record({ do: fc.constant('refund' as const), pick, points: part }) },
  { weight: 5, arbitrary: fc.record({ do: fc.constant('reverse' as const), pick, points: part }) },
  {
    weight: 1,
    arbitrary: fc.record({
      do: fc.constant('adjust' as const),
      points: fc.integer({ min: -200, max: 200 }).filter((points) => points !== 0),
    }),
  },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('settle' as const) }) },
);

/** Model and ledger side by side, step by step; `judge` throws where they differ. */
export class Walk {
  readonly oracle: Oracle;
  account: Account;
  readonly journals: Journal[] = [];
  readonly redemptions: Redemption[] = [];
  readonly reversals = new Map<string, Reversal>();
  /** Entries that may be taken back, in the order of the oracle's gifts. */
  readonly gifts: Journal[] = [];
  readonly #ledger: Decisions;
  readonly #policy: PointsPolicy;

  constructor(ledger: Decisions, policyNo = 0) {
    const { expiry, owedMax, told } = POLICIES[policyNo]!;
    this.#ledger = ledger;
    this.#policy = { version: 'points-policy@1', expiry, owedMax, returnedMonths: 1 };
    this.account = ledger.openAccount('party', 'POINTS');
    this.oracle = new Oracle(START.getTime(), { ...told, owedMax });
  }

  take(intent: Intent): void {
    if (intent.do === 'wait') {
      this.oracle.wait(intent.ms);
      return;
    }
    const { command, expected, redemption, original } = this.#translate(intent);
    const before = this.account;
    const decision = this.#decide(command, redemption, original);
    const code = 'refusal' in decision ? decision.refusal.code : undefined;
    same(`answer to ${JSON.stringify(command)}`, code, expected);
    if ('refusal' in decision) {
      same('the account after a refusal', this.account, before);
      return;
    }
    this.#keep(decision, intent);
    this.judge();
  }

  /** Everything that both sides know must be equal. */
  judge(): void {
    const { account, oracle } = this;
    const balance = ({ available, reserved, pending, owed }: Account | Oracle) =>
      JSON.stringify({ available, reserved, pending, owed });
    same('balances', balance(account), balance(oracle));
    const lots = Object.fromEntries(account.lots.map(({ expiryMonth, points }) => [expiryMonth, points]));
    same('lots', JSON.stringify(lots), JSON.stringify(sorted(oracle.lots())));
    this.redemptions.forEach((redemption, index) => {
      const hold = oracle.holds[index]!;
      const parts = redemption.slices.map(({ expiryMonth, points, refunded }) => ({
        month: expiryMonth,
        points,
        refunded,
      }));
      same(`state of hold ${index}`, redemption.state, hold.state);
      same(`slices of hold ${index}`, JSON.stringify(parts), JSON.stringify(hold.parts));
    });
  }

  /** Reads all entries from the start and compares the other side's accounts, too. */
  finish(): void {
    this.take({ do: 'settle' });
    const replay = new Replay('party', 'POINTS');
    for (const journal of this.journals) {
      const breach = replay.next(journal);
      if (breach) throw new Error(`Invariant ${breach.invariant}: ${breach.subject}: ${breach.text}`);
    }
    const breach = replay.end(this.account, this.redemptions, this.reversals.values());
    if (breach) throw new Error(`Invariant ${breach.invariant}: ${breach.subject}: ${breach.text}`);
    const others: Record<string, number> = {};
    for (const { postings } of this.journals)
      for (const { account, points } of postings)
        if (account !== 'CLIENT') others[account] = (others[account] ?? 0) + points;
    const told = Object.fromEntries([...this.oracle.others].filter(([, points]) => points !== 0));
    const kept = Object.fromEntries(Object.entries(others).filter(([, points]) => points !== 0));
    same('other accounts', JSON.stringify(sorted(kept)), JSON.stringify(sorted(told)));
  }

  #translate(intent: Exclude<Intent, { do: 'wait' }>): {
    command: Command;
    expected: string | undefined;
    redemption?: Redemption | undefined;
    original?: Journal | undefined;
  } {
    const { oracle } = this;
    const cause = { type: 'test', id: `step-${this.journals.length}` };
    switch (intent.do) {
      case 'settle':
        return { command: { type: 'settle' }, expected: undefined };
      case 'earn': {
        oracle.earn(intent.points, intent.pendingDays);
        const { points, pendingDays } = intent;
        const rule = { ...cause, ruleId: 'rule', ruleVersion: 1 };
        return { command: { type: 'earn', points, pendingDays, cause: rule }, expected: undefined };
      }
      case 'adjust': {
        const expected = oracle.adjust(intent.points);
        const command = {
          type: 'adjust',
          points: intent.points,
          cause: { ...cause, approvalId: 'a' },
        } as const;
        return { command, expected };
      }
      case 'reserve': {
        const expiresAt = new Date(oracle.now + intent.holdMs);
        const expected = oracle.reserve(intent.points, intent.holdMs, intent.merchant);
        const command = {
          type: 'reserve',
          redemptionId: `hold-${this.redemptions.length}`,
          points: intent.points,
          expiresAt,
          ...(intent.merchant === undefined ? {} : { merchantId: intent.merchant }),
          cause,
        } as const;
        return { command, expected };
      }
      case 'confirm':
      case 'cancel':
      case 'time-out': {
        // One more than there are: the last is a redemption that nobody knows.
        const index = intent.pick % (this.redemptions.length + 1);
        const expected = oracle.end(oracle.holds[index], intent.do);
        return { command: { type: intent.do, cause }, expected, redemption: this.redemptions[index] };
      }
      case 'refund': {
        const index = intent.pick % (this.redemptions.length + 1);
        const expected = oracle.refund(oracle.holds[index], intent.points);
        return {
          command: {
            type: 'refund',
            cause,
            ...(intent.points === undefined ? {} : { points: intent.points }),
          },
          expected,
          redemption: this.redemptions[index],
        };
      }
      case 'reverse': {
        const index = intent.pick % (this.gifts.length + 1);
        const expected = oracle.reverse(oracle.gifts[index], intent.points);
        return {
          command: {
            type: 'reverse',
            cause,
            ...(intent.points === undefined ? {} : { points: intent.points }),
          },
          expected,
          original: this.gifts[index],
        };
      }
    }
  }

  #decide(command: Command, redemption: Redemption | undefined, original: Journal | undefined): Decision {
    const circumstances: Circumstances = {
      at: new Date(this.oracle.now),
      by: { kind: 'system', id: 'system:test', name: 'test' },
      policy: this.#policy,
    };
    const reversal = original && this.reversals.get(original.id);
    return this.#ledger.decide(
      { account: this.account, redemption, original, reversal },
      command,
      circumstances,
    );
  }

  #keep(decision: Exclude<Decision, { refusal: unknown }>, intent: Intent): void {
    this.account = decision.account;
    this.journals.push(...decision.journals);
    const { redemption, reversal, entry } = decision;
    if (redemption) {
      const index = this.redemptions.findIndex(({ id }) => id === redemption.id);
      if (index < 0) this.redemptions.push(redemption);
      else this.redemptions[index] = redemption;
    }
    if (reversal) this.reversals.set(reversal.journalId, reversal);
    if (intent.do === 'earn' || intent.do === 'adjust') this.gifts.push(entry!);
  }
}

/**
 * Walks of random steps; returns how many were taken.
 * @param options.shrink false: the first difference will do, without a search for the shortest way to it
 */
export function walkLedger(
  ledger: Decisions,
  { walks, steps, shrink = true }: { walks: number; steps: number; shrink?: boolean },
): number {
  let taken = 0;
  fc.assert(
    fc.property(
      fc.nat(POLICIES.length - 1),
      fc.array(intents, { minLength: steps, maxLength: steps, size: 'max' }),
      (policyNo, intended) => {
        const walk = new Walk(ledger, policyNo);
        for (const intent of intended) walk.take(intent);
        walk.finish();
        taken += intended.length;
      },
    ),
    { numRuns: walks, endOnFailure: !shrink },
  );
  return taken;
}

function same(what: string, actual: unknown, expected: unknown): void {
  if (actual !== expected)
    throw new Error(`${what}: the ledger says ${String(actual)}, it should be ${String(expected)}`);
}

function sorted(record: Record<string, number>): Record<string, number> {
  return Object.fromEntries(Object.entries(record).sort(([a], [b]) => (a < b ? -1 : 1)));
}
