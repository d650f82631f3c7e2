import { fromGlobalId, toGlobalId } from '../graphql/global-id.ts';
import type { PageArgs } from '../graphql/connection.ts';
import type { RequestContext, Resolvers } from '../plugin/contract.ts';
import type { KillSwitchDeclaration } from '../plugin/sale.ts';
import type { SwitchRecord } from './records.ts';
import { switchService } from './service.ts';

export const switchResolvers: Resolvers = {
  Query: {
    switchKinds: (_: never, __: never, context: RequestContext) => [
      ...context.service(switchService).declared().values(),
    ],
    switches: (_: never, { active, ...page }: PageArgs & { active: boolean }, context: RequestContext) =>
      context.service(switchService).list(active, page),
  },
  Mutation: {
    placeSwitch: (
      _: never,
      { code, ref, reason }: { code: string; ref?: string | null; reason: string },
      context: RequestContext,
    ) =>
      context.service(switchService).place(context.actor, { code, reason, ...(ref == null ? {} : { ref }) }),
    proposeSwitchLift: async (
      _: never,
      { id, reason }: { id: string; reason: string },
      context: RequestContext,
    ) => {
      const service = context.service(switchService);
      const approvalId = await service.proposeLift(context.actor, fromGlobalId('Switch', id), reason);
      return { approvalId: toGlobalId('Approval', approvalId) };
    },
  },
  KillSwitchKind: { of: (kind: KillSwitchDeclaration) => kind.of ?? null },
  KillSwitch: {
    id: ({ _id }: SwitchRecord) => toGlobalId('Switch', _id),
    active: ({ active }: SwitchRecord) => active === true,
    placedBy: ({ placed }: SwitchRecord) => placed.name,
    placedAt: ({ placed }: SwitchRecord) => placed.at,
    liftedBy: ({ lifted }: SwitchRecord) => lifted?.name ?? null,
    liftedAt: ({ lifted }: SwitchRecord) => lifted?.at ?? null,
  },
};
