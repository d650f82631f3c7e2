import { z } from 'zod';
import type { VersionRecord } from '../catalog/records.ts';
import type { EventDeclaration, Host } from '../plugin/contract.ts';
import type { PeriodRecord, SubscriptionRecord } from './records.ts';

export const EVENT = {
  activated: 'subscription.activated',
  ended: 'subscription.ended',
  refunded: 'subscription.refunded',
  stuck: 'order.stuck',
} as const;

const count = z.int().min(0);
const paid = z.array(
  z.strictObject({ method: z.string(), currency: z.enum(['CNY', 'POINTS']), amountMinor: count }),
);
const about = z.strictObject({
  subscriptionId: z.string(),
  orderId: z.string(),
  partyId: z.string(),
  customerNo: z.string(),
  orgPath: z.string(),
  productId: z.string(),
  productCode: z.string(),
  kind: z.string(),
  channel: z.string(),
  at: z.iso.datetime(),
});

/** The key of each is the client's party id, so that what happens to one client keeps its order. */
export const subscriptionEvents: readonly EventDeclaration[] = [
  {
    name: EVENT.activated,
    version: 1,
    description: 'A client holds a product from now on, or for one more period. The key is the client.',
    shape: about.extend({
      nature: z.enum(['FINANCIAL', 'SERVICE']),
      categoryId: z.string().nullable(),
      quantity: z.int().min(1),
      versionNo: z.int().min(1),
      /** 1 for the first period, then one more with each renewal. */
      periodNo: z.int().min(1),
      renewal: z.boolean(),
      paid,
    }),
  },
  {
    name: EVENT.ended,
    version: 1,
    description: 'A client no longer holds a product. The key is the client.',
    shape: about.extend({ because: z.string() }),
  },
  {
    name: EVENT.refunded,
    version: 1,
    description:
      'What was paid for a product was paid back, in part or whole; what it earned goes back in proportion. The key is the client.',
    shape: about.extend({ periodNo: z.int().min(1), paid, refunded: paid }),
  },
  {
    name: EVENT.stuck,
    version: 1,
    description:
      'Nobody could say in time what became of a payment; staff must settle it. The key is the client.',
    shape: z.strictObject({ orderId: z.string(), partyId: z.string(), stuckIn: z.string() }),
  },
];

export function aboutSubscription(subscription: SubscriptionRecord, at: Date) {
  const { _id, orderId, partyId, customerNo, orgPath, productId, productCode, kind, channel } = subscription;
  return {
    subscriptionId: _id,
    orderId,
    partyId,
    customerNo,
    orgPath,
    productId,
    productCode,
    kind,
    channel,
    at: at.toISOString(),
  };
}

export function activatedPayload(
  host: Host,
  subscription: SubscriptionRecord,
  period: PeriodRecord,
  version: VersionRecord,
  { at, renewal }: { readonly at: Date; readonly renewal: boolean },
) {
  const kind = host.declared('productKinds').find(({ code }) => code === subscription.kind);
  return {
    ...aboutSubscription(subscription, at),
    nature: kind?.nature ?? 'SERVICE',
    categoryId: version.content.categoryId ?? null,
    quantity: subscription.quantity,
    versionNo: period.versionNo,
    periodNo: period.no,
    renewal,
    paid: amountsOf(period.paid),
  };
}

export function amountsOf(
  parts: readonly { readonly method: string; readonly currency: string; readonly amountMinor: number }[],
) {
  return parts.map(({ method, currency, amountMinor }) => ({ method, currency, amountMinor }));
}
