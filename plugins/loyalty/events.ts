import { z } from 'zod';
import type { EventDeclaration } from '../../core/plugin/contract.ts';
import { JOURNAL_KINDS } from './ledger/journal.ts';

export const POINTS_POSTED = 'loyalty.points-posted';

const points = z.int().min(0);

export const loyaltyEvents: readonly EventDeclaration[] = [
  {
    name: POINTS_POSTED,
    version: 1,
    description:
      "Points of a client moved. The key is the client's party id; one event per account and transaction, with its entries in order.",
    shape: z.object({
      partyId: z.string(),
      pointType: z.string(),
      entries: z
        .array(
          z.object({
            journalId: z.string(),
            kind: z.enum(JOURNAL_KINDS),
            causeType: z.string(),
            causeId: z.string(),
            redemptionId: z.string().optional(),
          }),
        )
        .min(1),
      balance: z.object({ available: points, reserved: points, pending: points, owed: points }),
    }),
  },
];
