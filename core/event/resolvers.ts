import { fromGlobalId, toGlobalId } from '../graphql/global-id.ts';
import type { PageArgs } from '../graphql/connection.ts';
import type { RequestContext, Resolvers } from '../plugin/contract.ts';
import type { DeliveryRecord } from './delivery.ts';
import { eventService } from './service.ts';

export const eventResolvers: Resolvers = {
  Query: {
    troubledEvents: (_: never, page: PageArgs, context: RequestContext) =>
      context.service(eventService).troubled(page),
    eventLag: (_: never, __: never, context: RequestContext) => context.service(eventService).lag(),
  },
  Mutation: {
    resumeEvents: (_: never, { handler, key }: { handler: string; key: string }, context: RequestContext) =>
      context.service(eventService).resume(context.actor, handler, key),
    discardEvent: async (
      _: never,
      { id, reason }: { id: string; reason: string },
      context: RequestContext,
    ): Promise<boolean> => {
      const deliveryId = fromGlobalId('TroubledEvent', id);
      await context.service(eventService).discard(context.actor, deliveryId, reason);
      return true;
    },
  },
  TroubledEvent: {
    id: (delivery: DeliveryRecord) => toGlobalId('TroubledEvent', delivery._id),
    event: (delivery: DeliveryRecord) => delivery.eventName,
  },
};
