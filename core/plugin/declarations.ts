import type { Schema } from 'mongoose';
import { StartError } from '../errors.ts';
import type { DeclarationList, Declared, Plugin } from './contract.ts';

/** By what each kind of declaration must be unique over core and all plugins. */
const UNIQUE_BY: {
  readonly [K in DeclarationList]: (declaration: NonNullable<Plugin[K]>[number], owner: string) => string;
} = {
  models: (model) => model.name,
  services: (service) => `${service.token.owner}.${service.token.name}`,
  permissions: (permission) => permission.code,
  productKinds: (kind) => kind.code,
  listingGates: (gate) => gate.code,
  events: (event) => event.name,
  handlers: (handler, owner) => `${owner}:${handler.name}`,
  jobs: (job) => job.name,
  schedules: (schedule) => `${schedule.job} at ${schedule.cron}`,
  approvalSubjects: (subject) => subject.type,
  apiDocuments: (document) => document.path,
  routes: (route) => `${route.method.toUpperCase()} ${route.path}`,
  importers: (importer) => importer.name,
  migrations: (migration, owner) => `${owner}:${migration.id}`,
  sampleData: (sample) => sample.name,
  personalData: (data) => `${data.model}.${data.field}`,
  ruleData: (rule) => rule.kind,
  invariants: (invariant) => invariant.name,
  paymentMethods: (method) => method.code,
  fulfilment: (fulfilment) => fulfilment.kind,
  killSwitches: (killSwitch) => killSwitch.code,
  workbenchTasks: (task) => task.code,
  workbenchFigures: (figure) => figure.code,
  workbenchSchedule: (schedule) => schedule.code,
  gateways: (gateway) => gateway.code,
};

/** All declarations of one boot, checked as a whole. */
export interface Declarations {
  readonly plugins: readonly Plugin[];
  all<K extends DeclarationList>(list: K): readonly Declared<NonNullable<Plugin[K]>[number]>[];
}

/** Collects what core and the plugins declare and refuses clashes and loose ends before anything runs. */
export function collectDeclarations(plugins: readonly Plugin[]): Declarations {
  const lists = new Map<DeclarationList, readonly Declared<object>[]>();
  for (const list of Object.keys(UNIQUE_BY) as DeclarationList[]) lists.set(list, collect(plugins, list));
  const declarations: Declarations = {
    plugins,
    all: <K extends DeclarationList>(list: K) =>
      lists.get(list) as readonly Declared<NonNullable<Plugin[K]>[number]>[],
  };
  checkLooseEnds(declarations);
  return declarations;
}

function collect(plugins: readonly Plugin[], list: DeclarationList): readonly Declared<object>[] {
  const owners = new Map<string, string>();
  const collected: Declared<object>[] = [];
  for (const plugin of plugins) {
    for (const declaration of plugin[list] ?? []) {
      const key = (UNIQUE_BY[list] as (declaration: object, owner: string) => string)(
        declaration,
        plugin.name,
      );
      const other = owners.get(key);
      if (other !== undefined)
        throw new StartError(
          'PLUGIN_CLASH',
          `plugin "${plugin.name}"`,
          `declares ${list} "${key}", which "${other}" declares too.`,
        );
      owners.set(key, plugin.name);
      collected.push({ ...declaration, owner: plugin.name });
    }
  }
  return collected;
}

function checkLooseEnds({ all }: Declarations): void {
  const events = new Set(all('events').map((event) => event.name));
  const jobs = new Set(all('jobs').map((job) => job.name));
  const permissions = new Set(all('permissions').map((permission) => permission.code));
  for (const handler of all('handlers'))
    if (typeof handler.on === 'string' && !events.has(handler.on))
      loose(
        handler.owner,
        `handler "${handler.name}" listens to event "${handler.on}", which nobody declares.`,
      );
  for (const schedule of all('schedules'))
    if (!jobs.has(schedule.job))
      loose(schedule.owner, `schedule "${schedule.cron}" runs job "${schedule.job}", which nobody declares.`);
  for (const route of all('routes'))
    if (typeof route.access === 'string' && !permissions.has(route.access))
      loose(route.owner, `route ${route.path} needs permission "${route.access}", which nobody declares.`);
  for (const subject of all('approvalSubjects'))
    for (const permission of Object.values(subject.permissions))
      if (!permissions.has(permission))
        loose(
          subject.owner,
          `approval subject "${subject.type}" needs permission "${permission}", which nobody declares.`,
        );
  for (const list of ['workbenchTasks', 'workbenchFigures', 'workbenchSchedule'] as const)
    for (const { owner, code, permission } of all(list))
      if (!permissions.has(permission))
        loose(owner, `${list} "${code}" needs permission "${permission}", which nobody declares.`);
  const kinds = new Set(all('productKinds').map((kind) => kind.code));
  for (const { owner, kind } of all('fulfilment'))
    if (!kinds.has(kind)) loose(owner, `delivers products of the kind "${kind}", which nobody declares.`);
  for (const method of all('paymentMethods'))
    if (method.code === 'FREE' || !/^[A-Z][A-Z0-9_]*$/.test(method.code) || method.currencies.length === 0)
      loose(
        method.owner,
        `payment method "${method.code}" needs a code in capitals other than FREE, and a currency that it pays.`,
      );
  const schemas = new Map(all('models').map(({ name, schema }) => [name, schema as Schema]));
  for (const { owner, model, field } of all('personalData'))
    if (!schemas.get(model)?.path(field))
      loose(owner, `declares personal data "${model}.${field}", which no model holds.`);
  for (const service of all('services'))
    if (service.token.owner !== service.owner)
      loose(service.owner, `offers service "${service.token.name}" in the name of "${service.token.owner}".`);
}

function loose(owner: string, message: string): never {
  throw new StartError('PLUGIN_LOOSE_END', `plugin "${owner}"`, message);
}
