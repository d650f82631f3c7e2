import type { Actor } from '../access/actor.ts';
import { approvalService } from '../approval/service.ts';
import type { Tx } from '../db/database.ts';
import type { ApprovedChange, Host } from '../plugin/contract.ts';
import { chunksOf, collection } from './collections.ts';
import { decideListing, loadListingFacts } from './listing-facts.ts';
import { abandon, orAbandoned, type BulkOptions, type BulkResult, type ProductOutcome } from './outcome.ts';
import { lastPublished, publishIn, PUBLICATION_PRODUCTS_MAX } from './publish.ts';
import { CATALOG, type CrossingRecord, type ListingRecord } from './records.ts';
import { supersedeListings, writeTransitions, type Transition } from './transitions.ts';
import { crossingsAhead, toListing, windowErrors, type ChannelWindows } from './windows.ts';

export const LISTING_SUBJECT = 'product.listing';

/**
 * Proposes these products for listing on these channels, for a second person to approve: a first listing, a relisting
 * or other windows for what is listed, as each product's state says. Products that cannot be listed get their reasons
 * now; what holds at the approval is decided again there.
 */
export async function proposeListing(
  host: Host,
  actor: Actor,
  productIds: readonly string[],
  channels: readonly ChannelWindows[],
  reason: string,
  { dryRun = false }: BulkOptions = {},
): Promise<BulkResult> {
  const wrong = windowErrors(channels);
  const outcomes: ProductOutcome[] = [];
  const approvalIds: string[] = [];
  for (const chunk of chunksOf([...new Set(productIds)], PUBLICATION_PRODUCTS_MAX)) {
    const result = await orAbandoned<BulkResult, BulkResult>(
      host.transact(actor, async (tx) => {
        const facts = await loadListingFacts(host, tx, chunk, await lastPublished(host, tx));
        const decided = chunk.map((id) => ({ id, next: decideListing(facts, id, reason) }));
        const found = decided.map(({ id, next }): ProductOutcome => {
          const code = facts.products.get(id)?.code ?? '';
          const refused = [...wrong, ...('refused' in next ? next.refused : [])];
          return refused.length > 0 ? { productId: id, code, refused } : { productId: id, code };
        });
        const subjectIds = found.filter((outcome) => !outcome.refused).map((outcome) => outcome.productId);
        if (subjectIds.length === 0 || dryRun)
          abandon({ outcomes: found, approvalIds: [] } satisfies BulkResult);
        const proposal = { type: LISTING_SUBJECT, subjectIds, change: { channels: [...channels] }, reason };
        const approvalId = await host.service(approvalService).propose(tx, proposal);
        for (const id of subjectIds)
          tx.trace({
            action: 'product.listing-proposed',
            subject: { type: 'Product', id },
            reason,
            details: { approvalId },
          });
        return { outcomes: found, approvalIds: [approvalId] };
      }),
    );
    outcomes.push(...result.outcomes);
    approvalIds.push(...result.approvalIds);
  }
  return { outcomes, approvalIds };
}

/**
 * The approval's `apply`: lists what may still be listed and says of the others why not. The products are written in
 * this transaction, and so are blocks: a block placed meanwhile conflicts with it, and one of the two sees the other.
 */
export async function applyListing(tx: Tx, approval: ApprovedChange, host: Host): Promise<void> {
  await publishIn(tx, host, async (seq) => {
    const channels = approval.change.channels as readonly ChannelWindows[];
    const facts = await loadListingFacts(host, tx, approval.subjectIds, seq);
    const listed: Transition[] = [];
    const refusals: { productId: string; codes: string[] }[] = [];
    for (const id of approval.subjectIds) {
      const next = decideListing(facts, id, approval.reason);
      if ('to' in next) listed.push({ product: facts.products.get(id)!, to: next.to });
      else refusals.push({ productId: id, codes: next.refused.map((reason) => reason.code) });
    }
    if (listed.length > 0) {
      await writeListings(host, tx, seq, listed, channels);
      const payload = { approvalId: approval.id, channels: channels.map((windows) => windows.channel) };
      await writeTransitions(host, tx, seq, { name: 'product.listed', payload }, listed, approval.reason);
    }
    for (const { productId, codes } of refusals)
      tx.trace({
        action: 'product.listing-refused',
        subject: { type: 'Product', id: productId },
        reason: approval.reason,
        details: { approvalId: approval.id, codes, seq },
      });
    if (refusals.length > 0)
      tx.publish({
        name: 'product.listing-refused',
        key: 'catalog',
        payload: { approvalId: approval.id, seq, refusals },
      });
  });
}

async function writeListings(
  host: Host,
  tx: Tx,
  seq: number,
  listed: readonly Transition[],
  channels: readonly ChannelWindows[],
): Promise<void> {
  const ids = listed.map(({ product }) => product._id);
  const named = channels.map((windows) => windows.channel);
  await supersedeListings(host, tx, seq, ids, named);
  const listings = ids.flatMap((id) => channels.map((windows) => toListing(id, windows, tx.at, seq)));
  await collection<ListingRecord>(host, CATALOG.listings).insertMany(listings, { session: tx.session });
  const crossings = listings.flatMap((listing) => crossingsAhead(listing, tx.at));
  if (crossings.length > 0)
    await collection<CrossingRecord>(host, CATALOG.crossings).insertMany(crossings, { session: tx.session });
}
