import { PlatformError } from '../errors.ts';
import type { FieldResolver, RequestContext } from '../plugin/contract.ts';

/** How long one resolver of a plugin may take before the request goes on without it. */
const RESOLVER_TIME_LIMIT_MS = 10_000;

/** A context that can narrow itself to what one plugin may reach. */
export interface FencedContext extends RequestContext {
  forPlugin(plugin: string): RequestContext;
}

/** Gives a plugin's resolver its own host's services, and goes on without it when it never settles. */
export function fence(
  plugin: string,
  resolve: FieldResolver,
  timeLimitMs = RESOLVER_TIME_LIMIT_MS,
): FieldResolver {
  return (parent, args, context, info) => {
    const result = resolve(parent, args, (context as FencedContext).forPlugin(plugin), info);
    return isThenable(result)
      ? withinLimit(result, plugin, `${info.parentType.name}.${info.fieldName}`, timeLimitMs)
      : result;
  };
}

/** A query of the driver or of mongoose is awaited like a promise without being one. */
function isThenable(value: unknown): value is PromiseLike<unknown> {
  return typeof value === 'object' && value !== null && 'then' in value && typeof value.then === 'function';
}

function withinLimit(
  result: PromiseLike<unknown>,
  plugin: string,
  field: string,
  timeLimitMs: number,
): Promise<unknown> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => {
      reject(
        new PlatformError(
          'RESOLVER_TIMED_OUT',
          `${field} of plugin "${plugin}" did not answer within ${timeLimitMs / 1000} s.`,
          {
            status: 503,
          },
        ),
      );
    }, timeLimitMs);
    timer.unref();
    Promise.resolve(result)
      .then(resolve, reject)
      .finally(() => clearTimeout(timer));
  });
}
