import { refuseOtherChannel } from '../catalog/browse/resolvers.ts';
import { unknownCustomer } from '../customer/resolvers.ts';
import { customerService } from '../customer/service.ts';
import type { Channel } from '../catalog/records.ts';
import { toGlobalId } from '../graphql/global-id.ts';
import type { RequestContext, Resolvers } from '../plugin/contract.ts';
import type { ConfirmationManner, DocumentRecord } from './records.ts';
import { documentService, type NewDocumentVersion, type StatedConfirmation } from './service.ts';

export interface ConfirmationArg {
  readonly documentId: string;
  readonly manner: ConfirmationManner;
  readonly evidenceRef?: string | null;
}

export const documentResolvers: Resolvers = {
  Query: {
    documents: (_: never, __: never, context: RequestContext) => context.service(documentService).inForce(),
  },
  Mutation: {
    proposeDocument: async (_: never, { input }: { input: NewDocumentVersion }, context: RequestContext) => {
      const { approvalId, documentId } = await context.service(documentService).propose(context.actor, input);
      return { approvalId: toGlobalId('Approval', approvalId), documentId };
    },
    confirmDocuments,
  },
  Document: { id: ({ _id }: DocumentRecord) => _id },
  ConfirmDocumentsResult: { __resolveType: ({ __typename }: { __typename: string }) => __typename },
};

export function toConfirmation({ documentId, manner, evidenceRef }: ConfirmationArg): StatedConfirmation {
  return { documentId, manner, ...(evidenceRef == null ? {} : { evidenceRef }) };
}

async function confirmDocuments(
  _: never,
  args: { customerNo: string; channel: Channel; confirmations: readonly ConfirmationArg[] },
  context: RequestContext,
) {
  refuseOtherChannel(context.actor, args.channel);
  const documents = context.service(documentService);
  const customer = await context.service(customerService).factsOf(args.customerNo, context.at);
  if (!customer) return unknownCustomer(args.customerNo);
  const refused = await documents.confirmAlone(
    context.actor,
    customer.id,
    args.channel,
    args.confirmations.map(toConfirmation),
  );
  if (refused.length > 0)
    return {
      __typename: 'DocumentsNotConfirmed',
      code: 'DOCUMENTS_NOT_CONFIRMED',
      message: {
        zh: '未记录任何确认，请按所列原因更正后重试。',
        en: 'Nothing was recorded. Correct what is listed and repeat.',
      },
      reasons: refused,
    };
  return {
    __typename: 'DocumentsConfirmed',
    documentIds: args.confirmations.map(({ documentId }) => documentId),
  };
}
