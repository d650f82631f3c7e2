import type { Feature } from '../features.ts';
import { coreSdl } from '../graphql/compose.ts';
import type { RequestContext, Resolvers } from '../plugin/contract.ts';
import { asCoreHost, type CoreHost } from '../plugin/host.ts';
import { serviceToken } from '../plugin/service.ts';
import { readFigures, readTasks, readToday, type Figure, type Moment } from './read.ts';

const workbenchHost = serviceToken<CoreHost>('core', 'workbench-host');
const today = Symbol('workbench today');

/** The first page of the day (工作台): what features and plugins say waits, happens and counts. */
export function workbenchFeature(): Feature {
  return {
    schema: { typeDefs: coreSdl('workbench'), resolvers: workbenchResolvers },
    services: [{ token: workbenchHost, create: asCoreHost }],
  };
}

const workbenchResolvers: Resolvers = {
  Query: { workbench: (_: never, __: never, { at }: RequestContext) => ({ at }) },
  Workbench: {
    tasks: (_: never, __: never, context: RequestContext) =>
      readTasks(context.service(workbenchHost), context.actor, context.at),
    figures: (_: never, __: never, context: RequestContext) =>
      readFigures(context.service(workbenchHost), context.actor, context.at),
    today: async (_: never, __: never, context: RequestContext) => (await todayOf(context)).moments,
    todayMissing: async (_: never, __: never, context: RequestContext) => (await todayOf(context)).missing,
  },
  WorkbenchRow: { detail: ({ detail }: { detail?: unknown }) => detail ?? null },
  WorkbenchMoment: {
    detail: ({ detail }: Moment) => detail ?? null,
    link: ({ link }: Moment) => link ?? null,
    barred: ({ barred }: Moment) => barred === true,
  },
  WorkbenchFigure: {
    value: ({ value }: Figure) => value ?? null,
    unit: ({ unit }: Figure) => unit ?? null,
    of: ({ of }: Figure) => of ?? null,
    note: ({ note }: Figure) => note ?? null,
  },
};

function todayOf(context: RequestContext) {
  return context.perRequest(today, () =>
    readToday(context.service(workbenchHost), context.actor, context.at),
  );
}
