import { z } from 'zod';
import { coreSdl } from '../graphql/compose.ts';
import type { Plugin } from '../plugin/contract.ts';
import { pricingModels } from './models.ts';
import { pricingResolvers } from './resolvers.ts';
import { applyRows, closeRows, createPricing, diffRows, PRICE_SUBJECT } from './service.ts';
import { pricingService } from './token.ts';

/** What products cost, for whom and when: the price list and its approvals. */
export function pricingFeature(): Omit<Plugin, 'name' | 'version' | 'requires'> {
  return {
    schema: { typeDefs: coreSdl('pricing'), resolvers: pricingResolvers },
    models: pricingModels,
    services: [{ token: pricingService, create: createPricing }],
    permissions: [
      {
        code: 'price.read',
        title: { zh: '查看价格表', en: 'See price lists' },
        roles: ['product-manager', 'reviewer', 'auditor', 'administrator'],
      },
      {
        code: 'price.edit',
        title: { zh: '申请调整价格', en: 'Propose price changes' },
        roles: ['product-manager'],
      },
      { code: 'price.review', title: { zh: '复核价格', en: 'Decide on prices' }, roles: ['reviewer'] },
    ],
    events: [
      {
        name: 'price.approved',
        version: 1,
        shape: z.strictObject({ seq: z.int().min(1), productIds: z.array(z.string()).min(1) }),
        description: 'Price rows came into force or were taken back.',
      },
    ],
    approvalSubjects: [
      {
        type: PRICE_SUBJECT,
        title: { zh: '价格调整', en: 'Price change' },
        permissions: { propose: 'price.edit', decide: 'price.review' },
        apply: applyRows,
        close: closeRows,
        diff: diffRows,
      },
    ],
  };
}
