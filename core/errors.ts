/**
 * Every failure that the platform foresees. `code` is stable, documented in docs/errors.md (a test compares) and the
 * only part of an unexpected failure that leaves the process.
 */
export class PlatformError extends Error {
  readonly code: string;
  readonly status: number;
  readonly details: Record<string, unknown>;

  /**
   * @param code UPPER_SNAKE, listed in docs/errors.md
   * @param message what is wrong, where, and what to do, as one or two sentences
   * @param options.status HTTP status for REST answers, 400 by default
   * @param options.details machine-readable facts; never personal data
   */
  constructor(
    code: string,
    message: string,
    options: { status?: number; details?: Record<string, unknown>; cause?: unknown } = {},
  ) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.name = 'PlatformError';
    this.code = code;
    this.status = options.status ?? 400;
    this.details = options.details ?? {};
  }
}

/** The platform cannot start: one line naming the key (an environment variable, option or file) and what to do. */
export class StartError extends PlatformError {
  readonly key: string;

  constructor(code: string, key: string, message: string, cause?: unknown) {
    super(code, `${key}: ${message}`, { status: 500, details: { key }, cause });
    this.name = 'StartError';
    this.key = key;
  }
}

/** Too busy or not able to answer now; the same request may be repeated after `retryAfterSeconds`. */
export class BusyError extends PlatformError {
  readonly retryAfterSeconds: number;

  constructor(message: string, retryAfterSeconds = 1, cause?: unknown) {
    super('BUSY', message, { status: 503, details: { retryAfterSeconds }, cause });
    this.retryAfterSeconds = retryAfterSeconds;
  }
}

export function notFound(what: string, id: string): PlatformError {
  return new PlatformError('NOT_FOUND', `There is no ${what} "${id}" that you may see.`, {
    status: 404,
    details: { what, id },
  });
}
