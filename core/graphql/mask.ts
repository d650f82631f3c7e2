import { GraphQLError, type GraphQLFormattedError } from 'graphql';
import { failureOf, foreseen, framesOf } from '../failure.ts';
import type { Logger } from '../log.ts';

/** Codes that GraphQL itself gives to a request that is wrong; their messages speak of the request only. */
const REQUEST_CODES = new Set([
  'GRAPHQL_PARSE_FAILED',
  'GRAPHQL_VALIDATION_FAILED',
  'BAD_USER_INPUT',
  'BAD_REQUEST',
  'OPERATION_RESOLUTION_FAILURE',
  'LIMIT_EXCEEDED',
  'PAGE_SIZE_INVALID',
  'INTROSPECTION_OFF',
  'OPERATION_NOT_SUPPORTED',
  'PERSISTED_QUERY_NOT_SUPPORTED',
  'FORBIDDEN',
]);

/**
 * What a caller may learn of an error: foreseen failures in full, wrong requests in GraphQL's words, and of anything
 * else only that it happened; where it happened is logged under the request id. An error with a path comes from a
 * resolver, which speaks to callers by PlatformError only: a GraphQLError that it throws is masked like any other.
 */
export function maskError(
  error: unknown,
  formatted: GraphQLFormattedError,
  requestId: string,
  logger: Logger,
): GraphQLFormattedError {
  const original = error instanceof GraphQLError ? (error.originalError ?? error) : error;
  // GraphQL leaves an error that claims a place of its own as it is; only a place that GraphQL found is told.
  const claimed = formatted.path !== undefined && original === error;
  const place = {
    ...(formatted.path && !claimed ? { path: formatted.path } : {}),
    ...(formatted.locations && !claimed ? { locations: formatted.locations } : {}),
  };
  const known = foreseen(original);
  if (known)
    return {
      message: known.message,
      ...place,
      extensions: { ...known.details, code: known.code, requestId },
    };
  // Validation wraps what a rule reported: the rule's own code says more than that it was validation.
  const told =
    original instanceof GraphQLError && original.extensions.code ? original.extensions : formatted.extensions;
  if (!formatted.path && original instanceof GraphQLError && REQUEST_CODES.has(String(told?.code))) {
    const { stacktrace: _, http: __, ...extensions } = told ?? {};
    return { message: formatted.message, ...place, extensions: { ...extensions, requestId } };
  }
  logger.error(
    { requestId, ...place, ...failureOf(original), frames: framesOf(original) },
    'resolver failed',
  );
  return {
    message: 'Something failed that nobody foresaw. Name the request id when you report it.',
    ...place,
    extensions: { code: 'INTERNAL', requestId },
  };
}
