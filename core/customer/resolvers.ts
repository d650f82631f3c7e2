import { toGlobalId } from '../graphql/global-id.ts';
import type { LocalizedText, RequestContext, Resolvers } from '../plugin/contract.ts';
import type { RiskCategory } from '../risk/levels.ts';
import type { EvidencedStatus } from './records.ts';
import { customerService } from './service.ts';
import type { CustomerView } from './read.ts';
import type { RecordRiskProfileResult } from './write.ts';

const PAGE_MAX = 100;
const REASON_CHARS_MIN = 5;
const REASON_CHARS_MAX = 500;

interface SearchArgs {
  readonly search?: string | null;
  readonly first: number;
  readonly after?: string | null;
}

interface RiskProfileArgs {
  readonly input: {
    readonly customerNo: string;
    readonly level: RiskCategory;
    readonly lowestCategory: boolean;
    readonly assessedAt: Date;
    readonly validUntil: Date;
    readonly answersId?: string | null;
  };
}

const branches = Symbol('names of branches');

/** Branches are few: one look for all clients of a request. */
function branchNames(context: RequestContext): Promise<ReadonlyMap<string, LocalizedText>> {
  return context.perRequest(branches, async () => {
    const found = await context.service(customerService).branches();
    return new Map(found.map(({ _id, name }) => [_id, name]));
  });
}

const byTypename = { __resolveType: ({ __typename }: { __typename: string }) => __typename };

export const customerResolvers: Resolvers = {
  Query: {
    customer: (_: never, { customerNo }: { customerNo: string }, context: RequestContext) =>
      context.service(customerService).view(customerNo, context.at),
    customers: searchCustomers,
    customerScheme: async (_: never, { asOf }: { asOf?: Date | null }, context: RequestContext) => {
      const scheme = await context.service(customerService).scheme(asOf ?? context.at);
      const byRank = (a: { rank: number }, b: { rank: number }) => a.rank - b.rank;
      return { ...scheme, tiers: [...scheme.tiers].sort(byRank), clubs: [...scheme.clubs].sort(byRank) };
    },
  },
  Mutation: { revealCustomer, recordRiskProfile },
  Customer: {
    id: (customer: CustomerView) => toGlobalId('Customer', customer.id),
    branch: async ({ orgPath }: CustomerView, _: never, context: RequestContext) =>
      (await branchNames(context)).get(orgPath) ?? null,
    clubs: (customer: CustomerView) => customer.clubs.map((club) => club.code),
    eligibility: (customer: CustomerView) =>
      Object.entries(customer.eligibility).map(([code, status]: [string, EvidencedStatus]) => ({
        code,
        ...status,
      })),
  },
  RiskProfile: { id: (profile: { id: string }) => toGlobalId('RiskProfile', profile.id) },
  RevealCustomerResult: byTypename,
  RecordRiskProfileResult: byTypename,
};

async function searchCustomers(_: never, { search, first, after }: SearchArgs, context: RequestContext) {
  const page = await context.service(customerService).search(
    {
      first: Math.min(Math.max(first, 0), PAGE_MAX),
      ...(search == null ? {} : { text: search }),
      ...(after == null ? {} : { after: Buffer.from(after, 'base64url').toString('utf8') }),
    },
    context.at,
  );
  const edges = page.customers.map((node) => ({
    node,
    cursor: Buffer.from(node.customerNo, 'utf8').toString('base64url'),
  }));
  return { edges, pageInfo: { hasNextPage: page.hasNextPage, endCursor: edges.at(-1)?.cursor ?? null } };
}

async function revealCustomer(
  _: never,
  { customerNo, reason }: { customerNo: string; reason: string },
  context: RequestContext,
) {
  const stated = reason.trim().slice(0, REASON_CHARS_MAX);
  if ([...stated].length < REASON_CHARS_MIN)
    return {
      __typename: 'RevealReasonMissing',
      code: 'REVEAL_REASON_MISSING',
      message: {
        zh: `查看客户明文信息须填写原因（至少 ${REASON_CHARS_MIN} 个字），原因会留痕。`,
        en: `Give the reason for seeing this client in clear, in at least ${REASON_CHARS_MIN} characters; it is kept.`,
      },
    };
  const revealed = await context.service(customerService).reveal(context.actor, customerNo, stated);
  return revealed ? { __typename: 'RevealedCustomer', ...revealed } : unknownCustomer(customerNo);
}

async function recordRiskProfile(_: never, { input }: RiskProfileArgs, context: RequestContext) {
  const { customerNo, answersId, ...profile } = input;
  const result = await context.service(customerService).recordRiskProfile(context.actor, {
    customerNo,
    profile: { ...profile, ...(answersId == null ? {} : { answersId }) },
    source: context.actor.kind === 'api-client' ? 'CLIENT' : 'STAFF',
  });
  return recordedOrRefused(customerNo, result);
}

function recordedOrRefused(customerNo: string, result: RecordRiskProfileResult) {
  switch (result.kind) {
    case 'RECORDED': {
      const { no, level, lowestCategory, validUntil } = result.profile;
      const evidenceId = toGlobalId('RiskProfile', `${result.partyId}:${no}`);
      return { __typename: 'RiskProfileRecorded', customerNo, evidenceId, level, lowestCategory, validUntil };
    }
    case 'UNKNOWN_CUSTOMER':
      return unknownCustomer(customerNo);
    case 'REFUSED':
      return {
        __typename: 'RiskProfileRefused',
        code: 'RISK_PROFILE_REFUSED',
        message: {
          zh: '测评结果未记录，原有结果继续有效。请按所列原因更正后重试。',
          en: 'The assessment was not recorded and the one before stays in force. Correct what is listed and repeat.',
        },
        reasons: result.reasons,
      };
  }
}

/** The refusal for a client number that nobody has. */
export function unknownCustomer(customerNo: string) {
  return {
    __typename: 'UnknownCustomer',
    code: 'UNKNOWN_CUSTOMER',
    customerNo,
    message: {
      zh: '没有这个客户号，或其资料已被删除。请核对客户号。',
      en: 'There is no client with this number, or their data was erased. Check the number.',
    },
  };
}
