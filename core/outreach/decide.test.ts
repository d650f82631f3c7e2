import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { readRuleFile } from '../explain/rule-data.ts';
import { PURPOSES } from '../plugin/gateway.ts';
import { businessDate } from '../time/business-day.ts';
import {
  MARKETING_CONSENT,
  consentHolds,
  decideOutreach,
  type OutreachAsk,
  type OutreachKnowledge,
} from './decide.ts';
import { nextWithin } from './hours.ts';
import { loadOutreachPolicy } from './policy.ts';

const shipped = readRuleFile('core', 'outreach', 'policies', 'outreach.json');
const policy = loadOutreachPolicy(shipped);
/** 10:00 in Shanghai. */
const at = new Date('2026-11-24T02:00:00Z');
const gateway = { capabilities: { channel: 'SMS', promotion: true, charactersMax: 500 } } as const;
const ask: OutreachAsk = {
  gateway: 'G',
  purpose: 'MARKETING',
  partyId: 'p1',
  productId: 'x',
  personalised: true,
};
const known: OutreachKnowledge = {
  gateway,
  number: '15400000001',
  personalisation: true,
  consents: new Set([MARKETING_CONSENT]),
  doNotDisturb: false,
  recommendable: true,
  counted: () => 0,
};
const code = (of: Partial<OutreachAsk>, by: Partial<OutreachKnowledge> = {}, when = at) => {
  const decision = decideOutreach({ ...ask, ...of }, { ...known, ...by }, policy, when);
  return decision.permitted ? 'PERMITTED' : decision.code;
};

describe('a message is permitted', () => {
  test('for a client who agreed, in the day, below the limits', () => {
    expect(PURPOSES.map((purpose) => code({ purpose }))).toEqual(['PERMITTED', 'PERMITTED', 'PERMITTED']);
  });

  test.each<[string, Partial<OutreachKnowledge>, string, string, string]>([
    [
      'without a number',
      { number: undefined as never },
      'OUTREACH_NO_NUMBER',
      'OUTREACH_NO_NUMBER',
      'OUTREACH_NO_NUMBER',
    ],
    [
      'of an unsuitable product',
      { recommendable: false },
      'OUTREACH_NOT_RECOMMENDABLE',
      'OUTREACH_NOT_RECOMMENDABLE',
      'PERMITTED',
    ],
    ['without consent', { consents: new Set() }, 'OUTREACH_NO_CONSENT', 'PERMITTED', 'PERMITTED'],
    [
      'with personalisation off',
      { personalisation: false },
      'OUTREACH_NOT_PERSONALISED',
      'PERMITTED',
      'PERMITTED',
    ],
    [
      'on the do-not-disturb list',
      { doNotDisturb: true },
      'OUTREACH_DO_NOT_DISTURB',
      'PERMITTED',
      'PERMITTED',
    ],
    [
      'at its limit',
      { counted: () => 1e9 },
      'OUTREACH_CAP_REACHED',
      'OUTREACH_CAP_REACHED',
      'OUTREACH_CAP_REACHED',
    ],
    [
      'by a gateway nobody has',
      { gateway: undefined as never },
      'OUTREACH_GATEWAY_UNFIT',
      'OUTREACH_GATEWAY_UNFIT',
      'OUTREACH_GATEWAY_UNFIT',
    ],
    [
      'by a gateway without promotion',
      { gateway: { capabilities: { ...gateway.capabilities, promotion: false } } },
      'OUTREACH_GATEWAY_UNFIT',
      'PERMITTED',
      'PERMITTED',
    ],
  ])('or not, %s: marketing, an issue, a service message', (_, by, ...expected) => {
    expect(PURPOSES.map((purpose) => code({ purpose }, by))).toEqual(expected);
  });

  test('though personalisation is off, where everybody gets the same', () => {
    expect(code({ personalised: false }, { personalisation: false })).toBe('PERMITTED');
  });

  test('for marketing from 08:00 to before 21:00 in Shanghai, and by what hours a gateway has of its own', () => {
    const hours = (utc: string) => code({}, {}, new Date(`2026-11-24T${utc}Z`));
    expect(['23:59:59.999', '00:00:00.000', '12:59:59.999', '13:00:00.000'].map(hours)).toEqual([
      'OUTREACH_QUIET_HOURS',
      'PERMITTED',
      'PERMITTED',
      'OUTREACH_QUIET_HOURS',
    ]);
    expect(code({ purpose: 'SUBSCRIBED' }, {}, new Date('2026-11-24T18:00:00Z'))).toBe('PERMITTED');
    const own = loadOutreachPolicy({
      ...(shipped as object),
      gateways: { G: { hours: { MARKETING: { from: '09:30', until: '10:00' } } } },
    });
    expect(decideOutreach(ask, known, own, at)).toMatchObject({
      code: 'OUTREACH_QUIET_HOURS',
      notBefore: new Date('2026-11-25T01:30:00Z'),
    });
  });

  test('and says until when one must wait: within the hours, and never longer than a day', () => {
    const clock = fc
      .tuple(fc.integer({ min: 0, max: 1438 }), fc.integer({ min: 1, max: 1439 }))
      .filter(([from, until]) => from < until)
      .map((pair) =>
        pair.map(
          (minute) =>
            `${String(Math.floor(minute / 60)).padStart(2, '0')}:${String(minute % 60).padStart(2, '0')}`,
        ),
      );
    fc.assert(
      fc.property(clock, fc.integer({ min: 0, max: 4e12 }), ([from, until], instant) => {
        const now = new Date(instant);
        const next = nextWithin({ from: from!, until: until! }, now);
        expect(next.getTime() - now.getTime()).toBeGreaterThanOrEqual(0);
        expect(next.getTime() - now.getTime()).toBeLessThanOrEqual(86_400_000);
        const local = new Date(next.getTime() + 8 * 3_600_000).toISOString();
        expect(local.slice(11, 16) >= from! && local.slice(11, 16) < until!).toBe(true);
        expect(nextWithin({ from: from!, until: until! }, next)).toEqual(next);
      }),
    );
  });

  test('and counted per client, per gateway and, for answers, per beginning of the number', () => {
    const counters = (purpose: OutreachAsk['purpose']) => {
      const decision = decideOutreach({ ...ask, purpose }, known, policy, at);
      return decision.permitted ? decision.counters.map(({ key }) => key) : [];
    };
    const day = businessDate(at);
    expect(counters('MARKETING')).toEqual([`client:p1:MARKETING:${day}`, `gateway:G:MARKETING:${day}`]);
    expect(counters('SERVICE')).toContain('prefix:1540000:SERVICE:2026-11-24T02');
  });
});

describe('a consent holds by the last act', () => {
  const day = (no: number) => new Date(Date.UTC(2026, 0, no));
  test.each([
    ['nothing known', undefined, undefined, false],
    ['imported alone', { givenAt: day(1) }, undefined, true],
    ['imported and withdrawn there', { givenAt: day(1), withdrawnAt: day(2) }, undefined, false],
    ['given here', undefined, { given: true, at: day(1) }, true],
    ['withdrawn here after it was imported', { givenAt: day(1) }, { given: false, at: day(2) }, false],
    ['given anew there after it was withdrawn here', { givenAt: day(3) }, { given: false, at: day(2) }, true],
    [
      'given here after it was withdrawn there',
      { givenAt: day(1), withdrawnAt: day(2) },
      { given: true, at: day(3) },
      true,
    ],
    [
      'withdrawn there after it was given here',
      { givenAt: day(1), withdrawnAt: day(4) },
      { given: true, at: day(3) },
      false,
    ],
    ['both at one instant', { givenAt: day(2) }, { given: false, at: day(2) }, false],
  ])('%s', (_, imported, recorded, holds) => {
    expect(consentHolds(imported, recorded)).toBe(holds);
  });
});

describe('the policy', () => {
  test.each([
    [
      'hours that end before they begin',
      { purposes: { MARKETING: { hours: { from: '21:00', until: '08:00' } } } },
    ],
    ['an hour that is none', { gateways: { G: { hours: { MARKETING: { from: '8', until: '24:00' } } } } }],
    ['a limit that is no whole number', { purposes: { SERVICE: { perClientDayMax: 1.5 } } }],
    ['a purpose that is none', { purposes: { SPAM: { perClientDayMax: 1, perGatewayDayMax: 1 } } }],
    ['a field that is none', { unlimited: true }],
  ])('is refused with %s', (_, change: Record<string, unknown>) => {
    const data = structuredClone(shipped) as Record<string, Record<string, Record<string, unknown>>>;
    for (const [key, value] of Object.entries(change))
      if (typeof value === 'object' && value !== null)
        for (const [inner, more] of Object.entries(value as Record<string, object>))
          data[key] = { ...data[key], [inner]: { ...data[key]?.[inner], ...more } };
      else (data as Record<string, unknown>)[key] = value;
    expect(() => loadOutreachPolicy(data)).toThrow(/outreach policy is refused/);
  });
});
