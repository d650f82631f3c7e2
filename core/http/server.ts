import { randomUUID } from 'node:crypto';
import express, {
  type Express,
  type NextFunction,
  type Request,
  type RequestHandler,
  type Response,
} from 'express';
import helmet from 'helmet';
import type { Actor } from '../access/actor.ts';
import { accessService, type AccessService } from '../access/service.ts';
import type { DemoSignIns } from '../access/demo.ts';
import { isLoopback } from '../config.ts';
import { PlatformError } from '../errors.ts';
import type { FencedContext } from '../graphql/fence.ts';
import { LIMITS } from '../graphql/limits.ts';
import type { Logger } from '../log.ts';
import type { Declared, Host, RequestContext, RouteDeclaration } from '../plugin/contract.ts';
import { authenticate } from './authenticate.ts';
import type { Metrics } from './metrics.ts';
import { problemHandler, routeOf } from './problem.ts';
import { adminUi } from './admin-ui.ts';
import { signedCaller } from './signed.ts';

export interface HttpDependencies {
  readonly host: Host;
  readonly metrics: Metrics;
  readonly logger: Logger;
  /** Answers POST /graphql once the caller is known and the body is parsed. */
  readonly graphql: (request: Request, response: Response, context: RequestContext) => void | Promise<void>;
  readonly context: (actor: Actor, requestId: string) => FencedContext;
  /** Why the process is not ready to serve, or undefined when it is. */
  readonly notReady: () => Promise<string | undefined>;
  readonly explorer: (() => Promise<unknown>) | undefined;
  readonly demoSignIns: DemoSignIns | undefined;
}

/** The whole HTTP surface of an app. A worker answers for its health only. */
export function createHttp(dependencies: HttpDependencies): Express {
  const { host, logger } = dependencies;
  const app = express();
  app.disable('x-powered-by');
  app.disable('etag');
  app.use(
    helmet({ contentSecurityPolicy: false, strictTransportSecurity: host.config.mode === 'production' }),
  );
  app.use(identifyAndLog(dependencies));
  health(app, dependencies);
  if (host.config.role !== 'worker') serve(app, dependencies);
  app.use((request) => {
    throw new PlatformError('NOT_FOUND', `There is nothing at ${request.method} ${request.path}.`, {
      status: 404,
    });
  });
  app.use(problemHandler(logger));
  return app;
}

function serve(app: Express, dependencies: HttpDependencies): void {
  const { host } = dependencies;
  const access = host.service(accessService);
  const json = express.json({ limit: LIMITS.bodyBytes, type: 'application/json' });
  authRoutes(app, json, access);
  app.post('/graphql', json, async (request, response) => {
    const requestId = requestIdOf(response);
    const actor = await authenticate(request, access, requestId);
    requireJson(request);
    await dependencies.graphql(request, response, dependencies.context(actor, requestId));
  });
  const routes = host.declared('routes');
  for (const route of routes) pluginRoute(app, json, route, dependencies);
  const documents = host.declared('apiDocuments');
  for (const { path, document } of documents) serveDocument(app, path, JSON.stringify(document()));
  refuseOtherMethods(app, [
    { method: 'post', path: '/auth/sign-in' },
    { method: 'post', path: '/auth/sign-out' },
    { method: 'get', path: '/auth/me' },
    { method: 'post', path: '/graphql' },
    ...routes,
    ...documents.map(({ path }) => ({ method: 'get', path })),
  ]);
  if (dependencies.explorer)
    app.get('/explorer/config', async (request, response) => {
      // A page elsewhere whose name was made to point here would read the demo's sign-ins.
      if (!isLoopback(request.hostname))
        throw new PlatformError(
          'NOT_FOUND',
          'The demo is asked by the name of this machine itself, localhost.',
          {
            status: 404,
          },
        );
      response.json(await dependencies.explorer!());
    });
  app.use('/admin', adminUi());
  app.get('/', (_request, response) => response.redirect('/admin/'));
}

/** Tells what a path is asked by, where it is asked otherwise. */
function refuseOtherMethods(app: Express, routes: readonly { method: string; path: string }[]): void {
  const methods = new Map<string, string[]>();
  for (const { method, path } of routes)
    methods.set(path, [...(methods.get(path) ?? []), method.toUpperCase()]);
  for (const [path, allowed] of methods)
    app.all(path, (_request, response) => {
      response.setHeader('Allow', allowed.join(', '));
      throw new PlatformError('METHOD_NOT_ALLOWED', `${path} is asked by ${allowed.join(' or ')}.`, {
        status: 405,
      });
    });
}

function identifyAndLog({ metrics, logger }: HttpDependencies): RequestHandler {
  return (request: Request, response: Response, next: NextFunction) => {
    const given = request.headers['x-request-id'];
    const requestId = typeof given === 'string' && /^[\w-]{8,64}$/.test(given) ? given : randomUUID();
    response.setHeader('x-request-id', requestId);
    const started = process.hrtime.bigint();
    response.on('finish', () => {
      const seconds = Number(process.hrtime.bigint() - started) / 1e9;
      const route = routeOf(request);
      metrics.requestSeconds.observe({ route, status: String(response.statusCode) }, seconds);
      const level = response.statusCode >= 500 ? 'error' : 'debug';
      logger[level](
        { requestId, route, status: response.statusCode, ms: Math.round(seconds * 1000) },
        'answered',
      );
    });
    next();
  };
}

function health(app: Express, { metrics, notReady }: HttpDependencies): void {
  app.get('/livez', (_request, response) => void response.type('text/plain').send('live\n'));
  app.get('/readyz', async (_request, response) => {
    const reason = await notReady();
    response
      .status(reason === undefined ? 200 : 503)
      .type('text/plain')
      .send(`${reason ?? 'ready'}\n`);
  });
  app.get('/metrics', async (_request, response) => {
    response.type(metrics.registry.contentType).send(await metrics.registry.metrics());
  });
}

function authRoutes(app: Express, json: RequestHandler, access: AccessService): void {
  app.post('/auth/sign-in', json, async (request, response) => {
    requireJson(request);
    const { account, password } = (request.body ?? {}) as Record<string, unknown>;
    if (
      typeof account !== 'string' ||
      typeof password !== 'string' ||
      account.length > 100 ||
      password.length > 200
    )
      throw new PlatformError('BODY_INVALID', 'Send {"account": "…", "password": "…"}.');
    const { token, expiresAt, actor } = await access.signIn(account, password);
    response.setHeader('Cache-Control', 'no-store').json({ token, expiresAt, actor: publicActor(actor) });
  });
  app.get('/auth/me', async (request, response) => {
    const actor = await authenticate(request, access, requestIdOf(response));
    response.setHeader('Cache-Control', 'no-store').json({ actor: publicActor(actor) });
  });
  app.post('/auth/sign-out', async (request, response) => {
    await access.signOut(await authenticate(request, access, requestIdOf(response)));
    response.status(204).end();
  });
}

function publicActor({ id, name, kind, roles, permissions }: RequestContext['actor']): unknown {
  return { id, name, kind, roles, permissions: [...permissions].sort() };
}

function pluginRoute(
  app: Express,
  json: RequestHandler,
  route: Declared<RouteDeclaration>,
  dependencies: HttpDependencies,
): void {
  const { access } = route;
  const signed = typeof access !== 'string';
  const callerOf = signed
    ? signedCaller(access, route.owner, dependencies.host)
    : permittedCaller(access, dependencies.host);
  app[route.method](route.path, signed ? rawBody : json, async (request: Request, response: Response) => {
    const requestId = requestIdOf(response);
    const actor = await callerOf(request, requestId);
    response.setHeader('Cache-Control', 'no-store');
    await route.handle(request, response, dependencies.context(actor, requestId).forPlugin(route.owner));
  });
}

/** What anybody may read: written once, the same for everyone. */
function serveDocument(app: Express, path: string, text: string): void {
  app.get(path, (_request, response) => void response.type('application/json').send(text));
}

type CallerOf = (request: Request, requestId: string) => Promise<Actor>;

function permittedCaller(permission: string, host: Host): CallerOf {
  const access = host.service(accessService);
  return async (request, requestId) => {
    const actor = await authenticate(request, access, requestId);
    if (actor.permissions.has(permission)) return actor;
    throw new PlatformError('FORBIDDEN', `This needs the permission "${permission}". Ask an administrator.`, {
      status: 403,
    });
  };
}

/** A signature covers a body's bytes, so they are kept until it is checked. */
const rawBody = express.raw({ limit: LIMITS.bodyBytes, type: () => true, inflate: false });

/** A form or plain-text body cannot be sent as JSON by a page of another origin without its browser asking first. */
function requireJson(request: Request): void {
  // The parser leaves no body where it found another type.
  if (request.body === undefined && !request.is('application/json'))
    throw new PlatformError('BODY_INVALID', 'Send the body as Content-Type: application/json.', {
      status: 415,
    });
}

function requestIdOf(response: Response): string {
  return String(response.getHeader('x-request-id'));
}
