import type { Reason } from '../plugin/contract.ts';
import type { Currency } from '../pricing/price-row.ts';
import type { DutyProblem } from './duties.ts';
import type { SplitRefusal } from './payment-split.ts';

/** Why an order is not taken or does not go on, in words. Codes are listed in docs/errors.md. */

export const NOT_FOR_SALE: Reason = {
  code: 'NOT_FOR_SALE',
  text: {
    zh: '该产品在此接触点不存在或未上架。',
    en: 'There is no such product on sale on this channel.',
  },
  path: 'productCode',
};

export const NOT_PURCHASABLE_NOW: Reason = {
  code: 'NOT_PURCHASABLE_NOW',
  text: {
    zh: '该产品目前不在可购买时间内，或已暂停销售。',
    en: 'The product is shown but cannot be bought now: outside its window, or suspended.',
  },
  path: 'productCode',
};

export function saleBlocked(because: string): Reason {
  return {
    code: 'SALE_BLOCKED',
    text: { zh: `该产品已被禁止销售：${because}`, en: `The product is barred from sale: ${because}` },
    path: 'productCode',
  };
}

export function noPrice(because: string): Reason {
  return {
    code: 'ORDER_NO_PRICE',
    text: {
      zh: `没有适用于该客户的价格，不能购买（${because}）。`,
      en: `No price applies to this client, so it cannot be bought (${because}).`,
    },
  };
}

export function choosePrice(offered: readonly string[]): Reason {
  return {
    code: 'PRICE_CHOICE_NEEDED',
    text: {
      zh: `该产品有多种价格（${offered.join('、')}），请指定 currency 与 billing。`,
      en: `There is more than one price (${offered.join(', ')}). Name currency and billing.`,
    },
    path: 'payment',
  };
}

export function priceChanged(seenMinor: number, nowMinor: number, currency: Currency): Reason {
  return {
    code: 'PRICE_CHANGED',
    text: {
      zh: `价格已变动：客户看到的是 ${seenMinor}，现为 ${nowMinor}（${unit(currency).zh}）。请向客户出示新价格后重新下单。`,
      en: `The price has changed: the client saw ${seenMinor}, it is ${nowMinor} now (${unit(currency).en}). Show the new price and order again.`,
    },
    path: 'expectedAmountMinor',
  };
}

function unit(currency: Currency): { zh: string; en: string } {
  return currency === 'CNY' ? { zh: '分', en: 'fen' } : { zh: '积分', en: 'points' };
}

export function soldOut(remaining: number): Reason {
  return {
    code: 'SOLD_OUT',
    text: { zh: `名额不足，剩余 ${remaining} 个。`, en: `Not enough places: ${remaining} are left.` },
    path: 'quantity',
  };
}

export function documentMissing(code: string, documentId: string | undefined): Reason {
  return {
    code: 'DOCUMENT_NOT_CONFIRMED',
    text:
      documentId === undefined
        ? {
            zh: `所需文件“${code}”尚无现行版本，暂不能购买。`,
            en: `The required document "${code}" has no version in force, so nobody can confirm it yet.`,
          }
        : {
            zh: `客户尚未确认文件 ${documentId}，请出示并确认后下单。`,
            en: `The client has not confirmed ${documentId}. Show it and have it confirmed.`,
          },
    path: documentId ?? code,
  };
}

export function paymentMethodMissing(currency: Currency): Reason {
  return {
    code: 'PAYMENT_METHOD_MISSING',
    text: {
      zh: `没有可用的支付方式（${unit(currency).zh}）。`,
      en: `Nothing installed can take this payment (${unit(currency).en}).`,
    },
    path: 'payment',
  };
}

export function splitRefused(refused: SplitRefusal, pointsMax: number): Reason {
  return refused === 'POINTS_PART_NOT_OFFERED'
    ? {
        code: 'POINTS_PART_NOT_OFFERED',
        text: { zh: '该价格不支持积分抵扣。', en: 'No part of this price may be paid in points.' },
        path: 'payment.points',
      }
    : {
        code: 'POINTS_PART_TOO_LARGE',
        text: {
          zh: `最多可用 ${pointsMax} 积分抵扣。`,
          en: `At most ${pointsMax} points may be given for this price.`,
        },
        path: 'payment.points',
      };
}

const DUTY_REASONS: Readonly<Record<DutyProblem, (duty: string) => Reason>> = {
  DUTY_UNKNOWN: (duty) => ({
    code: 'DUTY_UNKNOWN',
    text: {
      zh: `此订单没有名为 ${duty} 的待办义务。`,
      en: `This order has no duty "${duty}" that somebody could do.`,
    },
  }),
  DUTY_TEXT_OUTDATED: (duty) => ({
    code: 'DUTY_TEXT_OUTDATED',
    text: {
      zh: `${duty} 的文本版本已更新，请向客户出示现行文本。`,
      en: `The text of ${duty} is another version now. Show the client that one.`,
    },
  }),
  DUTY_BEFORE_IT_OPEN: (duty) => ({
    code: 'DUTY_BEFORE_IT_OPEN',
    text: {
      zh: `${duty} 之前的步骤尚未完成，请按顺序办理。`,
      en: `A step before ${duty} is still open. Do them in their order.`,
    },
  }),
  DUTY_TOO_EARLY: (duty) => ({
    code: 'DUTY_TOO_EARLY',
    text: {
      zh: `${duty} 须在等待期满后办理。`,
      en: `${duty} is only done once the waiting time is over.`,
    },
  }),
};

export function dutyRefused(problem: DutyProblem, duty: string): Reason {
  return { ...DUTY_REASONS[problem](duty), path: duty };
}

export function wrongState(state: string): Reason {
  return {
    code: 'ORDER_STATE_WRONG',
    text: {
      zh: `订单当前状态为 ${state}，不能进行此操作。`,
      en: `The order is ${state}, in which this cannot be done.`,
    },
  };
}

export function paymentRefUsed(): Reason {
  return {
    code: 'PAYMENT_DECLINED',
    text: {
      zh: '支付未成功或该支付流水号已用于其他订单，占用的积分与名额已释放。',
      en: 'The payment was declined, or its reference was used for another order. What was held is released.',
    },
    path: 'payment.reference',
  };
}

export const TIMED_OUT: Reason = {
  code: 'ORDER_TIMED_OUT',
  text: { zh: '未在规定时间内完成，订单已取消。', en: 'It was not completed in time and was released.' },
};

export const CANCELLED_BY_CLIENT: Reason = {
  code: 'ORDER_CANCELLED',
  text: { zh: '应客户要求取消。', en: 'Cancelled at the wish of the client.' },
};

export const FULFILMENT_FAILED: Reason = {
  code: 'FULFILMENT_FAILED',
  text: {
    zh: '未能开通，已付款项退回。',
    en: 'It could not be delivered; what was paid is paid back.',
  },
};

export const LATE_PAYMENT: Reason = {
  code: 'PAYMENT_TOO_LATE',
  text: {
    zh: '付款到达时订单已取消，款项退回。',
    en: 'The payment arrived after the order was released; it is paid back.',
  },
};
