import { systemActor } from '../access/actor.ts';
import type { Feature } from '../features.ts';
import { coreSdl } from '../graphql/compose.ts';
import { clientFigure } from './count.ts';
import { customerEvents } from './events.ts';
import { importCustomers } from './import/importer.ts';
import {
  CUSTOMER,
  branchSchema,
  customerSchema,
  keySchema,
  riskProfileSchema,
  schemeSchema,
  sequenceSchema,
} from './records.ts';
import { customerResolvers } from './resolvers.ts';
import { CustomerService, customerService } from './service.ts';

const SUITABILITY_RETENTION = '20 years after the client has left (suitability), then erased';

/** Who the client is to a decision: tier, clubs, profile, consents; import; names and phones sealed. */
export function customerFeature(): Feature {
  return {
    schema: { typeDefs: coreSdl('customer'), resolvers: customerResolvers },
    workbenchFigures: [clientFigure],
    models: [
      {
        name: CUSTOMER.customers,
        schema: customerSchema as never,
        shardKey: { _id: 'hashed' },
        retention: SUITABILITY_RETENTION,
      },
      {
        name: CUSTOMER.riskProfiles,
        schema: riskProfileSchema as never,
        shardKey: { partyId: 'hashed' },
        retention: SUITABILITY_RETENTION,
      },
      {
        name: CUSTOMER.schemes,
        schema: schemeSchema as never,
        shardKey: { _id: 1 },
        retention: 'kept for good: prices and outcomes name its version',
      },
      {
        name: CUSTOMER.sequence,
        schema: sequenceSchema as never,
        shardKey: { _id: 1 },
        retention: 'one counter, kept for good',
      },
      {
        name: CUSTOMER.keys,
        schema: keySchema as never,
        shardKey: { _id: 'hashed' },
        retention: SUITABILITY_RETENTION,
      },
      {
        name: CUSTOMER.branches,
        schema: branchSchema as never,
        shardKey: { _id: 1 },
        retention: 'kept for good',
      },
    ],
    services: [{ token: customerService, create: (host) => new CustomerService(host) }],
    permissions: [
      {
        code: 'customer.read',
        title: { zh: '查看客户（姓名手机号脱敏）', en: 'See clients, names and phones masked' },
        roles: ['product-manager', 'reviewer', 'auditor', 'administrator'],
      },
      {
        code: 'customer.reveal',
        title: { zh: '查看客户明文信息（留痕）', en: 'See clients in clear, leaving a trace' },
        roles: ['auditor', 'administrator'],
      },
      {
        code: 'customer.record-risk-profile',
        title: { zh: '记录风险测评结果', en: 'Record results of risk questionnaires' },
        roles: ['touchpoint', 'administrator'],
      },
    ],
    events: customerEvents,
    importers: [{ name: 'customers', title: { zh: '客户', en: 'Clients' }, run: importCustomers }],
    personalData: [
      personal('name', 'to address the client and to find them by name'),
      personal('phone', 'to reach the client and to find them by number'),
      personal('birthDate', 'to know the duties owed to older clients'),
      personal('nameIndex', 'to find a client by name without storing it in clear'),
      personal('phoneIndex', 'to find a client by number without storing it in clear'),
      personal('riskProfile', 'to judge what suits the client (suitability)'),
    ],
    start: (host) => host.service(customerService).start(systemActor('core:customer')),
    stop: async (host) => host.service(customerService).stop(),
  };
}

function personal(field: string, purpose: string) {
  return { model: CUSTOMER.customers, field, purpose, retention: SUITABILITY_RETENTION };
}
