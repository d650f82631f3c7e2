import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { intents, type Intent } from '../../test/support/ledger-model/model.ts';
import { Oracle } from '../../test/support/ledger-model/oracle.ts';
import { LEDGER_START, startLedger, type LedgerHost } from '../../test/support/ledger-host.ts';
import { ManualClock } from '../../core/time/clock.ts';
import type { PointsAnswer } from './store/posting.ts';

/** More with TESSERA_TEST_LEDGER_STORAGE_STEPS, e.g. 20000. */
const STEPS = Number(process.env.TESSERA_TEST_LEDGER_STORAGE_STEPS ?? 2000);
const STEPS_PER_WALK = 50;

let host: LedgerHost;
const clock = new ManualClock(LEDGER_START);

beforeAll(async () => {
  host = await startLedger({ clock });
});
afterAll(async () => {
  await host.check();
  await host.close();
});

describe('the ledger on its storage', () => {
  test(
    `comes to what a plain second telling comes to, over ${STEPS} steps`,
    async () => {
      let walks = 0;
      const walk = fc.array(intents, { minLength: STEPS_PER_WALK, maxLength: STEPS_PER_WALK, size: 'max' });
      await fc.assert(
        fc.asyncProperty(walk, async (steps) => {
          await walkStorage(`party-${++walks}`, steps);
        }),
        { numRuns: STEPS / STEPS_PER_WALK },
      );
      expect(walks).toBe(STEPS / STEPS_PER_WALK);
    },
    60_000 + STEPS * 100,
  );
});

async function walkStorage(partyId: string, steps: readonly Intent[]): Promise<void> {
  const oracle = new Oracle(clock.now().getTime(), { years: 2, owedMax: 0 });
  const holds: string[] = [];
  const gifts: string[] = [];
  for (const [index, intent] of steps.entries()) {
    const answer = await take(partyId, `${partyId}-${index}`, intent, { oracle, holds, gifts });
    // A refusal settles nothing, so the account still stands where it last was posted to.
    if (!answer?.posted) continue;
    const { available, reserved, pending, owed, lots } = await host.ledger.account(partyId);
    expect({ available, reserved, pending, owed }).toEqual({
      available: oracle.available,
      reserved: oracle.reserved,
      pending: oracle.pending,
      owed: oracle.owed,
    });
    expect(Object.fromEntries(lots.map(({ expiryMonth, points }) => [expiryMonth, points]))).toEqual(
      oracle.lots(),
    );
  }
}

interface Sides {
  readonly oracle: Oracle;
  readonly holds: string[];
  readonly gifts: string[];
}

/** One step on both sides; what they answer must be the same, and a repeat of the key changes nothing. */
async function take(
  partyId: string,
  key: string,
  intent: Intent,
  sides: Sides,
): Promise<PointsAnswer | undefined> {
  const { oracle, holds, gifts } = sides;
  if (intent.do === 'wait') {
    clock.advance(intent.ms);
    oracle.wait(intent.ms);
    return undefined;
  }
  const [expected, ask] = step(partyId, key, intent, sides);
  const answer = await ask();
  expect([key, intent, answer.posted ? undefined : answer.refusal.code]).toEqual([key, intent, expected]);
  if (intent.do !== 'settle' && intent.do !== 'time-out') expect(await ask()).toEqual(answer);
  if (answer.posted && intent.do === 'reserve') holds.push(answer.redemptionId!);
  if (answer.posted && (intent.do === 'earn' || intent.do === 'adjust')) gifts.push(answer.journalId!);
  return answer;
}

function step(
  partyId: string,
  key: string,
  intent: Exclude<Intent, { do: 'wait' }>,
  { oracle, holds, gifts }: Sides,
): [string | undefined, () => Promise<PointsAnswer>] {
  const { ledger, actor } = host;
  const via = { actor, key };
  const cause = { type: 'test', id: key, ruleId: 'rule', ruleVersion: 1, approvalId: 'a' };
  switch (intent.do) {
    case 'settle':
      return [undefined, () => ledger.settle(actor, partyId)];
    case 'earn': {
      oracle.earn(intent.points, intent.pendingDays);
      const { points, pendingDays } = intent;
      return [undefined, () => ledger.earn(via, { partyId, points, pendingDays, cause })];
    }
    case 'adjust': {
      const { points } = intent;
      return [oracle.adjust(points), () => ledger.adjust(via, { partyId, points, cause })];
    }
    case 'reserve': {
      const { points, holdMs, merchant } = intent;
      const expiresAt = new Date(oracle.now + holdMs);
      const more = merchant === undefined ? {} : { merchantId: merchant };
      return [
        oracle.reserve(points, holdMs, merchant),
        () => ledger.reserve(via, { partyId, points, expiresAt, ...more, cause }),
      ];
    }
    case 'confirm':
    case 'cancel':
    case 'time-out': {
      const index = intent.pick % (holds.length + 1);
      const id = holds[index] ?? 'nobody';
      const ask = {
        confirm: () => ledger.confirm(via, id, cause),
        cancel: () => ledger.cancel(via, id, cause),
        'time-out': () => ledger.timeOut(actor, id, cause),
      };
      return [oracle.end(oracle.holds[index], intent.do), ask[intent.do]];
    }
    case 'refund': {
      const index = intent.pick % (holds.length + 1);
      const part = intent.points === undefined ? {} : { points: intent.points };
      return [
        oracle.refund(oracle.holds[index], intent.points),
        () => ledger.refund(via, holds[index] ?? 'nobody', { ...part, cause }),
      ];
    }
    case 'reverse': {
      const index = intent.pick % (gifts.length + 1);
      const part = intent.points === undefined ? {} : { points: intent.points };
      return [
        oracle.reverse(oracle.gifts[index], intent.points),
        () => ledger.reverse(via, gifts[index] ?? 'nobody', { ...part, cause }),
      ];
    }
  }
}
