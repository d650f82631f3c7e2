import { z } from 'zod';
import type { Feature } from '../features.ts';
import { coreSdl } from '../graphql/compose.ts';
import { SWITCHES, switchSchema } from './records.ts';
import { switchResolvers } from './resolvers.ts';
import { SWITCH_LIFT_SUBJECT, SwitchService, switchService } from './service.ts';

const OPERATORS = ['product-manager', 'reviewer', 'administrator'];

/** Kill switches (熔断开关): what one person can stop at once on every process. */
export function switchFeature(): Feature {
  const shape = z.strictObject({
    switchId: z.string(),
    code: z.string(),
    ref: z.string().nullable(),
    reason: z.string(),
  });
  return {
    schema: { typeDefs: coreSdl('switch'), resolvers: switchResolvers },
    models: [
      {
        name: SWITCHES,
        schema: switchSchema as never,
        shardKey: { _id: 1 },
        retention: 'twenty years, as evidence of what was stopped when and why',
      },
    ],
    services: [{ token: switchService, create: (host) => new SwitchService(host) }],
    killSwitches: [
      { code: 'sales', title: { zh: '全部销售', en: 'All sales' } },
      {
        code: 'product',
        title: { zh: '单个产品', en: 'One product' },
        of: { zh: '产品代码', en: "the product's code" },
      },
      { code: 'redemption', title: { zh: '全部积分兑换', en: 'All redemption' } },
      {
        code: 'merchant',
        title: { zh: '单个合作商户', en: 'One merchant' },
        of: { zh: '商户代码', en: "the merchant's code" },
      },
    ],
    events: [
      {
        name: 'switch.placed',
        version: 1,
        description: 'Somebody stopped something at once. The key is `switches`.',
        shape,
      },
      {
        name: 'switch.lifted',
        version: 1,
        description: 'Two people let something go on that was stopped. The key is `switches`.',
        shape,
      },
    ],
    permissions: [
      {
        code: 'switch.read',
        title: { zh: '查看熔断开关', en: 'See kill switches' },
        roles: [...OPERATORS, 'auditor'],
      },
      {
        code: 'switch.place',
        title: { zh: '紧急停用', en: 'Stop sales, products or redemption at once' },
        roles: OPERATORS,
      },
      {
        code: 'switch.lift',
        title: { zh: '申请恢复已停用的业务', en: 'Propose that something stopped goes on' },
        roles: ['product-manager', 'administrator'],
      },
      {
        code: 'switch.decide',
        title: { zh: '复核恢复申请', en: 'Decide whether something stopped goes on' },
        roles: ['reviewer'],
      },
    ],
    approvalSubjects: [
      {
        type: SWITCH_LIFT_SUBJECT,
        title: { zh: '解除熔断', en: 'Lifting a kill switch' },
        permissions: { propose: 'switch.lift', decide: 'switch.decide' },
        apply: (tx, approval, host) => host.service(switchService).applyLift(tx, approval),
        diff: (approval) =>
          Promise.resolve([
            {
              path: [approval.change.code, approval.change.ref].filter((part) => part != null).join(':'),
              title: { zh: '熔断开关', en: 'Kill switch' },
              before: 'STOPPED',
              after: 'LIFTED',
            },
          ]),
      },
    ],
    start: (host) => {
      host.service(switchService).start();
      return Promise.resolve();
    },
    stop: (host) => host.service(switchService).stop(),
  };
}
