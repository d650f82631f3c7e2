import { EVERY_OCCURRENCE, definePlugin } from '../../core/plugin/contract.ts';
import { issuedFigure } from './account/figures.ts';
import { adjustmentSubject } from './account/adjustment.ts';
import { accountPermissions } from './account/permissions.ts';
import { accountDesk, createAccountDesk } from './account/resolvers.ts';
import { ledgerService } from './contract.ts';
import { Earning, earningService } from './earning/earning.ts';
import { earningModels } from './earning/records.ts';
import { loyaltyEvents } from './events.ts';
import { loyaltySchema } from './graphql.ts';
import { loyaltyJobs, loyaltySchedules } from './jobs.ts';
import { goodsGate, goodsKind } from './merchant/goods.ts';
import { merchantSubject } from './merchant/approval.ts';
import { merchantModels } from './merchant/model.ts';
import { MerchantService, merchantService } from './merchant/service.ts';
import { loyaltyModels } from './model.ts';
import { checkPartner } from './partner/check.ts';
import { partnerApi } from './partner/openapi.ts';
import { partnerJobs, partnerSchedules } from './partner/jobs.ts';
import { partnerModels } from './partner/model.ts';
import { partnerPermissions } from './partner/permissions.ts';
import { partnerRoutes } from './partner/routes.ts';
import { PartnerService, partnerService } from './partner/service.ts';
import { pointsPayment } from './payment.ts';
import { pointsPolicyData } from './policy.ts';
import { loadActivities } from './sample/load-activities.ts';
import { loadEarningRules } from './sample/load-rules.ts';
import { PointsLedger } from './service.ts';
import { checkLedger } from './store/checker.ts';

/** Loyalty (积分): the ledger of clients' points, and what earns and spends them. */
export const loyalty = definePlugin(() => ({
  name: 'loyalty',
  version: '0.1.0',
  requires: { core: '^0.1.0' },
  schema: loyaltySchema,
  workbenchFigures: [issuedFigure],
  models: [...loyaltyModels, ...earningModels, ...merchantModels, ...partnerModels],
  services: [
    { token: ledgerService, create: (host) => new PointsLedger(host) },
    { token: earningService, create: (host) => new Earning(host) },
    { token: accountDesk, create: createAccountDesk },
    { token: merchantService, create: (host) => new MerchantService(host) },
    { token: partnerService, create: (host) => new PartnerService(host) },
  ],
  permissions: [...accountPermissions, ...partnerPermissions],
  productKinds: [goodsKind],
  listingGates: [goodsGate],
  approvalSubjects: [adjustmentSubject, merchantSubject],
  routes: partnerRoutes(),
  apiDocuments: [partnerApi],
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
  sampleData: [
    { name: 'earning-rules', order: 40, load: loadEarningRules },
    { name: 'activities', order: 45, load: loadActivities },
  ],
  jobs: [...loyaltyJobs, ...partnerJobs],
  schedules: [...loyaltySchedules, ...partnerSchedules],
  paymentMethods: [pointsPayment],
  invariants: [
    { name: 'points.ledger', title: { zh: '积分账', en: 'Points ledger' }, check: checkLedger },
    {
      name: 'points.partner',
      title: { zh: '商户兑换', en: 'Redemptions at merchants' },
      check: checkPartner,
    },
  ],
}));
