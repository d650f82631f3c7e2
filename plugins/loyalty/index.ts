import { EVERY_OCCURRENCE, definePlugin } from '../../core/plugin/contract.ts';
import { ledgerService } from './contract.ts';
import { Earning, earningService } from './earning/earning.ts';
import { earningModels } from './earning/records.ts';
import { loyaltyEvents } from './events.ts';
import { loyaltyJobs, loyaltySchedules } from './jobs.ts';
import { loyaltyModels } from './model.ts';
import { pointsPayment } from './payment.ts';
import { pointsPolicyData } from './policy.ts';
import { loadEarningRules } from './sample/load-rules.ts';
import { PointsLedger } from './service.ts';
import { checkLedger } from './store/checker.ts';

/** Loyalty (积分): the ledger of clients' points, and what earns and spends them. */
export const loyalty = definePlugin(() => ({
  name: 'loyalty',
  version: '0.1.0',
  requires: { core: '^0.1.0' },
  models: [...loyaltyModels, ...earningModels],
  services: [
    { token: ledgerService, create: (host) => new PointsLedger(host) },
    { token: earningService, create: (host) => new Earning(host) },
  ],
  events: loyaltyEvents,
  handlers: [
    {
      name: 'earn',
      on: EVERY_OCCURRENCE,
      run: (tx, event, host) => host.service(earningService).handle(tx, event),
      onPoison: 'park-key',
    },
  ],
  ruleData: [pointsPolicyData],
  sampleData: [{ name: 'earning-rules', order: 40, load: loadEarningRules }],
  jobs: loyaltyJobs,
  schedules: loyaltySchedules,
  paymentMethods: [pointsPayment],
  invariants: [{ name: 'points.ledger', title: { zh: '积分账', en: 'Points ledger' }, check: checkLedger }],
}));
