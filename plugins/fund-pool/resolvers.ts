import { readFileSync } from 'node:fs';
import { catalogService } from '../../core/catalog/service.ts';
import { PlatformError } from '../../core/errors.ts';
import { toGlobalId } from '../../core/graphql/global-id.ts';
import { fromRoot } from '../../core/paths.ts';
import type { RequestContext, Resolvers } from '../../core/plugin/contract.ts';
import type { MemberRecord, MoveRecord } from './model.ts';
import { POOLS, type Pool } from './pool.ts';
import { fundPoolService, type MoveProposal } from './service.ts';

export const fundPoolTypeDefs = readFileSync(fromRoot('plugins', 'fund-pool', 'schema.graphql'), 'utf8');

interface PageArguments {
  readonly pool: Pool;
  readonly first: number;
  readonly after?: string | null;
}

export const fundPoolResolvers: Resolvers = {
  Query: {
    fundPools: async (_: never, __: never, context: RequestContext) => {
      const counts = await context.service(fundPoolService).counts();
      return POOLS.map((pool) => ({ pool, count: counts.get(pool) ?? 0 }));
    },
    fundPoolMembers: async (_: never, { pool, first, after }: PageArguments, context: RequestContext) => {
      const service = context.service(fundPoolService);
      const { members, hasNextPage } = await service.members(pool, first, codeOf(after));
      const edges = members.map((node) => ({ cursor: cursorOf(node.code), node }));
      return {
        edges,
        pageInfo: { hasNextPage, endCursor: edges.at(-1)?.cursor ?? null },
        totalCount: async () => (await service.counts()).get(pool) ?? 0,
      };
    },
    fundPoolMember: async (_: never, { code }: { code: string }, context: RequestContext) => {
      const product = await context.service(catalogService).productByCode(code);
      return product ? context.service(fundPoolService).membership(product._id) : undefined;
    },
  },
  Mutation: {
    proposeFundMoves: async (_: never, { input }: { input: MoveProposal }, context: RequestContext) => {
      const result = await context.service(fundPoolService).propose(context.actor, input);
      if ('approvalId' in result)
        return { __typename: 'FundMovesProposed', approvalId: toGlobalId('Approval', result.approvalId) };
      return {
        __typename: 'FundMovesRefused',
        code: 'FUND_MOVES_REFUSED',
        message: {
          zh: '有基金不能这样调整，本次未提交任何申请。请按逐只原因处理后重试。',
          en: 'Some funds cannot move like this, so nothing was proposed. See the reason of each, and try again.',
        },
        reasons: result.refused,
      };
    },
  },
  FundPoolMember: {
    history: (member: MemberRecord, _: never, context: RequestContext) =>
      context.service(fundPoolService).history(member._id),
  },
  FundPoolMove: {
    makerName: ({ maker }: MoveRecord) => maker.name,
    checkerName: ({ checker }: MoveRecord) => checker.name,
  },
};

function cursorOf(code: string): string {
  return Buffer.from(`fund:${code}`, 'utf8').toString('base64url');
}

function codeOf(cursor: string | null | undefined): string {
  if (cursor == null) return '';
  const text = Buffer.from(cursor, 'base64url').toString('utf8');
  if (text.startsWith('fund:')) return text.slice(5);
  throw new PlatformError(
    'CURSOR_INVALID',
    `"${cursor.slice(0, 64)}" is no cursor of this list. Use the endCursor that the last page returned.`,
  );
}
