import type { GoodsClass } from '../../../core/earning/policy.ts';
import type { MerchantRecord } from '../merchant/model.ts';
import type { PartnerRedemptionRecord, RedemptionTokenRecord } from './model.ts';
import type { ReserveBody, ReservationView } from './shapes.ts';

/** Why nothing was done; an answer like any other, and the same at each repeat. */
export interface PartnerRefusal {
  readonly ok: false;
  readonly code: string;
  readonly detail: string;
}

export type PartnerAnswer = { readonly ok: true; readonly reservation: ReservationView } | PartnerRefusal;

export function refused(code: string, detail: string): PartnerRefusal {
  return { ok: false, code, detail };
}

/** Prefixes of a reference by which a sandbox merchant makes happen what it wants to be ready for. */
export const SANDBOX_TRIGGER = {
  /** Refused as if the client had too few points. */
  decline: 'SANDBOX-DECLINE',
  /** Nothing is done, and the connection ends without an answer. */
  timeout: 'SANDBOX-TIMEOUT',
  /** Done, and the connection ends without an answer; a repeat with the same key is answered. */
  lost: 'SANDBOX-LOST',
  /** The hold has run out at once. */
  expire: 'SANDBOX-EXPIRE',
} as const;

/** What the catalogue says of the goods asked for, to this client at this touchpoint now. */
export interface GoodsOffer {
  readonly productId: string;
  readonly merchantCode: string;
  readonly goodsClass: GoodsClass;
  /** Points for all of the quantity. */
  readonly points: number;
  readonly perClientMax?: number;
}

export interface ReserveSituation {
  readonly merchant: MerchantRecord;
  readonly token: RedemptionTokenRecord | undefined;
  readonly referenceKnown: boolean;
  /** Undefined where the client cannot buy these goods. Asked only where goods are named. */
  readonly offer: GoodsOffer | undefined;
  readonly allowedGoods: readonly GoodsClass[];
}

/** What speaks against holding points, but for balance and stock; undefined where nothing does. Pure. */
export function reserveRefusal(
  { merchant, token, referenceKnown, offer, allowedGoods }: ReserveSituation,
  { reference, points, goods }: ReserveBody,
  at: Date,
): PartnerRefusal | undefined {
  if (merchant.state !== 'ACTIVE')
    return refused('MERCHANT_CLOSED', 'You can reserve nothing more. Ask the firm.');
  if (referenceKnown)
    return refused(
      'REFERENCE_USED',
      'You used this reference for another reservation. Look that one up by it.',
    );
  if (!token || token.merchantCode !== merchant._id)
    return refused('TOKEN_UNKNOWN', 'This is no token that a client gave for you. Ask the client for one.');
  if (token.usedAt) return refused('TOKEN_USED', 'This token was used. Ask the client for a new one.');
  if (token.expiresAt.getTime() <= at.getTime())
    return refused('TOKEN_EXPIRED', 'This token is older than ten minutes. Ask the client for a new one.');
  if (points > token.pointsMax)
    return refused('POINTS_ABOVE_TOKEN', `The client allowed at most ${token.pointsMax} points.`);
  if (points > merchant.pointsMax)
    return refused(
      'POINTS_ABOVE_LIMIT',
      `One redemption of yours takes at most ${merchant.pointsMax} points.`,
    );
  if (merchant.sandbox && reference.startsWith(SANDBOX_TRIGGER.decline))
    return refused('INSUFFICIENT_POINTS', 'The client has too few points.');
  if (goods && offer?.merchantCode !== merchant._id)
    return refused('GOODS_NOT_FOR_SALE', `This client cannot have ${goods.code} from you now.`);
  // The way from points to goods is checked again here: the policy may be another since they were listed.
  if (!merchant.sandbox && !allowedGoods.includes(offer?.goodsClass ?? merchant.goodsClass))
    return refused('GOODS_CLASS_FORBIDDEN', 'The incentive policy in force forbids goods of this class.');
  if (offer && offer.points !== points)
    return refused('PRICE_MISMATCH', `The price of this quantity is ${offer.points} points, not ${points}.`);
  return undefined;
}

/** The record of a reservation that nothing speaks against. */
export function reservedRecord(
  id: string,
  { merchant, offer }: Pick<ReserveSituation, 'merchant' | 'offer'>,
  token: RedemptionTokenRecord,
  { reference, points, goods }: ReserveBody,
  at: Date,
): PartnerRedemptionRecord {
  const expires = merchant.sandbox && reference.startsWith(SANDBOX_TRIGGER.expire);
  return {
    _id: id,
    merchantCode: merchant._id,
    reference,
    partyId: token.partyId,
    pseudonym: token.pseudonym,
    pointType: token.pointType,
    points,
    refunded: 0,
    state: 'RESERVED',
    ...(offer && goods ? { goods: { productId: offer.productId, ...goods } } : {}),
    sandbox: merchant.sandbox,
    reservedAt: at,
    expiresAt: expires ? at : new Date(at.getTime() + merchant.holdMinutes * 60_000),
    changedAt: at,
  };
}

const AFTER = { confirm: 'CONFIRMED', cancel: 'CANCELLED', 'time-out': 'EXPIRED' } as const;

/** The record once the ledger has done what was asked. */
export function changedRecord(
  record: PartnerRedemptionRecord,
  command:
    { readonly type: keyof typeof AFTER } | { readonly type: 'refund'; readonly points?: number | undefined },
  at: Date,
): PartnerRedemptionRecord {
  if (command.type !== 'refund') return { ...record, state: AFTER[command.type], changedAt: at };
  const refunded = record.refunded + (command.points ?? record.points - record.refunded);
  const state = refunded === record.points ? 'REFUNDED' : record.state;
  return { ...record, refunded, state, changedAt: at };
}

/** What the ledger refused, as it is told to a merchant: nothing of the client's balance. */
export function ledgerRefusal({
  code,
  state,
  rest,
}: {
  readonly code: string;
  readonly state?: string;
  readonly rest?: number;
}): PartnerRefusal {
  switch (code) {
    case 'INSUFFICIENT_POINTS':
      return refused('INSUFFICIENT_POINTS', 'The client has too few points.');
    case 'REDEMPTION_STATE':
      return refused('RESERVATION_STATE', `This cannot be done to a reservation that is ${state}.`);
    case 'REFUND_TOO_MUCH':
      return refused('REFUND_TOO_MUCH', `At most ${rest} points can still be refunded.`);
    default:
      throw new Error(`The ledger refused a redemption in a way that none can be: ${code}.`);
  }
}
