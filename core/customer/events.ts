import { z } from 'zod';
import type { EventDeclaration } from '../plugin/contract.ts';
import { RISK_CATEGORIES } from '../risk/levels.ts';

export const customerEvents: readonly EventDeclaration[] = [
  {
    name: 'customer.risk-profile-recorded',
    version: 1,
    description:
      'A client was assessed anew by questionnaire; imports of a whole book of clients do not publish it.',
    shape: z.strictObject({
      partyId: z.string(),
      no: z.int().min(1),
      level: z.enum(RISK_CATEGORIES),
      lowestCategory: z.boolean(),
      assessedAt: z.iso.datetime(),
      validUntil: z.iso.datetime(),
    }),
  },
];
