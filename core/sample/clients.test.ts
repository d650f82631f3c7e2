import { readFileSync } from 'node:fs';
import { describe, expect, test } from '@jest/globals';
import { fullYears } from '../customer/facts.ts';
import type { CustomerInput } from '../customer/customer-input.ts';
import { fromRoot } from '../paths.ts';
import { startOfBusinessDate } from '../time/business-day.ts';
import { sampleClients, type ClientsData } from './clients.ts';

const data = JSON.parse(readFileSync(fromRoot('data', 'clients.json'), 'utf8')) as ClientsData;
const orgPaths = Array.from({ length: 12 }, (_, index) => `/branch-${index}`);
const days = ['2026-11-24', '2028-02-29', '2027-03-01'];

const share = (clients: readonly CustomerInput[], of: (client: CustomerInput) => boolean) =>
  clients.filter(of).length / clients.length;

describe.each(days)('the sample clients as loaded on %s', (day) => {
  const clients = sampleClients(data, orgPaths, day);
  const at = startOfBusinessDate(day);
  const age = ({ birthDate }: CustomerInput) =>
    fullYears(Date.parse(`${birthDate}T00:00:00Z`) / 86_400_000, at);
  const assessed = clients.filter((client) => client.riskProfile);

  test('are 5,000, each with a number and an id of its own', () => {
    expect(clients).toHaveLength(5000);
    expect(new Set(clients.map((client) => client.customerNo)).size).toBe(5000);
    expect(new Set(clients.map((client) => client.externalId)).size).toBe(5000);
    expect(new Set(clients.map((client) => client.phone)).size).toBe(4999);
  });

  test('are of the tiers in exactly the shares of the house', () => {
    const tiers = ['BASIC', 'SILVER', 'GOLD', 'PLATINUM', 'DIAMOND'];
    expect(tiers.map((tier) => share(clients, (client) => client.tier === tier))).toEqual([
      0.62, 0.22, 0.11, 0.04, 0.01,
    ]);
  });

  test('200 have no profile; the others are of the categories in exactly their shares', () => {
    expect(clients.length - assessed.length).toBe(200);
    expect(share(assessed, (client) => client.riskProfile!.lowestCategory)).toBe(0.03);
    const ordinary = (level: string) =>
      share(assessed, ({ riskProfile }) => riskProfile!.level === level && !riskProfile!.lowestCategory);
    expect(['C1', 'C2', 'C3', 'C4', 'C5'].map(ordinary)).toEqual([0.09, 0.22, 0.34, 0.23, 0.09]);
  });

  test('12 % of the profiles have expired, and none runs out within two weeks of loading', () => {
    expect(share(assessed, (client) => client.riskProfile!.validUntil <= at)).toBe(0.12);
    const soon = new Date(at.getTime() + 14 * 86_400_000);
    expect(
      share(assessed, ({ riskProfile }) => riskProfile!.validUntil > at && riskProfile!.validUntil < soon),
    ).toBe(0);
    expect(share(assessed, (client) => client.riskProfile!.assessedAt < at)).toBe(1);
  });

  test('14 % are 65 or older, all are of age, 1 % professional and 2 % qualified', () => {
    expect(share(clients, (client) => age(client) >= 65)).toBe(0.14);
    expect(Math.min(...clients.map(age))).toBeGreaterThanOrEqual(18);
    expect(share(clients, (client) => client.professional !== undefined)).toBe(0.01);
    expect(share(clients, (client) => 'qualified-investor' in client.eligibility)).toBe(0.02);
  });

  test('clubs follow their rules: Voyager is Platinum and up, the Lake Club invites', () => {
    for (const { tier, clubs } of clients)
      expect(clubs.includes('VOYAGER')).toBe(tier === 'PLATINUM' || tier === 'DIAMOND');
    expect(clients.filter((client) => client.clubs.includes('LAKE'))).toHaveLength(60);
    expect(clients.filter((client) => client.clubs.includes('WOMENS_SALON'))).toHaveLength(240);
  });

  test('all branches have clients', () =>
    expect(new Set(clients.map((client) => client.orgPath))).toEqual(new Set(orgPaths)));

  test('the ten personas are what they are meant to show', () => {
    const persona = (key: string) => clients[data.personas.findIndex((one) => one.key === key)]!;
    expect(persona('LOWEST_CATEGORY').riskProfile).toMatchObject({ level: 'C1', lowestCategory: true });
    expect(persona('C2_WARNED').riskProfile).toMatchObject({ level: 'C2', lowestCategory: false });
    expect(persona('C2_WARNED').riskProfile!.validUntil > at).toBe(true);
    expect(persona('EXPIRED').riskProfile!.validUntil <= at).toBe(true);
    expect(persona('INCOMPLETE').riskProfile).toBeUndefined();
    expect(persona('UNSUBSCRIBED').consents[0]?.withdrawnAt).toBeInstanceOf(Date);
    expect(persona('NOT_PERSONALISED').personalisation).toBe(false);
    expect(persona('QUALIFIED').eligibility).toHaveProperty('qualified-investor');
    expect(persona('VIP')).toMatchObject({ tier: 'DIAMOND', clubs: ['LAKE', 'VOYAGER'] });
    expect(persona('VIP').professional).toBeDefined();
    const [one, other] = [persona('TWO_NUMBERS'), persona('TWO_NUMBERS_SECOND')];
    expect(other).toMatchObject({ name: one.name, phone: one.phone, birthDate: one.birthDate });
    expect(other.customerNo).not.toBe(one.customerNo);
  });

  test('are the same whenever they are made again', () =>
    expect(sampleClients(data, orgPaths, day)).toEqual(clients));
});
