import { describe, expect, it } from '@jest/globals';
import { activityEvent } from '../activity/declare.ts';
import { coreActivities } from '../activity/activities.ts';
import { RuleDataError, readRuleFile } from '../explain/rule-data.ts';
import { loadEarningRules, type EarningGround } from './check.ts';
import { holds } from './condition.ts';
import { loadIncentivePolicy } from './policy.ts';

const policy = loadIncentivePolicy(readRuleFile('core', 'earning', 'rules', 'incentive-policy.json'));
const ground: EarningGround = {
  occurrences: new Map(coreActivities.map((one) => [one.name, activityEvent(one).occurrence!])),
  policy,
};

const RULE = {
  code: 'course-passed',
  title: { zh: '通过课程', en: 'Course passed' },
  on: 'course.passed',
  formula: { kind: 'FIXED', points: 100 },
  priority: 10,
};

function problems(rule: object, boosts: object[] = [], under = ground) {
  try {
    loadEarningRules({ id: 'house', version: 1, rules: [{ ...RULE, ...rule }], boosts }, under);
    return [];
  } catch (error) {
    if (error instanceof RuleDataError) return error.problems;
    throw error;
  }
}

describe('earning rules', () => {
  it('that speak of what is declared are taken', () => {
    expect(problems({})).toEqual([]);
    expect(
      problems({
        on: 'service.purchased',
        formula: { kind: 'PER_AMOUNT', of: 'event.amountMinor', per: 1000, points: 1 },
        when: {
          all: [{ fact: 'client.tier', in: ['GOLD'] }, { not: { fact: 'client.clubs', has: 'LAKE' } }],
        },
      }),
    ).toEqual([]);
  });

  it('tied to commission are refused, and the way from it to points is shown', () => {
    const [problem] = problems({
      code: 'per-commission',
      on: 'trade.settled',
      formula: { kind: 'PER_AMOUNT', of: 'event.commissionMinor', per: 100, points: 1 },
    });
    expect(problem).toMatchObject({ path: 'rules.0' });
    expect(problem!.message).toContain(
      'commission (trade.settled.commissionMinor) → rule "per-commission" → points → what points buy',
    );
    expect(problem!.message).toContain('csrc-order-204@1');
  });

  it('tied to commission only by their condition are refused too', () => {
    const when = { any: [{ not: { fact: 'event.commissionMinor', below: 1 } }] };
    expect(problems({ on: 'trade.settled', when })[0]?.message).toContain('forbids');
  });

  it('for buying a fund are refused, whatever they count', () => {
    const [problem] = problems({ code: 'per-fund', on: 'fund.purchased' });
    expect(problem?.message).toContain('buying a fund (fund.purchased) → rule "per-fund"');
  });

  it('are taken where a named policy pack allows what they are tied to', () => {
    const allowing = { ...ground, policy: { ...policy, allowedBases: ['COMMISSION' as const] } };
    const rule = {
      on: 'trade.settled',
      formula: { kind: 'PER_AMOUNT', of: 'event.commissionMinor', per: 100, points: 1 },
    };
    expect(problems(rule, [], allowing)).toEqual([]);
    expect(problems({ on: 'fund.purchased' }, [], allowing)).toHaveLength(1);
  });

  it.each([
    ['an event that nobody declares', { on: 'course.failed' }, 'rules.0.on'],
    ['a fact that nobody declares', { when: { fact: 'event.colour', is: 'red' } }, 'rules.0.when'],
    ['an inherited name', { when: { fact: 'client.constructor', is: 'x' } }, 'rules.0.when'],
    ['an inherited name of the event', { when: { fact: 'event.__proto__', is: 'x' } }, 'rules.0.when'],
    ['a text compared as a number', { when: { fact: 'client.tier', atLeast: 3 } }, 'rules.0.when'],
    [
      'an amount that is a text',
      { formula: { kind: 'PER_AMOUNT', of: 'event.courseCode', per: 1, points: 1 } },
      'rules.0.formula.of',
    ],
    [
      'a value that stands twice in a table',
      {
        formula: {
          kind: 'TABLE',
          of: 'event.courseCode',
          rows: [
            { value: 'A', points: 1 },
            { value: 'A', points: 2 },
          ],
        },
      },
      'rules.0.formula.rows.1.value',
    ],
    [
      'a schedule that never holds',
      { schedule: { from: '2026-02-01T00:00:00Z', until: '2026-01-01T00:00:00Z' } },
      'rules.0.schedule.until',
    ],
    ['half a point', { formula: { kind: 'FIXED', points: 0.5 } }, 'rules.0.formula.points'],
    ['no point', { formula: { kind: 'FIXED', points: 0 } }, 'rules.0.formula.points'],
  ])('with %s are refused', (_what, rule, path) => {
    expect(problems(rule).map((problem) => problem.path)).toContain(path);
  });

  it('are refused where a boost names no rule, or a code or a budget stands twice', () => {
    const boost = { title: RULE.title, group: 'tier', percent: 120 };
    expect(problems({}, [{ ...boost, code: 'gold', rules: ['nothing'] }])[0]?.path).toBe('boosts.0.rules');
    expect(problems({}, [{ ...boost, code: 'course-passed' }])[0]?.message).toContain('twice');
    const budget = { code: 'pot', points: 5 };
    expect(problems({ budget }, [{ ...boost, code: 'gold', budget }])[0]?.message).toContain('two places');
  });
});

describe('a condition', () => {
  it('never holds for a fact that is not known, unless it is denied', () => {
    for (const condition of [
      { fact: 'event.n', is: 1 },
      { fact: 'event.n', in: [1] },
      { fact: 'event.n', has: '1' },
      { fact: 'event.n', atLeast: 0 },
      { fact: 'event.n', below: 9 },
    ]) {
      expect(holds(condition, {})).toBe(false);
      expect(holds({ not: condition }, {})).toBe(true);
    }
  });

  it('counts its lower bound and not its upper one', () => {
    const at = (n: number) =>
      holds(
        {
          all: [
            { fact: 'event.n', atLeast: 2 },
            { fact: 'event.n', below: 4 },
          ],
        },
        { 'event.n': n },
      );
    expect([1, 2, 3, 4].map(at)).toEqual([false, true, true, false]);
  });
});
