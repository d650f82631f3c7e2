import { z } from 'zod';
import type { EventDeclaration } from '../../core/plugin/contract.ts';

export const smsEvents: readonly EventDeclaration[] = [
  {
    name: 'sms.issue-sent',
    version: 1,
    description: 'An issue of a package has been through all its holders. The key is the issue.',
    shape: z.strictObject({ issueId: z.string() }),
  },
];
