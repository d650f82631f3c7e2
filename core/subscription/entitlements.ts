import { z } from 'zod';
import type { CustomerFacts } from '../customer/facts.ts';
import { collectionOf } from '../db/collection.ts';
import { readRuleFile, schemaProblems } from '../explain/rule-data.ts';
import type { Host, RuleDataDeclaration } from '../plugin/contract.ts';
import type { Opening } from '../plugin/sale.ts';
import { ruleService } from '../rule/service.ts';
import { SUBSCRIPTION, type EntitlementRecord } from './records.ts';

export const ENTITLEMENT_GRANTS = 'entitlement-grants';

const grantsSchema = z.strictObject({
  id: z.string().min(1),
  version: z.int().min(1),
  source: z.string().min(1),
  grants: z.array(
    z
      .strictObject({
        /** Clients of this tier and above … */
        tierRankFrom: z.int().min(0).optional(),
        /** … or members of this club. */
        club: z.string().min(1).optional(),
        opens: z.array(z.strictObject({ type: z.string().min(1), code: z.string().min(1) })).min(1),
      })
      .refine((grant) => (grant.tierRankFrom === undefined) !== (grant.club === undefined), {
        message: 'name a tierRankFrom or a club, one of the two',
      }),
  ),
});
export type EntitlementGrants = z.infer<typeof grantsSchema>;

/** What tiers and clubs open beside subscriptions (权限配置); by default nothing. */
export const entitlementGrants: RuleDataDeclaration = {
  kind: ENTITLEMENT_GRANTS,
  title: { zh: '分级与俱乐部附带权限', en: 'What tiers and clubs open' },
  shipped: readRuleFile('core', 'subscription', 'rules', 'entitlement-grants.json') as EntitlementGrants,
  validate: (data) => {
    const parsed = grantsSchema.safeParse(data);
    return parsed.success ? [] : schemaProblems(parsed.error);
  },
};

/** One thing that a client may open, and by what. */
export interface Entitled extends Opening {
  readonly by: 'SUBSCRIPTION' | 'TIER' | 'CLUB';
  /** The subscription's id, the tier or the club. */
  readonly ref: string;
  readonly productCode?: string;
  /** Until before this instant; absent: as long as what gives it. */
  readonly until?: Date;
}

/** Everything that a client may open at an instant: by what they hold, their tier and their clubs. One read. */
export async function entitlementsOf(
  host: Host,
  customer: CustomerFacts,
  at: Date,
): Promise<readonly Entitled[]> {
  const records = await collectionOf<EntitlementRecord>(host, SUBSCRIPTION.entitlements)
    .find({ partyId: customer.id, active: true })
    .toArray();
  const { grants } = host.service(ruleService).current(ENTITLEMENT_GRANTS).data as EntitlementGrants;
  return [...bySubscription(records, at), ...byStanding(grants, customer)];
}

function bySubscription(records: readonly EntitlementRecord[], at: Date): Entitled[] {
  return records
    .filter(({ from, until }) => from <= at && (until === undefined || at < until))
    .flatMap(({ _id, productCode, opens, until }) =>
      opens.map((opening) => ({
        ...opening,
        by: 'SUBSCRIPTION' as const,
        ref: _id,
        productCode,
        ...(until === undefined ? {} : { until }),
      })),
    );
}

function byStanding(
  grants: EntitlementGrants['grants'],
  { tier, tierRank, clubs }: CustomerFacts,
): Entitled[] {
  return grants.flatMap(({ tierRankFrom, club, opens }): Entitled[] => {
    if (tierRankFrom !== undefined)
      return tierRank >= tierRankFrom
        ? opens.map((opening) => ({ ...opening, by: 'TIER' as const, ref: tier }))
        : [];
    return clubs.some(({ code }) => code === club)
      ? opens.map((opening) => ({ ...opening, by: 'CLUB' as const, ref: club! }))
      : [];
  });
}
