import type { Feature } from '../features.ts';
import { QUOTAS, Quotas, quotaSchema, quotaService } from './quota.ts';

/** Numbers that many want a part of: stock, seats, budgets. */
export function quotaFeature(): Feature {
  return {
    models: [
      {
        name: QUOTAS,
        schema: quotaSchema as never,
        shardKey: { _id: 'hashed' },
        retention: 'as long as what it counts',
      },
    ],
    services: [{ token: quotaService, create: (host) => new Quotas(host) }],
  };
}
