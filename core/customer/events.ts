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
    occurrence: {
      title: { zh: '更新风险测评', en: 'Risk profile renewed' },
      facts: {
        level: { type: 'TEXT', title: { zh: '风险承受能力', en: 'Risk category' } },
        no: { type: 'INTEGER', title: { zh: '第几次测评', en: 'Number of the assessment' } },
      },
      read: ({ partyId, no, level, assessedAt }) => ({
        source: 'customer',
        id: `risk-profile:${String(partyId)}:${String(no)}`,
        partyId: partyId as string,
        at: new Date(assessedAt as string),
        facts: { level: level as string, no: no as number },
      }),
    },
  },
];
