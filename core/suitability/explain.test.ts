import { expect, test } from '@jest/globals';
import { readRuleFile } from '../explain/rule-data.ts';
import { decide } from './decide.ts';
import type { EligibilityReason } from './decide.ts';
import type { CoreReason } from './dimensions.ts';
import { explainOutcomeText, SUITABILITY_MESSAGES } from './explain.ts';
import { OUTCOMES } from './facts.ts';
import { DUE, STATED_DIMENSIONS, loadPolicy } from './policy.ts';

// Written out so that the compiler demands a line here for every new reason, and the test a text for every line.
const reasons: Record<CoreReason, true> = {
  RISK_MATCH: true,
  RISK_ABOVE_CAPACITY: true,
  RISK_FORBIDDEN: true,
  RISK_LOWEST_CATEGORY: true,
  RISK_PROFESSIONAL: true,
  PRODUCT_UNRATED: true,
  RATING_EXPIRED: true,
  PROFILE_EXPIRED: true,
  PROFILE_AND_RATING_EXPIRED: true,
  CLIENT_UNKNOWN: true,
  PROFILE_MISSING: true,
  PROFESSIONAL_UNPROVEN: true,
  STATED_MATCH: true,
  STATEMENT_MISSING: true,
  STATEMENT_NOT_NEEDED: true,
  PRODUCT_FACT_MISSING: true,
  TERM_TOO_LONG: true,
  KIND_NOT_WISHED: true,
  RETURN_NOT_SOUGHT: true,
  VALUE_OPEN: true,
  VALUE_ENTITLED: true,
  VALUE_PAYS: true,
  VALUE_UNKNOWN: true,
  CHANNEL_BY_LISTING: true,
  REGION_ANY: true,
  REGION_INSIDE: true,
  REGION_OUTSIDE: true,
  REGION_UNKNOWN: true,
  AGE_KNOWN: true,
  AGE_UNKNOWN: true,
  DIMENSION_UNKNOWN: true,
  DIMENSION_FAILED: true,
};
const eligibilityReasons: Record<EligibilityReason, true> = {
  'eligibility.VERIFIED': true,
  'eligibility.FAILED': true,
  'eligibility.UNVERIFIED': true,
  'eligibility.EVIDENCE_EXPIRED': true,
  'eligibility.UNKNOWN_RULE': true,
};

test.each(['en', 'zh'] as const)('every outcome, reason and due date has a text in %s', (language) => {
  const keys = [
    ...OUTCOMES.map((code) => `outcome.${code}`),
    ...Object.keys(reasons).map((code) => `reason.${code}`),
    ...Object.keys(eligibilityReasons),
    ...DUE.map((code) => `duty.${code}`),
    ...STATED_DIMENSIONS.map((code) => `dimension.${code}`),
  ];
  expect(keys.filter((key) => !SUITABILITY_MESSAGES[language][`suitability.${key}`])).toEqual([]);
});

test('both languages have the same keys with the same places', () => {
  const places = (text: string) => [...new Set(text.match(/\{\w+\}/g))].sort().join();
  const shape = (language: 'en' | 'zh') =>
    Object.entries(SUITABILITY_MESSAGES[language])
      .map(([key, text]) => `${key} ${places(text)}`)
      .sort();
  expect(shape('zh')).toEqual(shape('en'));
});

const policy = loadPolicy(readRuleFile('core', 'suitability', 'policies', 'csrc-order-130.json'));
const until = new Date('2027-01-01T00:00:00Z');
const client = {
  id: 'c',
  status: 'ORDINARY',
  eligibility: {},
  profile: {
    id: 'p',
    category: 'C2',
    lowest: false,
    validUntil: until,
    term: 'MEDIUM',
    investmentKinds: ['EQUITY'],
  },
} as const;
const fund = {
  id: 'f',
  kind: 'fund',
  nature: 'FINANCIAL',
  term: 'LONG',
  investmentKind: 'EQUITY',
  needs: ['permission.options'],
  nonPublic: true,
  rating: { id: 'r', level: 'R3', validUntil: until },
} as const;
const context = { at: new Date('2026-03-01T00:00:00Z'), channel: 'BRANCH' };

test('a decision is told in plain words', () => {
  const decision = decide(policy, client, { ...fund, needs: [], nonPublic: false }, context);
  expect(explainOutcomeText(decision, policy, 'en')).toEqual([
    'Does not suit the client: sold only on their own initiative, after a warning (policy csrc-order-130@1)',
    'Risk: R3 is above what a C2 client can bear',
    'Term: LONG is longer than the client stated (MEDIUM)',
    'Kind of investment: EQUITY is within what the client stated (EQUITY)',
    'Before it can be ordered: Tell the client that the product or service does not suit them',
    'Before it can be ordered: The client insists on their own initiative, and that is recorded',
    'Before it can be ordered: Show the special written warning and have the client confirm it',
    'Before it can be ordered: Record sound or video of what is told and warned at the branch',
    'This opinion is no judgement or guarantee of the product.',
  ]);
});

test('so is one that is not shown, in Chinese', () => {
  const told = explainOutcomeText(decide(policy, client, fund, context), policy, 'zh');
  expect(told[1]).toBe('不向该客户展示：不得公开宣传');
  expect(told).toContain('条件“股票期权权限”未经核实');
  expect(told).toContain('条件“合格投资者”未经核实');
  expect(told.at(-1)).toBe('本意见不构成对产品的判断或保证。');
});

test('the reason of a plugin is told as the plugin gave it, also under a name that core uses', () => {
  const added = loadPolicy(policy.pack, [
    { code: 'mood', project: () => ({}), assess: () => ({ outcome: 'MATCH', reason: 'RISK_MATCH' }) },
  ]);
  const decision = decide(
    added,
    client,
    { ...fund, nature: 'SERVICE', dimensions: ['mood', 'gone'] },
    context,
  );
  const told = explainOutcomeText(decision, added, 'en');
  expect(told).toContain('Dimension "mood": RISK_MATCH');
  expect(told).toContain('Dimension "gone" is not installed');
});
