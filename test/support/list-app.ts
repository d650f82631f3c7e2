import type { Express, Response } from 'express';
import type { GraphQLSchema } from 'graphql';
import { accessService } from '../../core/access/service.ts';
import type { Actor } from '../../core/access/actor.ts';
import { Browse } from '../../core/catalog/browse/browse.ts';
import { PriceAnswers } from '../../core/catalog/browse/price-answers.ts';
import { browseResolvers } from '../../core/catalog/browse/resolvers.ts';
import { BrowseService } from '../../core/catalog/browse/service.ts';
import { browseSplicer } from '../../core/catalog/browse/splice.ts';
import type { CatalogRows } from '../../core/catalog/snapshot/product-rows.ts';
import { PublishedCatalog } from '../../core/catalog/snapshot/published-catalog.ts';
import { newVocabulary } from '../../core/catalog/snapshot/view.ts';
import { policyRules } from '../../core/catalog/browse/policy-rules.ts';
import type { DecisionClient } from '../../core/customer/decision-client.ts';
import { readRuleFile } from '../../core/explain/rule-data.ts';
import type { SuitabilityProduct } from '../../core/suitability/facts.ts';
import { loadPolicy } from '../../core/suitability/policy.ts';
import { readAccessRules } from '../../core/graphql/access.ts';
import { composeSchema, coreSdl } from '../../core/graphql/compose.ts';
import { createHotPath } from '../../core/graphql/hot/hot-path.ts';
import type { HotPath } from '../../core/graphql/hot/hot-path.ts';
import { createGraphqlServer } from '../../core/graphql/server.ts';
import type { GraphqlServer } from '../../core/graphql/server.ts';
import { createMetrics } from '../../core/http/metrics.ts';
import { createHttp } from '../../core/http/server.ts';
import { createLogger } from '../../core/log.ts';
import type { Host, RequestContext, RouteDeclaration } from '../../core/plugin/contract.ts';

export const TOKEN = 'list-app-token';

export interface ListAppOptions {
  readonly rows: CatalogRows;
  readonly clients: readonly DecisionClient[];
  readonly now: () => Date;
  /** Further routes of the same app, behind the same middleware, authentication and body parsing. */
  readonly routes?: readonly RouteDeclaration[];
  /** False: GraphQL goes Apollo's way only. */
  readonly hot?: boolean;
}

/** The list alone, on a catalogue in memory: the platform's HTTP, GraphQL and hot path without a database. */
export interface ListApp {
  readonly schema: GraphQLSchema;
  readonly catalog: PublishedCatalog<SuitabilityProduct>;
  readonly browse: Browse<DecisionClient, SuitabilityProduct>;
  readonly hotPath: HotPath;
  readonly graphql: GraphqlServer;
  readonly http: Express;
  context(permissions?: readonly string[]): RequestContext;
  stop(): Promise<void>;
}

export async function createListApp(options: ListAppOptions): Promise<ListApp> {
  const { rows, now, hot = true } = options;
  const schema = composeSchema([
    {
      name: 'core',
      version: '1.0.0',
      requires: {},
      schema: { typeDefs: `${coreSdl('base')}\n${coreSdl('browse')}`, resolvers: browseResolvers },
    },
  ]);
  const policy = loadPolicy(readRuleFile('core', 'suitability', 'policies', 'csrc-order-130.json'));
  const suitability = policyRules(() => policy);
  const rules = { classify: suitability.classify, vocabulary: newVocabulary<SuitabilityProduct>() };
  const catalog = new PublishedCatalog(rows, rules, now());
  const browse = new Browse({ catalog, suitability, prices: new PriceAnswers() });
  const clients = new Map(options.clients.map((client) => [client.customerNo, client]));
  const clientFacts = (customerNo: string) => clients.get(customerNo);
  const service = new BrowseService({
    browse,
    feed: { atLeast: () => Promise.resolve() },
    clientFacts: (customerNo) => Promise.resolve(clientFacts(customerNo)),
  });
  const logger = createLogger('fatal');
  const metrics = createMetrics();
  const graphql = createGraphqlServer({
    schema,
    rules: readAccessRules(schema, new Set(['catalog.browse'])),
    open: false,
    logger,
    metrics,
  });
  await graphql.start();
  const hotPath = createHotPath({
    schema,
    splicers: [browseSplicer({ schema, browse, clientFacts })],
    compiledFields: new Set(['browseProducts', 'browseProduct', 'explainPrice', 'explainOutcome']),
    missingPermission: graphql.missingPermission,
  });
  const contextOf = (actor: Actor): RequestContext => ({
    actor,
    at: now(),
    requestId: 'r',
    service: () => service as never,
    perRequest: (_key, create) => create(),
  });
  const touchpoint = actorWith(['catalog.browse']);
  const http = createHttp({
    host: hostOf(touchpoint, options.routes ?? []),
    metrics,
    logger,
    graphql: async (request, response, context) => {
      if (hot && (await hotPath.tryAnswer(request, response, context))) return;
      await graphql.handle(request, response, context);
    },
    context: (actor) => {
      const context = contextOf(actor);
      return { ...context, forPlugin: () => context };
    },
    notReady: () => Promise.resolve(undefined),
    explorer: undefined,
    demoSignIns: undefined,
  });
  return {
    schema,
    catalog,
    browse,
    hotPath,
    graphql,
    http,
    context: (permissions = ['catalog.browse']) => contextOf(actorWith(permissions)),
    stop: () => graphql.stop(),
  };
}

/** What the hot path answers to a body, without HTTP between; undefined where it leaves the request to others. */
export async function askHotPath(
  app: Pick<ListApp, 'hotPath'>,
  body: unknown,
  context: RequestContext,
): Promise<string | undefined> {
  let answered: string | undefined;
  const written: Buffer[] = [];
  const write = (part: string | Buffer, encoding?: BufferEncoding) =>
    void written.push(typeof part === 'string' ? Buffer.from(part, encoding) : part);
  const response = {
    setHeader: () => undefined,
    cork: () => undefined,
    uncork: () => undefined,
    write,
    end: (part: string | Buffer, encoding?: BufferEncoding) => {
      write(part, encoding);
      answered = Buffer.concat(written).toString('utf8');
    },
  } as unknown as Response;
  const did = await app.hotPath.tryAnswer({ body, headers: {} } as never, response, context);
  return did ? answered : undefined;
}

function actorWith(permissions: readonly string[]): Actor {
  return {
    kind: 'api-client',
    id: 'touchpoint',
    name: 'Touchpoint',
    roles: ['touchpoint'],
    permissions: new Set(permissions),
  };
}

function hostOf(actor: Actor, routes: readonly RouteDeclaration[]): Host {
  const access = { actorOf: (token: string) => Promise.resolve(token === TOKEN ? actor : undefined) };
  return {
    service: (token: unknown) => (token === accessService ? access : undefined),
    declared: (list: string) =>
      list === 'routes' ? routes.map((route) => ({ ...route, owner: 'test' })) : [],
    config: { mode: 'production' },
  } as unknown as Host;
}
