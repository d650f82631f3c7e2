import { notPurchasable, suitabilityAnswer } from '../../../core/catalog/browse/answers.ts';
import { publishedFeed } from '../../../core/catalog/browse/feature.ts';
import type { Channel } from '../../../core/catalog/records.ts';
import { contentOf } from '../../../core/catalog/snapshot/product-rows.ts';
import { decisionClient } from '../../../core/customer/decision-client.ts';
import { customerService } from '../../../core/customer/service.ts';
import type { Tx } from '../../../core/db/database.ts';
import type { Host } from '../../../core/plugin/contract.ts';
import { GOODS_KIND, type GoodsAttributes } from '../merchant/goods.ts';
import type { GoodsOffer } from './decide.ts';

/**
 * What some goods cost a client at the touchpoint at which they gave their token: the published catalogue's answer, as
 * `browseProducts` shows it. Undefined where this client would not find or could not buy them there.
 */
export async function offerOf(
  host: Host,
  tx: Tx,
  { partyId, channel }: { readonly partyId: string; readonly channel: Channel },
  { code, quantity }: { readonly code: string; readonly quantity: number },
): Promise<GoodsOffer | undefined> {
  const facts = await host.service(customerService).factsOfParty(partyId, tx.at, tx);
  if (!facts) return undefined;
  const { browse } = host.service(publishedFeed);
  const page = browse.one(code, channel, decisionClient(facts), tx.at);
  const slot = page?.slots[0];
  if (page === undefined || slot === undefined) return undefined;
  const { view, decided } = page;
  const { product } = view.rowsAt(slot);
  if (product.kind !== GOODS_KIND || notPurchasable(view, slot, channel)) return undefined;
  // A merchant cannot give the warnings that a sale with a warning needs.
  if (suitabilityAnswer(page, slot)?.outcome !== 'MATCH') return undefined;
  const standing = view.standingAt(slot);
  const question = { channel, currency: 'POINTS', quantity } as const;
  const price = browse.prices.asker(decided.client, question, tx.at, view.snapshot.seq).ask(standing);
  if (price.__typename !== 'PriceQuote' || price.currency !== 'POINTS') return undefined;
  const { merchantCode, goodsClass, perClientMax } = contentOf(standing.version!)
    .attributes as unknown as GoodsAttributes;
  return {
    productId: product._id,
    merchantCode,
    goodsClass,
    points: price.amountMinor,
    ...(perClientMax === undefined ? {} : { perClientMax }),
  };
}
