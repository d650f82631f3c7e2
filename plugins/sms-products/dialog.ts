import type { Command } from './keywords.ts';

/** How long an offer may be accepted, at the price that it named. */
export const OFFER_LIFE_MS = 30 * 60_000;

export interface DialogPrice {
  readonly currency: 'CNY' | 'POINTS';
  /** 分 for CNY, whole points for POINTS; 0 is free. */
  readonly amountMinor: number;
  readonly billing: 'ONCE' | 'MONTH' | 'QUARTER' | 'YEAR';
}

/** A product that the text names by its keyword. */
export interface DialogProduct {
  readonly keyword: string;
  readonly productCode: string;
  readonly name: string;
  readonly sort: 'PACKAGE' | 'QUERY';
  /** Absent: cannot be had by SMS now (no price, not suitable, not on sale), without saying more of the client by SMS. */
  readonly price?: DialogPrice;
  /** The client agreed once that this query is charged without asking each time. */
  readonly standingConsent?: boolean;
}

export interface DialogOffer {
  readonly offerId: string;
  readonly product: DialogProduct & { readonly price: DialogPrice };
  readonly expiresAt: Date;
}

export interface DialogSubscription {
  readonly subscriptionId: string;
  readonly partyId: string;
  readonly keyword: string;
  readonly name: string;
}

/** All that the platform knows of the number that a text came from. */
export interface DialogState {
  /** How many clients have this number: an order needs exactly one, leaving none in particular. */
  readonly clients: number;
  readonly subscriptions: readonly DialogSubscription[];
  /** The latest offer that is neither accepted nor closed, expired or not. */
  readonly offer?: DialogOffer;
  /** The product of the keyword in the command; absent where there is none. */
  readonly named?: DialogProduct;
}

export type DialogAction =
  | {
      readonly do: 'OFFER';
      readonly product: DialogProduct & { readonly price: DialogPrice };
      readonly expiresAt: Date;
    }
  | {
      readonly do: 'CLOSE_OFFER';
      readonly offerId: string;
      readonly as: 'REPLACED' | 'EXPIRED' | 'ACCEPTED' | 'LEFT';
    }
  | { readonly do: 'ORDER'; readonly offer: DialogOffer }
  | { readonly do: 'ANSWER'; readonly product: DialogProduct }
  | { readonly do: 'END'; readonly subscription: DialogSubscription }
  | { readonly do: 'WITHDRAW_MARKETING' };

/** What is said back, once for each text; `ORDER` and `ANSWER` say it after they are done. */
export type Reply =
  | { readonly say: 'HELP' | 'NO_OFFER' | 'OFFER_EXPIRED' | 'STOPPED' | 'SEVERAL_CLIENTS' }
  | { readonly say: 'UNKNOWN_KEYWORD'; readonly keyword: string }
  | { readonly say: 'NOT_AVAILABLE' | 'ALREADY_SUBSCRIBED'; readonly keyword: string; readonly name: string }
  | { readonly say: 'OFFER'; readonly product: DialogProduct & { readonly price: DialogPrice } }
  | { readonly say: 'ENDED'; readonly ended: readonly DialogSubscription[] }
  | { readonly say: 'NOT_SUBSCRIBED'; readonly keyword: string }
  | { readonly say: 'WHICH'; readonly subscriptions: readonly DialogSubscription[] };

export interface DialogDecision {
  readonly actions: readonly DialogAction[];
  readonly reply?: Reply;
}

/**
 * What a text does. Ordering is confirmed before it costs anything (MIIT order 31 of 2015: no answer means no order);
 * leaving is done at once, confirmed once and never charged, and every way of leaving withdraws the consent to marketing.
 * A number that no client has is heard when it leaves and never answered, so that nobody can make the firm text strangers.
 */
export function decideDialog(command: Command, state: DialogState, at: Date): DialogDecision {
  switch (command.is) {
    case 'ORDER':
    case 'QUERY':
      return state.clients === 1 ? askFor(command.is, command.keyword, state, at) : notOne(state);
    case 'YES':
      return state.clients === 1 ? accept(state, at) : notOne(state);
    case 'END':
      return end(command.keyword, state);
    case 'END_ANY':
      return endAny(state);
    case 'STOP':
      return leave(state, [], { say: 'STOPPED' });
    case 'HELP':
      return state.clients === 0 ? { actions: [] } : { actions: [], reply: { say: 'HELP' } };
  }
}

function notOne({ clients }: DialogState): DialogDecision {
  return clients === 0 ? { actions: [] } : { actions: [], reply: { say: 'SEVERAL_CLIENTS' } };
}

function askFor(
  word: 'ORDER' | 'QUERY',
  keyword: string,
  { named: product, offer, subscriptions }: DialogState,
  at: Date,
): DialogDecision {
  // Whatever was offered before: a Y after this text must not buy what the client no longer has in mind.
  const replaced: DialogAction[] = offer
    ? [{ do: 'CLOSE_OFFER', offerId: offer.offerId, as: offer.expiresAt > at ? 'REPLACED' : 'EXPIRED' }]
    : [];
  if (!product || (word === 'QUERY' && product.sort !== 'QUERY'))
    return { actions: replaced, reply: { say: 'UNKNOWN_KEYWORD', keyword } };
  const { name, price, sort } = product;
  if (subscriptions.some((one) => one.keyword === keyword))
    return { actions: replaced, reply: { say: 'ALREADY_SUBSCRIBED', keyword, name } };
  if (!price) return { actions: replaced, reply: { say: 'NOT_AVAILABLE', keyword, name } };
  if (sort === 'QUERY' && (price.amountMinor === 0 || product.standingConsent === true))
    return { actions: [...replaced, { do: 'ANSWER', product }] };
  const priced = { ...product, price };
  const expiresAt = new Date(at.getTime() + OFFER_LIFE_MS);
  return {
    actions: [...replaced, { do: 'OFFER', product: priced, expiresAt }],
    reply: { say: 'OFFER', product: priced },
  };
}

function accept({ offer, subscriptions }: DialogState, at: Date): DialogDecision {
  if (!offer) return { actions: [], reply: { say: 'NO_OFFER' } };
  const { offerId, product } = offer;
  if (offer.expiresAt <= at)
    return { actions: [{ do: 'CLOSE_OFFER', offerId, as: 'EXPIRED' }], reply: { say: 'OFFER_EXPIRED' } };
  const accepted: DialogAction = { do: 'CLOSE_OFFER', offerId, as: 'ACCEPTED' };
  if (subscriptions.some(({ keyword }) => keyword === product.keyword))
    return {
      actions: [accepted],
      reply: { say: 'ALREADY_SUBSCRIBED', keyword: product.keyword, name: product.name },
    };
  if (product.sort === 'QUERY') return { actions: [accepted, { do: 'ANSWER', product }] };
  return { actions: [accepted, { do: 'ORDER', offer }] };
}

function end(keyword: string, state: DialogState): DialogDecision {
  const ended = state.subscriptions.filter((one) => one.keyword === keyword);
  return leave(state, ended, ended.length > 0 ? { say: 'ENDED', ended } : { say: 'NOT_SUBSCRIBED', keyword });
}

function endAny(state: DialogState): DialogDecision {
  const { subscriptions } = state;
  if (subscriptions.length === 0) return leave(state, [], { say: 'STOPPED' });
  if (subscriptions.length === 1) return leave(state, subscriptions, { say: 'ENDED', ended: subscriptions });
  return leave(state, [], { say: 'WHICH', subscriptions });
}

function leave(state: DialogState, ended: readonly DialogSubscription[], reply: Reply): DialogDecision {
  return {
    actions: [
      ...(state.offer ? [{ do: 'CLOSE_OFFER', offerId: state.offer.offerId, as: 'LEFT' } as const] : []),
      { do: 'WITHDRAW_MARKETING' },
      ...ended.map((subscription) => ({ do: 'END', subscription }) as const),
    ],
    ...(state.clients === 0 ? {} : { reply }),
  };
}
