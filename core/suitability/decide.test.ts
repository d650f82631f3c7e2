import { describe, expect, test } from '@jest/globals';
import { readRuleFile } from '../explain/rule-data.ts';
import { RISK_LEVELS } from '../risk/levels.ts';
import type { RiskCategory, RiskLevel } from '../risk/levels.ts';
import { decide } from './decide.ts';
import type { DecisionContext, Outcome, SuitabilityClient, SuitabilityProduct } from './facts.ts';
import { loadPolicy } from './policy.ts';

const policy = loadPolicy(readRuleFile('core', 'suitability', 'policies', 'csrc-order-130.json'));
const AT = new Date('2026-03-15T02:00:00Z');
const LATER = new Date('2027-01-01T00:00:00Z');
const context: DecisionContext = { at: AT, channel: 'TERMINAL' };

function client(
  more: Partial<SuitabilityClient> = {},
  profile: Partial<NonNullable<SuitabilityClient['profile']>> = {},
): SuitabilityClient {
  return {
    id: 'lin',
    status: 'ORDINARY',
    profile: {
      id: 'profile-1',
      category: 'C3',
      lowest: false,
      validUntil: LATER,
      term: 'MEDIUM',
      investmentKinds: ['FIXED_INCOME', 'EQUITY'],
      ...profile,
    },
    eligibility: {},
    ...more,
  };
}
function withoutProfile(more: Partial<SuitabilityClient> = {}): SuitabilityClient {
  const { profile: _profile, ...rest } = client(more);
  return rest;
}
const professional = { status: 'PROFESSIONAL', professional: { evidenceId: 'proof-1' } } as const;
function product(level: RiskLevel | undefined, more: Partial<SuitabilityProduct> = {}): SuitabilityProduct {
  return {
    id: 'fund-1',
    kind: 'fund',
    nature: 'FINANCIAL',
    term: 'SHORT',
    investmentKind: 'EQUITY',
    needs: [],
    nonPublic: false,
    ...(level === undefined ? {} : { rating: { id: 'rating-1', level, validUntil: LATER } }),
    ...more,
  };
}
const rated = (level: RiskLevel, validUntil: Date) => ({ rating: { id: 'rating-1', level, validUntil } });
const dimension = (decision: ReturnType<typeof decide>, code: string) =>
  decision.dimensions.find((one) => one.code === code);
const duties = (decision: ReturnType<typeof decide>) => decision.duties.map((duty) => duty.code);

describe('every cell of the matrix, in every state of profile and rating', () => {
  // As the guidelines print it: m match, w warn, f forbidden, for R1 … R5.
  const printed: [string, string][] = [
    ['lowest', 'mffff'],
    ['C1', 'mwwww'],
    ['C2', 'mmwww'],
    ['C3', 'mmmww'],
    ['C4', 'mmmmw'],
    ['C5', 'mmmmm'],
    ['professional', 'mmmmm'],
  ];
  const words: Record<string, Outcome> = { m: 'MATCH', w: 'WARN_REQUIRED', f: 'FORBIDDEN' };
  const cells = printed.flatMap(([row, line]) =>
    RISK_LEVELS.map((level, index) => [row, level, words[line[index]!]!] as const),
  );
  const who = (row: string, validUntil: Date): SuitabilityClient => {
    if (row === 'professional') return withoutProfile(professional);
    const lowest = row === 'lowest';
    return client({}, { category: lowest ? 'C1' : (row as RiskCategory), lowest, validUntil });
  };

  test.each(cells)('%s and %s is %s', (row, level, expected) => {
    const decision = decide(policy, who(row, LATER), product(level), context);
    expect(dimension(decision, 'risk')?.outcome).toBe(expected);
    expect(decision).toMatchObject({ outcome: expected, visible: true, recommendable: expected === 'MATCH' });
  });
  test.each(cells)('%s and %s with an expired profile, an expired rating, or both', (row, level, cell) => {
    const risk = (profileUntil: Date, ratingUntil: Date) => {
      const decision = decide(
        policy,
        who(row, profileUntil),
        product(level, rated(level, ratingUntil)),
        context,
      );
      const { outcome, reason } = dimension(decision, 'risk')!;
      return `${outcome} ${reason}`;
    };
    if (cell === 'FORBIDDEN') {
      const forbidden = 'FORBIDDEN RISK_LOWEST_CATEGORY';
      expect([risk(AT, LATER), risk(LATER, AT), risk(AT, AT)]).toEqual([forbidden, forbidden, forbidden]);
    } else if (row === 'professional') {
      expect(risk(LATER, AT)).toBe('EXPIRED RATING_EXPIRED');
    } else {
      expect(risk(AT, LATER)).toBe('EXPIRED PROFILE_EXPIRED');
      expect(risk(LATER, AT)).toBe('EXPIRED RATING_EXPIRED');
      expect(risk(AT, AT)).toBe('EXPIRED PROFILE_AND_RATING_EXPIRED');
    }
  });
  test.each(printed)('%s and an unrated product is INCOMPLETE', (row) => {
    const decision = decide(policy, who(row, LATER), product(undefined), context);
    expect(decision).toMatchObject({ outcome: 'INCOMPLETE', recommendable: false });
    expect(dimension(decision, 'risk')).toMatchObject({ reason: 'PRODUCT_UNRATED' });
  });
  test.each(RISK_LEVELS)('without a profile %s is INCOMPLETE, for a client and for a visitor', (level) => {
    expect(dimension(decide(policy, withoutProfile(), product(level), context), 'risk')).toMatchObject({
      outcome: 'INCOMPLETE',
      reason: 'PROFILE_MISSING',
    });
    expect(dimension(decide(policy, null, product(level), context), 'risk')).toMatchObject({
      outcome: 'INCOMPLETE',
      reason: 'CLIENT_UNKNOWN',
    });
  });
  test('validity is half-open: valid until the instant before', () => {
    const before = new Date(AT.getTime() - 1);
    expect(
      decide(policy, client({}, { validUntil: AT }), product('R2'), { ...context, at: before }).outcome,
    ).toBe('MATCH');
    expect(decide(policy, client({}, { validUntil: AT }), product('R2'), context).outcome).toBe('EXPIRED');
  });
});

describe('a professional', () => {
  test('whose evidence is missing or over counts as ordinary', () => {
    const over = { status: 'PROFESSIONAL', professional: { evidenceId: 'proof', validUntil: AT } } as const;
    expect(decide(policy, client(over), product('R4'), context).outcome).toBe('WARN_REQUIRED');
    expect(dimension(decide(policy, withoutProfile(over), product('R1'), context), 'risk')).toMatchObject({
      outcome: 'INCOMPLETE',
      reason: 'PROFESSIONAL_UNPROVEN',
    });
    expect(decide(policy, client({ status: 'PROFESSIONAL' }), product('R4'), context).outcome).toBe(
      'WARN_REQUIRED',
    );
  });
  test('need not state wishes, but a stated one counts', () => {
    expect(
      dimension(decide(policy, withoutProfile(professional), product('R5'), context), 'term'),
    ).toMatchObject({ outcome: 'MATCH', reason: 'STATEMENT_NOT_NEEDED' });
    const decision = decide(policy, client(professional), product('R5', { term: 'LONG' }), context);
    expect(dimension(decision, 'term')).toMatchObject({ outcome: 'WARN_REQUIRED', reason: 'TERM_TOO_LONG' });
  });
  test('still meets eligibility', () => {
    const decision = decide(
      policy,
      withoutProfile(professional),
      product('R5', { needs: ['permission.options'] }),
      context,
    );
    expect(decision.outcome).toBe('INCOMPLETE');
  });
});

describe('the other dimensions', () => {
  const all = { dimensions: ['risk', 'term', 'kind', 'return', 'value', 'channel', 'region', 'age'] };
  test.each<[string, SuitabilityClient | null, Partial<SuitabilityProduct>, Outcome, string]>([
    ['term', client(), { term: 'MEDIUM' }, 'MATCH', 'STATED_MATCH'],
    ['term', client(), { term: 'LONG' }, 'WARN_REQUIRED', 'TERM_TOO_LONG'],
    ['term', client(), { term: undefined as never }, 'INCOMPLETE', 'PRODUCT_FACT_MISSING'],
    ['term', client({}, { term: undefined as never }), {}, 'INCOMPLETE', 'STATEMENT_MISSING'],
    ['term', client({}, { validUntil: AT }), {}, 'EXPIRED', 'PROFILE_EXPIRED'],
    ['term', null, {}, 'INCOMPLETE', 'CLIENT_UNKNOWN'],
    ['kind', client(), { investmentKind: 'EQUITY' }, 'MATCH', 'STATED_MATCH'],
    ['kind', client(), { investmentKind: 'COMPLEX' }, 'WARN_REQUIRED', 'KIND_NOT_WISHED'],
    ['kind', withoutProfile(), {}, 'INCOMPLETE', 'PROFILE_MISSING'],
    ['return', client({}, { returnGoal: 'STEADY' }), { returnGoal: 'PRESERVE' }, 'MATCH', 'STATED_MATCH'],
    [
      'return',
      client({}, { returnGoal: 'STEADY' }),
      { returnGoal: 'GROWTH' },
      'WARN_REQUIRED',
      'RETURN_NOT_SOUGHT',
    ],
    ['return', client(), { returnGoal: 'GROWTH' }, 'INCOMPLETE', 'STATEMENT_MISSING'],
    ['value', client(), {}, 'MATCH', 'VALUE_OPEN'],
    ['value', client({ tierRank: 3 }), { tierRankFrom: 3 }, 'MATCH', 'VALUE_ENTITLED'],
    ['value', client({ tierRank: 2 }), { tierRankFrom: 3 }, 'MATCH', 'VALUE_PAYS'],
    ['value', client(), { tierRankFrom: 3 }, 'INCOMPLETE', 'VALUE_UNKNOWN'],
    ['channel', client(), {}, 'MATCH', 'CHANNEL_BY_LISTING'],
    ['region', client(), {}, 'MATCH', 'REGION_ANY'],
    ['region', client({ region: 'CN-SH' }), { regions: ['CN-SH'] }, 'MATCH', 'REGION_INSIDE'],
    ['region', client({ region: 'CN-BJ' }), { regions: ['CN-SH'] }, 'FORBIDDEN', 'REGION_OUTSIDE'],
    ['region', client(), { regions: ['CN-SH'] }, 'INCOMPLETE', 'REGION_UNKNOWN'],
    ['age', client({ bornOn: '1960-03-15' }), {}, 'MATCH', 'AGE_KNOWN'],
    ['age', client(), {}, 'INCOMPLETE', 'AGE_UNKNOWN'],
  ])('%s of %p for %p is %s, %s', (code, whom, more, outcome, reason) => {
    expect(dimension(decide(policy, whom, product('R2', { ...all, ...more }), context), code)).toMatchObject({
      outcome,
      reason,
    });
  });

  test('a mismatch of term or kind bars recommendation even where the risk matches', () => {
    const decision = decide(policy, client(), product('R1', { term: 'LONG' }), context);
    expect(dimension(decision, 'risk')?.outcome).toBe('MATCH');
    expect(decision).toMatchObject({ outcome: 'WARN_REQUIRED', recommendable: false });
  });
  test('a lesser tier changes nothing but the price', () => {
    const entitled = product('R2', { dimensions: ['risk', 'value'], tierRankFrom: 5 });
    expect(decide(policy, client({ tierRank: 1 }), entitled, context).outcome).toBe('MATCH');
  });
  test('a forbidden dimension stays visible beside unknown ones, and an unknown one beside a forbidden', () => {
    const lowest = client({}, { category: 'C1', lowest: true, term: undefined as never });
    const decision = decide(policy, lowest, product('R3'), context);
    expect(decision.outcome).toBe('FORBIDDEN');
    expect(decision.dimensions.map((one) => `${one.code} ${one.outcome}`)).toEqual([
      'risk FORBIDDEN',
      'term INCOMPLETE',
      'kind MATCH',
    ]);
  });
  test('unknown beats expired, and expired beats a warning', () => {
    const stale = client({}, { validUntil: AT });
    expect(decide(policy, stale, product('R3', { term: undefined as never }), context).outcome).toBe(
      'INCOMPLETE',
    );
    expect(
      decide(policy, client(), product('R3', { ...rated('R3', AT), term: 'LONG' }), context).outcome,
    ).toBe('EXPIRED');
  });
  test('what is financial or rated requires the risk dimension, whatever its kind says', () => {
    const codes = (one: SuitabilityProduct) =>
      decide(policy, client(), one, context).dimensions.map((each) => each.code);
    expect(codes(product('R2', { dimensions: [] }))).toEqual(['risk']);
    expect(codes(product('R2', { nature: 'SERVICE' }))).toEqual(['risk']);
    expect(codes(product(undefined, { nature: 'SERVICE', dimensions: ['risk'] }))).toEqual(['risk']);
  });
  test('a plain service suits everyone, a visitor too', () => {
    expect(decide(policy, null, product(undefined, { nature: 'SERVICE' }), context)).toMatchObject({
      outcome: 'MATCH',
      dimensions: [],
      visible: true,
      recommendable: true,
      duties: [],
    });
  });
});

describe('eligibility', () => {
  const state = (more: object) =>
    client({ eligibility: { 'qualified-investor': { state: 'VERIFIED', evidenceId: 'e-1', ...more } } });
  const needing = { needs: ['qualified-investor'] };
  test.each<[string, SuitabilityClient | null, Outcome, string]>([
    ['verified', state({}), 'MATCH', 'eligibility.VERIFIED'],
    ['verified, valid until later', state({ validUntil: LATER }), 'MATCH', 'eligibility.VERIFIED'],
    ['verified, but run out', state({ validUntil: AT }), 'INCOMPLETE', 'eligibility.EVIDENCE_EXPIRED'],
    ['failed', state({ state: 'FAILED' }), 'FORBIDDEN', 'eligibility.FAILED'],
    ['open', state({ state: 'UNVERIFIED' }), 'INCOMPLETE', 'eligibility.UNVERIFIED'],
    ['absent', client(), 'INCOMPLETE', 'eligibility.UNVERIFIED'],
    ['of a visitor', null, 'INCOMPLETE', 'eligibility.UNVERIFIED'],
  ])('%s', (_name, whom, outcome, reason) => {
    const open = decide(policy, whom, product('R2', needing), context);
    expect(open.eligibility).toEqual([{ code: 'qualified-investor', outcome, reason }]);
    expect(open.visible).toBe(true);
    const hidden = decide(policy, whom, product('R2', { nonPublic: true }), context);
    expect(hidden.eligibility).toEqual(open.eligibility);
    expect(hidden.visible).toBe(outcome === 'MATCH');
    if (whom !== null) expect(hidden.outcome).toBe(outcome);
  });
  test('is not cured by a warning: C1, R5 and failed is FORBIDDEN', () => {
    const whom = client({ eligibility: { 'permission.options': { state: 'FAILED' } } }, { category: 'C1' });
    expect(decide(policy, whom, product('R5', { needs: ['permission.options'] }), context)).toMatchObject({
      outcome: 'FORBIDDEN',
      duties: [],
    });
  });
  test('that no policy knows is never met', () => {
    const whom = client({ eligibility: { invented: { state: 'VERIFIED' } } });
    expect(decide(policy, whom, product('R2', { needs: ['invented'] }), context)).toMatchObject({
      outcome: 'INCOMPLETE',
      eligibility: [{ reason: 'eligibility.UNKNOWN_RULE' }],
    });
  });
  test.each([
    ['CN-SH', 'MATCH', 'eligibility.VERIFIED'],
    ['US', 'FORBIDDEN', 'eligibility.FAILED'],
    [undefined, 'INCOMPLETE', 'eligibility.UNVERIFIED'],
  ])('by region: %s is %s', (region, outcome, reason) => {
    const whom = client(region === undefined ? {} : { region });
    const decision = decide(policy, whom, product('R2', { regions: ['CN-SH'] }), context);
    expect(decision).toMatchObject({ outcome, eligibility: [{ code: 'jurisdiction', outcome, reason }] });
  });
});

describe('duties', () => {
  const c5 = client({}, { category: 'C5' });
  test('stand beside MATCH: a high-risk product for an ordinary investor takes the special procedure', () => {
    const decision = decide(policy, c5, product('R5'), context);
    expect(decision.outcome).toBe('MATCH');
    expect(decision.duties.map((duty) => `${duty.code} ${duty.due}`)).toEqual([
      'EXTRA_INFORMATION BEFORE_RESERVATION',
      'MORE_TIME BEFORE_RESERVATION',
      'CALL_BACK AFTER_SALE',
      'ELECTRONIC_CONFIRMATION BEFORE_RESERVATION',
    ]);
    expect(decision.duties[1]).toEqual({
      code: 'MORE_TIME',
      due: 'BEFORE_RESERVATION',
      text: 'csrc-order-130@1/duty/MORE_TIME',
      hours: 24,
    });
    expect(duties(decide(policy, c5, product('R4'), context))).toEqual(['ELECTRONIC_CONFIRMATION']);
    expect(duties(decide(policy, withoutProfile(professional), product('R5'), context))).toEqual([]);
  });
  test('of a warning come in their order', () => {
    const steps = decide(policy, client(), product('R4'), context).duties.slice(0, 3);
    expect(steps.map(({ code, after }) => [code, after])).toEqual([
      ['TELL_UNSUITABLE', undefined],
      ['CLIENT_INSISTS', 'TELL_UNSUITABLE'],
      ['SPECIAL_WARNING', 'CLIENT_INSISTS'],
    ]);
  });
  test('of a private fund are a day of cooling, then the call-back', () => {
    const whom = client({ eligibility: { 'qualified-investor': { state: 'VERIFIED' } } });
    expect(decide(policy, whom, product('R2', { nonPublic: true }), context).duties).toMatchObject([
      { code: 'COOLING', hours: 24, due: 'BEFORE_RESERVATION' },
      { code: 'COOLING_CALL_BACK', after: 'COOLING' },
      { code: 'ELECTRONIC_CONFIRMATION' },
    ]);
  });
  test.each([
    ['BRANCH', ['AUDIO_VIDEO_RECORDING']],
    ['CALL_CENTRE', ['CALL_RECORDING']],
    ['APP', ['ELECTRONIC_CONFIRMATION']],
  ])('of evidence depend on the channel: %s', (channel, expected) => {
    expect(duties(decide(policy, client(), product('R2'), { at: AT, channel }))).toEqual(expected);
  });
  test.each([
    ['1961-03-15', true],
    ['1961-03-16', false],
    [undefined, false],
  ])('of age begin on the birthday: born %s', (bornOn, due) => {
    const whom = client(bornOn === undefined ? {} : { bornOn });
    expect(duties(decide(policy, whom, product('R2'), context)).includes('SENIOR_EXPLANATION')).toBe(due);
  });
});

test('a decision names its policy and its evidence, and is plain data', () => {
  const whom = client({
    ...professional,
    eligibility: { 'qualified-investor': { state: 'VERIFIED', evidenceId: 'e-1' } },
  });
  const decision = decide(policy, whom, product('R3', { needs: ['qualified-investor'] }), context);
  expect(decision).toMatchObject({
    policyVersion: 'csrc-order-130@1',
    evidenceIds: ['proof-1', 'profile-1', 'e-1', 'rating-1'],
  });
  expect(JSON.parse(JSON.stringify(decision))).toEqual(decision);
});
