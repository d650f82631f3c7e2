import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { readRuleFile } from '../explain/rule-data.ts';
import { RISK_CATEGORIES, RISK_LEVELS } from '../risk/levels.ts';
import { RETURN_GOALS, TERMS } from '../risk/questionnaire.ts';
import {
  VISIBLE_BIT,
  decide,
  decideClasses,
  decisionFor,
  groupIntoClasses,
  scanClasses,
  suitabilityClassKey,
} from './decide.ts';
import { OUTCOMES } from './facts.ts';
import type { SuitabilityClient, SuitabilityDimension, SuitabilityProduct } from './facts.ts';
import { CORE_DIMENSIONS, loadPolicy } from './policy.ts';

const pack = readRuleFile('core', 'suitability', 'policies', 'csrc-order-130.json') as Record<
  string,
  unknown
>;

/** Bars products in a currency other than the client's, from one fact that the plugin keeps on the product. */
const currency: SuitabilityDimension = {
  code: 'currency',
  project: ({ facts }) => ({ currency: String(facts?.['currency'] ?? 'CNY') }),
  assess: ({ client, product }, params) => {
    const own = client?.facts?.['currency'];
    if (own === undefined) return { outcome: 'INCOMPLETE', reason: 'CURRENCY_UNKNOWN' };
    const same = own === product['currency'] || product['currency'] === params['anyone'];
    return same
      ? { outcome: 'MATCH', reason: 'CURRENCY_MATCH' }
      : { outcome: 'WARN_REQUIRED', reason: 'CURRENCY_OTHER' };
  },
};
const policy = loadPolicy({ ...pack, params: { currency: { anyone: 'CNY' } } }, [currency]);

const instant = fc.integer({ min: 1, max: 4 }).map((day) => new Date(Date.UTC(2026, 2, day)));
const code = fc.constantFrom('qualified-investor', 'permission.options', 'jurisdiction', 'invented');
const optional = <T>(value: fc.Arbitrary<T>) => fc.option(value, { nil: undefined });
/** A missing field is left out, as in storage. */
const sparse = <T extends object>(one: T) =>
  Object.fromEntries(Object.entries(one).filter(([, value]) => value !== undefined)) as T;

const products = fc
  .array(
    fc
      .record({
        kind: fc.constantFrom('fund', 'digest'),
        nature: fc.constantFrom('FINANCIAL', 'SERVICE'),
        rating: optional(
          fc.record({ id: fc.uuid(), level: fc.constantFrom(...RISK_LEVELS), validUntil: instant }),
        ),
        dimensions: optional(fc.subarray([...CORE_DIMENSIONS, 'currency', 'gone'])),
        term: optional(fc.constantFrom(...TERMS)),
        investmentKind: optional(fc.constantFrom('EQUITY', 'COMPLEX')),
        returnGoal: optional(fc.constantFrom(...RETURN_GOALS)),
        needs: fc.uniqueArray(code, { maxLength: 2 }),
        nonPublic: fc.boolean(),
        regions: optional(fc.subarray(['CN', 'HK'])),
        tierRankFrom: optional(fc.integer({ min: 1, max: 3 })),
        facts: optional(fc.record({ currency: fc.constantFrom('CNY', 'USD'), colour: fc.string() })),
      })
      .map(sparse),
    { minLength: 1, maxLength: 15 },
  )
  .map((list) => list.map((one, index) => ({ id: `p${index}`, ...one }) as SuitabilityProduct));

const state = fc
  .record({
    state: fc.constantFrom('VERIFIED', 'FAILED', 'UNVERIFIED'),
    validUntil: optional(instant),
    evidenceId: optional(fc.uuid()),
  })
  .map(sparse);
const clients = fc.option(
  fc
    .record({
      id: fc.constant('c'),
      status: fc.constantFrom('ORDINARY', 'PROFESSIONAL'),
      professional: optional(fc.record({ evidenceId: fc.uuid(), validUntil: optional(instant) }).map(sparse)),
      profile: optional(
        fc
          .record({
            id: fc.uuid(),
            category: fc.constantFrom(...RISK_CATEGORIES),
            lowest: fc.boolean(),
            validUntil: instant,
            term: optional(fc.constantFrom(...TERMS)),
            investmentKinds: optional(fc.subarray(['EQUITY', 'COMPLEX'], { minLength: 1 })),
            returnGoal: optional(fc.constantFrom(...RETURN_GOALS)),
          })
          .map(sparse),
      ),
      eligibility: fc.dictionary(code, state),
      tierRank: optional(fc.integer({ min: 1, max: 3 })),
      region: optional(fc.constantFrom('CN', 'US')),
      bornOn: optional(fc.constantFrom('1950-01-01', '1990-12-31')),
      facts: optional(fc.record({ currency: fc.constantFrom('CNY', 'USD') })),
    })
    .map((one) => sparse(one) as SuitabilityClient),
  { freq: 8 },
);
const contexts = fc.record({ at: instant, channel: fc.constantFrom('BRANCH', 'APP') });

describe('whatever the catalogue and the client', () => {
  test('deciding per class, and scanning, equals deciding per product', () => {
    let shared = 0;
    fc.assert(
      fc.property(products, clients, contexts, (list, client, context) => {
        // Twice the same products under other ids, so that classes hold several.
        const catalogue = [...list, ...list.map((one) => ({ ...one, id: `${one.id}-again` }))];
        const { classes, classIndex } = groupIntoClasses(policy, catalogue);
        const decisions = decideClasses(policy, client, classes, context);
        for (const [position, product] of catalogue.entries()) {
          const ofClass = decisions[classIndex[position]!]!;
          expect(decisionFor(ofClass, product)).toEqual(decide(policy, client, product, context));
          expect(classes[classIndex[position]!]!.key).toBe(suitabilityClassKey(policy, product));
        }
        const scanned = [...scanClasses(policy, client, classes, context)];
        expect(
          scanned.map((code) => [OUTCOMES[code & 7], (code & VISIBLE_BIT) !== 0, code === VISIBLE_BIT]),
        ).toEqual(decisions.map((one) => [one.outcome, one.visible, one.recommendable]));
        shared += catalogue.length - classes.length;
      }),
      { numRuns: 150 },
    );
    expect(shared).toBeGreaterThan(150);
  });

  test('the outcome is the worst of its parts, and nothing but a visible match is recommendable', () => {
    fc.assert(
      fc.property(products, clients, contexts, ([product], client, context) => {
        const decision = decide(policy, client, product!, context);
        const parts = [...decision.dimensions, ...decision.eligibility].map((one) =>
          OUTCOMES.indexOf(one.outcome),
        );
        expect(OUTCOMES.indexOf(decision.outcome)).toBe(Math.max(0, ...parts));
        expect(decision.recommendable).toBe(decision.visible && decision.outcome === 'MATCH');
        if (product!.nonPublic && decision.visible) {
          expect(decision.eligibility.every((one) => one.outcome === 'MATCH')).toBe(true);
        }
      }),
    );
  });

  test('taking a fact away never makes anything milder for an ordinary client, a forbidden cell apart', () => {
    fc.assert(
      fc.property(products, clients, contexts, ([product], client, context) => {
        fc.pre(client?.profile !== undefined && client.status === 'ORDINARY' && !client.profile.lowest);
        const { profile: _profile, ...poorer } = client!;
        const risk = (whom: SuitabilityClient) =>
          decide(policy, whom, product!, context).dimensions.filter((one) =>
            ['risk', 'term', 'kind', 'return'].includes(one.code),
          );
        const before = risk(client!);
        for (const [index, after] of risk(poorer).entries()) {
          expect(OUTCOMES.indexOf(after.outcome)).toBeGreaterThanOrEqual(
            OUTCOMES.indexOf(before[index]!.outcome),
          );
        }
      }),
    );
  });
});

describe('a dimension that a plugin adds', () => {
  const dollar = {
    id: 'd',
    kind: 'fund',
    nature: 'SERVICE',
    dimensions: ['currency'],
    needs: [],
    nonPublic: false,
    facts: { currency: 'USD' },
  } as const;
  const client = { id: 'c', status: 'ORDINARY', eligibility: {}, facts: { currency: 'CNY' } } as const;
  const context = { at: new Date('2026-03-01T00:00:00Z'), channel: 'APP' };
  const judged = (extra: SuitabilityDimension[], product: SuitabilityProduct = dollar) =>
    decide(loadPolicy(pack, extra), client, product, context);

  test('counts like those of core', () => {
    expect(decide(policy, client, dollar, context)).toMatchObject({
      outcome: 'WARN_REQUIRED',
      dimensions: [{ code: 'currency', reason: 'CURRENCY_OTHER' }],
    });
    expect(decide(policy, client, { ...dollar, facts: { currency: 'CNY' } }, context).outcome).toBe('MATCH');
  });
  test('that is not installed leaves the answer open', () => {
    expect(judged([])).toMatchObject({
      outcome: 'INCOMPLETE',
      dimensions: [{ reason: 'DIMENSION_UNKNOWN' }],
    });
  });
  test('that throws, or answers nonsense, never reads as a match and takes nothing else down', () => {
    const broken = {
      ...currency,
      assess: () => {
        throw new Error('no rates');
      },
    };
    expect(judged([broken])).toMatchObject({
      outcome: 'INCOMPLETE',
      dimensions: [{ reason: 'DIMENSION_FAILED', params: { error: 'no rates' } }],
    });
    const nonsense = { ...currency, assess: () => ({ outcome: 'FINE' as 'MATCH', reason: 'x' }) };
    expect(judged([nonsense])).toMatchObject({
      outcome: 'INCOMPLETE',
      dimensions: [{ reason: 'DIMENSION_FAILED' }],
    });
  });
});
