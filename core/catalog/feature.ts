import { z } from 'zod';
import { coreSdl } from '../graphql/compose.ts';
import type { Plugin } from '../plugin/contract.ts';
import { blocksService, createBlocks } from './blocks.ts';
import { announceCrossings } from './crossings.ts';
import { diffListing, diffVersions } from './diff.ts';
import { catalogEvents } from './events.ts';
import { coreKinds, syncKinds } from './kinds.ts';
import { applyListing, LISTING_SUBJECT } from './listing.ts';
import { catalogModels } from './models.ts';
import { ensureSequence } from './publish.ts';
import { catalogResolvers } from './resolvers.ts';
import { catalogService, createCatalog } from './service.ts';
import { applyVersions, closeSubmission, VERSION_SUBJECT } from './submission.ts';

const READERS = ['product-manager', 'reviewer', 'auditor', 'administrator'];
const CROSSINGS_JOB = 'catalog.announce-crossings';

/** Products, their versions, kinds, categories and brands: from draft to delisting. */
export function catalogFeature(): Omit<Plugin, 'name' | 'version' | 'requires'> {
  return {
    schema: { typeDefs: coreSdl('catalog'), resolvers: catalogResolvers },
    models: catalogModels,
    productKinds: coreKinds(),
    services: [
      { token: catalogService, create: createCatalog },
      { token: blocksService, create: createBlocks },
    ],
    events: catalogEvents,
    permissions: [
      { code: 'product.read', title: { zh: '查看产品', en: 'See products' }, roles: READERS },
      {
        code: 'product.edit',
        title: { zh: '编辑产品草稿、分类与品牌', en: 'Edit drafts, categories and brands' },
        roles: ['product-manager', 'administrator'],
      },
      {
        code: 'product.submit',
        title: { zh: '提交产品审核', en: 'Submit products for review' },
        roles: ['product-manager'],
      },
      {
        code: 'product.review',
        title: { zh: '复核产品与上架', en: 'Decide on products' },
        roles: ['reviewer'],
      },
      {
        code: 'product.list',
        title: { zh: '申请上架', en: 'Propose products for listing' },
        roles: ['product-manager'],
      },
      {
        code: 'product.delist',
        title: { zh: '暂停、恢复、下架与归档', en: 'Suspend, resume, delist and archive' },
        roles: ['product-manager'],
      },
    ],
    approvalSubjects: [
      {
        type: VERSION_SUBJECT,
        title: { zh: '产品版本', en: 'Product version' },
        permissions: { propose: 'product.submit', decide: 'product.review' },
        apply: applyVersions,
        close: closeSubmission,
        diff: diffVersions,
      },
      {
        type: LISTING_SUBJECT,
        title: { zh: '产品上架', en: 'Listing of products' },
        permissions: { propose: 'product.list', decide: 'product.review' },
        apply: applyListing,
        diff: diffListing,
      },
    ],
    jobs: [
      {
        name: CROSSINGS_JOB,
        version: 1,
        payload: z.strictObject({}),
        attemptsMax: 5,
        timeLimitMs: 60_000,
        run: async (_payload, host) => {
          await announceCrossings(host);
        },
      },
    ],
    schedules: [{ cron: '* * * * *', job: CROSSINGS_JOB, payload: {}, missed: 'once' }],
    start: async (host) => {
      await ensureSequence(host);
      await syncKinds(host);
    },
  };
}
