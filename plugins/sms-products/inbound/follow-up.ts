import { systemActor } from '../../../core/access/actor.ts';
import { customerService } from '../../../core/customer/service.ts';
import { collectionOf } from '../../../core/db/collection.ts';
import { outreachService } from '../../../core/outreach/service.ts';
import type { Host, LocalizedText } from '../../../core/plugin/contract.ts';
import { subscriptionService } from '../../../core/subscription/service.ts';
import type { DialogOffer } from '../dialog.ts';
import { CONSOLE_GATEWAY } from '../gateway.ts';
import type { SmsHouse } from '../issue/write.ts';
import { SMS, type InboundRecord } from '../model.ts';
import { orderReply, replyText } from '../replies.ts';
import { segmentsOf } from '../segments.ts';

const ACTOR = systemActor('sms-products');

/** Does what a text asked for and answers it; each part once, however often this is begun. */
export async function followUp(host: Host, house: SmsHouse, inboundId: string): Promise<void> {
  const inbound = await collectionOf<InboundRecord>(host, SMS.inbound).findOne({ _id: inboundId });
  if (!inbound || inbound.state === 'DONE') return;
  const [partyId] = inbound.partyIds;
  let said: LocalizedText | undefined = inbound.reply && replyText(inbound.reply, house.hotline);
  let outcome: InboundRecord['outcome'];
  for (const action of inbound.actions)
    if (action.do === 'END') await end(host, action.subscription.subscriptionId);
    else if (action.do === 'ORDER') {
      outcome = await order(host, partyId!, inboundId, action.offer);
      said = orderReply(outcome, action.offer.product, house.hotline);
    } else if (action.do === 'ANSWER') {
      outcome = { code: 'SMS_QUERY_NOT_CONNECTED' };
      const { keyword, name } = action.product;
      said = replyText({ say: 'NOT_AVAILABLE', keyword, name }, house.hotline);
    }
  if (said && partyId !== undefined) await answer(host, house, partyId, inboundId, said.zh);
  await host.transact(ACTOR, async (tx) => {
    await collectionOf<InboundRecord>(host, SMS.inbound).updateOne(
      { _id: inboundId },
      { $set: { state: 'DONE', ...(outcome ? { outcome } : {}) } },
      { session: tx.session },
    );
    tx.trace({
      action: 'sms.followed-up',
      subject: { type: 'SmsInbound', id: inboundId },
      ...(partyId === undefined ? {} : { partyId }),
      details: { outcome: outcome?.code ?? null, orderId: outcome?.orderId ?? null },
    });
  });
}

/** Ends at once; one that has ended already stays as it is. */
async function end(host: Host, subscriptionId: string): Promise<void> {
  await host.service(subscriptionService).cancel(ACTOR, subscriptionId, 'AT_ONCE', '客户短信退订');
}

/** Orders at the price that was quoted; where it is another now nothing is ordered. */
async function order(
  host: Host,
  partyId: string,
  inboundId: string,
  { product, offerId }: DialogOffer,
): Promise<NonNullable<InboundRecord['outcome']>> {
  const facts = await host.service(customerService).factsOfParty(partyId, host.clock.now());
  if (!facts) return { code: 'UNKNOWN_CUSTOMER' };
  const { currency, amountMinor, billing } = product.price;
  const placed = await host.service(subscriptionService).place(ACTOR, {
    idempotencyKey: `sms:${inboundId}:${offerId}`,
    customerNo: facts.customerNo,
    productCode: product.productCode,
    channel: 'SMS',
    quantity: 1,
    expectedAmountMinor: amountMinor,
    currency,
    billing,
    renews: true,
    confirmations: [],
  });
  if (placed.kind === 'ORDER') return { code: placed.order.state, orderId: placed.order._id };
  if (placed.kind === 'REFUSED')
    return { code: placed.reasons[0]?.code ?? 'REFUSED', reasons: [...placed.reasons] };
  return { code: 'UNKNOWN_CUSTOMER' };
}

/** One answer for one text. A permit that was given before and not used is used now; one that was used is not. */
async function answer(
  host: Host,
  house: SmsHouse,
  partyId: string,
  inboundId: string,
  text: string,
): Promise<void> {
  const outreach = host.service(outreachService);
  const ref = `reply:${inboundId}`;
  const permitId = outreach.messageId(host.name, ref);
  const body = `【${house.signature}】${text}`;
  if (!(await outreach.messages([permitId])).has(permitId)) {
    const [given] = await host.transact(ACTOR, (tx) => {
      tx.trace({ action: 'sms.reply-asked', subject: { type: 'SmsInbound', id: inboundId }, partyId });
      return outreach.permit(tx, host.name, [{ ref, gateway: CONSOLE_GATEWAY, purpose: 'SERVICE', partyId }]);
    });
    if (!given?.permitted) return;
  }
  await outreach.send(ACTOR, permitId, { body, parts: segmentsOf(body).parts.length });
}
