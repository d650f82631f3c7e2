import type { Tx } from '../db/database.ts';
import { newId } from '../ids.ts';
import type { Host } from '../plugin/contract.ts';
import { collection } from './collections.ts';
import {
  CATALOG,
  type ListingRecord,
  type ProductRecord,
  type SaleState,
  type TransitionRecord,
} from './records.ts';

export interface Transition {
  readonly product: ProductRecord;
  readonly to: SaleState;
}

/**
 * Writes sale-state transitions of one publication: the products, one history row and one trace each, one event. Every
 * change of a sale state in the platform goes through here.
 */
export async function writeTransitions(
  host: Host,
  tx: Tx,
  seq: number,
  event: { readonly name: string; readonly payload: Record<string, unknown> },
  transitions: readonly Transition[],
  reason: string,
): Promise<void> {
  const { session, at, actor } = tx;
  for (const [to, group] of byTarget(transitions))
    await collection<ProductRecord>(host, CATALOG.products).updateMany(
      { _id: { $in: group.map(({ product }) => product._id) } },
      { $set: { sale: to, seq, changedAt: at }, $inc: { revision: 1 } },
      { session },
    );
  const rows = transitions.map(({ product, to }): TransitionRecord => ({
    _id: newId(),
    productId: product._id,
    from: product.sale,
    to,
    at,
    seq,
    actor: { id: actor.id, name: actor.name },
    reason,
  }));
  await collection<TransitionRecord>(host, CATALOG.transitions).insertMany(rows, { session });
  for (const { product, to } of transitions)
    tx.trace({
      action: event.name,
      subject: { type: 'Product', id: product._id },
      reason,
      details: { from: product.sale, to, seq, ...event.payload },
    });
  const productIds = transitions.map(({ product }) => product._id);
  tx.publish({ name: event.name, key: 'catalog', payload: { ...event.payload, seq, productIds } });
}

/** Ends the listings of these products on these channels (all where none is named). */
export async function supersedeListings(
  host: Host,
  tx: Tx,
  seq: number,
  productIds: readonly string[],
  channels?: readonly ListingRecord['channel'][],
): Promise<void> {
  await collection<ListingRecord>(host, CATALOG.listings).updateMany(
    {
      productId: { $in: [...productIds] },
      ...(channels ? { channel: { $in: [...channels] } } : {}),
      supersededSeq: { $exists: false },
    },
    { $set: { supersededSeq: seq } },
    { session: tx.session },
  );
}

function byTarget(transitions: readonly Transition[]): ReadonlyMap<SaleState, Transition[]> {
  const groups = new Map<SaleState, Transition[]>();
  for (const transition of transitions)
    groups.set(transition.to, [...(groups.get(transition.to) ?? []), transition]);
  return groups;
}
