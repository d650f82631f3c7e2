import type { Feature } from '../features.ts';
import { coreSdl } from '../graphql/compose.ts';
import { asCoreHost } from '../plugin/host.ts';
import { APPROVALS, approvalSchema } from './records.ts';
import { approvalResolvers } from './resolvers.ts';
import { RecordApprovalService, approvalService } from './service.ts';
import { approvalTask } from './waiting.ts';

/** Maker and checker (经办 / 复核): one mechanism for every feature that declares an approval subject. */
export function approvalFeature(): Feature {
  return {
    schema: { typeDefs: coreSdl('approval'), resolvers: approvalResolvers },
    models: [
      {
        name: APPROVALS,
        schema: approvalSchema as never,
        shardKey: { _id: 'hashed' },
        retention: 'twenty years, as evidence of who decided what',
      },
    ],
    permissions: [
      {
        code: 'approval.read',
        title: { zh: '查看复核申请', en: 'See approvals' },
        roles: ['product-manager', 'reviewer', 'auditor', 'administrator'],
      },
      {
        code: 'approval.decide',
        title: { zh: '复核', en: 'Decide approvals' },
        roles: ['reviewer'],
      },
      {
        code: 'approval.withdraw',
        title: { zh: '撤回自己的申请', en: 'Withdraw own proposals' },
        roles: ['product-manager', 'reviewer', 'administrator'],
      },
    ],
    workbenchTasks: [approvalTask],
    services: [{ token: approvalService, create: (host) => new RecordApprovalService(asCoreHost(host)) }],
  };
}
