import { fromGlobalId, toGlobalId } from '../graphql/global-id.ts';
import type { PageArgs } from '../graphql/connection.ts';
import type { RequestContext, Resolvers } from '../plugin/contract.ts';
import type { JobRecord, JobState } from './records.ts';
import { jobService } from './service.ts';

export const jobResolvers: Resolvers = {
  Query: {
    jobs: (_: never, { states, ...page }: PageArgs & { states: JobState[] }, context: RequestContext) =>
      context.service(jobService).list(states, page),
    jobCounts: async (_: never, __: never, context: RequestContext) => {
      const counts = await context.service(jobService).count();
      return Object.entries(counts).map(([state, count]) => ({ state, count }));
    },
  },
  Mutation: {
    resumeJob: (_: never, { id }: { id: string }, context: RequestContext) =>
      context.service(jobService).resume(context.actor, fromGlobalId('Job', id)),
  },
  Job: { id: (job: JobRecord) => toGlobalId('Job', job._id) },
};
