import type { CustomerInput } from '../../core/customer/customer-input.ts';

let made = 0;

/** A client whom most things suit, with a number of their own that no network gives out. */
export function testCustomer(change: Partial<CustomerInput> = {}): CustomerInput {
  const no = String(++made).padStart(6, '0');
  return {
    externalId: `ext-${no}`,
    customerNo: `TC${no}`,
    orgPath: '/east/lakeside',
    region: 'CN',
    tier: 'GOLD',
    clubs: [],
    stage: 'MATURE',
    name: '王小宁',
    phone: `154${no.padStart(8, '0')}`,
    birthDate: '1985-06-01',
    riskProfile: {
      level: 'C4',
      lowestCategory: false,
      assessedAt: new Date('2026-01-01T00:00:00Z'),
      validUntil: new Date('2030-01-01T00:00:00Z'),
    },
    eligibility: {},
    permissions: [],
    preferences: {},
    personalisation: true,
    consents: [{ code: 'MARKETING_SMS', givenAt: new Date('2026-01-01T00:00:00Z') }],
    ...change,
  };
}
