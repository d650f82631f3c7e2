import { systemActor } from '../access/actor.ts';
import type { Tx } from '../db/database.ts';
import type { Host } from '../plugin/contract.ts';
import { collection } from './collections.ts';
import { loadProducts } from './loading.ts';
import { CATALOG, type CrossingRecord, type ListingRecord } from './records.ts';

const AT_ONCE_MAX = 500;

const EVENT_OF = {
  VISIBLE: 'product.visible',
  HIDDEN: 'product.hidden',
  PURCHASABLE: 'product.purchasable',
  UNPURCHASABLE: 'product.unpurchasable',
} as const satisfies Record<CrossingRecord['kind'], string>;

/**
 * Announces window edges that the clock has passed, each once: its mark is cleared in the transaction of its event.
 * It only announces; whether a product is visible is decided at each request. Answers how many were announced.
 */
export async function announceCrossings(host: Host): Promise<number> {
  for (let announced = 0; ;) {
    const { found, told } = await host.transact(systemActor('catalog'), (tx) => announceSome(host, tx), {
      bookkeeping: true,
    });
    announced += told;
    if (found < AT_ONCE_MAX) return announced;
  }
}

async function announceSome(host: Host, tx: Tx): Promise<{ found: number; told: number }> {
  const crossings = collection<CrossingRecord>(host, CATALOG.crossings);
  const due = await crossings
    .find(
      { pending: true, at: { $lte: tx.at } },
      { session: tx.session, sort: { at: 1 }, limit: AT_ONCE_MAX },
    )
    .toArray();
  if (due.length === 0) return { found: 0, told: 0 };
  const told = await stillTrue(host, tx, due);
  for (const group of inGroups(told)) {
    const { kind, channel, at } = group[0]!;
    tx.publish({
      name: EVENT_OF[kind],
      key: `catalog:${channel}`,
      payload: { channel, at: at.toISOString(), productIds: group.map((crossing) => crossing.productId) },
    });
  }
  await crossings.updateMany(
    { _id: { $in: due.map((crossing) => crossing._id) } },
    { $unset: { pending: 1 } },
    { session: tx.session },
  );
  return { found: due.length, told: told.length };
}

/** A crossing of a listing that was replaced, or of a product that is not on sale, did not happen. */
async function stillTrue(host: Host, tx: Tx, due: readonly CrossingRecord[]): Promise<CrossingRecord[]> {
  const live = await collection<ListingRecord>(host, CATALOG.listings)
    .find(
      { _id: { $in: due.map((crossing) => crossing.listingId) }, supersededSeq: { $exists: false } },
      { session: tx.session, projection: { _id: 1 } },
    )
    .toArray();
  const liveIds = new Set(live.map((listing) => listing._id));
  const products = await loadProducts(
    host,
    tx,
    due.map((crossing) => crossing.productId),
  );
  return due.filter(
    ({ listingId, productId }) => liveIds.has(listingId) && products.get(productId)?.sale === 'LISTED',
  );
}

function inGroups(crossings: readonly CrossingRecord[]): CrossingRecord[][] {
  const groups = new Map<string, CrossingRecord[]>();
  for (const crossing of crossings) {
    const key = `${crossing.at.getTime()}:${crossing.channel}:${crossing.kind}`;
    groups.set(key, [...(groups.get(key) ?? []), crossing]);
  }
  return [...groups.values()];
}
