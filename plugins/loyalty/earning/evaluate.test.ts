import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { earningRulesShape, type EarningRules } from '../../../core/earning/rule.ts';
import { judge, type EarningState, type RuleUsage } from './evaluate.ts';

const AT = new Date('2026-11-25T04:00:00Z');
const NOTHING: RuleUsage = { day: 0, month: 0, life: 0, timesInYear: 0 };
const FRESH: EarningState = { usageOf: () => NOTHING, budgetLeft: (_code, size) => size };
const title = { zh: '规则', en: 'Rule' };

function rules(list: object[], boosts: object[] = []): EarningRules {
  return earningRulesShape.parse({
    id: 'house',
    version: 1,
    rules: list.map((one, index) => ({
      code: `rule-${index}`,
      title,
      on: 'service.purchased',
      formula: { kind: 'PER_AMOUNT', of: 'event.amountMinor', per: 1000, points: 1 },
      priority: 1,
      ...one,
    })),
    boosts: boosts.map((one, index) => ({
      code: `boost-${index}`,
      title,
      percent: 120,
      group: 'tier',
      ...one,
    })),
  });
}

function purchase(amountMinor: number, client: Record<string, string> = {}) {
  return { name: 'service.purchased', at: AT, facts: { 'event.amountMinor': amountMinor, ...client } };
}

function points(amount: number, set: EarningRules, state = FRESH, client = {}): number[] {
  return judge(purchase(amount, client), set, state).awards.map((award) => award.points);
}

describe('an amount', () => {
  it.each([
    [0, []],
    [999, []],
    [1000, [1]],
    [1999, [1]],
    [2000, [2]],
    [-5000, []],
  ])('of %i 分 gives %j by one point for each full ¥10', (amount, given) => {
    expect(points(amount, rules([{}]))).toEqual(given);
  });

  it('gives more for what lies above a step', () => {
    const formula = {
      kind: 'PER_AMOUNT',
      of: 'event.amountMinor',
      per: 1000,
      points: 1,
      steps: [
        { from: 10_000, points: 2 },
        { from: 20_000, points: 0 },
      ],
    };
    const set = rules([{ formula }]);
    expect([9_999, 10_000, 11_000, 20_000, 90_000].map((amount) => points(amount, set)[0])).toEqual([
      9, 10, 12, 30, 30,
    ]);
  });
});

describe('boosts', () => {
  const gold = { when: { fact: 'client.tier', is: 'GOLD' }, percent: 120 };

  it('of one group count the highest, groups multiply, and the product is floored once', () => {
    const set = rules([{}], [gold, { percent: 110 }, { group: 'campaign', percent: 150 }]);
    // 7 × 1.2 × 1.5 = 12.6; flooring in between would give 12 as well, 5 × 1.1 × 1.5 = 8.25 would give 7.
    expect(points(7_000, set, FRESH, { 'client.tier': 'GOLD' })).toEqual([12]);
    expect(points(5_000, set)).toEqual([8]);
  });

  it('with a budget add what is left of it and no more', () => {
    const set = rules([{}], [{ group: 'campaign', percent: 200, budget: { code: 'pot', points: 100 } }]);
    const left = (points_: number): EarningState => ({ ...FRESH, budgetLeft: () => points_ });
    const judged = (state: EarningState) => judge(purchase(10_000), set, state).awards[0]!;
    expect(judged(FRESH)).toMatchObject({ points: 20, budgets: { pot: 10 }, cuts: [] });
    expect(judged(left(4))).toMatchObject({ points: 14, budgets: { pot: 4 } });
    expect(judged(left(4)).cuts).toEqual([{ by: 'BOOST_BUDGET', from: 20, to: 14 }]);
    expect(judged(left(0))).toMatchObject({ points: 10, budgets: {} });
  });
});

describe('caps', () => {
  const used = (usage: Partial<RuleUsage>): EarningState => ({
    ...FRESH,
    usageOf: () => ({ ...NOTHING, ...usage }),
  });

  it('cut the last award to fit, and then give nothing', () => {
    const set = rules([{ caps: { perDay: 10, perMonth: 12 } }]);
    expect(points(8_000, set, used({ day: 5, month: 5 }))).toEqual([5]);
    expect(points(8_000, set, used({ day: 5, month: 9 }))).toEqual([3]);
    expect(judge(purchase(8_000), set, used({ day: 10, month: 10 })).silent).toEqual([
      expect.objectContaining({ why: 'CAP' }),
    ]);
  });

  it('count after boosts', () => {
    const set = rules([{ caps: { perDay: 10 } }], [{ percent: 200 }]);
    expect(points(8_000, set)).toEqual([10]);
  });

  it('of awards in a year give one birthday present', () => {
    const set = rules([{ timesPerYear: 1 }]);
    expect(points(8_000, set, used({ timesInYear: 1 }))).toEqual([]);
  });
});

describe('rules', () => {
  it('of one exclusive group give once, the highest priority first', () => {
    const set = rules([
      { priority: 1, exclusiveGroup: 'purchase' },
      { priority: 9, exclusiveGroup: 'purchase', formula: { kind: 'FIXED', points: 5 } },
      { priority: 5 },
    ]);
    const { awards, silent } = judge(purchase(8_000), set, FRESH);
    expect(awards.map(({ rule, points: given }) => [rule.code, given])).toEqual([
      ['rule-1', 5],
      ['rule-2', 8],
    ]);
    expect(silent).toEqual([expect.objectContaining({ why: 'EXCLUDED' })]);
  });

  it('apply from the first instant of their schedule until before the last', () => {
    const set = rules([{ schedule: { from: '2026-11-25T04:00:00Z', until: '2026-11-25T05:00:00Z' } }]);
    const at = (iso: string) => judge({ ...purchase(1000), at: new Date(iso) }, set, FRESH).awards.length;
    expect(
      [
        '2026-11-25T03:59:59.999Z',
        '2026-11-25T04:00:00Z',
        '2026-11-25T04:59:59.999Z',
        '2026-11-25T05:00:00Z',
      ].map(at),
    ).toEqual([0, 1, 1, 0]);
  });

  it('that draw on one event never give more than caps and budgets hold, however often', () => {
    const generated = fc.record({
      amounts: fc.array(fc.integer({ min: 0, max: 50_000 }), { minLength: 1, maxLength: 30 }),
      perDay: fc.integer({ min: 1, max: 60 }),
      pot: fc.integer({ min: 1, max: 100 }),
      campaign: fc.integer({ min: 1, max: 100 }),
      percent: fc.integer({ min: 101, max: 400 }),
    });
    fc.assert(
      fc.property(generated, ({ amounts, perDay, pot, campaign, percent }) => {
        const set = rules(
          [{ caps: { perDay } }, { budget: { code: 'pot', points: pot } }],
          [
            { group: 'campaign', percent, budget: { code: 'campaign', points: campaign } },
            { group: 'tier', percent: 130 },
          ],
        );
        const given = new Map<string, number>();
        const drawn = new Map<string, number>();
        const state: EarningState = {
          usageOf: (code) => ({ ...NOTHING, day: given.get(code) ?? 0 }),
          budgetLeft: (code, size) => size - (drawn.get(code) ?? 0),
        };
        for (const amount of amounts)
          for (const award of judge(purchase(amount), set, state).awards) {
            expect(Number.isSafeInteger(award.points) && award.points >= 1).toBe(true);
            given.set(award.rule.code, (given.get(award.rule.code) ?? 0) + award.points);
            for (const [code, taken] of Object.entries(award.budgets))
              drawn.set(code, (drawn.get(code) ?? 0) + taken);
          }
        expect(given.get('rule-0') ?? 0).toBeLessThanOrEqual(perDay);
        expect(drawn.get('pot') ?? 0).toBeLessThanOrEqual(pot);
        expect(drawn.get('pot') ?? 0).toBe(given.get('rule-1') ?? 0);
        expect(drawn.get('campaign') ?? 0).toBeLessThanOrEqual(campaign);
      }),
    );
  });
});
