import { z } from 'zod';
import type { Feature } from '../features.ts';
import { coreSdl } from '../graphql/compose.ts';
import { entitlementGrants } from './entitlements.ts';
import { subscriptionEvents } from './events.ts';
import { RECORDED_PAYMENT } from './payments.ts';
import { SUBSCRIPTION, subscriptionModels } from './records.ts';
import { subscriptionResolvers } from './resolvers.ts';
import { SubscriptionService, subscriptionService } from './service.ts';

const STAFF = ['product-manager', 'reviewer', 'auditor', 'administrator'];
const RECOVER_JOB = 'subscription.recover-orders';
const RENEW_JOB = 'subscription.renew';
const RETENTION = '20 years after the client has left (suitability), then erased';

/** Subscriptions (产品定制): order, payment, fulfilment, entitlement, renewal. */
export function subscriptionFeature(): Feature {
  return {
    schema: { typeDefs: coreSdl('subscription'), resolvers: subscriptionResolvers },
    models: subscriptionModels,
    services: [{ token: subscriptionService, create: (host) => new SubscriptionService(host) }],
    events: subscriptionEvents,
    paymentMethods: [RECORDED_PAYMENT],
    ruleData: [entitlementGrants],
    fulfilment: [
      {
        kind: 'terminal-column',
        entitlement: ({ columnCode }, { code }) => [
          { type: 'COLUMN', code: typeof columnCode === 'string' ? columnCode : code },
        ],
      },
    ],
    permissions: [
      {
        code: 'order.place',
        title: { zh: '为客户下单与退订', en: 'Order and cancel for clients' },
        roles: ['touchpoint'],
      },
      {
        code: 'subscription.read',
        title: { zh: '查看订单、定制与权限', en: 'See orders, subscriptions and entitlements' },
        roles: ['touchpoint', ...STAFF],
      },
      {
        code: 'subscription.holders',
        title: { zh: '查看产品持有人', en: 'See who holds a product' },
        roles: STAFF,
      },
      {
        code: 'order.settle',
        title: { zh: '处理付款状态不明的订单', en: 'Settle orders whose payment is unknown' },
        roles: ['administrator'],
      },
    ],
    personalData: [
      {
        model: SUBSCRIPTION.orders,
        field: 'customerNo',
        purpose: 'to deliver what the client ordered and to prove what was decided and shown',
        retention: RETENTION,
      },
      {
        model: SUBSCRIPTION.subscriptions,
        field: 'customerNo',
        purpose: 'to know what the client holds',
        retention: RETENTION,
      },
    ],
    jobs: [
      {
        name: RECOVER_JOB,
        version: 1,
        payload: z.strictObject({}),
        attemptsMax: 3,
        timeLimitMs: 300_000,
        run: async (_payload, host) => {
          await host.service(subscriptionService).recover();
        },
      },
      {
        name: RENEW_JOB,
        version: 1,
        payload: z.strictObject({}),
        attemptsMax: 3,
        timeLimitMs: 300_000,
        run: async (_payload, host) => {
          await host.service(subscriptionService).renewDue();
        },
      },
    ],
    schedules: [
      { cron: '* * * * *', job: RECOVER_JOB, payload: {}, missed: 'once' },
      { cron: '* * * * *', job: RENEW_JOB, payload: {}, missed: 'once' },
    ],
  };
}
