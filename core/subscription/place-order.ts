import { productsIn } from '../catalog/reading.ts';
import { CATALOG, type Channel, type ProductRecord } from '../catalog/records.ts';
import { decisionClient } from '../customer/decision-client.ts';
import { customerService } from '../customer/service.ts';
import type { CustomerFacts } from '../customer/facts.ts';
import { collectionOf } from '../db/collection.ts';
import type { Tx } from '../db/database.ts';
import { documentService, type StatedConfirmation } from '../document/service.ts';
import { newId } from '../ids.ts';
import type { Host, Reason } from '../plugin/contract.ts';
import type { Billing, Currency } from '../pricing/price-row.ts';
import { asCoreHost } from '../plugin/host.ts';
import { quotaService } from '../quota/quota.ts';
import { suitabilityService } from '../suitability/service.ts';
import { fulfilmentOf } from './activate.ts';
import { assessSale, type Assessed } from './assess.ts';
import { openDuties, type DoneDuty } from './duties.ts';
import { ReservationRefused, saveOrder, takeStep } from './order-steps.ts';
import { splitPayment } from './payment-split.ts';
import { PaymentMethods } from './payments.ts';
import type { AssessmentRecord, LegRecord, OrderRecord } from './records.ts';
import {
  NOT_FOR_SALE,
  documentMissing,
  paymentMethodMissing,
  priceChanged,
  soldOut,
  splitRefused,
} from './refusals.ts';

/** What a touchpoint orders for a client. */
export interface OrderRequest {
  readonly idempotencyKey: string;
  readonly customerNo: string;
  readonly productCode: string;
  readonly channel: Channel;
  readonly quantity: number;
  /** What the client was shown, in the currency of the price, for all of the quantity and one period. */
  readonly expectedAmountMinor: number;
  readonly currency?: Currency;
  readonly billing?: Billing;
  /** Points given beside money, where the price row allows it. */
  readonly pointsPart?: number;
  /** Payment method of the part in money; the first that takes it where absent. */
  readonly method?: string;
  /** Reference of a payment that the calling system has taken already. */
  readonly statedRef?: string;
  readonly renews: boolean;
  readonly confirmations: readonly StatedConfirmation[];
}

/** Plain data: it is kept under the caller's key. */
export type Placed =
  | { readonly kind: 'PLACED'; readonly orderId: string }
  | { readonly kind: 'REFUSED'; readonly reasons: readonly Reason[]; readonly outcome?: string }
  | { readonly kind: 'UNKNOWN_CUSTOMER' };

/** Decides an order on what its transaction sees, and writes it as far as it can go without a call outside. */
export async function placeIn(host: Host, tx: Tx, request: OrderRequest): Promise<Placed> {
  const customer = await host.service(customerService).factsOf(request.customerNo, tx.at, tx);
  if (!customer) {
    tx.trace({
      action: 'order.refused',
      subject: { type: 'Order', id: '-' },
      details: { codes: ['UNKNOWN_CUSTOMER'] },
    });
    return { kind: 'UNKNOWN_CUSTOMER' };
  }
  const refuse = (reasons: readonly Reason[], outcome?: string): Placed => {
    const { productCode, channel, quantity } = request;
    tx.trace({
      action: 'order.refused',
      subject: { type: 'Product', id: productCode },
      partyId: customer.id,
      details: { channel, quantity, codes: reasons.map(({ code }) => code), outcome: outcome ?? null },
    });
    return { kind: 'REFUSED', reasons, ...(outcome === undefined ? {} : { outcome }) };
  };
  const product = await collectionOf<ProductRecord>(host, CATALOG.products).findOne(
    { code: request.productCode },
    { session: tx.session },
  );
  if (!product) return refuse([NOT_FOR_SALE]);
  const assessed = await assessIn(host, tx, product._id, customer, request);
  if ('refused' in assessed) return refuse(assessed.refused, assessed.decision?.outcome);
  const { terms, decision } = assessed;
  if (terms.amountMinor !== request.expectedAmountMinor)
    return refuse([priceChanged(request.expectedAmountMinor, terms.amountMinor, terms.currency)]);
  const wrong = await host
    .service(documentService)
    .confirm(tx, customer.id, request.channel, request.confirmations);
  if (wrong.length > 0) return refuse(wrong, decision.outcome);
  const orderId = newId();
  const legs = makeLegs(host, orderId, assessed, request);
  if ('refused' in legs) return refuse(legs.refused, decision.outcome);
  const order = newOrder(tx, orderId, product, customer, assessed, legs, request);
  const held = await holdOrReserve(host, tx, order, assessed);
  if ('refused' in held) return refuse(held.refused, decision.outcome);
  await saveOrder(host, tx, undefined, held);
  return { kind: 'PLACED', orderId };
}

/** Price, suitability and listing by what this transaction sees. */
export async function assessIn(
  host: Host,
  tx: Tx,
  productId: string,
  customer: CustomerFacts,
  ask: Pick<OrderRequest, 'channel' | 'quantity' | 'currency' | 'billing'>,
) {
  const product = (await productsIn(host, tx, [productId], tx.at)).get(productId);
  const policy = host.service(suitabilityService).policy();
  return assessSale(product, decisionClient(customer), ask, policy, tx.at);
}

/**
 * An ASSESSED order as far as it goes: held while a duty or a document is open, else with its places and points held. A
 * refusal has written nothing.
 */
export async function holdOrReserve(
  host: Host,
  tx: Tx,
  order: OrderRecord,
  { version }: Assessed,
): Promise<OrderRecord | { readonly refused: readonly Reason[] }> {
  const { attributes } = version.content;
  const required = (attributes.requiredDocuments as readonly string[] | undefined) ?? [];
  const documents = await host.service(documentService).requiredOf(required, order.partyId, tx);
  // A document of which nothing is in force cannot be waited for.
  const impossible = documents.filter(({ inForce }) => !inForce);
  if (impossible.length > 0)
    return { refused: impossible.map(({ code }) => documentMissing(code, undefined)) };
  const documentIds = documents.map(({ inForce }) => inForce!._id);
  const now: OrderRecord = { ...order, documentIds };
  const duties = order.assessment.duties as Parameters<typeof openDuties>[0];
  const open = openDuties(duties, order.dutiesDone, order.heldSince, tx.at);
  if (open.length > 0 || documents.some(({ confirmed }) => !confirmed)) return now;
  return reserve(host, tx, now, attributes);
}

async function reserve(
  host: Host,
  tx: Tx,
  order: OrderRecord,
  attributes: Readonly<Record<string, unknown>>,
) {
  const quotas = host.service(quotaService);
  const methods = new PaymentMethods(host);
  const against = await undeliverable(host, tx, order, attributes);
  if (against.length > 0) return { refused: against };
  const seats = attributes.seats as number | undefined;
  const reserving = await takeStep(host, tx, order, 'DUTIES_DONE');
  const quotaKey = `seats:${order.productId}`;
  if (seats !== undefined) {
    await quotas.ensure(tx, quotaKey, seats);
    const { taken, remaining } = await quotas.take(tx, quotaKey, order.quantity);
    if (!taken) return { refused: [soldOut(remaining)] };
  }
  const withPlaces = seats === undefined ? reserving : { ...reserving, quotaKey };
  try {
    const reserved = await takeStep(host, tx, withPlaces, 'RESERVED');
    const outside = reserved.legs.find(({ external }) => external);
    if (!outside) return await takeStep(host, tx, reserved, 'NOTHING_TO_CAPTURE');
    const waits = methods.external(outside).needsReference && outside.statedRef === undefined;
    return waits ? reserved : await takeStep(host, tx, reserved, 'CAPTURE_BEGINS');
  } catch (error) {
    if (!(error instanceof ReservationRefused)) throw error;
    if (seats !== undefined) await quotas.giveBack(tx, quotaKey, order.quantity);
    return { refused: [error.reason] };
  }
}

/** What the kind's own fulfilment has against it. */
async function undeliverable(
  host: Host,
  tx: Tx,
  order: OrderRecord,
  attributes: Readonly<Record<string, unknown>>,
): Promise<readonly Reason[]> {
  const fulfilment = fulfilmentOf(host, order.kind);
  if (!fulfilment?.check) return [];
  const { _id: orderId, partyId, customerNo, productId, productCode, channel, quantity } = order;
  const request = { orderId, partyId, customerNo, productId, productCode, channel, quantity, attributes };
  return fulfilment.check(tx, request, asCoreHost(host).hostOf(fulfilment.owner));
}

function makeLegs(
  host: Host,
  orderId: string,
  { terms, pointsShareMaxPct }: Assessed,
  request: OrderRequest,
): readonly LegRecord[] | { readonly refused: readonly Reason[] } {
  const { pointsPart, statedRef } = request;
  const methods = new PaymentMethods(host);
  const points = methods.find('POINTS');
  const worth = points && !points.external ? points.worthMinor : undefined;
  const split = splitPayment({
    currency: terms.currency,
    amountMinor: terms.amountMinor,
    ...(pointsShareMaxPct === undefined ? {} : { pointsShareMaxPct }),
    ...(pointsPart === undefined ? {} : { points: pointsPart }),
    ...(worth === undefined ? {} : { pointWorthMinor: worth }),
  });
  if ('refused' in split) return { refused: [splitRefused(split.refused, split.pointsMax)] };
  const legs: LegRecord[] = [];
  for (const currency of ['POINTS', 'CNY'] as const) {
    const amountMinor = split[currency];
    if (amountMinor === undefined) continue;
    const method = methods.find(currency, currency === 'CNY' ? request.method : undefined);
    if (!method) return { refused: [paymentMethodMissing(currency)] };
    legs.push({
      ref: `${orderId}:${legs.length + 1}`,
      method: method.code,
      external: method.external,
      currency,
      amountMinor,
      state: 'NONE',
      refundMinor: 0,
      refundedMinor: 0,
      ...(method.external && statedRef !== undefined ? { statedRef } : {}),
    });
  }
  return legs;
}

function newOrder(
  tx: Tx,
  _id: string,
  product: ProductRecord,
  customer: CustomerFacts,
  assessed: Assessed,
  legs: readonly LegRecord[],
  request: OrderRequest,
): OrderRecord {
  return {
    _id,
    state: 'ASSESSED',
    history: [{ state: 'ASSESSED', at: tx.at, because: 'ASSESSED' }],
    legs,
    partyId: customer.id,
    customerNo: customer.customerNo,
    orgPath: customer.orgPath,
    productId: product._id,
    productCode: product.code,
    kind: product.kind,
    channel: request.channel,
    quantity: request.quantity,
    terms: assessed.terms,
    ...(request.pointsPart === undefined ? {} : { pointsPart: request.pointsPart }),
    assessment: assessmentOf(assessed, tx.at),
    heldSince: tx.at,
    dutiesDone: [] as readonly DoneDuty[],
    documentIds: [],
    renews: request.renews,
    placedAt: tx.at,
    placedBy: { id: tx.actor.id, name: tx.actor.name },
    revision: 0,
  };
}

export function assessmentOf({ decision }: Assessed, at: Date): AssessmentRecord {
  const { outcome, dimensions, policyVersion, evidenceIds, duties } = decision;
  return {
    at,
    outcome,
    dimensions: dimensions.map(({ code, outcome: own, reason }) => ({ code, outcome: own, reason })),
    policyVersion,
    evidenceIds,
    duties: duties.map((duty) => ({ ...duty })),
  };
}
