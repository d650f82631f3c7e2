import type { Feature } from '../features.ts';
import { IDEMPOTENCY_KEYS, Idempotency, idempotencyService, keySchema } from './idempotency.ts';

/** Requests that may come twice and are done once. */
export function idempotencyFeature(): Feature {
  return {
    models: [
      {
        name: IDEMPOTENCY_KEYS,
        schema: keySchema as never,
        shardKey: { _id: 'hashed' },
        retention: 'for good: a repeat years later must not be done again',
      },
    ],
    services: [{ token: idempotencyService, create: (host) => new Idempotency(host) }],
  };
}
