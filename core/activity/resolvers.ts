import type { RequestContext, Resolvers } from '../plugin/contract.ts';
import { activityService } from './service.ts';
import type { ActivityReport } from './report.ts';

interface ReportArgs {
  readonly input: {
    readonly source: string;
    readonly activities: readonly (Omit<ActivityReport, 'reverses'> & {
      readonly reverses?: string | null;
    })[];
  };
}

export const activityResolvers: Resolvers = {
  Mutation: { reportActivities },
};

async function reportActivities(_: never, { input }: ReportArgs, context: RequestContext) {
  const reports = input.activities.map(({ reverses, ...report }): ActivityReport => ({
    ...report,
    ...(reverses == null ? {} : { reverses }),
  }));
  const outcomes = await context.service(activityService).report(context.actor, input.source, reports);
  const count = (status: string) => outcomes.filter((outcome) => outcome.status === status).length;
  return {
    accepted: count('ACCEPTED'),
    repeated: count('REPEATED'),
    refused: outcomes.flatMap((outcome, index) =>
      outcome.status === 'REFUSED' ? [{ index, id: reports[index]!.id, reason: outcome.reason }] : [],
    ),
  };
}
