import { definePlugin, type Host } from '../../core/plugin/contract.ts';
import { smsEvents } from './events.ts';
import { consoleGateway } from './gateway.ts';
import { ISSUE_SUBJECT, applyIssue, closeIssue, diffIssue, type SmsHouse } from './issue/write.ts';
import { smsJobs } from './jobs.ts';
import { keywordsTaken } from './keyword-gate.ts';
import { smsPackageKind, smsQueryKind } from './kinds.ts';
import { smsModels } from './model.ts';
import { smsPermissions } from './permissions.ts';
import { loadSms } from './sample/load.ts';
import { smsResolvers, smsTypeDefs } from './resolvers.ts';
import { SmsService, smsService } from './service.ts';

/** SMS packages (短信产品): taken and left by keyword, written by one, approved by another, sent once to each. */
export const smsProducts = definePlugin((house: SmsHouse) => ({
  name: 'sms-products',
  version: '0.1.0',
  requires: { core: '^0.1.0' },
  schema: { typeDefs: smsTypeDefs, resolvers: smsResolvers },
  models: smsModels,
  services: [{ token: smsService, create: (host) => new SmsService(host, house) }],
  permissions: smsPermissions,
  productKinds: [smsPackageKind, smsQueryKind],
  listingGates: [{ code: 'sms-keyword', check: keywordsTaken }],
  gateways: [consoleGateway],
  events: smsEvents,
  jobs: smsJobs,
  approvalSubjects: [
    {
      type: ISSUE_SUBJECT,
      title: { zh: '短信期次发送', en: 'SMS issue to be sent' },
      permissions: { propose: 'sms.write', decide: 'sms.approve' },
      apply: applyIssue,
      close: closeIssue,
      diff: diffIssue,
    },
  ],
  sampleData: [{ name: 'sms', order: 45, load: loadSms }],
  stop: (host: Host) => host.service(smsService).stop(),
}));
