import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { collectionOf } from '../../core/db/collection.ts';
import { BusyError } from '../../core/errors.ts';
import { ManualClock } from '../../core/time/clock.ts';
import { LEDGER_START, posted, startLedger, type LedgerHost } from '../../test/support/ledger-host.ts';
import { brokenInvariants } from '../../test/support/ledger-checker.ts';
import { releaseHolds, settleDue } from './jobs.ts';
import { ACCOUNTS, FOLDS, JOURNALS, REDEMPTIONS, type JournalRecord } from './model.ts';
import { fold } from './store/fold.ts';

let host: LedgerHost;
let clock: ManualClock;

beforeEach(async () => {
  clock = new ManualClock(LEDGER_START);
  host = await startLedger({ clock });
});
afterEach(async () => {
  await host.check();
  await host.close();
});

const cause = { type: 'order', id: 'o1', orderId: 'o1' };
const via = (key: string) => ({ actor: host.actor, key });
const balance = async (partyId: string) => (await host.ledger.account(partyId)).available;
const reserve = (key: string, partyId: string, points: number, more: object = {}) =>
  host.ledger.reserve(via(key), { partyId, points, cause, ...more });
const foldAll = async () => {
  let folded = 0;
  for (let some = -1; some !== 0; folded += some) some = await fold(host.of('loyalty'), host.actor);
  return folded;
};

describe('a redemption', () => {
  test('holds points, spends them, and gives them back', async () => {
    await host.give('ann', 100);
    const { redemptionId } = posted(await reserve('r', 'ann', 60, { merchantId: 'bank' }));
    expect(await host.ledger.account('ann')).toMatchObject({ available: 40, reserved: 60 });
    posted(await host.ledger.confirm(via('c'), redemptionId!, cause));
    expect(await host.ledger.counterBalance('MERCHANT:bank')).toBe(60);
    posted(await host.ledger.refund(via('f'), redemptionId!, { points: 25, cause }));
    expect(await host.ledger.account('ann')).toMatchObject({ available: 65, reserved: 0 });
    expect(await host.ledger.counterBalance('MERCHANT:bank')).toBe(35);
    expect(await host.ledger.counterBalance('ISSUER')).toBe(-100);
    const { journals } = await host.ledger.statement('ann', { first: 10 });
    expect(journals.map(({ kind, seq }) => `${seq} ${kind}`)).toEqual([
      '4 REFUNDED',
      '3 CONFIRMED',
      '2 RESERVED',
      '1 EARNED',
    ]);
  });

  test('in a transaction of somebody else stands or falls with it', async () => {
    await host.give('ann', 100);
    const failing = host.core.transact(host.actor, async (tx) => {
      posted(await host.ledger.reserve(tx, { partyId: 'ann', points: 60, cause }));
      expect((await host.ledger.account('ann', undefined, tx)).available).toBe(40);
      throw new Error('no sale');
    });
    await expect(failing).rejects.toThrow('no sale');
    expect(await balance('ann')).toBe(100);
    const id = await host.core.transact(host.actor, async (tx) => {
      const { redemptionId } = posted(await host.ledger.reserve(tx, { partyId: 'ann', points: 60, cause }));
      posted(await host.ledger.confirm(tx, redemptionId!, cause));
      return redemptionId!;
    });
    expect(await host.ledger.redemption(id)).toMatchObject({ state: 'CONFIRMED', points: 60 });
  });

  test('whose hold has run out is released by the job; one without an end is not', async () => {
    await host.give('ann', 100);
    await reserve('a', 'ann', 10, { expiresAt: new Date(LEDGER_START.getTime() + 1000) });
    const { redemptionId } = posted(await reserve('b', 'ann', 10));
    const run = () => ({ at: clock.now(), signal: new AbortController().signal });
    await releaseHolds(host.of('loyalty'), run());
    expect(await balance('ann')).toBe(80);
    clock.advance(1000);
    await releaseHolds(host.of('loyalty'), run());
    expect(await balance('ann')).toBe(90);
    posted(await host.ledger.confirm(via('c'), redemptionId!, cause));
  });

  test('is known once only', async () => {
    await host.give('ann', 100);
    posted(await reserve('a', 'ann', 10, { redemptionId: 'same' }));
    expect(await reserve('b', 'ann', 10, { redemptionId: 'same' })).toEqual({
      posted: false,
      refusal: { code: 'REDEMPTION_EXISTS', state: 'RESERVED' },
    });
    expect(await host.ledger.confirm(via('c'), 'none', cause)).toMatchObject({
      refusal: { code: 'REDEMPTION_UNKNOWN' },
    });
    expect(await host.ledger.reverse(via('d'), 'none', { cause })).toMatchObject({
      refusal: { code: 'JOURNAL_UNKNOWN' },
    });
  });
});

describe('points that time acts on', () => {
  test('expire by the job, at the instant that the policy says', async () => {
    await host.give('ann', 100);
    const run = () => ({ at: clock.now(), signal: new AbortController().signal });
    clock.set(new Date('2028-12-31T15:59:59.999Z'));
    await settleDue(host.of('loyalty'), run());
    expect(await balance('ann')).toBe(100);
    clock.advance(1);
    await settleDue(host.of('loyalty'), run());
    expect(await balance('ann')).toBe(0);
    expect(await host.ledger.counterBalance('EXPIRED')).toBe(100);
  });
});

describe('a key', () => {
  test('gives the first answer, however often and however many at once; refusals too', async () => {
    await host.give('ann', 100);
    const answers = await Promise.all(Array.from({ length: 50 }, () => reserve('k', 'ann', 30)));
    expect(new Set(answers.map((answer) => JSON.stringify(answer))).size).toBe(1);
    expect(await reserve('k', 'ann', 30)).toEqual(answers[0]);
    expect(await balance('ann')).toBe(70);
    const refused = await reserve('no', 'ann', 71);
    expect(refused).toEqual({ posted: false, refusal: { code: 'INSUFFICIENT_POINTS', available: 70 } });
    await host.give('ann', 100);
    expect(await reserve('no', 'ann', 71)).toEqual(refused);
  });

  test('is refused with another body, in the same batch and later, another client included', async () => {
    await host.give('ann', 100);
    await host.give('bob', 100);
    const [first, other] = await Promise.allSettled([reserve('k', 'ann', 30), reserve('k', 'bob', 30)]);
    expect(first).toMatchObject({ status: 'fulfilled', value: { posted: true } });
    expect(other).toMatchObject({ reason: { code: 'IDEMPOTENCY_KEY_REUSED', status: 422 } });
    await expect(reserve('k', 'ann', 31)).rejects.toMatchObject({ status: 422 });
    expect([await balance('ann'), await balance('bob')]).toEqual([70, 100]);
  });

  test.each(['', 'x'.repeat(256)])('has 1 to 255 characters', async (key) => {
    await expect(reserve(key, 'ann', 30)).rejects.toMatchObject({ code: 'IDEMPOTENCY_KEY_INVALID' });
  });
});

describe('500 redeemers of one account at once', () => {
  test('in one process: exactly as many succeed as the balance pays for', async () => {
    await host.give('ann', 10_007);
    const answers = await Promise.all(
      Array.from({ length: 500 }, (_, index) => reserve(`k${index}`, 'ann', 100)),
    );
    expect(answers.filter((answer) => answer.posted)).toHaveLength(100);
    expect(await host.ledger.account('ann')).toMatchObject({ available: 7, reserved: 10_000 });
  });

  test('from three processes: the same, and whoever is told to come again gets an answer', async () => {
    await host.give('ann', 10_007);
    const beside = await Promise.all([1, 2].map(() => startLedger({ clock, uri: host.uri })));
    try {
      const processes = [host, ...beside];
      const redeem = async (index: number) => {
        for (;;)
          try {
            const { ledger, actor } = processes[index % 3]!;
            return await ledger.reserve({ actor, key: `k${index}` }, { partyId: 'ann', points: 100, cause });
          } catch (error) {
            if (!(error instanceof BusyError)) throw error;
          }
      };
      const answers = await Promise.all(Array.from({ length: 500 }, (_, index) => redeem(index)));
      expect(answers.filter((answer) => answer.posted)).toHaveLength(100);
      expect(await host.ledger.account('ann')).toMatchObject({ available: 7, reserved: 10_000 });
    } finally {
      for (const process of beside) await process.close();
    }
  });
});

describe('folds', () => {
  test('add up what everyone posts to, and balances say the same before and after', async () => {
    for (const party of ['ann', 'bob', 'cem']) {
      await host.give(party, 500);
      const { redemptionId } = posted(await reserve(`r-${party}`, party, 200, { merchantId: 'bank' }));
      await host.ledger.confirm(via(`c-${party}`), redemptionId!, cause);
    }
    const balances = () =>
      Promise.all([host.ledger.counterBalance('ISSUER'), host.ledger.counterBalance('MERCHANT:bank')]);
    expect(await balances()).toEqual([-1500, 600]);
    expect(await foldAll()).toBe(6);
    expect(await balances()).toEqual([-1500, 600]);
    await host.give('ann', 1);
    expect(await balances()).toEqual([-1501, 600]);
    expect(await foldAll()).toBe(1);
    expect(await balances()).toEqual([-1501, 600]);
  });

  test('lose nothing that a transaction posts which is held up for 30 s while they go on', async () => {
    await host.give('ann', 500);
    let goOn = () => {};
    const held = new Promise<void>((resolve) => (goOn = resolve));
    let written = () => {};
    const isWritten = new Promise<void>((resolve) => (written = resolve));
    const slow = host.core.transact(host.actor, async (tx) => {
      const { redemptionId } = posted(
        await host.ledger.reserve(tx, { partyId: 'ann', points: 200, merchantId: 'bank', cause }),
      );
      posted(await host.ledger.confirm(tx, redemptionId!, cause));
      written();
      await held;
    });
    await isWritten;
    clock.advance(30_000);
    await host.give('bob', 70);
    expect(await foldAll()).toBe(2);
    clock.advance(1000);
    goOn();
    await slow;
    expect(await host.ledger.counterBalance('MERCHANT:bank')).toBe(200);
    expect(await foldAll()).toBe(1);
    expect(await host.ledger.counterBalance('MERCHANT:bank')).toBe(200);
  });

  test('of two processes at once take every entry once', async () => {
    for (let index = 0; index < 20; index++) await host.give(`party-${index}`, 10);
    const twice = await Promise.allSettled([foldAll(), foldAll()]);
    expect(twice.some(({ status }) => status === 'fulfilled')).toBe(true);
    await foldAll();
    expect(await host.ledger.counterBalance('ISSUER')).toBe(-200);
  });
});

describe('the checker of invariants', () => {
  const tamper: readonly [string, () => Promise<unknown>][] = [
    ['an entry changed', () => change(JOURNALS, { kind: 'EARNED' }, { $set: { 'cause.ruleVersion': 2 } })],
    ['an entry removed', () => remove(JOURNALS, { kind: 'CONFIRMED' })],
    ['the last entry removed', () => remove(JOURNALS, { kind: 'REFUNDED' })],
    ['a balance changed', () => change(ACCOUNTS, { partyId: 'ann' }, { $inc: { available: 5 } })],
    ['an account removed', () => remove(ACCOUNTS, { partyId: 'ann' })],
    ['a redemption changed', () => change(REDEMPTIONS, {}, { $set: { state: 'CANCELLED' } })],
    ['a redemption removed', () => remove(REDEMPTIONS, {})],
    ['a fold changed', () => change(FOLDS, {}, { $inc: { sum: 1 } })],
    ['a fold removed', () => remove(FOLDS, {})],
    ['a mark lost', () => change(JOURNALS, { unfolded: true }, { $unset: { unfolded: 1 } })],
    ['an entry folded twice', () => change(JOURNALS, { foldBatch: 1 }, { $set: { unfolded: true } })],
  ];

  test.each(tamper)('finds %s', async (_title, spoil) => {
    await host.give('ann', 100);
    const { redemptionId } = posted(await reserve('r', 'ann', 60, { merchantId: 'bank' }));
    posted(await host.ledger.confirm(via('c'), redemptionId!, cause));
    await foldAll();
    posted(await host.ledger.refund(via('f'), redemptionId!, { points: 20, cause }));
    expect(await brokenInvariants(host)).toEqual([]);
    await spoil();
    expect(await brokenInvariants(host)).not.toEqual([]);
    await host.database.connection.dropDatabase();
  });

  const change = (name: string, filter: object, update: object) =>
    collectionOf<JournalRecord>(host.database, name).updateOne(filter, update as never);
  const remove = (name: string, filter: object) =>
    collectionOf<JournalRecord>(host.database, name).deleteOne(filter);
});
