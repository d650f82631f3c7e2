import type { Feature } from '../features.ts';
import { coreSdl } from '../graphql/compose.ts';
import { DELIVERIES, INBOX, LANES, deliverySchema, inboxSchema, laneSchema } from './delivery.ts';
import { EVENT_KEYS, OUTBOX, eventKeySchema, outboxSchema } from './outbox.ts';
import { parkedEventTask } from './parked.ts';
import { eventResolvers } from './resolvers.ts';
import { EventService, eventService } from './service.ts';

/** Events from the outbox to their handlers, and what staff do about those that fail. */
export function eventFeature(): Feature {
  return {
    schema: { typeDefs: coreSdl('event'), resolvers: eventResolvers },
    models: [
      {
        name: OUTBOX,
        schema: outboxSchema as never,
        shardKey: { key: 'hashed' },
        retention: 'seven days after every handler has taken it in',
      },
      {
        name: EVENT_KEYS,
        schema: eventKeySchema as never,
        shardKey: { _id: 'hashed' },
        retention: 'for good',
      },
      {
        name: DELIVERIES,
        schema: deliverySchema as never,
        shardKey: { key: 'hashed' },
        retention: 'until the handler has taken the event in',
      },
      { name: LANES, schema: laneSchema as never, shardKey: { _id: 'hashed' }, retention: 'while in use' },
      {
        name: INBOX,
        schema: inboxSchema as never,
        shardKey: { _id: 'hashed' },
        retention: 'as long as the event',
      },
    ],
    permissions: [
      {
        code: 'event.read',
        title: { zh: '查看事件处理情况', en: 'See how events are handled' },
        roles: ['administrator', 'auditor'],
      },
      {
        code: 'event.resume',
        title: { zh: '恢复或放弃处理失败的事件', en: 'Resume or discard events that failed' },
        roles: ['administrator'],
      },
    ],
    workbenchTasks: [parkedEventTask],
    services: [{ token: eventService, create: (host) => new EventService(host) }],
  };
}
