import { readFileSync } from 'node:fs';
import { catalogService } from '../../core/catalog/service.ts';
import { PlatformError } from '../../core/errors.ts';
import { fromGlobalId, toGlobalId } from '../../core/graphql/global-id.ts';
import { fromRoot } from '../../core/paths.ts';
import type { Reason, RequestContext, Resolvers } from '../../core/plugin/contract.ts';
import { REFUSAL_TEXTS } from '../../core/outreach/messages.ts';
import type { RefusalCode } from '../../core/outreach/decide.ts';
import type { IssueInput, IssueSaved } from './issue/write.ts';
import type { InboundRecord, IssueRecord, IssueState } from './model.ts';
import { smsService, type IssueCounts } from './service.ts';
import type { Variable } from './template/variables.ts';

export const smsTypeDefs = readFileSync(fromRoot('plugins', 'sms-products', 'schema.graphql'), 'utf8');

type Nullable<T> = { readonly [K in keyof T]: T[K] | null };

interface InputArguments {
  readonly productCode: string;
  readonly title: string;
  readonly template: string;
  readonly variables: readonly (Pick<Variable, 'name' | 'type'> &
    Nullable<Pick<Variable, 'text' | 'flag' | 'list'>>)[];
  readonly gateway?: string | null;
}

interface PageArguments {
  readonly first: number;
  readonly after?: string | null;
}

export const smsResolvers: Resolvers = {
  Query: {
    smsIssues: (
      _: never,
      { state, ...page }: PageArguments & { state?: IssueState | null },
      context: RequestContext,
    ) => context.service(smsService).issues(state ?? undefined, page),
    smsIssue: (_: never, { id }: { id: string }, context: RequestContext) =>
      context.service(smsService).issue(fromGlobalId('SmsIssue', id)),
    smsInbound: (_: never, page: PageArguments, context: RequestContext) =>
      context.service(smsService).inbound(page),
  },
  Mutation: {
    createSmsIssue: async (
      _: never,
      { input, idempotencyKey }: { input: InputArguments; idempotencyKey: string },
      context: RequestContext,
    ) =>
      toSaved(
        await context.service(smsService).createIssue(context.actor, toInput(input), idempotencyKey),
        context,
      ),
    saveSmsIssue: async (
      _: never,
      { id, input, revision }: { id: string; input: InputArguments; revision: number },
      context: RequestContext,
    ) => {
      const issueId = fromGlobalId('SmsIssue', id);
      return toSaved(
        await context.service(smsService).saveIssue(context.actor, issueId, toInput(input), revision),
        context,
      );
    },
    submitSmsIssue: async (
      _: never,
      { id, reason, sendAt }: { id: string; reason: string; sendAt?: Date | null },
      context: RequestContext,
    ) => {
      const issueId = fromGlobalId('SmsIssue', id);
      const approvalId = await context
        .service(smsService)
        .submitIssue(context.actor, issueId, reason, sendAt ?? undefined);
      return { approvalId: toGlobalId('Approval', approvalId) };
    },
    receiveSms: async (
      _: never,
      { input }: { input: { from: string; text: string; gatewayMessageId: string } },
      context: RequestContext,
    ) => {
      const { inbound, repeated } = await context.service(smsService).receive(context.actor, input);
      return { understood: inbound.command.is, repeated };
    },
  },
  SmsIssue: {
    id: ({ _id }: IssueRecord) => toGlobalId('SmsIssue', _id),
    productName: async ({ productId, createdAt }: IssueRecord, _: never, context: RequestContext) => {
      const at = await context.service(catalogService).productAt(productId, context.at);
      return at?.version?.content.name ?? { zh: createdAt.toISOString().slice(0, 10), en: null };
    },
    makerName: ({ maker }: IssueRecord) => maker.name,
    checkerName: ({ checker }: IssueRecord) => checker?.name ?? null,
    approvalId: ({ approvalId }: IssueRecord) => (approvalId ? toGlobalId('Approval', approvalId) : null),
    counts: ({ _id }: IssueRecord, _: never, context: RequestContext) =>
      context.service(smsService).counts(_id),
  },
  SmsIssueCounts: {
    skipped: ({ skipped }: IssueCounts) =>
      skipped.map(({ reason, recipients }) => ({ reason: toReason(reason), recipients })),
  },
  SmsInbound: {
    understood: ({ command }: InboundRecord) => command.is,
    keyword: ({ command }: InboundRecord) => ('keyword' in command ? command.keyword : null),
    clients: ({ partyIds }: InboundRecord) => partyIds.length,
    reply: ({ reply }: InboundRecord) => reply?.say ?? null,
    outcome: ({ outcome }: InboundRecord) => outcome?.code ?? null,
    done: ({ state }: InboundRecord) => state === 'DONE',
  },
};

function toInput({ variables, gateway, ...input }: InputArguments): IssueInput {
  return {
    ...input,
    gateway: gateway ?? undefined,
    variables: variables.map(({ name, type, text, flag, list }) => ({
      name,
      type,
      ...(text == null ? {} : { text }),
      ...(flag == null ? {} : { flag }),
      ...(list == null ? {} : { list }),
    })),
  };
}

async function toSaved(saved: IssueSaved, context: RequestContext) {
  if ('refused' in saved)
    return {
      __typename: 'SmsIssueRefused',
      code: 'SMS_ISSUE_REFUSED',
      message: {
        zh: '短信期次没有保存，请按列出的原因修改。',
        en: 'The issue was not saved. Correct what the reasons name.',
      },
      reasons: saved.refused,
    };
  const issue = await context.service(smsService).issue(saved.issueId);
  if (!issue) throw new PlatformError('NOT_FOUND', 'The issue is gone.', { status: 404 });
  return { __typename: 'SmsIssueSaved', issue };
}

function toReason(code: string): Reason {
  const text = REFUSAL_TEXTS[code as RefusalCode] ?? { zh: code, en: code };
  return { ['code']: code, text };
}
