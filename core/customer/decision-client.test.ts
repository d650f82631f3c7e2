import { describe, expect, test } from '@jest/globals';
import { readRuleFile } from '../explain/rule-data.ts';
import { decide } from '../suitability/decide.ts';
import { loadPolicy } from '../suitability/policy.ts';
import { decisionClient } from './decision-client.ts';
import type { CustomerFacts } from './facts.ts';

const at = new Date('2026-11-24T04:00:00Z');
const later = new Date('2027-11-24T04:00:00Z');
const policy = loadPolicy(readRuleFile('core', 'suitability', 'policies', 'csrc-order-130.json'));
const facts: CustomerFacts = {
  id: 'party',
  customerNo: 'CL1',
  orgPath: '/',
  region: 'CN',
  tier: 'GOLD',
  tierRank: 30,
  core: true,
  clubs: [{ code: 'LAKE', rank: 5 }],
  stage: 'MATURE',
  bornOn: '1955-06-01',
  ageYears: 71,
  riskProfile: {
    id: 'party:1',
    no: 1,
    level: 'C3',
    lowestCategory: false,
    assessedAt: new Date('2026-01-01T00:00:00Z'),
    validUntil: later,
  },
  eligibility: { 'qualified-investor': { until: later, evidenceId: 'doc-1' } },
  permissions: ['options'],
  preferences: { term: 'LONG', investmentKinds: ['EQUITY'], returnGoal: 'GROWTH' },
  personalisation: true,
  consents: [],
};
const product = {
  id: 'p',
  kind: 'fund',
  nature: 'FINANCIAL',
  rating: { id: 'p:1', level: 'R3', validUntil: later },
  term: 'LONG',
  investmentKind: 'EQUITY',
  needs: ['permission.options'],
  nonPublic: true,
} as const;
const outcome = (change: Partial<CustomerFacts>, of: object = {}, when = at) =>
  decide(policy, decisionClient({ ...facts, ...change }), { ...product, ...of }, { at: when, channel: 'APP' })
    .outcome;

describe('a client before a decision', () => {
  test('who meets everything on record is a match, and it ends when the record ends', () => {
    expect(outcome({})).toBe('MATCH');
    expect(outcome({}, {}, new Date(later.getTime() - 1))).toBe('MATCH');
    expect(outcome({}, {}, later)).not.toBe('MATCH');
  });

  test('what is not on record is unverified, never met', () => {
    expect(outcome({ permissions: [] })).toBe('INCOMPLETE');
    expect(outcome({ eligibility: {} })).toBe('INCOMPLETE');
  });

  test('a lowest category, a lower category and a missing profile count as what they are', () => {
    const { riskProfile: profile, ...without } = facts;
    expect(outcome({ riskProfile: { ...profile!, level: 'C1', lowestCategory: true } })).toBe('FORBIDDEN');
    expect(outcome({ riskProfile: { ...profile!, level: 'C2' } })).toBe('WARN_REQUIRED');
    const client = decisionClient(without);
    expect(decide(policy, client, product, { at, channel: 'APP' }).outcome).toBe('INCOMPLETE');
  });

  test('a professional needs no profile while the evidence holds', () => {
    const { riskProfile: _, ...without } = facts;
    const client = decisionClient({ ...without, professional: { until: later, evidenceId: 'doc-2' } });
    expect(decide(policy, client, product, { at, channel: 'APP' }).outcome).toBe('MATCH');
    expect(decide(policy, client, product, { at: later, channel: 'APP' }).outcome).not.toBe('MATCH');
  });

  test('pricing sees the tier and the clubs by rank', () =>
    expect(decisionClient(facts)).toMatchObject({
      id: 'party',
      tier: 'GOLD',
      clubs: [{ code: 'LAKE', rank: 5 }],
    }));
});
