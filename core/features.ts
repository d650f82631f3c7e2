import { accessFeature } from './access/feature.ts';
import { activityFeature } from './activity/feature.ts';
import { approvalFeature } from './approval/feature.ts';
import { browseFeature } from './catalog/browse/feature.ts';
import { deskFeature } from './catalog/desk/feature.ts';
import { catalogFeature } from './catalog/feature.ts';
import { customerFeature } from './customer/feature.ts';
import { databaseFeature } from './db/feature.ts';
import { earningFeature } from './earning/feature.ts';
import { documentFeature } from './document/feature.ts';
import { eventFeature } from './event/feature.ts';
import { idempotencyFeature } from './idempotency/feature.ts';
import { jobFeature } from './job/feature.ts';
import { outreachFeature } from './outreach/feature.ts';
import type { DeclarationList, Host, Plugin } from './plugin/contract.ts';
import { mergeResolvers } from './plugin/resolvers.ts';
import { pricingFeature } from './pricing/feature.ts';
import { quotaFeature } from './quota/feature.ts';
import { riskFeature } from './risk/feature.ts';
import { ruleFeature } from './rule/feature.ts';
import { sampleFeature } from './sample/feature.ts';
import { signatureFeature } from './signature/feature.ts';
import { subscriptionFeature } from './subscription/feature.ts';
import { suitabilityFeature } from './suitability/feature.ts';
import { switchFeature } from './switch/feature.ts';
import { traceFeature } from './trace/feature.ts';
import { workbenchFeature } from './workbench/feature.ts';

/** The version that plugins state in `requires: { core: … }`. */
export const CORE_VERSION = '0.1.0';

/** What a core feature declares: the plugin contract without a name of its own. */
export type Feature = Omit<Plugin, 'name' | 'version' | 'requires'>;

const FEATURES: readonly (() => Feature)[] = [
  databaseFeature,
  accessFeature,
  approvalFeature,
  eventFeature,
  idempotencyFeature,
  jobFeature,
  quotaFeature,
  traceFeature,
  switchFeature,
  customerFeature,
  catalogFeature,
  pricingFeature,
  riskFeature,
  ruleFeature,
  signatureFeature,
  suitabilityFeature,
  activityFeature,
  outreachFeature,
  earningFeature,
  browseFeature,
  deskFeature,
  workbenchFeature,
  documentFeature,
  subscriptionFeature,
  sampleFeature,
];

/** Core's own features, declared in the plugin contract's shape under the owner `core`. */
export function corePlugin(): Plugin {
  const features = FEATURES.map((create) => create());
  return {
    name: 'core',
    version: CORE_VERSION,
    requires: {},
    schema: {
      typeDefs: features.map((feature) => feature.schema?.typeDefs ?? '').join('\n'),
      resolvers: mergeResolvers(features.map(({ schema }) => schema?.resolvers ?? {})),
    },
    ...mergeLists(features),
    start: (host) => inTurn(features, 'start', host),
    stop: (host) => inTurn([...features].reverse(), 'stop', host),
  };
}

const LISTS: readonly DeclarationList[] = [
  'models',
  'services',
  'permissions',
  'productKinds',
  'listingGates',
  'events',
  'handlers',
  'jobs',
  'schedules',
  'approvalSubjects',
  'routes',
  'apiDocuments',
  'importers',
  'migrations',
  'sampleData',
  'personalData',
  'ruleData',
  'paymentMethods',
  'fulfilment',
  'killSwitches',
  'invariants',
  'workbenchTasks',
  'workbenchFigures',
  'workbenchSchedule',
];

function mergeLists(features: readonly Feature[]): Pick<Plugin, DeclarationList> {
  const merged: Partial<Record<DeclarationList, unknown[]>> = {};
  for (const list of LISTS) merged[list] = features.flatMap((feature) => (feature[list] ?? []) as unknown[]);
  return merged as Pick<Plugin, DeclarationList>;
}

async function inTurn(features: readonly Feature[], step: 'start' | 'stop', host: Host): Promise<void> {
  for (const feature of features) await feature[step]?.(host);
}
