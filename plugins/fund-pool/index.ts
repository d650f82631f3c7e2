import { definePlugin } from '../../core/plugin/contract.ts';
import { fundPoolEvents } from './events.ts';
import { importFunds } from './import/importer.ts';
import { fundTypes } from './fund-types.ts';
import { fundKind } from './kind.ts';
import { fundPoolModels } from './model.ts';
import { POOL_MOVE_SUBJECT, applyMoves, diffMoves } from './moves.ts';
import { fundPoolPermissions } from './permissions.ts';
import { fundPoolResolvers, fundPoolTypeDefs } from './resolvers.ts';
import { loadFunds } from './sample/load-funds.ts';
import { FundPoolService, fundPoolService } from './service.ts';

/** The fund pool (基金池): funds as products, the pools they are in, and what a pool means for sale. */
export const fundPool = definePlugin(() => ({
  name: 'fund-pool',
  version: '0.1.0',
  requires: { core: '^0.1.0' },
  schema: { typeDefs: fundPoolTypeDefs, resolvers: fundPoolResolvers },
  models: fundPoolModels,
  services: [{ token: fundPoolService, create: (host) => new FundPoolService(host) }],
  permissions: fundPoolPermissions,
  productKinds: [fundKind],
  ruleData: [fundTypes],
  events: fundPoolEvents,
  approvalSubjects: [
    {
      type: POOL_MOVE_SUBJECT,
      title: { zh: '基金入池与出池', en: 'Funds into and out of pools' },
      permissions: { propose: 'fund-pool.propose', decide: 'fund-pool.decide' },
      apply: applyMoves,
      diff: diffMoves,
    },
  ],
  sampleData: [{ name: 'funds', order: 40, load: loadFunds }],
  importers: [{ name: 'funds', title: { zh: '基金', en: 'Funds' }, run: importFunds }],
}));
