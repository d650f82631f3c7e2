import { z } from 'zod';
import { problemsOf, readRuleFile } from '../explain/rule-data.ts';
import type { Feature } from '../features.ts';
import { coreSdl } from '../graphql/compose.ts';
import type { Host, RuleDataDeclaration } from '../plugin/contract.ts';
import { OUTREACH_POLICY } from './permit.ts';
import { loadOutreachPolicy } from './policy.ts';
import {
  OUTREACH,
  consentHeadSchema,
  consentSchema,
  counterSchema,
  doNotDisturbSchema,
  permitSchema,
} from './records.ts';
import { outreachResolvers } from './resolvers.ts';
import { OutreachService, outreachService } from './service.ts';

const EVIDENCE = 'twenty years: consent and suitability evidence';
const SETTLE = 'outreach.settle-unknown';

/** Messages to clients: who may be written to, consents, and that nothing is sent twice. */
export function outreachFeature(): Feature {
  return {
    schema: { typeDefs: coreSdl('outreach'), resolvers: outreachResolvers },
    models: [
      {
        name: OUTREACH.permits,
        schema: permitSchema as never,
        shardKey: { _id: 'hashed' },
        retention: EVIDENCE,
      },
      {
        name: OUTREACH.counters,
        schema: counterSchema as never,
        shardKey: { _id: 'hashed' },
        retention: 'forty days: they only limit',
      },
      {
        name: OUTREACH.consents,
        schema: consentSchema as never,
        shardKey: { partyId: 'hashed' },
        retention: EVIDENCE,
      },
      {
        name: OUTREACH.consentHeads,
        schema: consentHeadSchema as never,
        shardKey: { _id: 'hashed' },
        retention: 'as long as the client',
      },
      {
        name: OUTREACH.doNotDisturb,
        schema: doNotDisturbSchema as never,
        shardKey: { _id: 'hashed' },
        retention: 'until the number asks to be written to again',
      },
    ],
    services: [{ token: outreachService, create: (host) => new OutreachService(host) }],
    permissions: [
      {
        code: 'consent.read',
        title: { zh: '查看客户同意记录', en: 'See what clients agreed to' },
        roles: ['product-manager', 'reviewer', 'auditor', 'administrator'],
      },
      {
        code: 'consent.record',
        title: { zh: '记录客户的同意与撤回', en: "Record clients' consents and withdrawals" },
        roles: ['touchpoint', 'administrator'],
      },
    ],
    events: [
      {
        name: 'consent.changed',
        version: 1,
        description: 'A client agreed to something or withdrew it. The key is the client.',
        shape: z.strictObject({
          partyId: z.string(),
          code: z.string(),
          no: z.int().min(1),
          given: z.boolean(),
          channel: z.string(),
        }),
      },
    ],
    ruleData: [
      {
        kind: OUTREACH_POLICY,
        title: { zh: '触达规则', en: 'Outreach policy' },
        shipped: readRuleFile(
          'core',
          'outreach',
          'policies',
          'outreach.json',
        ) as RuleDataDeclaration['shipped'],
        validate: (data) => problemsOf(() => loadOutreachPolicy(data)),
      },
    ],
    jobs: [
      {
        name: SETTLE,
        version: 1,
        payload: z.strictObject({}),
        attemptsMax: 3,
        timeLimitMs: 10 * 60_000,
        run: (_: never, host: Host) => host.service(outreachService).settleUnknown(),
      },
    ],
    schedules: [{ cron: '* * * * *', job: SETTLE, missed: 'skip' }],
    personalData: [
      {
        model: OUTREACH.doNotDisturb,
        field: '_id',
        purpose: 'to know numbers that want no marketing without storing them',
        retention: 'until the number asks to be written to again',
      },
    ],
  };
}
