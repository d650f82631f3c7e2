import { ApolloServer, type ApolloServerPlugin } from '@apollo/server';
import {
  ApolloServerPluginCacheControlDisabled,
  ApolloServerPluginLandingPageDisabled,
} from '@apollo/server/plugin/disabled';
import { expressMiddleware } from '@as-integrations/express5';
import type { Request, Response } from 'express';
import { GraphQLError, getOperationAST, type DocumentNode, type GraphQLSchema } from 'graphql';
import type { Actor } from '../access/actor.ts';
import type { Metrics } from '../http/metrics.ts';
import type { Logger } from '../log.ts';
import type { RequestContext } from '../plugin/contract.ts';
import { permissionsNeeded, type AccessRules } from './access.ts';
import { LIMITS, costOf, limitsRule, measure, noIntrospectionRule } from './limits.ts';
import { maskError } from './mask.ts';

export interface GraphqlDependencies {
  readonly schema: GraphQLSchema;
  readonly rules: AccessRules;
  /** Introspection, suggestions and used limits are shown in demo mode only. */
  readonly open: boolean;
  readonly logger: Logger;
  readonly metrics: Metrics;
}

export interface GraphqlServer {
  start(): Promise<void>;
  stop(): Promise<void>;
  handle(request: Request, response: Response, context: RequestContext): Promise<void>;
  /** The permission that this caller lacks for this document, if any; remembered per document. */
  missingPermission(document: DocumentNode, actor: Actor): string | undefined;
}

export function createGraphqlServer(dependencies: GraphqlDependencies): GraphqlServer {
  const { schema, rules, open, logger } = dependencies;
  const needed = new WeakMap<DocumentNode, ReadonlySet<string>>();
  const missingPermission = (document: DocumentNode, actor: Actor) => {
    let permissions = needed.get(document);
    if (!permissions) needed.set(document, (permissions = permissionsNeeded(schema, rules, document)));
    for (const permission of permissions) if (!actor.permissions.has(permission)) return permission;
    return undefined;
  };
  const apollo = new ApolloServer<RequestContext>({
    schema,
    // Our own rule refuses introspection in production, with a code that says so.
    introspection: true,
    persistedQueries: false,
    hideSchemaDetailsFromClientErrors: !open,
    includeStacktraceInErrorResponses: false,
    allowBatchedHttpRequests: false,
    csrfPrevention: true,
    stopOnTerminationSignals: false,
    parseOptions: { maxTokens: LIMITS.tokens },
    validationRules: open ? [limitsRule] : [limitsRule, noIntrospectionRule],
    plugins: [
      ApolloServerPluginCacheControlDisabled(),
      ApolloServerPluginLandingPageDisabled(),
      checkBeforeExecution(dependencies, missingPermission),
      maskErrors(dependencies),
    ],
    logger: {
      debug: () => undefined,
      info: () => undefined,
      warn: (m) => logger.warn(String(m)),
      error: (m) => logger.error(String(m)),
    },
  });
  let middleware: ReturnType<typeof expressMiddleware> | undefined;
  return {
    missingPermission,
    start: async () => {
      await apollo.start();
      middleware = expressMiddleware(apollo, {
        context: ({ res }) => Promise.resolve(res.locals.context as RequestContext),
      });
    },
    stop: () => apollo.stop(),
    handle: async (request, response, context) => {
      response.locals.context = context;
      await new Promise<void>((resolve, reject) => {
        response.once('close', resolve);
        void middleware!(request, response, (error?: unknown) =>
          error ? reject(error as Error) : resolve(),
        );
      });
    },
  };
}

function checkBeforeExecution(
  { schema, open }: GraphqlDependencies,
  missingPermission: GraphqlServer['missingPermission'],
): ApolloServerPlugin<RequestContext> {
  return {
    requestDidStart: () =>
      Promise.resolve({
        didResolveOperation: ({ document, operationName, request, contextValue }) => {
          const missing = missingPermission(document, contextValue.actor);
          if (missing !== undefined)
            throw new GraphQLError(
              `This needs the permission "${missing}". Ask an administrator for a role that holds it.`,
              {
                extensions: { code: 'FORBIDDEN', permission: missing, http: { status: 403 } },
              },
            );
          const cost = costOf(schema, document, operationName ?? undefined, request.variables ?? {});
          if (cost > LIMITS.cost)
            throw new GraphQLError(
              `The answer could hold ${cost} objects; at most ${LIMITS.cost} are allowed. Ask for smaller pages.`,
              {
                extensions: {
                  code: 'LIMIT_EXCEEDED',
                  limit: 'cost',
                  found: cost,
                  allowed: LIMITS.cost,
                  http: { status: 400 },
                },
              },
            );
          return Promise.resolve();
        },
        willSendResponse: ({ document, operationName, request, response }) => {
          if (
            !open ||
            request.http?.headers.get('x-tessera-limits') !== '1' ||
            response.body.kind !== 'single'
          )
            return Promise.resolve();
          const operation = document && getOperationAST(document, operationName);
          if (!document || !operation) return Promise.resolve();
          const usage = {
            ...measure(document, operation),
            cost: safeCost(schema, document, operationName, request.variables),
          };
          response.body.singleResult.extensions = { ...response.body.singleResult.extensions, limits: usage };
          return Promise.resolve();
        },
      }),
  };
}

function safeCost(
  schema: GraphQLSchema,
  document: DocumentNode,
  name: string | null | undefined,
  variables?: Record<string, unknown>,
): number | null {
  try {
    return costOf(schema, document, name ?? undefined, variables ?? {});
  } catch {
    // The answer already says what is wrong with the variables; a cost cannot be stated for them.
    return null;
  }
}

/** Masks in the response itself, where the request id is known. */
function maskErrors({ logger, metrics }: GraphqlDependencies): ApolloServerPlugin<RequestContext> {
  return {
    requestDidStart: () =>
      Promise.resolve({
        willSendResponse: ({ response, errors, contextValue }) => {
          if (response.body.kind !== 'single' || !response.body.singleResult.errors) return Promise.resolve();
          const result = response.body.singleResult;
          // Once it was executed it is an answer: no resolver chooses the status.
          if (result.data !== undefined) delete response.http.status;
          result.errors = result.errors!.map((formatted, index) =>
            maskError(errors?.[index] ?? formatted, formatted, contextValue.requestId, logger),
          );
          for (const error of result.errors)
            metrics.graphqlErrors.inc({ code: String(error.extensions?.code) });
          return Promise.resolve();
        },
      }),
  };
}
