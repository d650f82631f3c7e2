import type { CustomerInput } from '../../core/customer/customer-input.ts';
import type { RiskCategory } from '../../core/risk/levels.ts';

const DAY_MS = 86_400_000;

/** Clients who between them reach every outcome that a fund can come to. */
export function journeyClients(at: Date): readonly CustomerInput[] {
  const profile = (
    level: RiskCategory,
    more: { readonly lowest?: boolean; readonly endedDaysAgo?: number } = {},
  ): Pick<CustomerInput, 'riskProfile'> => ({
    riskProfile: {
      level,
      lowestCategory: more.lowest ?? false,
      assessedAt: new Date(at.getTime() - 500 * DAY_MS),
      validUntil: new Date(at.getTime() - (more.endedDaysAgo ?? -200) * DAY_MS),
    },
  });
  const everything = {
    term: 'LONG' as const,
    investmentKinds: ['FIXED_INCOME', 'EQUITY', 'OTHER'],
    returnGoal: 'GROWTH' as const,
  };
  return [
    client('C2', { ...profile('C2'), preferences: everything }),
    client('C5', { ...profile('C5'), preferences: everything }),
    client('C5-BONDS', {
      ...profile('C5'),
      preferences: { ...everything, investmentKinds: ['FIXED_INCOME'] },
    }),
    client('LOWEST', { ...profile('C1', { lowest: true }), preferences: everything }),
    client('EXPIRED', { ...profile('C4', { endedDaysAgo: 30 }), preferences: everything }),
    client('NONE', {}),
  ];
}

function client(customerNo: string, changes: Partial<CustomerInput>): CustomerInput {
  return {
    externalId: `journey-${customerNo}`,
    customerNo,
    orgPath: '/',
    region: 'CN',
    tier: 'BASIC',
    clubs: [],
    stage: 'MATURE',
    name: '测试客户',
    phone: '13900000000',
    birthDate: '1985-05-05',
    eligibility: {},
    permissions: [],
    preferences: {},
    personalisation: true,
    consents: [],
    ...changes,
  };
}
