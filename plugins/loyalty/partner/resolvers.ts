import { readFileSync } from 'node:fs';
import type { Channel } from '../../../core/catalog/records.ts';
import { customerService } from '../../../core/customer/service.ts';
import { PlatformError } from '../../../core/errors.ts';
import { toConnection, type PageArgs } from '../../../core/graphql/connection.ts';
import { fromGlobalId, toGlobalId } from '../../../core/graphql/global-id.ts';
import { fromRoot } from '../../../core/paths.ts';
import type { RequestContext, Resolvers } from '../../../core/plugin/contract.ts';
import type { RedemptionState } from '../ledger/command.ts';
import type { MerchantRecord } from '../merchant/model.ts';
import { merchantService } from '../merchant/service.ts';
import type { PartnerRedemptionRecord, WebhookRecord } from './model.ts';
import { partnerService } from './service.ts';
import type { TokenAsk } from './token.ts';

export const partnerTypeDefs = readFileSync(
  fromRoot('plugins', 'loyalty', 'partner', 'schema.graphql'),
  'utf8',
);

interface RedemptionArgs extends PageArgs {
  readonly customerNo?: string | null;
  readonly merchantCode?: string | null;
  readonly state?: RedemptionState | null;
}
interface CodeArgs {
  readonly code: string;
}
type TokenInput = Omit<TokenAsk, 'channel'>;

export const partnerResolvers: Resolvers = {
  Query: {
    merchants: async (_: never, { first, after }: PageArgs, context: RequestContext) => {
      const { merchants, hasNextPage } = await context
        .service(merchantService)
        .list(first, after == null ? '' : readCursor(after));
      const edges = merchants.map((node) => ({ cursor: cursorOf(node._id), node }));
      return { edges, pageInfo: { hasNextPage, endCursor: edges.at(-1)?.cursor ?? null } };
    },
    merchant: (_: never, { code }: CodeArgs, context: RequestContext) =>
      context.service(merchantService).find(code),
    loyaltyRedemptions: async (_: never, args: RedemptionArgs, context: RequestContext) => {
      const { customerNo, merchantCode, state } = args;
      const parties =
        customerNo == null ? undefined : context.service(customerService).partyIds([customerNo]);
      const partyId = customerNo == null ? undefined : (await parties!).get(customerNo);
      // A number that no client has redeemed nothing.
      if (customerNo != null && partyId === undefined) return toConnection([], args.first, () => context.at);
      const filter = { partyId, merchantCode: merchantCode ?? undefined, state: state ?? undefined };
      return context.service(partnerService).list(filter, args);
    },
    loyaltyRedemption: (_: never, { id }: { id: string }, context: RequestContext) =>
      context.service(partnerService).byId(fromGlobalId('LoyaltyRedemption', id)),
    goodsStock: async (_: never, { code }: CodeArgs, context: RequestContext) => {
      const stock = await context.service(partnerService).stockOf(code);
      return stock && { total: stock.capacity, remaining: stock.remaining };
    },
  },
  Mutation: {
    proposeMerchant: async (
      _: never,
      { input, reason }: { input: Record<string, unknown>; reason: string },
      context: RequestContext,
    ) => {
      const terms = Object.fromEntries(Object.entries(input).filter(([, value]) => value !== null));
      const result = await context.service(merchantService).propose(context.actor, terms, reason);
      if ('approvalId' in result)
        return { __typename: 'MerchantProposed', approvalId: toGlobalId('Approval', result.approvalId) };
      return {
        __typename: 'MerchantInvalid',
        code: 'MERCHANT_INVALID',
        message: {
          zh: '商户资料不能使用，未提交申请。请按位置逐条修改。',
          en: 'The merchant cannot be like this, so nothing was proposed. Correct each place.',
        },
        problems: result.problems,
      };
    },
    newMerchantWebhookSecret: async (_: never, { code }: CodeArgs, context: RequestContext) => ({
      secret: await context.service(merchantService).newWebhookSecret(context.actor, code),
    }),
    setGoodsStock: async (
      _: never,
      { code, total }: { code: string; total: number },
      context: RequestContext,
    ) => {
      const stock = await context.service(partnerService).setStock(context.actor, code, total);
      return { total: stock.capacity, remaining: stock.remaining };
    },
    createRedemptionToken: async (_: never, { input }: { input: TokenInput }, context: RequestContext) => {
      const channel = channelOf(context);
      const issued = await context.service(partnerService).issueToken(context.actor, { ...input, channel });
      if ('token' in issued) return { __typename: 'RedemptionToken', ...issued };
      const { code, text } = issued.refused;
      return { __typename: 'RedemptionTokenRefused', code, message: text };
    },
    withdrawMerchantConsent: (
      _: never,
      args: Pick<TokenAsk, 'customerNo' | 'merchantCode'>,
      context: RequestContext,
    ) => context.service(partnerService).withdrawConsent(context.actor, args),
    replayWebhook: (_: never, { id }: { id: string }, context: RequestContext) =>
      context.service(partnerService).replayWebhook(context.actor, fromGlobalId('LoyaltyWebhook', id)),
  },
  Merchant: {
    id: ({ _id }: MerchantRecord) => toGlobalId('Merchant', _id),
    code: ({ _id }: MerchantRecord) => _id,
    keyIds: ({ keys }: MerchantRecord) => keys.map(({ id }) => id),
    webhookSecretDrawn: ({ webhookSecrets }: MerchantRecord) => webhookSecrets.length > 0,
    revision: ({ rev }: MerchantRecord) => rev,
  },
  LoyaltyRedemption: {
    id: ({ _id }: PartnerRedemptionRecord) => toGlobalId('LoyaltyRedemption', _id),
    refundedPoints: ({ refunded }: PartnerRedemptionRecord) => refunded,
    goodsCode: ({ goods }: PartnerRedemptionRecord) => goods?.code,
    quantity: ({ goods }: PartnerRedemptionRecord) => goods?.quantity,
    webhooks: ({ _id }: PartnerRedemptionRecord, _: never, context: RequestContext) =>
      context.service(partnerService).webhooksOf(_id),
  },
  LoyaltyWebhook: {
    id: ({ _id }: WebhookRecord) => toGlobalId('LoyaltyWebhook', _id),
  },
};

/** A token is good for the touchpoint that asked for it: prices and listings are those of its channel. */
function channelOf({ actor }: RequestContext): Channel {
  if (actor.channel !== undefined) return actor.channel as Channel;
  throw new PlatformError(
    'FORBIDDEN',
    'Only a touchpoint with a channel of its own gets redemption tokens.',
    {
      status: 403,
    },
  );
}

function cursorOf(code: string): string {
  return Buffer.from(`merchant:${code}`, 'utf8').toString('base64url');
}

function readCursor(cursor: string): string {
  const text = Buffer.from(cursor, 'base64url').toString('utf8');
  if (text.startsWith('merchant:')) return text.slice('merchant:'.length);
  throw new PlatformError(
    'CURSOR_INVALID',
    `"${cursor.slice(0, 64)}" is no cursor of this list. Use the endCursor that the last page returned.`,
  );
}
