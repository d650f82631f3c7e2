/** Where a caller stands within its minute. */
export interface RateState {
  readonly allowed: boolean;
  readonly limit: number;
  readonly remaining: number;
  /** Seconds until the minute is over, at least 1. */
  readonly resetS: number;
}

const WINDOW_MS = 60_000;

/** Counts requests by caller and minute in this process; what a caller may ask of the firm is that times the processes. */
export class RateLimit {
  #minute = 0;
  readonly #counts = new Map<string, number>();

  /** Counts one request of `caller` at `at`, refused ones included. */
  count(caller: string, limit: number, at: Date): RateState {
    const minute = Math.floor(at.getTime() / WINDOW_MS);
    if (minute !== this.#minute) {
      this.#minute = minute;
      this.#counts.clear();
    }
    const count = (this.#counts.get(caller) ?? 0) + 1;
    this.#counts.set(caller, count);
    return {
      allowed: count <= limit,
      limit,
      remaining: Math.max(limit - count, 0),
      resetS: Math.ceil(((minute + 1) * WINDOW_MS - at.getTime()) / 1000),
    };
  }
}

/** As in the IETF's draft on RateLimit header fields. */
export function rateLimitHeaders({ limit, remaining, resetS }: RateState): Record<string, string> {
  return {
    'RateLimit-Policy': `"merchant";q=${limit};w=60`,
    RateLimit: `"merchant";r=${remaining};t=${resetS}`,
  };
}
