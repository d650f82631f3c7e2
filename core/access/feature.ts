import { coreSdl } from '../graphql/compose.ts';
import { toGlobalId } from '../graphql/global-id.ts';
import type { Plugin, RequestContext } from '../plugin/contract.ts';
import { ACCESS, accountSchema, apiClientSchema, sessionSchema } from './records.ts';
import { AccessService, accessService } from './service.ts';

export function accessFeature(): Omit<Plugin, 'name' | 'version' | 'requires'> {
  return {
    schema: {
      typeDefs: coreSdl('base'),
      resolvers: {
        Query: { viewer: (_: never, __: never, { actor }: RequestContext) => actor },
        Mutation: {
          signOut: (_: never, __: never, context: RequestContext) =>
            context.service(accessService).signOut(context.actor),
        },
        Viewer: {
          id: (actor: RequestContext['actor']) => toGlobalId('Viewer', actor.id),
          kind: (actor: RequestContext['actor']) => (actor.kind === 'staff' ? 'STAFF' : 'API_CLIENT'),
          permissions: (actor: RequestContext['actor']) => [...actor.permissions].sort(),
        },
        Refusal: { __resolveType: ({ __typename }: { __typename: string }) => __typename },
      },
    },
    models: [
      {
        name: ACCESS.accounts,
        schema: accountSchema as never,
        shardKey: { _id: 1 },
        retention: 'while employed, then ten years disabled',
      },
      {
        name: ACCESS.sessions,
        schema: sessionSchema as never,
        shardKey: { _id: 'hashed' },
        retention: 'until they end',
      },
      {
        name: ACCESS.apiClients,
        schema: apiClientSchema as never,
        shardKey: { _id: 1 },
        retention: 'as long as the system is connected',
      },
    ],
    services: [{ token: accessService, create: (host) => new AccessService(host) }],
  };
}
