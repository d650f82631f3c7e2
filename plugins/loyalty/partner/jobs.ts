import { z } from 'zod';
import type { JobDeclaration, ScheduleDeclaration } from '../../../core/plugin/contract.ts';
import { deliverJob } from './deliver.ts';
import { partnerService } from './service.ts';

const EXPIRE_JOB = 'loyalty.expire-reservations';

export const partnerJobs: readonly JobDeclaration[] = [
  deliverJob,
  {
    name: EXPIRE_JOB,
    version: 1,
    payload: z.strictObject({}),
    attemptsMax: 5,
    timeLimitMs: 60_000,
    run: (_payload, host, run) => host.service(partnerService).expireHolds(run),
  },
];

export const partnerSchedules: readonly ScheduleDeclaration[] = [
  { cron: '* * * * *', job: EXPIRE_JOB, payload: {}, missed: 'once' },
];
