import type { Feature } from '../features.ts';
import { coreSdl } from '../graphql/compose.ts';
import { coreActivities } from './activities.ts';
import { activityEvent } from './declare.ts';
import { ACTIVITY_KEYS, activityKeySchema } from './records.ts';
import { activityResolvers } from './resolvers.ts';
import { ActivityService, activityService } from './service.ts';

/** What other systems tell of clients: trades, sign-ins, courses passed. */
export function activityFeature(): Feature {
  return {
    schema: { typeDefs: coreSdl('activity'), resolvers: activityResolvers },
    models: [
      {
        name: ACTIVITY_KEYS,
        schema: activityKeySchema as never,
        shardKey: { _id: 'hashed' },
        retention: 'kept for good: a report counts once',
      },
    ],
    services: [{ token: activityService, create: (host) => new ActivityService(host) }],
    permissions: [
      {
        code: 'activity.report',
        title: { zh: '上报客户行为', en: 'Report client activities' },
        roles: ['touchpoint'],
      },
      {
        code: 'activity.read',
        title: { zh: '查看行为类型', en: 'See kinds of activity' },
        roles: ['product-manager', 'reviewer', 'auditor', 'touchpoint', 'administrator'],
      },
    ],
    events: coreActivities.map(activityEvent),
  };
}
