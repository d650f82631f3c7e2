import type { ErrorRequestHandler, Request, Response } from 'express';
import { PlatformError } from '../errors.ts';
import { failureOf, foreseen, framesOf } from '../failure.ts';
import type { Logger } from '../log.ts';

/** An answer in the form of RFC 9457 (`application/problem+json`). */
export interface Problem {
  readonly type: string;
  readonly title: string;
  readonly status: number;
  readonly code: string;
  readonly detail: string;
  /** For finding the log line. */
  readonly requestId: string;
}

export function sendProblem(response: Response, error: PlatformError): void {
  const problem: Problem = {
    type: `https://tessera.example/errors#${error.code.toLowerCase().replaceAll('_', '-')}`,
    title: error.code.toLowerCase().replaceAll('_', ' '),
    status: error.status,
    code: error.code,
    detail: error.message,
    requestId: String(response.getHeader('x-request-id') ?? ''),
  };
  const retryAfter = error.details.retryAfterSeconds;
  if (typeof retryAfter === 'number') response.setHeader('Retry-After', String(retryAfter));
  if (error.status === 401) response.setHeader('WWW-Authenticate', 'Bearer');
  response.status(error.status).type('application/problem+json').send(JSON.stringify(problem));
}

/** The last handler: foreseen failures say what they are, all others are logged and masked. */
export function problemHandler(logger: Logger): ErrorRequestHandler {
  // Express knows an error handler by its four parameters.
  return (error: unknown, request, response, _next) => {
    const known = toPlatformError(error);
    if (known.status >= 500)
      logger.error(
        {
          requestId: String(response.getHeader('x-request-id') ?? ''),
          route: routeOf(request),
          ...failureOf(error),
          frames: framesOf(error),
        },
        'request failed',
      );
    // A part of the answer is on its way: ending the connection is the only way left to say that it is not whole.
    if (response.headersSent) response.destroy();
    else sendProblem(response, known);
  };
}

/** The pattern that a request was answered by, never its path: a path may hold ids. */
export function routeOf(request: Request): string {
  const { path } = (request.route ?? {}) as { path?: string };
  return `${request.method} ${request.baseUrl}${path ?? ''}`;
}

function toPlatformError(error: unknown): PlatformError {
  const known = foreseen(error);
  if (known) return known;
  const { type, status } = (typeof error === 'object' && error !== null ? error : {}) as {
    type?: unknown;
    status?: unknown;
  };
  if (type === 'entity.too.large')
    return new PlatformError('BODY_TOO_LARGE', 'The body is larger than 100 KB. Send less at a time.', {
      status: 413,
    });
  if (type === 'entity.parse.failed')
    return new PlatformError(
      'BODY_INVALID',
      'The body is not valid JSON. Check quotes, commas and the encoding (UTF-8).',
    );
  if (type === 'charset.unsupported' || type === 'encoding.unsupported')
    return new PlatformError('BODY_INVALID', 'The body must be UTF-8 without an unusual content encoding.', {
      status: 415,
    });
  // What Express and its parsers refuse by themselves, e.g. a path that is not valid percent-encoding.
  if (typeof status === 'number' && status >= 400 && status < 500)
    return new PlatformError(
      'REQUEST_INVALID',
      'The request cannot be read. Check the encoding of its path, headers and body.',
      { status },
    );
  return new PlatformError(
    'INTERNAL',
    'Something failed that nobody foresaw. Name the request id when you report it.',
    { status: 500 },
  );
}
