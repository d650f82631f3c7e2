import type { Request, Response } from 'express';
import type { ZodType } from 'zod';
import { PlatformError } from '../../../core/errors.ts';
import { schemaProblems } from '../../../core/explain/rule-data.ts';
import { sendProblem } from '../../../core/http/problem.ts';
import type { RequestContext, RouteDeclaration, SignedAccess } from '../../../core/plugin/contract.ts';
import { merchantService } from '../merchant/service.ts';
import type { ChangeCommand } from './command.ts';
import { SANDBOX_TRIGGER, type PartnerAnswer } from './decide.ts';
import { RateLimit, rateLimitHeaders } from './rate-limit.ts';
import { partnerService } from './service.ts';
import {
  emptyBody,
  listQuery,
  refundBody,
  reservationView,
  reserveBody,
  sandboxTokenBody,
} from './shapes.ts';

export const PARTNER_PATH = '/partner/v1';

/** Who calls is who signed; nothing in a body says so. */
const access: SignedAccess = { signer: (keyId, host) => host.service(merchantService).signer(keyId) };

type Handle = RouteDeclaration['handle'];

/** The routes of one app, which share one count of requests. */
export function partnerRoutes(): readonly RouteDeclaration[] {
  const limit = new RateLimit();
  const route = (method: 'get' | 'post', path: string, handle: Handle): RouteDeclaration => ({
    method,
    path: `${PARTNER_PATH}${path}`,
    access,
    handle: limited(limit, handle),
  });
  return [
    route('post', '/reservations', reserve),
    route('get', '/reservations', list),
    route('get', '/reservations/by-reference/:reference', byReference),
    route('post', '/reservations/:id/confirm', change('confirm')),
    route('post', '/reservations/:id/cancel', change('cancel')),
    route('post', '/reservations/:id/refund', refund),
    route('post', '/sandbox/tokens', sandboxToken),
  ];
}

/** Counted behind the signature, so that nobody can use up another's share. */
function limited(limit: RateLimit, handle: Handle): Handle {
  return async (request, response, context) => {
    const merchant = await context.service(merchantService).find(context.actor.id);
    const state = limit.count(context.actor.id, merchant?.requestsPerMinute ?? 0, context.at);
    for (const [name, value] of Object.entries(rateLimitHeaders(state))) response.setHeader(name, value);
    if (!state.allowed)
      throw new PlatformError('RATE_LIMITED', `At most ${state.limit} requests a minute. Wait and repeat.`, {
        status: 429,
        details: { retryAfterSeconds: state.resetS },
      });
    await handle(request, response, context);
  };
}

const reserve: Handle = async (request, response, context) => {
  const body = bodyOf(request, reserveBody);
  const key = keyOf(request);
  const service = context.service(partnerService);
  const sandbox = /^SANDBOX-/.test(body.reference) && (await isSandbox(context));
  if (sandbox && body.reference.startsWith(SANDBOX_TRIGGER.timeout)) return hangUp(request);
  const losesReply =
    sandbox &&
    body.reference.startsWith(SANDBOX_TRIGGER.lost) &&
    !(await service.isRepeat(service.claim(context.actor, key, { reserve: body })));
  const answer = await service.reserve(context.actor, key, body);
  if (losesReply) return hangUp(request);
  sendAnswer(response, answer, 201);
};

function change(type: 'confirm' | 'cancel'): Handle {
  return async (request, response, context) => {
    bodyOf(request, emptyBody);
    await sendChange(request, response, context, { type, id: idOf(request) });
  };
}

const refund: Handle = async (request, response, context) => {
  const { points } = bodyOf(request, refundBody);
  const command = { type: 'refund', id: idOf(request), ...(points === undefined ? {} : { points }) } as const;
  await sendChange(request, response, context, command);
};

const byReference: Handle = async (request, response, context) => {
  const { reference } = request.params as { reference: string };
  const found = await context.service(partnerService).byReference(context.actor.id, reference);
  response.json(reservationView(found));
};

const list: Handle = async (request, response, context) => {
  const page = checked(listQuery, request.query, 'REQUEST_INVALID');
  const { edges, pageInfo } = await context
    .service(partnerService)
    .list({ merchantCode: context.actor.id }, { first: page.first, after: page.after ?? null });
  response.json({ reservations: edges.map(({ node }) => reservationView(node)), ...pageInfo });
};

const sandboxToken: Handle = async (request, response, context) => {
  const { points } = bodyOf(request, sandboxTokenBody);
  const { token, expiresAt } = await context
    .service(partnerService)
    .sandboxToken(context.actor, keyOf(request), points);
  response.status(201).json({ token, expiresAt: expiresAt.toISOString() });
};

async function sendChange(
  request: Request,
  response: Response,
  context: RequestContext,
  command: ChangeCommand,
): Promise<void> {
  const answer = await context.service(partnerService).change(context.actor, keyOf(request), command);
  sendAnswer(response, answer, 200);
}

function sendAnswer(response: Response, answer: PartnerAnswer, status: number): void {
  if (answer.ok) response.status(status).json(answer.reservation);
  else sendProblem(response, new PlatformError(answer.code, answer.detail, { status: 409 }));
}

async function isSandbox(context: RequestContext): Promise<boolean> {
  return (await context.service(merchantService).find(context.actor.id))?.sandbox === true;
}

/** What a sandbox merchant asked for by its reference: the connection ends without an answer. */
function hangUp(request: Request): void {
  request.socket.destroy();
}

function idOf(request: Request): string {
  return (request.params as { id: string }).id;
}

/** Present, since the signature covers it. */
function keyOf(request: Request): string {
  return String(request.headers['idempotency-key']);
}

function bodyOf<T>(request: Request, shape: ZodType<T>): T {
  return checked(shape, request.body ?? {}, 'BODY_INVALID');
}

function checked<T>(shape: ZodType<T>, value: unknown, code: string): T {
  const parsed = shape.safeParse(value);
  if (parsed.success) return parsed.data;
  const [first] = schemaProblems(parsed.error);
  throw new PlatformError(code, `${first!.path}: ${first!.message}.`);
}
