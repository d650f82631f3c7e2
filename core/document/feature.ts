import type { Feature } from '../features.ts';
import { coreSdl } from '../graphql/compose.ts';
import { CONFIRMATIONS, DOCUMENTS, confirmationSchema, documentSchema } from './records.ts';
import { documentResolvers } from './resolvers.ts';
import { DOCUMENT_SUBJECT, DocumentService, documentService } from './service.ts';

/** Agreements and disclosures that products require, and what clients confirmed. */
export function documentFeature(): Feature {
  return {
    schema: { typeDefs: coreSdl('document'), resolvers: documentResolvers },
    models: [
      {
        name: DOCUMENTS,
        schema: documentSchema as never,
        shardKey: { _id: 1 },
        retention: 'for good: what was confirmed must be shown',
      },
      {
        name: CONFIRMATIONS,
        schema: confirmationSchema as never,
        shardKey: { partyId: 'hashed' },
        retention: '20 years after the client has left (suitability), then erased',
      },
    ],
    services: [{ token: documentService, create: (host) => new DocumentService(host) }],
    permissions: [
      {
        code: 'document.read',
        title: { zh: '查看协议与风险揭示书', en: 'See agreements and disclosures' },
        roles: ['touchpoint', 'product-manager', 'reviewer', 'auditor', 'administrator'],
      },
      {
        code: 'document.propose',
        title: { zh: '申请发布协议版本', en: 'Propose versions of agreements' },
        roles: ['product-manager'],
      },
      {
        code: 'document.decide',
        title: { zh: '复核协议版本', en: 'Decide on versions of agreements' },
        roles: ['reviewer'],
      },
      {
        code: 'document.confirm',
        title: { zh: '记录客户确认', en: 'Record what a client confirmed' },
        roles: ['touchpoint'],
      },
    ],
    personalData: [
      {
        model: CONFIRMATIONS,
        field: 'partyId',
        purpose: 'to prove which agreements and disclosures a client confirmed',
        retention: '20 years after the client has left (suitability), then erased',
      },
    ],
    approvalSubjects: [
      {
        type: DOCUMENT_SUBJECT,
        title: { zh: '协议或风险揭示书版本', en: 'Version of an agreement or disclosure' },
        permissions: { propose: 'document.propose', decide: 'document.decide' },
        apply: (tx, approval, host) => host.service(documentService).settle(tx, approval, 'APPROVED'),
        close: (tx, approval, _outcome, host) => host.service(documentService).settle(tx, approval, 'CLOSED'),
        diff: (approval, host) => host.service(documentService).diff(approval),
      },
    ],
  };
}
