import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import {
  HAPPENINGS,
  ORDER_STATES,
  SETTLED_STATES,
  TRANSITIONS,
  next,
  type Happening,
  type LegEffect,
  type OrderProgress,
} from './order-state.ts';

const AT = new Date('2026-11-25T02:00:00Z');

function order(legs: readonly { external: boolean; amountMinor: number }[]): OrderProgress {
  return {
    state: 'NEW',
    history: [],
    legs: legs.map((leg, index) => ({
      ...leg,
      ref: `o:${index}`,
      state: 'NONE',
      refundMinor: 0,
      refundedMinor: 0,
    })),
  };
}

/** The client's side: what each local leg holds and took, and what was paid back; external money is told by CAPTURED. */
class Ledger {
  held = 0;
  taken = 0;
  back = 0;
  reserved = 0;

  apply(effects: readonly LegEffect[], external: ReadonlySet<string>): void {
    for (const { kind, ref, amountMinor } of effects) {
      if (kind === 'REFUND') this.back += amountMinor;
      if (external.has(ref)) continue;
      if (kind === 'RESERVE') {
        this.held += amountMinor;
        this.reserved += amountMinor;
      }
      if (kind === 'CONFIRM' || kind === 'CANCEL') this.held -= amountMinor;
      if (kind === 'CONFIRM') this.taken += amountMinor;
    }
  }
}

const legsArbitrary = fc
  .tuple(
    fc.option(fc.integer({ min: 1, max: 1_000_000 }), { nil: undefined }),
    fc.option(fc.integer({ min: 1, max: 1_000_000 }), { nil: undefined }),
  )
  .map(([local, external]) => [
    ...(local === undefined ? [] : [{ external: false, amountMinor: local }]),
    ...(external === undefined ? [] : [{ external: true, amountMinor: external }]),
  ]);
const happenings = fc.array(fc.constantFrom(...HAPPENINGS), { maxLength: 60 });

describe('an order, whatever happens to it', () => {
  test('moves only along the table, and keeps every state it was in', () => {
    fc.assert(
      fc.property(legsArbitrary, happenings, (legs, all) => {
        let now = order(legs);
        for (const happening of all) {
          const step = next(now, happening, AT);
          const allowed = TRANSITIONS[now.state][happening];
          if (!step) {
            const wrongAnswer = now.state === 'STUCK' && allowed !== undefined;
            expect(allowed === undefined || wrongAnswer).toBe(true);
            continue;
          }
          expect(step.order.state).toBe(allowed);
          expect(step.order.history).toHaveLength(now.history.length + 1);
          now = step.order;
        }
      }),
    );
  });

  test('conserves money: a failed one cost nothing, an active one its price, a refunded one is paid back', () => {
    fc.assert(
      fc.property(legsArbitrary, happenings, (legs, all) => {
        const total = legs.reduce((sum, leg) => sum + leg.amountMinor, 0);
        let now = order(legs);
        const external = new Set(now.legs.filter((leg) => leg.external).map((leg) => leg.ref));
        const ledger = new Ledger();
        let debited = 0;
        for (const happening of all) {
          // A gateway debits once, however late it says so; nobody claims money without a leg outside.
          if (happening === 'CAPTURED' && external.size === 0) continue;
          if (happening === 'NOTHING_TO_CAPTURE' && external.size > 0) continue;
          const step = next(now, happening, AT);
          if (!step) continue;
          ledger.apply(step.effects, external);
          if (happening === 'CAPTURED')
            debited = legs.filter((leg) => leg.external).reduce((sum, leg) => sum + leg.amountMinor, 0);
          now = step.order;
          const paid = ledger.taken + debited - ledger.back;
          expect(ledger.held).toBeGreaterThanOrEqual(0);
          expect(paid).toBeGreaterThanOrEqual(0);
          if (now.state === 'FAILED') expect([ledger.held, paid]).toEqual([0, 0]);
          if (now.state === 'ACTIVE' || now.state === 'PAID') expect([ledger.held, paid]).toEqual([0, total]);
          if (now.state === 'REFUNDED') expect([ledger.held, paid]).toEqual([0, 0]);
        }
      }),
      { numRuns: 2000 },
    );
  });

  test('never lets go of what is held by a time-out or a wish once money may be on its way', () => {
    fc.assert(
      fc.property(legsArbitrary, happenings, (legs, all) => {
        let now = order(legs);
        for (const happening of all) {
          const step = next(now, happening, AT);
          const asked = ['CAPTURING', 'STUCK', 'PAID', 'FULFILLING', 'REFUNDING'].includes(now.state);
          if (asked && (happening === 'TIMED_OUT' || happening === 'GIVEN_UP')) expect(step).toBeUndefined();
          if (step) now = step.order;
        }
      }),
    );
  });

  test('can come to a settled state from any other, and every state can be reached', () => {
    const reaches = (from: Set<string>): Set<string> => {
      const more = [...from].flatMap((state) => Object.values(TRANSITIONS[state as 'NEW']));
      const all = new Set([...from, ...more]);
      return all.size === from.size ? all : reaches(all);
    };
    expect([...reaches(new Set(['NEW']))].sort()).toEqual([...ORDER_STATES].sort());
    for (const state of ORDER_STATES)
      expect([...reaches(new Set([state]))].some((one) => SETTLED_STATES.has(one as 'ACTIVE'))).toBe(true);
  });
});

describe('an order that is stuck', () => {
  const walk = (...all: Happening[]) =>
    all.reduce<OrderProgress>(
      (now, happening) => next(now, happening, AT)!.order,
      order([{ external: true, amountMinor: 900 }]),
    );
  const untilCapture = ['ASSESSED', 'DUTIES_DONE', 'RESERVED', 'CAPTURE_BEGINS'] as const;

  test('over a capture is told whether the money came, not whether it was paid back', () => {
    const stuck = walk(...untilCapture, 'DEADLINE_PASSED');
    expect(stuck).toMatchObject({ state: 'STUCK', stuckIn: 'CAPTURING' });
    expect(next(stuck, 'REFUNDED', AT)).toBeUndefined();
    expect(next(stuck, 'CAPTURED', AT)?.order).toMatchObject({ state: 'PAID' });
    expect(next(stuck, 'CAPTURED', AT)?.order.stuckIn).toBeUndefined();
  });

  test('over a refund is told whether it was paid back, not whether the money came', () => {
    const stuck = walk(
      ...untilCapture,
      'CAPTURED',
      'FULFILMENT_BEGINS',
      'FULFILLED',
      'REFUND_BEGINS',
      'DEADLINE_PASSED',
    );
    expect(next(stuck, 'CAPTURED', AT)).toBeUndefined();
    expect(next(stuck, 'DECLINED', AT)).toBeUndefined();
    expect(next(stuck, 'REFUNDED', AT)?.order.legs[0]).toMatchObject({ refundedMinor: 900 });
  });
});

test('more than was paid is never paid back', () => {
  const active = { ...order([{ external: true, amountMinor: 10 }]), state: 'ACTIVE' as const };
  const legs = active.legs.map((leg) => ({ ...leg, state: 'TAKEN' as const }));
  for (const amount of [11, -1, 0.5, Number.NaN])
    expect(() => next({ ...active, legs }, 'REFUND_BEGINS', AT, { refundMinor: { 'o:0': amount } })).toThrow(
      RangeError,
    );
});
