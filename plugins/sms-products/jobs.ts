import { z } from 'zod';
import type { Host, JobDeclaration } from '../../core/plugin/contract.ts';
import { FOLLOW_UP } from './inbound/receive.ts';
import { sendIssue } from './issue/send.ts';
import { SEND_ISSUE } from './issue/write.ts';
import { smsService } from './service.ts';

export const smsJobs: readonly JobDeclaration[] = [
  {
    name: SEND_ISSUE,
    version: 1,
    payload: z.strictObject({ issueId: z.string() }),
    attemptsMax: 10,
    timeLimitMs: 60 * 60_000,
    run: sendIssue,
  },
  {
    name: FOLLOW_UP,
    version: 1,
    payload: z.strictObject({ inboundId: z.string() }),
    attemptsMax: 10,
    timeLimitMs: 60_000,
    run: ({ inboundId }: { inboundId: string }, host: Host) => host.service(smsService).followUp(inboundId),
  },
];
