import type { ErrorRequestHandler, Response } from 'express';
import { PlatformError } from '../errors.ts';
import type { Logger } from '../log.ts';

/** An answer in the form of RFC 9457 (`application/problem+json`). */
export interface Problem {
  readonly type: string;
  readonly title: string;
  readonly status: number;
  readonly code: string;
  readonly detail: string;
}

export function sendProblem(response: Response, error: PlatformError): void {
  const problem: Problem = {
    type: `https://tessera.example/errors#${error.code.toLowerCase().replaceAll('_', '-')}`,
    title: error.code.toLowerCase().replaceAll('_', ' '),
    status: error.status,
    code: error.code,
    detail: error.message,
  };
  const retryAfter = error.details.retryAfterSeconds;
  if (typeof retryAfter === 'number') response.setHeader('Retry-After', String(retryAfter));
  response.status(error.status).type('application/problem+json').send(JSON.stringify(problem));
}

/** The last handler: foreseen failures say what they are, all others are logged and masked. */
export function problemHandler(logger: Logger): ErrorRequestHandler {
  return (error: unknown, request, response, next) => {
    if (response.headersSent) {
      next(error);
      return;
    }
    const requestId = String(response.getHeader('x-request-id') ?? '');
    const known = toPlatformError(error);
    if (known.status >= 500) logger.error({ err: error, requestId, path: request.path }, 'request failed');
    sendProblem(response, known);
  };
}

function toPlatformError(error: unknown): PlatformError {
  if (error instanceof PlatformError) return error;
  const type = typeof error === 'object' && error !== null && 'type' in error ? error.type : undefined;
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
  return new PlatformError(
    'INTERNAL',
    'Something failed that nobody foresaw. Name the request id when you report it.',
    { status: 500 },
  );
}
