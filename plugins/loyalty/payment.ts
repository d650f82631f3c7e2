import type { LocalPaymentMethod, PaymentLeg } from '../../core/plugin/sale.ts';
import { ledgerService } from './contract.ts';
import type { Cause } from './ledger/journal.ts';
import { DEFAULT_POINT_TYPE } from './policy.ts';
import type { PointsAnswer } from './store/posting.ts';

/** Points as a way of paying: each call is part of the order's own transaction. The hold ends when the order says so. */
export const pointsPayment: LocalPaymentMethod = {
  code: DEFAULT_POINT_TYPE,
  title: { zh: '积分支付', en: 'Points' },
  currencies: ['POINTS'],
  external: false,
  reserve: async (tx, leg, host) => {
    const answer = await host.service(ledgerService).reserve(tx, {
      partyId: leg.partyId,
      points: leg.amountMinor,
      redemptionId: leg.ref,
      cause: causeOf(leg),
    });
    if (answer.posted) return { reserved: true, ref: leg.ref };
    const { available = 0 } = answer.refusal;
    return {
      reserved: false,
      reason: {
        code: answer.refusal.code,
        text: {
          zh: `积分不足：需要 ${leg.amountMinor}，可用 ${available}。`,
          en: `Not enough points: ${leg.amountMinor} are needed, ${available} can be spent.`,
        },
        path: leg.ref,
      },
    };
  },
  confirm: async (tx, leg, host) =>
    must(leg, await host.service(ledgerService).confirm(tx, redemptionOf(leg), causeOf(leg))),
  cancel: async (tx, leg, host) =>
    must(leg, await host.service(ledgerService).cancel(tx, redemptionOf(leg), causeOf(leg))),
  refund: async (tx, leg, amountMinor, host) =>
    must(
      leg,
      await host
        .service(ledgerService)
        .refund(tx, redemptionOf(leg), { points: amountMinor, cause: causeOf(leg) }),
    ),
};

function redemptionOf({ reservationRef, ref }: PaymentLeg): string {
  return reservationRef ?? ref;
}

function causeOf({ orderId }: PaymentLeg): Cause {
  return { type: 'order', id: orderId, orderId };
}

/** After a reservation nothing can be refused; if it is, the order must not go on as if points had moved. */
function must({ ref }: PaymentLeg, answer: PointsAnswer): void {
  if (!answer.posted)
    throw new Error(`Points of payment ${ref} are not as its order says: ${answer.refusal.code}.`);
}
