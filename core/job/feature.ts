import type { Feature } from '../features.ts';
import { coreSdl } from '../graphql/compose.ts';
import { deadJobTask } from './dead.ts';
import { JOBS, SCHEDULES, jobSchema, scheduleSchema } from './records.ts';
import { RecordJobQueue, jobQueue } from './port.ts';
import { jobResolvers } from './resolvers.ts';
import { JobService, createWaker, jobService, jobWaker } from './service.ts';

/** Work to be done later: the queue, its records, and what staff do about jobs that fail. */
export function jobFeature(): Feature {
  return {
    schema: { typeDefs: coreSdl('job'), resolvers: jobResolvers },
    models: [
      {
        name: JOBS,
        schema: jobSchema as never,
        shardKey: { _id: 'hashed' },
        retention: 'seven days after it is done; until staff resume it where it failed',
      },
      { name: SCHEDULES, schema: scheduleSchema as never, shardKey: { _id: 1 }, retention: 'for good' },
    ],
    permissions: [
      {
        code: 'job.read',
        title: { zh: '查看后台任务', en: 'See background jobs' },
        roles: ['administrator', 'auditor'],
      },
      {
        code: 'job.resume',
        title: { zh: '恢复失败的后台任务', en: 'Resume background jobs that failed' },
        roles: ['administrator'],
      },
    ],
    workbenchTasks: [deadJobTask],
    services: [
      { token: jobWaker, create: createWaker },
      {
        token: jobQueue,
        create: (host) =>
          new RecordJobQueue({
            models: host,
            jobs: () => host.declared('jobs'),
            waker: host.service(jobWaker),
          }),
      },
      { token: jobService, create: (host) => new JobService(host) },
    ],
  };
}
