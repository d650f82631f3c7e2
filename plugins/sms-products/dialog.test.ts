import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import {
  OFFER_LIFE_MS,
  decideDialog,
  type DialogOffer,
  type DialogProduct,
  type DialogState,
  type DialogSubscription,
} from './dialog.ts';
import { readCommand, type Command } from './keywords.ts';

const at = new Date('2026-11-24T02:00:00Z');
const price = { currency: 'POINTS', amountMinor: 300, billing: 'MONTH' } as const;
const morning = { keyword: '101', productCode: 'SMS-101', name: '晨报', sort: 'PACKAGE', price } as const;
const balance: DialogProduct = {
  keyword: '301',
  productCode: 'SQ-301',
  name: '资金余额',
  sort: 'QUERY',
  price,
};
const points: DialogProduct = { ...balance, keyword: '304', price: { ...price, amountMinor: 0 } };
const offer = (minutes = 30): DialogOffer => ({
  offerId: 'o1',
  product: morning,
  expiresAt: new Date(at.getTime() + minutes * 60_000),
});
const held = (keyword: string): DialogSubscription => ({
  subscriptionId: `s${keyword}`,
  partyId: 'p1',
  keyword,
  name: `短信${keyword}`,
});
const state = (more: Partial<DialogState> = {}): DialogState => ({ clients: 1, subscriptions: [], ...more });
const decided = (text: string, of: DialogState) => {
  const { actions, reply } = decideDialog(readCommand(text), of, at);
  return [actions.map((one) => one.do), reply?.say];
};

describe('ordering by keyword', () => {
  test('names the price and waits for a Y, for thirty minutes', () => {
    expect(decideDialog({ is: 'ORDER', keyword: '101' }, state({ named: morning }), at)).toEqual({
      actions: [{ do: 'OFFER', product: morning, expiresAt: new Date(at.getTime() + OFFER_LIFE_MS) }],
      reply: { say: 'OFFER', product: morning },
    });
  });

  test('Y accepts the offer that was made, at its price', () => {
    expect(decideDialog({ is: 'YES' }, state({ offer: offer() }), at).actions).toEqual([
      { do: 'CLOSE_OFFER', offerId: 'o1', as: 'ACCEPTED' },
      { do: 'ORDER', offer: offer() },
    ]);
  });

  test.each<[string, string, DialogState, unknown]>([
    [
      'a new keyword replaces the offer',
      'DZ 101',
      state({ named: morning, offer: offer() }),
      [['CLOSE_OFFER', 'OFFER'], 'OFFER'],
    ],
    [
      'an unknown keyword closes it too',
      'DZ 999',
      state({ offer: offer() }),
      [['CLOSE_OFFER'], 'UNKNOWN_KEYWORD'],
    ],
    ['Y without an offer buys nothing', 'Y', state(), [[], 'NO_OFFER']],
    [
      'Y at the last instant is too late',
      'Y',
      state({ offer: offer(0) }),
      [['CLOSE_OFFER'], 'OFFER_EXPIRED'],
    ],
    [
      'what is held is not offered again',
      'DZ 101',
      state({ named: morning, subscriptions: [held('101')] }),
      [[], 'ALREADY_SUBSCRIBED'],
    ],
    [
      'nor bought twice by two offers',
      'Y',
      state({ offer: offer(), subscriptions: [held('101')] }),
      [['CLOSE_OFFER'], 'ALREADY_SUBSCRIBED'],
    ],
    [
      'what has no price is not offered',
      'DZ 101',
      state({ named: { keyword: '101', productCode: 'SMS-101', name: '晨报', sort: 'PACKAGE' } }),
      [[], 'NOT_AVAILABLE'],
    ],
    ['a paid query asks first', 'CX 301', state({ named: balance }), [['OFFER'], 'OFFER']],
    [
      'unless it may be charged for good',
      'CX 301',
      state({ named: { ...balance, standingConsent: true } }),
      [['ANSWER'], undefined],
    ],
    ['a free query is answered', 'CX 304', state({ named: points }), [['ANSWER'], undefined]],
    ['a package is no query', 'CX 101', state({ named: morning }), [[], 'UNKNOWN_KEYWORD']],
    [
      'two clients with one number must say who they are',
      'DZ 101',
      state({ clients: 2, named: morning }),
      [[], 'SEVERAL_CLIENTS'],
    ],
    ['and so for their Y', 'Y', state({ clients: 2, offer: offer() }), [[], 'SEVERAL_CLIENTS']],
    ['a stranger is not answered', 'DZ 101', state({ clients: 0, named: morning }), [[], undefined]],
    ['not even with help', 'hello', state({ clients: 0 }), [[], undefined]],
    ['a client who writes something else gets help', 'hello', state(), [[], 'HELP']],
  ])('%s', (_, text, of, expected) => {
    expect(decided(text, of)).toEqual(expected);
  });
});

describe('leaving', () => {
  test.each<[string, string, DialogState, unknown]>([
    [
      'TD n ends that package',
      'TD 101',
      state({ subscriptions: [held('101'), held('102')] }),
      [['WITHDRAW_MARKETING', 'END'], 'ENDED'],
    ],
    [
      'TD n of what is not held still stops marketing',
      'TD 103',
      state({ subscriptions: [held('101')] }),
      [['WITHDRAW_MARKETING'], 'NOT_SUBSCRIBED'],
    ],
    [
      'TD ends the only one',
      'TD',
      state({ subscriptions: [held('101')] }),
      [['WITHDRAW_MARKETING', 'END'], 'ENDED'],
    ],
    [
      '退订 ends the only one',
      '退订',
      state({ subscriptions: [held('101')] }),
      [['WITHDRAW_MARKETING', 'END'], 'ENDED'],
    ],
    [
      'TD lists several and ends none',
      'TD',
      state({ subscriptions: [held('101'), held('102')] }),
      [['WITHDRAW_MARKETING'], 'WHICH'],
    ],
    ['TD with nothing to end stops marketing', 'TD', state(), [['WITHDRAW_MARKETING'], 'STOPPED']],
    [
      'T stops marketing and ends nothing',
      'T',
      state({ subscriptions: [held('101')] }),
      [['WITHDRAW_MARKETING'], 'STOPPED'],
    ],
    ['R too', 'r', state({ subscriptions: [held('101')] }), [['WITHDRAW_MARKETING'], 'STOPPED']],
    [
      'a stranger who leaves is heard and not answered',
      '退订',
      state({ clients: 0 }),
      [['WITHDRAW_MARKETING'], undefined],
    ],
    [
      'an open offer goes with it',
      'T',
      state({ offer: offer() }),
      [['CLOSE_OFFER', 'WITHDRAW_MARKETING'], 'STOPPED'],
    ],
    [
      'two clients with one number both leave',
      'TD 101',
      state({
        clients: 2,
        subscriptions: [held('101'), { ...held('101'), subscriptionId: 'x', partyId: 'p2' }],
      }),
      [['WITHDRAW_MARKETING', 'END', 'END'], 'ENDED'],
    ],
  ])('%s', (_, text, of, expected) => {
    expect(decided(text, of)).toEqual(expected);
  });
});

describe('whatever is written, to whatever state', () => {
  const keyword = fc.constantFrom('101', '102', '301', '304');
  const command: fc.Arbitrary<Command> = fc.oneof(
    fc.record({ is: fc.constantFrom('ORDER' as const, 'QUERY' as const, 'END' as const), keyword }),
    fc.record({ is: fc.constantFrom('YES' as const, 'END_ANY' as const, 'STOP' as const, 'HELP' as const) }),
  );
  const anyState: fc.Arbitrary<DialogState> = fc
    .record({
      clients: fc.integer({ min: 0, max: 2 }),
      subscriptions: fc.array(keyword.map(held), { maxLength: 3 }),
      offer: fc.option(fc.integer({ min: -40, max: 40 }).map(offer), { nil: undefined }),
      named: fc.option(fc.constantFrom<DialogProduct>(morning, balance, points), { nil: undefined }),
    })
    .map(({ offer: made, named, ...rest }) => ({
      ...rest,
      ...(made ? { offer: made } : {}),
      ...(named ? { named } : {}),
    }));

  test('money is spent only by a Y to a living offer, or by a query that needs none', () => {
    fc.assert(
      fc.property(command, anyState, (said, of) => {
        for (const action of decideDialog(said, of, at).actions) {
          if (action.do === 'ORDER') {
            expect([said.is, of.clients]).toEqual(['YES', 1]);
            expect(action.offer).toBe(of.offer);
            expect(action.offer.expiresAt > at).toBe(true);
          }
          if (action.do === 'ANSWER' && said.is !== 'YES')
            expect(action.product.standingConsent === true || action.product.price?.amountMinor === 0).toBe(
              true,
            );
        }
      }),
    );
  });

  test('leaving always stops marketing, never orders, is always confirmed and leaves no offer open', () => {
    fc.assert(
      fc.property(command, anyState, (said, of) => {
        const { actions, reply } = decideDialog(said, of, at);
        const leaves = ['END', 'END_ANY', 'STOP'].includes(said.is);
        expect(actions.some((one) => one.do === 'WITHDRAW_MARKETING')).toBe(leaves);
        if (!leaves) return expect(actions.some((one) => one.do === 'END')).toBe(false);
        expect(reply !== undefined).toBe(of.clients > 0);
        expect(actions.some((one) => one.do === 'CLOSE_OFFER')).toBe(of.offer !== undefined);
        expect(actions.some((one) => ['ORDER', 'OFFER', 'ANSWER'].includes(one.do))).toBe(false);
      }),
    );
  });

  test('at most one offer is open afterwards', () => {
    fc.assert(
      fc.property(command, anyState, (said, of) => {
        const { actions } = decideDialog(said, of, at);
        const closed = actions.filter((one) => one.do === 'CLOSE_OFFER').length;
        const made = actions.filter((one) => one.do === 'OFFER').length;
        expect((of.offer ? 1 : 0) - closed + made).toBeLessThanOrEqual(1);
        expect(closed).toBeLessThanOrEqual(of.offer ? 1 : 0);
      }),
    );
  });
});
