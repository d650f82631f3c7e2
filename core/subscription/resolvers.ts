import { refuseOtherChannel } from '../catalog/browse/resolvers.ts';
import type { Channel } from '../catalog/records.ts';
import { catalogService } from '../catalog/service.ts';
import { unknownCustomer } from '../customer/resolvers.ts';
import { customerService } from '../customer/service.ts';
import { toConfirmation, type ConfirmationArg } from '../document/resolvers.ts';
import { documentService } from '../document/service.ts';
import type { PageArgs } from '../graphql/connection.ts';
import { fromGlobalId, toGlobalId } from '../graphql/global-id.ts';
import type { Reason, RequestContext, Resolvers } from '../plugin/contract.ts';
import type { Billing, Currency } from '../pricing/price-row.ts';
import { suitabilityService } from '../suitability/service.ts';
import { openDuties, waitsUntil } from './duties.ts';
import type { Entitled } from './entitlements.ts';
import type { LegRecord, OrderRecord, PeriodRecord, SubscriptionRecord } from './records.ts';
import { subscriptionService, type OrderResult } from './service.ts';

interface OrderArg {
  readonly customerNo: string;
  readonly productCode: string;
  readonly channel: Channel;
  readonly quantity: number;
  readonly expectedAmountMinor: number;
  readonly payment?: {
    readonly currency?: Currency | null;
    readonly billing?: Billing | null;
    readonly points?: number | null;
    readonly method?: string | null;
    readonly reference?: string | null;
  } | null;
  readonly renews: boolean;
  readonly confirmations: readonly ConfirmationArg[];
}

interface DutyArg {
  readonly code: string;
  readonly textVersion: string;
  readonly manner: string;
  readonly evidenceRef?: string | null;
}

type DutyOf = Parameters<typeof openDuties>[0][number];

const byTypename = { __resolveType: ({ __typename }: { __typename: string }) => __typename };

export const subscriptionResolvers: Resolvers = {
  Query: {
    order: async (_: never, { id }: { id: string }, context: RequestContext) =>
      context.service(subscriptionService).order(fromGlobalId('Order', id)),
    stuckOrders: (_: never, page: PageArgs, context: RequestContext) =>
      context.service(subscriptionService).stuckOrders(page),
    subscriptions: async (
      _: never,
      {
        customerNo,
        state,
        ...page
      }: PageArgs & { customerNo: string; state?: SubscriptionRecord['state'] | null },
      context: RequestContext,
    ) => {
      const customer = await context.service(customerService).factsOf(customerNo, context.at);
      if (!customer) return NOBODY;
      const filter = { partyId: customer.id, ...(state == null ? {} : { state }) };
      return context.service(subscriptionService).subscriptions(filter, page);
    },
    productHolders: async (
      _: never,
      { code, ...page }: PageArgs & { code: string },
      context: RequestContext,
    ) => {
      const product = await context.service(catalogService).productByCode(code);
      if (!product) return null;
      const service = context.service(subscriptionService);
      const filter = { productId: product._id, state: 'ACTIVE' as const };
      return {
        holders: () => service.count(filter),
        renewing: () => service.count({ ...filter, ...RENEWING }),
        subscriptions: () => service.subscriptions(filter, page),
      };
    },
    clientEntitlements: async (
      _: never,
      { customerNo, channel, type }: { customerNo: string; channel: Channel; type?: string | null },
      context: RequestContext,
    ) => {
      refuseOtherChannel(context.actor, channel);
      const all = await context.service(subscriptionService).entitlementsOf(customerNo, context.at);
      if (!all) return unknownCustomer(customerNo);
      const wanted = type == null ? all : all.filter((one) => one.type === type);
      return { __typename: 'ClientEntitlements', customerNo, entitlements: wanted };
    },
  },
  Mutation: {
    placeOrder,
    confirmWarning: async (
      _: never,
      { orderId, duties }: { orderId: string; duties: readonly DutyArg[] },
      context: RequestContext,
    ) => {
      const stated = duties.map(({ code, textVersion, manner, evidenceRef }) => ({
        code,
        text: textVersion,
        manner,
        ...(evidenceRef == null ? {} : { evidenceRef }),
      }));
      const service = context.service(subscriptionService);
      return answer(await service.confirmDuties(context.actor, fromGlobalId('Order', orderId), stated));
    },
    continueOrder: async (_: never, { orderId }: { orderId: string }, context: RequestContext) =>
      answer(
        await context
          .service(subscriptionService)
          .continueOrder(context.actor, fromGlobalId('Order', orderId)),
      ),
    confirmPayment: async (
      _: never,
      { orderId, reference }: { orderId: string; reference: string },
      context: RequestContext,
    ) =>
      answer(
        await context
          .service(subscriptionService)
          .confirmPayment(context.actor, fromGlobalId('Order', orderId), reference),
      ),
    cancelOrder: async (_: never, { orderId }: { orderId: string }, context: RequestContext) =>
      answer(
        await context.service(subscriptionService).cancelOrder(context.actor, fromGlobalId('Order', orderId)),
      ),
    settleOrder: async (
      _: never,
      { orderId, happened, reason }: { orderId: string; happened: boolean; reason: string },
      context: RequestContext,
    ) =>
      answer(
        await context
          .service(subscriptionService)
          .settle(context.actor, fromGlobalId('Order', orderId), happened, reason),
      ),
    cancelSubscription: (
      _: never,
      args: { subscriptionId: string; atOnce: boolean; reason: string },
      context: RequestContext,
    ) => cancel(args.subscriptionId, args.atOnce ? 'AT_ONCE' : 'AT_PERIOD_END', args.reason, context),
    refundSubscription: (
      _: never,
      args: { subscriptionId: string; reason: string },
      context: RequestContext,
    ) => cancel(args.subscriptionId, 'EVERYTHING_BACK', args.reason, context),
  },
  Order: {
    id: ({ _id }: OrderRecord) => toGlobalId('Order', _id),
    amountMinor: ({ terms }: OrderRecord) => terms.amountMinor,
    currency: ({ terms }: OrderRecord) => terms.currency,
    billing: ({ terms }: OrderRecord) => terms.billing,
    versionNo: ({ terms }: OrderRecord) => terms.versionNo,
    outcome: ({ assessment }: OrderRecord) => assessment.outcome,
    policyVersion: ({ assessment }: OrderRecord) => assessment.policyVersion,
    openDuties: dutiesOf,
    openDocuments: async (order: OrderRecord, _: never, context: RequestContext) => {
      if (order.state !== 'ASSESSED') return [];
      const codes = order.documentIds.map((id) => id.split('@')[0]!);
      const required = await context.service(documentService).requiredOf(codes, order.partyId);
      return required.filter(({ confirmed }) => !confirmed).flatMap(({ inForce }) => inForce ?? []);
    },
    payments: ({ legs }: OrderRecord) => legs,
    because: ({ because }: OrderRecord) => because ?? null,
    dueAt: ({ dueAt }: OrderRecord) => dueAt ?? null,
    subscription: ({ subscriptionId }: OrderRecord, _: never, context: RequestContext) =>
      subscriptionId === undefined ? null : context.service(subscriptionService).subscription(subscriptionId),
  },
  OrderPayment: {
    captured: ({ state }: LegRecord) => state === 'TAKEN',
    refundedMinor: ({ refundedMinor }: LegRecord) => refundedMinor,
  },
  Subscription: {
    id: ({ _id }: SubscriptionRecord) => toGlobalId('Subscription', _id),
    orderId: ({ orderId }: SubscriptionRecord) => toGlobalId('Order', orderId),
    paidUntil: ({ paidUntil }: SubscriptionRecord) => paidUntil ?? null,
    endedAt: ({ endedAt }: SubscriptionRecord) => endedAt ?? null,
    endedBecause: ({ endedBecause }: SubscriptionRecord) => endedBecause ?? null,
    periods: ({ _id }: SubscriptionRecord, { first }: { first: number }, context: RequestContext) =>
      context.service(subscriptionService).periods(_id, first),
  },
  SubscriptionPeriod: { until: ({ until }: PeriodRecord) => until ?? null },
  Entitlement: {
    ref: ({ by, ref }: Entitled) => (by === 'SUBSCRIPTION' ? toGlobalId('Subscription', ref) : ref),
    productCode: ({ productCode }: Entitled) => productCode ?? null,
    until: ({ until }: Entitled) => until ?? null,
  },
  PlaceOrderResult: byTypename,
  OrderResult: byTypename,
  CancelSubscriptionResult: byTypename,
  ClientEntitlementsResult: byTypename,
};

const RENEWING = { renews: true } as const;
const NOBODY = { edges: [], pageInfo: { hasNextPage: false, endCursor: null } };

async function placeOrder(
  _: never,
  { input, idempotencyKey }: { input: OrderArg; idempotencyKey: string },
  context: RequestContext,
) {
  refuseOtherChannel(context.actor, input.channel);
  const { payment, confirmations, customerNo, productCode, channel, quantity, expectedAmountMinor, renews } =
    input;
  const { currency, billing, points, method, reference } = payment ?? {};
  const placed = await context.service(subscriptionService).place(context.actor, {
    idempotencyKey,
    customerNo,
    productCode,
    channel,
    quantity,
    expectedAmountMinor,
    renews,
    ...(currency == null ? {} : { currency }),
    ...(billing == null ? {} : { billing }),
    ...(points == null ? {} : { pointsPart: points }),
    ...(method == null ? {} : { method }),
    ...(reference == null ? {} : { statedRef: reference }),
    confirmations: confirmations.map(toConfirmation),
  });
  switch (placed.kind) {
    case 'ORDER':
      return { __typename: 'Order', ...placed.order };
    case 'UNKNOWN_CUSTOMER':
      return unknownCustomer(customerNo);
    case 'REFUSED':
      return refusal(placed.reasons, placed.outcome);
  }
}

async function cancel(
  subscriptionId: string,
  how: Parameters<ReturnType<typeof serviceOf>['cancel']>[2],
  reason: string,
  context: RequestContext,
) {
  const id = fromGlobalId('Subscription', subscriptionId);
  const result = await serviceOf(context).cancel(context.actor, id, how, reason);
  return 'refused' in result
    ? refusal(result.refused)
    : { __typename: 'Subscription', ...result.subscription };
}

function serviceOf(context: RequestContext) {
  return context.service(subscriptionService);
}

function answer(result: OrderResult) {
  return 'refused' in result ? refusal(result.refused) : { __typename: 'Order', ...result.order };
}

function refusal(reasons: readonly Reason[], outcome?: string) {
  const [first] = reasons as [Reason];
  return {
    __typename: 'OrderRefused',
    code: first.code,
    message: first.text,
    reasons,
    suitability: outcome ?? null,
  };
}

/** What is still due, with its words by the policy in force. */
function dutiesOf(order: OrderRecord, _: never, context: RequestContext) {
  if (order.state !== 'ASSESSED') return [];
  const texts = context.service(suitabilityService).policy().pack.duties;
  const duties = order.assessment.duties as readonly DutyOf[];
  return openDuties(duties, order.dutiesDone, order.heldSince, context.at).map((duty) => ({
    code: duty.code,
    textVersion: duty.text,
    text: texts.find(({ code }) => code === duty.code)?.text ?? { zh: duty.code, en: duty.code },
    after: duty.after ?? null,
    waitUntil: waitsUntil(duty, order.heldSince) ?? null,
  }));
}
