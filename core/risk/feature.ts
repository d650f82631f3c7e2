import { z } from 'zod';
import { coreSdl } from '../graphql/compose.ts';
import type { Plugin } from '../plugin/contract.ts';
import { expiringRatingTask } from './expiring.ts';
import { RISK_LEVELS } from './levels.ts';
import { riskModels } from './models.ts';
import { riskResolvers } from './resolvers.ts';
import { applyRating, closeRating, createRisk, diffRating, RATING_SUBJECT } from './service.ts';
import { FactorModels, factorModels, riskRuleData } from './rule-data.ts';
import { riskService } from './token.ts';

/** Product risk ratings, signed by two people. */
export function riskFeature(): Omit<Plugin, 'name' | 'version' | 'requires'> {
  return {
    schema: { typeDefs: coreSdl('risk'), resolvers: riskResolvers },
    models: riskModels,
    services: [
      { token: riskService, create: createRisk },
      { token: factorModels, create: (host) => new FactorModels(host) },
    ],
    workbenchTasks: [expiringRatingTask],
    ruleData: riskRuleData,
    permissions: [
      {
        code: 'risk.read',
        title: { zh: '查看产品风险等级', en: 'See product risk ratings' },
        roles: ['product-manager', 'reviewer', 'auditor', 'administrator'],
      },
      {
        code: 'risk.edit',
        title: { zh: '申请风险评级', en: 'Propose risk ratings' },
        roles: ['product-manager'],
      },
      {
        code: 'risk.review',
        title: { zh: '复核风险评级', en: 'Decide on risk ratings' },
        roles: ['reviewer'],
      },
    ],
    events: [
      {
        name: 'risk.rated',
        version: 1,
        shape: z.strictObject({
          productId: z.string(),
          seq: z.int().min(1),
          before: z.enum(RISK_LEVELS).nullable(),
          level: z.enum(RISK_LEVELS),
        }),
        description: 'A rating of a product that has one of its own approval came into force.',
      },
    ],
    approvalSubjects: [
      {
        type: RATING_SUBJECT,
        title: { zh: '产品风险评级', en: 'Product risk rating' },
        permissions: { propose: 'risk.edit', decide: 'risk.review' },
        apply: applyRating,
        close: closeRating,
        diff: diffRating,
      },
    ],
  };
}
