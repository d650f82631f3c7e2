import { randomUUID } from 'node:crypto';
import express, {
  type Express,
  type NextFunction,
  type Request,
  type RequestHandler,
  type Response,
} from 'express';
import helmet from 'helmet';
import { accessService, type AccessService } from '../access/service.ts';
import type { DemoSignIns } from '../access/demo.ts';
import { PlatformError } from '../errors.ts';
import { LIMITS } from '../graphql/limits.ts';
import type { Logger } from '../log.ts';
import type { Declared, Host, RequestContext, RouteDeclaration } from '../plugin/contract.ts';
import { authenticate } from './authenticate.ts';
import type { Metrics } from './metrics.ts';
import { problemHandler } from './problem.ts';
import { adminUi } from './admin-ui.ts';

export interface HttpDependencies {
  readonly host: Host;
  readonly metrics: Metrics;
  readonly logger: Logger;
  /** Answers POST /graphql once the caller is known and the body is parsed. */
  readonly graphql: (request: Request, response: Response, context: RequestContext) => Promise<void>;
  readonly context: (actor: RequestContext['actor'], requestId: string) => RequestContext;
  /** Why the process is not ready to serve, or undefined when it is. */
  readonly notReady: () => Promise<string | undefined>;
  readonly explorer: (() => Promise<unknown>) | undefined;
  readonly demoSignIns: DemoSignIns | undefined;
}

/** The whole HTTP surface of an app. */
export function createHttp(dependencies: HttpDependencies): Express {
  const { host, logger } = dependencies;
  const access = host.service(accessService);
  const app = express();
  app.disable('x-powered-by');
  app.disable('etag');
  app.use(
    helmet({ contentSecurityPolicy: false, strictTransportSecurity: host.config.mode === 'production' }),
  );
  app.use(identifyAndLog(dependencies));
  health(app, dependencies);
  const json = express.json({ limit: LIMITS.bodyBytes, type: 'application/json' });
  app.use('/auth', json, authRoutes(access));
  app.post('/graphql', json, async (request, response) => {
    const requestId = requestIdOf(response);
    const actor = await authenticate(request, access, requestId);
    requireJson(request);
    await dependencies.graphql(request, response, dependencies.context(actor, requestId));
  });
  app.all('/graphql', () => {
    throw new PlatformError('METHOD_NOT_ALLOWED', 'GraphQL is asked by POST with a JSON body.', {
      status: 405,
    });
  });
  for (const route of host.declared('routes')) pluginRoute(app, json, route, access, dependencies);
  if (dependencies.explorer)
    app.get(
      '/explorer/config',
      async (_request, response) => void response.json(await dependencies.explorer!()),
    );
  app.use('/admin', adminUi());
  app.get('/', (_request, response) => response.redirect('/admin/'));
  app.use((request) => {
    throw new PlatformError('NOT_FOUND', `There is nothing at ${request.method} ${request.path}.`, {
      status: 404,
    });
  });
  app.use(problemHandler(logger));
  return app;
}

function identifyAndLog({ metrics, logger }: HttpDependencies): RequestHandler {
  return (request: Request, response: Response, next: NextFunction) => {
    const given = request.headers['x-request-id'];
    const requestId = typeof given === 'string' && /^[\w-]{8,64}$/.test(given) ? given : randomUUID();
    response.setHeader('x-request-id', requestId);
    const started = process.hrtime.bigint();
    response.on('finish', () => {
      const seconds = Number(process.hrtime.bigint() - started) / 1e9;
      const route = `${request.method} ${(request.route as { path?: string } | undefined)?.path ?? request.baseUrl ?? ''}`;
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

function authRoutes(access: AccessService): express.Router {
  const router = express.Router();
  router.post('/sign-in', async (request, response) => {
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
  router.get('/me', async (request, response) => {
    const actor = await authenticate(request, access, requestIdOf(response));
    response.setHeader('Cache-Control', 'no-store').json({ actor: publicActor(actor) });
  });
  router.post('/sign-out', async (request, response) => {
    await access.signOut(await authenticate(request, access, requestIdOf(response)));
    response.status(204).end();
  });
  return router;
}

function publicActor({ id, name, kind, roles, permissions }: RequestContext['actor']): unknown {
  return { id, name, kind, roles, permissions: [...permissions].sort() };
}

function pluginRoute(
  app: Express,
  json: RequestHandler,
  route: Declared<RouteDeclaration>,
  access: AccessService,
  { context }: HttpDependencies,
): void {
  app[route.method](route.path, json, async (request: Request, response: Response) => {
    const requestId = requestIdOf(response);
    const actor = await authenticate(request, access, requestId);
    if (route.access !== 'public' && !actor.permissions.has(route.access))
      throw new PlatformError(
        'FORBIDDEN',
        `This needs the permission "${route.access}". Ask an administrator.`,
        { status: 403 },
      );
    await route.handle(request, response, context(actor, requestId));
  });
}

/** A form or plain-text body cannot be sent as JSON by a page of another origin without its browser asking first. */
function requireJson(request: Request): void {
  if (!request.is('application/json'))
    throw new PlatformError('BODY_INVALID', 'Send the body as Content-Type: application/json.', {
      status: 415,
    });
}

function requestIdOf(response: Response): string {
  return String(response.getHeader('x-request-id'));
}
