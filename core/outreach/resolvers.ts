import { customerService } from '../customer/service.ts';
import { unknownCustomer } from '../customer/resolvers.ts';
import type { RequestContext, Resolvers } from '../plugin/contract.ts';
import type { ConsentRecord } from './records.ts';
import { outreachService } from './service.ts';

interface RecordConsentArguments {
  readonly input: {
    readonly customerNo: string;
    readonly code: string;
    readonly given: boolean;
    readonly channel: string;
    readonly textVersion: string;
    readonly evidence: string;
  };
}

export const outreachResolvers: Resolvers = {
  Query: {
    consentHistory: async (_: never, { customerNo }: { customerNo: string }, context: RequestContext) => {
      const partyId = (await context.service(customerService).partyIds([customerNo])).get(customerNo);
      return partyId === undefined ? null : context.service(outreachService).consentHistory(partyId);
    },
  },
  Mutation: {
    recordConsent: async (_: never, { input }: RecordConsentArguments, context: RequestContext) => {
      const { customerNo, ...act } = input;
      const partyId = (await context.service(customerService).partyIds([customerNo])).get(customerNo);
      if (partyId === undefined) return unknownCustomer(customerNo);
      const { no, at } = await context
        .service(outreachService)
        .recordConsentFor(context.actor, { ...act, partyId });
      return { __typename: 'ConsentRecorded', no, at };
    },
  },
  ConsentAct: {
    byName: ({ by }: ConsentRecord) => by.name,
  },
};
