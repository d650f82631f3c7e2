import { z } from 'zod';
import { coreSdl } from '../graphql/compose.ts';
import type { Plugin } from '../plugin/contract.ts';
import { RULE_VERSIONS, ruleVersionSchema } from './records.ts';
import { ruleResolvers } from './resolvers.ts';
import { RULE_SUBJECT, RuleService, ruleService } from './service.ts';

/** Rule data that staff change without a release: policies, models, tables. */
export function ruleFeature(): Omit<Plugin, 'name' | 'version' | 'requires'> {
  return {
    schema: { typeDefs: coreSdl('rule'), resolvers: ruleResolvers },
    models: [
      {
        name: RULE_VERSIONS,
        schema: ruleVersionSchema as never,
        shardKey: { _id: 1 },
        retention: 'twenty years: decisions name their version',
      },
    ],
    services: [{ token: ruleService, create: (host) => new RuleService(host) }],
    permissions: [
      {
        code: 'rule.read',
        title: { zh: '查看规则数据', en: 'See rule data' },
        roles: ['product-manager', 'reviewer', 'auditor', 'administrator'],
      },
      {
        code: 'rule.propose',
        title: { zh: '提出规则变更', en: 'Propose changed rules' },
        roles: ['product-manager'],
      },
      {
        code: 'rule.decide',
        title: { zh: '复核规则变更', en: 'Decide on changed rules' },
        roles: ['reviewer'],
      },
    ],
    events: [
      {
        name: 'rule.in-force',
        version: 1,
        description: 'Another version of a piece of rule data has come into force.',
        shape: z.object({ kind: z.string(), version: z.string(), seq: z.int() }),
      },
    ],
    approvalSubjects: [
      {
        type: RULE_SUBJECT,
        title: { zh: '规则数据', en: 'Rule data' },
        permissions: { propose: 'rule.propose', decide: 'rule.decide' },
        apply: (tx, approval, host) => host.service(ruleService).apply(tx, approval),
        close: (tx, approval, _outcome, host) => host.service(ruleService).close(tx, approval),
        diff: (approval, host) => host.service(ruleService).diff(approval),
      },
    ],
    start: (host) => host.service(ruleService).start(),
    stop: (host) => host.service(ruleService).stop(),
  };
}
