import { fromGlobalId, toGlobalId } from '../graphql/global-id.ts';
import type { PageArgs } from '../graphql/connection.ts';
import type { ApprovalDiffLine, RequestContext, Resolvers } from '../plugin/contract.ts';
import type { ApprovalRecord, ApprovalState } from './records.ts';
import { approvalService, type ApprovalOutcome } from './service.ts';

interface ListArgs extends PageArgs {
  readonly state?: ApprovalState | null;
  readonly type?: string | null;
  readonly subjectId?: string | null;
}

interface DecideArgs {
  readonly ids: readonly string[];
  readonly decision: 'APPROVE' | 'REJECT';
  readonly comment?: string | null;
}

export const approvalResolvers: Resolvers = {
  Query: {
    approvals: async (_: never, args: ListArgs, context: RequestContext) => {
      const service = context.service(approvalService);
      const filter = {
        ...(args.state == null ? {} : { state: args.state }),
        ...(args.type == null ? {} : { type: args.type }),
        ...(args.subjectId == null ? {} : { subjectId: args.subjectId }),
      };
      return { ...(await service.list(filter, args)), totalCount: () => service.count(filter) };
    },
    approval: (_: never, { id }: { id: string }, context: RequestContext) =>
      context.service(approvalService).find(fromGlobalId('Approval', id)),
  },
  Mutation: {
    decideApprovals: async (_: never, { ids, decision, comment }: DecideArgs, context: RequestContext) => {
      const inner = ids.map((id) => fromGlobalId('Approval', id));
      const outcomes = await context
        .service(approvalService)
        .decideMany(context.actor, inner, { decision, ...(comment == null ? {} : { comment }) });
      return outcomes.map(({ id, outcome }) => ({
        id: toGlobalId('Approval', id),
        result: toResult(outcome),
      }));
    },
    withdrawApproval: async (
      _: never,
      { id, reason }: { id: string; reason: string },
      context: RequestContext,
    ) =>
      toResult(
        await context.service(approvalService).withdraw(context.actor, fromGlobalId('Approval', id), reason),
      ),
  },
  Approval: {
    id: (approval: ApprovalRecord) => toGlobalId('Approval', approval._id),
    expectedRevisions: (approval: ApprovalRecord) => approval.expectedRevisions ?? null,
    mine: (approval: ApprovalRecord, _: never, context: RequestContext) =>
      approval.maker.id === context.actor.id,
    diff: (approval: ApprovalRecord, _: never, context: RequestContext) =>
      context.service(approvalService).diff(approval),
  },
  ApprovalDiffLine: {
    before: ({ before }: ApprovalDiffLine) => before ?? null,
    after: ({ after }: ApprovalDiffLine) => after ?? null,
  },
  ApprovalResult: {
    __resolveType: (result: { __typename?: string }) => result.__typename ?? 'Approval',
  },
};

function toResult(outcome: ApprovalOutcome): unknown {
  return outcome.ok ? { ...outcome.approval, __typename: 'Approval' } : outcome.refusal;
}
