import type { LocalizedText } from '../../core/plugin/contract.ts';
import type { DialogPrice, DialogProduct, DialogSubscription, Reply } from './dialog.ts';

const BILLING: Readonly<Record<DialogPrice['billing'], LocalizedText>> = {
  ONCE: { zh: '次', en: 'time' },
  MONTH: { zh: '月', en: 'month' },
  QUARTER: { zh: '季', en: 'quarter' },
  YEAR: { zh: '年', en: 'year' },
};

/** The price as a client reads it: `300积分/月`, `12.00元/月`, `免费`. */
export function priceText({ currency, amountMinor, billing }: DialogPrice): LocalizedText {
  if (amountMinor === 0) return { zh: '免费', en: 'free' };
  const per = BILLING[billing];
  if (currency === 'POINTS')
    return { zh: `${amountMinor}积分/${per.zh}`, en: `${amountMinor} points a ${per.en}` };
  const yuan = `${Math.trunc(amountMinor / 100)}.${String(amountMinor % 100).padStart(2, '0')}`;
  return { zh: `${yuan}元/${per.zh}`, en: `CNY ${yuan} a ${per.en}` };
}

/** What a client is told, without the signature. Nothing of it says who the client is or what they own. */
export function replyText(reply: Reply, hotline: string): LocalizedText {
  switch (reply.say) {
    case 'HELP':
      return {
        zh: `订阅回DZ加编号，查询回CX加编号，退订回TD加编号，拒收推广回T。客服${hotline}`,
        en: `Order: DZ and the number; query: CX and the number; leave: TD and the number; no marketing: T. Help: ${hotline}`,
      };
    case 'NO_OFFER':
      return {
        zh: '没有待确认的订阅。请先回DZ加编号。',
        en: 'There is nothing to confirm. Send DZ and the number first.',
      };
    case 'OFFER_EXPIRED':
      return {
        zh: '确认已超过30分钟，未订阅、未扣费。如仍需要请重新回DZ加编号。',
        en: 'The 30 minutes are over: nothing was ordered or charged. Send DZ and the number again.',
      };
    case 'STOPPED':
      return {
        zh: '已为您停止发送推广短信，不收取任何费用。',
        en: 'You will get no more marketing messages. This is free of charge.',
      };
    case 'SEVERAL_CLIENTS':
      return {
        zh: `该手机号对应多个客户号，请在APP办理或致电${hotline}。`,
        en: `Several client numbers use this phone. Please use the app or call ${hotline}.`,
      };
    case 'UNKNOWN_KEYWORD':
      return {
        zh: `没有编号为${reply.keyword}的短信产品。`,
        en: `There is no SMS product with the number ${reply.keyword}.`,
      };
    case 'NOT_AVAILABLE':
      return {
        zh: `${reply.name}（${reply.keyword}）目前不能通过短信订阅，详询${hotline}。`,
        en: `${reply.name} (${reply.keyword}) cannot be ordered by SMS now. Ask ${hotline}.`,
      };
    case 'ALREADY_SUBSCRIBED':
      return {
        zh: `您已订阅${reply.name}，无需重复订阅。退订回TD${reply.keyword}。`,
        en: `You have ${reply.name} already. To leave send TD ${reply.keyword}.`,
      };
    case 'OFFER': {
      const { name, keyword, price } = reply.product;
      const said = priceText(price);
      return {
        zh: `${name}：${said.zh}，30分钟内回复Y确认订阅，不回复不收费。退订回TD${keyword}。`,
        en: `${name}: ${said.en}. Reply Y within 30 minutes to order; without it nothing is charged. To leave send TD ${keyword}.`,
      };
    }
    case 'ENDED':
      return {
        zh: `已退订${names(reply.ended)}，不再收费，也不再向您发送推广短信。`,
        en: `Ended: ${names(reply.ended)}. No more is charged, and no marketing is sent.`,
      };
    case 'NOT_SUBSCRIBED':
      return {
        zh: `您没有订阅${reply.keyword}。已为您停止发送推广短信。`,
        en: `You do not have ${reply.keyword}. You will get no more marketing messages.`,
      };
    case 'WHICH':
      return {
        zh: `已停止推广短信。您订阅了${names(reply.subscriptions)}，退订请回${ways(reply.subscriptions)}。`,
        en: `Marketing is stopped. You have ${names(reply.subscriptions)}. To leave one send ${ways(reply.subscriptions)}.`,
      };
  }
}

function names(subscriptions: readonly DialogSubscription[]): string {
  return [...new Set(subscriptions.map(({ name }) => name))].join('、');
}

function ways(subscriptions: readonly DialogSubscription[]): string {
  return [...new Set(subscriptions.map(({ keyword }) => `TD${keyword}`))].join('、');
}

/** What the client is told after a Y, by what became of the order. */
export function orderReply(
  { code }: { readonly code: string },
  { name, keyword, price }: DialogProduct & { readonly price: DialogPrice },
  hotline: string,
): LocalizedText {
  const said = priceText(price);
  switch (code) {
    case 'ACTIVE':
      return {
        zh: `已订阅${name}，${said.zh}。退订回TD${keyword}，详询${hotline}。`,
        en: `You have ${name} now, ${said.en}. To leave send TD ${keyword}; ask ${hotline}.`,
      };
    case 'INSUFFICIENT_POINTS':
      return {
        zh: `积分不足，未订阅${name}、未扣积分。`,
        en: `There are not enough points: ${name} was not ordered and nothing was taken.`,
      };
    case 'PRICE_CHANGED':
      return {
        zh: `${name}价格已变动，未订阅、未扣费。请重新回DZ${keyword}确认新价格。`,
        en: `The price of ${name} has changed: nothing was ordered. Send DZ ${keyword} for the new one.`,
      };
    case 'ASSESSED':
    case 'RESERVED':
      return {
        zh: `${name}的订单已生成，请在APP完成后续步骤。`,
        en: `The order of ${name} is made. Please finish it in the app.`,
      };
    case 'CAPTURING':
    case 'PAID':
    case 'FULFILLING':
      return { zh: `${name}正在办理，完成后生效。`, en: `${name} is under way.` };
    default:
      return {
        zh: `未能订阅${name}，未扣费。详询${hotline}。`,
        en: `${name} could not be ordered; nothing was charged. Ask ${hotline}.`,
      };
  }
}
