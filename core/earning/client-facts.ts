import type { CustomerFacts } from '../customer/facts.ts';
import type { FactDeclaration } from '../plugin/contract.ts';
import type { Facts } from './condition.ts';

/** What rules may know of a client: nothing that names the person. */
export const CLIENT_FACTS: Readonly<Record<string, FactDeclaration>> = Object.assign(
  // Without a prototype, so that no inherited name passes for a fact.
  Object.create(null) as Record<string, FactDeclaration>,
  {
    tier: { type: 'TEXT', title: { zh: '客户分级', en: 'Tier' } },
    tierRank: { type: 'INTEGER', title: { zh: '分级次序', en: 'Rank of the tier' } },
    core: { type: 'FLAG', title: { zh: '核心客户', en: 'Core client' } },
    clubs: { type: 'LIST', title: { zh: '俱乐部', en: 'Clubs' } },
    stage: { type: 'TEXT', title: { zh: '生命周期', en: 'Stage' } },
    ageYears: { type: 'INTEGER', title: { zh: '年龄', en: 'Age in full years' } },
  } satisfies Record<string, FactDeclaration>,
);

/** A client's facts by the names that rules use. */
export function clientFacts(client: CustomerFacts): Facts {
  const { tier, tierRank, core, clubs, stage, ageYears } = client;
  return {
    'client.tier': tier,
    'client.tierRank': tierRank,
    'client.core': core,
    'client.clubs': clubs.map(({ code }) => code),
    'client.stage': stage,
    'client.ageYears': ageYears,
  };
}
