import type { PageArgs } from '../graphql/connection.ts';
import { fromGlobalId, toGlobalId } from '../graphql/global-id.ts';
import type { RequestContext, Resolvers } from '../plugin/contract.ts';
import type { TraceRecord } from './record.ts';
import { traceService } from './service.ts';

interface TraceArgs extends PageArgs {
  readonly subjectType?: string | null;
  readonly subjectId?: string | null;
  readonly actorId?: string | null;
  readonly partyId?: string | null;
  readonly customer?: string | null;
  readonly action?: string | null;
  readonly from?: Date | null;
  readonly until?: Date | null;
}

export const traceResolvers: Resolvers = {
  Query: {
    traces: (_: never, args: TraceArgs, context: RequestContext) =>
      context.service(traceService).list(
        {
          ...(args.subjectType == null ? {} : { subjectType: args.subjectType }),
          ...(args.subjectId == null ? {} : { subjectId: args.subjectId }),
          ...(args.actorId == null ? {} : { actorId: args.actorId }),
          ...(args.partyId == null ? {} : { partyId: args.partyId }),
          ...(args.customer == null ? {} : { partyId: fromGlobalId('Customer', args.customer) }),
          ...(args.action == null ? {} : { action: args.action }),
          ...(args.from == null ? {} : { from: args.from }),
          ...(args.until == null ? {} : { until: args.until }),
        },
        args,
      ),
    trace: async (_: never, { id }: { id: string }, context: RequestContext) =>
      (await context.service(traceService).find(fromGlobalId('Trace', id))) ?? null,
    traceSealing: (_: never, __: never, context: RequestContext) => context.service(traceService).sealing(),
  },
  Trace: {
    id: (record: TraceRecord) => toGlobalId('Trace', record._id),
    details: (record: TraceRecord): unknown => JSON.parse(record.details),
    sealNo: (record: TraceRecord) => record.sealNo ?? null,
  },
};
