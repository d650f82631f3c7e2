/** Where an order stands (storage.md, "Orders"). */
export const ORDER_STATES = [
  'NEW',
  'ASSESSED',
  'RESERVING',
  'RESERVED',
  'CAPTURING',
  'PAID',
  'FULFILLING',
  'ACTIVE',
  'RELEASING',
  'FAILED',
  'REFUNDING',
  'REFUNDED',
  'STUCK',
] as const;
export type OrderState = (typeof ORDER_STATES)[number];

/** Nothing is left to do by itself: STUCK waits for a person, ACTIVE for the client's wish. */
export const SETTLED_STATES: ReadonlySet<OrderState> = new Set(['ACTIVE', 'FAILED', 'REFUNDED', 'STUCK']);

/** What the platform decides or learns about an order. */
export const HAPPENINGS = [
  /** Suitability, documents and price were decided and allow it. */
  'ASSESSED',
  /** Every duty due before the sale is done, and the new assessment allows it. */
  'DUTIES_DONE',
  /** Points and places are held. */
  'RESERVED',
  /** A call to take money outside is about to be made; its attempt is committed with this. */
  'CAPTURE_BEGINS',
  /** No leg is outside: what is held is taken at once. */
  'NOTHING_TO_CAPTURE',
  'CAPTURED',
  'DECLINED',
  /** The time that a client has came to its end. */
  'TIMED_OUT',
  /** The client, or a new assessment, does not want it any more. */
  'GIVEN_UP',
  /** The other side did not say by the deadline what became of a call. */
  'DEADLINE_PASSED',
  'FULFILMENT_BEGINS',
  'FULFILLED',
  'FULFILMENT_FAILED',
  'RELEASED',
  'REFUND_BEGINS',
  'REFUNDED',
] as const;
export type Happening = (typeof HAPPENINGS)[number];

/** The machine as data: what may happen in which state, and where it leads. What is not here cannot happen. */
export const TRANSITIONS: Readonly<Record<OrderState, Readonly<Partial<Record<Happening, OrderState>>>>> = {
  NEW: { ASSESSED: 'ASSESSED' },
  ASSESSED: { DUTIES_DONE: 'RESERVING', TIMED_OUT: 'RELEASING', GIVEN_UP: 'RELEASING' },
  RESERVING: { RESERVED: 'RESERVED', GIVEN_UP: 'RELEASING' },
  RESERVED: {
    CAPTURE_BEGINS: 'CAPTURING',
    NOTHING_TO_CAPTURE: 'PAID',
    TIMED_OUT: 'RELEASING',
    GIVEN_UP: 'RELEASING',
  },
  // No time-out and no wish leads out of here: the money may be on its way.
  CAPTURING: { CAPTURED: 'PAID', DECLINED: 'RELEASING', DEADLINE_PASSED: 'STUCK' },
  PAID: { FULFILMENT_BEGINS: 'FULFILLING' },
  FULFILLING: { FULFILLED: 'ACTIVE', FULFILMENT_FAILED: 'REFUNDING' },
  ACTIVE: { REFUND_BEGINS: 'REFUNDING' },
  RELEASING: { RELEASED: 'FAILED' },
  // A debit that arrives after the release is paid back.
  FAILED: { CAPTURED: 'REFUNDING' },
  REFUNDING: { REFUNDED: 'REFUNDED', DEADLINE_PASSED: 'STUCK' },
  REFUNDED: {},
  STUCK: { CAPTURED: 'PAID', DECLINED: 'RELEASING', REFUNDED: 'REFUNDED' },
};

/** One part of the payment, as far as the machine decides by it. */
export interface LegProgress {
  readonly ref: string;
  readonly external: boolean;
  readonly amountMinor: number;
  /** NONE: nothing is held or taken. HELD: local alone. TAKEN: the client has paid it. RELEASED: it never will be. */
  readonly state: 'NONE' | 'HELD' | 'TAKEN' | 'RELEASED';
  /** What a refund that has begun pays back, and what has been paid back. */
  readonly refundMinor: number;
  readonly refundedMinor: number;
}

export interface OrderProgress {
  readonly state: OrderState;
  /** The state in which it got stuck; present while it is STUCK. */
  readonly stuckIn?: OrderState;
  readonly legs: readonly LegProgress[];
  readonly history: readonly { readonly state: OrderState; readonly at: Date; readonly because: Happening }[];
}

/** What must be done to a leg in the transaction of a transition; an external refund's attempt is committed with it. */
export interface LegEffect {
  readonly kind: 'RESERVE' | 'CONFIRM' | 'CANCEL' | 'CAPTURE' | 'REFUND';
  readonly ref: string;
  readonly amountMinor: number;
}

export interface Step<Order extends OrderProgress = OrderProgress> {
  readonly order: Order;
  readonly effects: readonly LegEffect[];
}

/** What a happening brings beside itself: the amounts to pay back by leg, for a refund of less than everything. */
export interface HappeningFacts {
  readonly refundMinor?: Readonly<Record<string, number>>;
}

/**
 * The order after something happened, and what must be done to its legs with it; undefined where it cannot happen in
 * this state. Pure: the same order, happening and instant always give the same step.
 */
export function next<Order extends OrderProgress>(
  order: Order,
  happening: Happening,
  at: Date,
  facts: HappeningFacts = {},
): Step<Order> | undefined {
  const to = destination(order, happening);
  if (to === undefined) return undefined;
  const moved = order.legs.map((leg) => moveLeg(leg, happening, to, facts));
  const { stuckIn: _left, ...rest } = order;
  return {
    order: {
      ...(rest as Order),
      state: to,
      ...(to === 'STUCK' ? { stuckIn: order.state } : {}),
      legs: moved.map(({ leg }) => leg),
      history: [...order.history, { state: to, at, because: happening }],
    },
    effects: moved.flatMap(({ effect }) => effect ?? []),
  };
}

function destination({ state, stuckIn }: OrderProgress, happening: Happening): OrderState | undefined {
  // What was being asked when it got stuck is what may be answered.
  if (state === 'STUCK' && (happening === 'REFUNDED') !== (stuckIn === 'REFUNDING')) return undefined;
  return TRANSITIONS[state][happening];
}

interface MovedLeg {
  readonly leg: LegProgress;
  readonly effect?: LegEffect;
}

function moveLeg(leg: LegProgress, happening: Happening, to: OrderState, facts: HappeningFacts): MovedLeg {
  const { ref, external, state } = leg;
  const effect = (kind: LegEffect['kind'], amountMinor = leg.amountMinor): LegEffect => ({
    kind,
    ref,
    amountMinor,
  });
  switch (happening) {
    case 'RESERVED':
      return external ? { leg } : { leg: { ...leg, state: 'HELD' }, effect: effect('RESERVE') };
    case 'CAPTURE_BEGINS':
      return external ? { leg, effect: effect('CAPTURE') } : { leg };
    case 'CAPTURED':
    case 'NOTHING_TO_CAPTURE':
      if (to === 'REFUNDING') return external ? refund({ ...leg, state: 'TAKEN' }, leg.amountMinor) : { leg };
      return { leg: { ...leg, state: 'TAKEN' }, ...(external ? {} : { effect: effect('CONFIRM') }) };
    case 'DECLINED':
    case 'TIMED_OUT':
    case 'GIVEN_UP':
      return {
        leg: { ...leg, state: 'RELEASED' },
        ...(state === 'HELD' ? { effect: effect('CANCEL') } : {}),
      };
    case 'FULFILMENT_FAILED':
      return refund(leg, leg.amountMinor);
    case 'REFUND_BEGINS':
      return refund(leg, facts.refundMinor?.[ref] ?? leg.amountMinor);
    case 'REFUNDED':
      return { leg: { ...leg, refundedMinor: leg.refundMinor } };
    default:
      return { leg };
  }
}

function refund(leg: LegProgress, amountMinor: number): MovedLeg {
  if (leg.state !== 'TAKEN' || amountMinor === 0) return { leg };
  if (!Number.isSafeInteger(amountMinor) || amountMinor < 0 || amountMinor > leg.amountMinor)
    throw new RangeError(`Of ${leg.amountMinor} paid by ${leg.ref}, ${amountMinor} cannot be paid back.`);
  return {
    leg: { ...leg, refundMinor: amountMinor },
    effect: { kind: 'REFUND', ref: leg.ref, amountMinor },
  };
}
