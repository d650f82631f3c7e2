import { z } from 'zod';
import type { EventDeclaration } from '../../core/plugin/contract.ts';
import { POOLS } from './pool.ts';

export const POOL_CHANGED = 'fund.pool-changed';

export const fundPoolEvents: readonly EventDeclaration[] = [
  {
    name: POOL_CHANGED,
    version: 1,
    description:
      'A fund went into, between or out of pools, by the decision of two people. The key is the product.',
    shape: z.object({
      productId: z.string(),
      code: z.string(),
      from: z.enum(POOLS).nullable(),
      to: z.enum(POOLS),
      reason: z.string(),
      approvalId: z.string(),
    }),
  },
];
