import DataLoader from 'dataloader';
import { approvalService } from '../../../core/approval/service.ts';
import { customerService } from '../../../core/customer/service.ts';
import { declaredOccurrences } from '../../../core/earning/feature.ts';
import type { EarningRule } from '../../../core/earning/rule.ts';
import { PlatformError } from '../../../core/errors.ts';
import { toGlobalId } from '../../../core/graphql/global-id.ts';
import type { Host, RequestContext, Resolvers } from '../../../core/plugin/contract.ts';
import { serviceToken } from '../../../core/plugin/service.ts';
import { quotaService } from '../../../core/quota/quota.ts';
import { ledgerService } from '../contract.ts';
import { budgetKey, earningService } from '../earning/earning.ts';
import type { JudgementRecord } from '../earning/records.ts';
import type { Account } from '../ledger/account.ts';
import type { Journal } from '../ledger/journal.ts';
import { NEVER, endOfMonth } from '../ledger/month.ts';
import type { Bucket, Lot } from '../ledger/posting.ts';
import { proposeAdjustment, type Adjustment, type ProposedAdjustment } from './adjustment.ts';
import { explainEntry } from './explain.ts';
import { formulaInWords, limitsInWords } from './rule-words.ts';

const PAGE_MAX = 100;

/** What the resolvers need of the plugin's own host. */
export interface AccountDesk {
  propose(actor: RequestContext['actor'], input: Adjustment): Promise<ProposedAdjustment>;
  /** An event's name in words. */
  eventTitle(name: string): { readonly zh: string; readonly en: string };
}

export const accountDesk = serviceToken<AccountDesk>('loyalty', 'account-desk');

export function createAccountDesk(host: Host): AccountDesk {
  return {
    propose: (actor, input) => proposeAdjustment(host, actor, input),
    eventTitle: (name) => declaredOccurrences(host).get(name)?.title ?? { zh: name, en: name },
  };
}

type ShownAccount = Account & { readonly customerNo: string };

export const accountResolvers: Resolvers = {
  Query: {
    loyaltyAccount: async (
      _: never,
      { customerNo, pointType }: { customerNo: string; pointType: string },
      context: RequestContext,
    ) => {
      const known = await context.service(customerService).partyIds([customerNo]);
      const partyId = known.get(customerNo);
      if (partyId === undefined) return null;
      const ledger = context.service(ledgerService);
      const type = ledger.pointTypes().find(({ code }) => code === pointType);
      if (!type)
        throw new PlatformError(
          'POINT_TYPE_UNKNOWN',
          `There is no type of points "${pointType.slice(0, 32)}".`,
        );
      return { ...(await ledger.account(partyId, pointType)), customerNo };
    },
    pointTypes: (_: never, __: never, context: RequestContext) => context.service(ledgerService).pointTypes(),
    earningRules: (_: never, __: never, context: RequestContext) => {
      const { version, rules } = context.service(earningService).inForce();
      const byPriority = [...rules.rules].sort((a, b) => b.priority - a.priority);
      return { version, rules: byPriority, boosts: rules.boosts };
    },
  },
  Mutation: {
    proposePointsAdjustment: async (_: never, { input }: { input: Adjustment }, context: RequestContext) => {
      const result = await context.service(accountDesk).propose(context.actor, input);
      if ('approvalId' in result)
        return {
          __typename: 'PointsAdjustmentProposed',
          approvalId: toGlobalId('Approval', result.approvalId),
        };
      return {
        __typename: 'PointsAdjustmentRefused',
        code: 'POINTS_ADJUSTMENT_REFUSED',
        message: result.refused,
      };
    },
  },
  LoyaltyAccount: {
    pointType: ({ pointType }: ShownAccount, _: never, context: RequestContext) =>
      context
        .service(ledgerService)
        .pointTypes()
        .find(({ code }) => code === pointType),
    lots: ({ lots }: ShownAccount) =>
      lots.map(({ expiryMonth, points }: Lot) => ({
        expiryMonth: expiryMonth === NEVER ? null : expiryMonth,
        expiresAt: endOfMonth(expiryMonth) ?? null,
        points,
      })),
    statement,
  },
  PointEntry: {
    id: ({ id }: Journal) => toGlobalId('PointEntry', id),
    available: (journal: Journal) => changeOf(journal, 'AVAILABLE'),
    reserved: (journal: Journal) => changeOf(journal, 'RESERVED'),
    pending: (journal: Journal) => changeOf(journal, 'PENDING'),
    // OWED is a debit bucket: a debt of 70 is a posting of −70.
    owed: (journal: Journal) => -changeOf(journal, 'OWED') || 0,
    balanceAfter: ({ after }: Journal) => after.available,
    postedBy: ({ by }: Journal) => by.name,
    why,
  },
  EarningRule: {
    onTitle: ({ on }: EarningRule, _: never, context: RequestContext) =>
      context.service(accountDesk).eventTitle(on),
    formula: (rule: EarningRule) => formulaInWords(rule),
    limits: (rule: EarningRule) => limitsInWords(rule),
    budget,
  },
  EarningBoost: {
    from: ({ schedule }: Pick<EarningRule, 'schedule'>) => schedule?.from ?? null,
    until: ({ schedule }: Pick<EarningRule, 'schedule'>) => schedule?.until ?? null,
    budget,
  },
};

async function statement(
  { partyId, pointType, seq }: ShownAccount,
  { first, after }: { first: number; after?: string | null },
  context: RequestContext,
) {
  const { journals, hasNextPage } = await context.service(ledgerService).statement(partyId, {
    pointType,
    first: Math.min(Math.max(first, 1), PAGE_MAX),
    ...(after == null ? {} : { before: seqOf(after) }),
  });
  const edges = journals.map((node) => ({
    cursor: Buffer.from(String(node.seq)).toString('base64url'),
    node,
  }));
  return { edges, pageInfo: { hasNextPage, endCursor: edges.at(-1)?.cursor ?? null }, totalCount: seq };
}

function seqOf(cursor: string): number {
  const text = Buffer.from(cursor, 'base64url').toString('utf8');
  if (/^[1-9]\d{0,14}$/.test(text)) return Number(text);
  throw new PlatformError('CURSOR_INVALID', 'This cursor is none of this list. Begin again without `after`.');
}

/** By how much an entry changed one bucket of the client. */
function changeOf({ postings }: Journal, bucket: Bucket): number {
  return postings.reduce(
    (sum, posting) => ('bucket' in posting && posting.bucket === bucket ? sum + posting.points : sum),
    0,
  );
}

async function why(journal: Journal, _: never, context: RequestContext) {
  const { type, id, approvalId } = journal.cause;
  const judgement = type === 'event' ? await judgements(context).load(id) : undefined;
  const approval =
    approvalId === undefined ? undefined : await context.service(approvalService).find(approvalId);
  return explainEntry(journal, { judgement, reason: approval?.reason });
}

const JUDGEMENTS_OF_REQUEST = Symbol('judgements');

/** A page of entries asks for its judgements at once. */
function judgements(context: RequestContext): DataLoader<string, JudgementRecord | undefined> {
  return context.perRequest(
    JUDGEMENTS_OF_REQUEST,
    () =>
      new DataLoader(async (ids: readonly string[]) => {
        const found = await context.service(earningService).judgements(ids);
        return ids.map((id) => found.get(id));
      }),
  );
}

async function budget({ budget: drawn }: Pick<EarningRule, 'budget'>, _: never, context: RequestContext) {
  if (!drawn) return null;
  const known = await context.service(quotaService).find(budgetKey(drawn.code));
  return { ...drawn, remaining: known?.remaining ?? drawn.points };
}
