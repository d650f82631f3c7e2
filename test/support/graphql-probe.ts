import express, { type Express } from 'express';
import type { GraphQLSchema } from 'graphql';
import { pino } from 'pino';
import type { Actor } from '../../core/access/actor.ts';
import { corePlugin } from '../../core/features.ts';
import { readAccessRules, type AccessRules } from '../../core/graphql/access.ts';
import { composeSchema } from '../../core/graphql/compose.ts';
import { createHotPath } from '../../core/graphql/hot/hot-path.ts';
import { LIMITS } from '../../core/graphql/limits.ts';
import { createGraphqlServer } from '../../core/graphql/server.ts';
import { createMetrics } from '../../core/http/metrics.ts';
import { problemHandler } from '../../core/http/problem.ts';
import type { Logger } from '../../core/log.ts';
import type { Plugin, RequestContext } from '../../core/plugin/contract.ts';
import { collectDeclarations } from '../../core/plugin/declarations.ts';
import { loadPlugins } from '../../core/plugin/load.ts';
import type { FencedContext } from '../../core/graphql/fence.ts';

/** The platform's GraphQL over HTTP with a small tree of a test plugin, and a count of the resolvers that ran. */
export interface Probe {
  readonly http: Express;
  readonly schema: GraphQLSchema;
  readonly resolved: { count: number };
  stop(): Promise<void>;
}

const TYPE_DEFS = `
  extend type Query {
    tree(first: Int = 1): [Tree!]! @access(permission: "signed-in")
    secret: String @access(permission: "probe.secret")
    broken(how: String!): String @access(permission: "signed-in")
  }
  extend type Mutation { plant(name: String!): Tree @access(permission: "signed-in") }
  type Tree @access(permission: "signed-in") {
    name: String
    secret: String @access(permission: "probe.secret")
    children(first: Int = 1): [Tree!]!
    parent: Tree
  }
`;

export async function startProbe(options: {
  open: boolean;
  permissions?: string[];
  broken?: (how: string) => unknown;
}): Promise<Probe> {
  const resolved = { count: 0 };
  const counted =
    <T>(value: T) =>
    (): T => {
      resolved.count++;
      return value;
    };
  const plugin: Plugin = {
    name: 'probe',
    version: '1.0.0',
    requires: {},
    permissions: [{ code: 'probe.secret', title: { zh: '秘', en: 'Secret' }, roles: [] }],
    schema: {
      typeDefs: TYPE_DEFS,
      resolvers: {
        Query: {
          tree: counted([{}]),
          secret: counted('hidden'),
          broken: (_: never, { how }: { how: string }) => options.broken?.(how),
        },
        Mutation: { plant: counted({}) },
        Tree: {
          name: counted('oak'),
          secret: counted('hidden'),
          children: counted([{}]),
          parent: counted({}),
        },
      },
    },
  };
  const plugins = loadPlugins(corePlugin(), [() => plugin]);
  const schema = composeSchema(plugins);
  const permissions = collectDeclarations(plugins).all('permissions');
  const served = await serveSchema({
    schema,
    rules: readAccessRules(schema, new Set(permissions.map(({ code }) => code))),
    open: options.open,
    logger: pino({ level: 'silent' }),
    permissions: options.permissions ?? [],
  });
  return { ...served, schema, resolved };
}

/** A schema over HTTP as the platform serves it, asked by one caller without a token. */
export async function serveSchema(options: {
  schema: GraphQLSchema;
  rules: AccessRules;
  open: boolean;
  logger: Logger;
  permissions: readonly string[];
  /** Tries the compiled way first, for every query. */
  compiled?: boolean;
}): Promise<{ http: Express; compiledAnswers: { count: number }; stop(): Promise<void> }> {
  const { schema, rules, open, logger } = options;
  const server = createGraphqlServer({ schema, rules, open, logger, metrics: createMetrics() });
  await server.start();
  const actor: Actor = {
    kind: 'staff',
    id: 'probe',
    name: 'probe',
    roles: [],
    permissions: new Set(options.permissions),
  };
  const http = express();
  const hotPath = createHotPath({
    schema,
    splicers: [],
    compiledFields: new Set(options.compiled ? Object.keys(schema.getQueryType()!.getFields()) : []),
    missingPermission: server.missingPermission,
  });
  const compiledAnswers = { count: 0 };
  http.post('/graphql', express.json({ limit: LIMITS.bodyBytes }), async (request, response) => {
    if (await hotPath.tryAnswer(request, response, contextOf(actor))) compiledAnswers.count++;
    else await server.handle(request, response, contextOf(actor));
  });
  http.use(problemHandler(logger));
  return { http, compiledAnswers, stop: () => server.stop() };
}

function contextOf(actor: Actor): RequestContext {
  const context: FencedContext = {
    actor,
    at: new Date(0),
    requestId: 'request-1',
    service: () => {
      throw new Error('The probe has no services.');
    },
    perRequest: (_key, create) => create(),
    forPlugin: () => context,
  };
  return context;
}
