import { collectionOf } from '../../../core/db/collection.ts';
import type { Host, Violation } from '../../../core/plugin/contract.ts';
import { QUOTAS, type Quota } from '../../../core/quota/quota.ts';
import { refundedOf } from '../ledger/hold.ts';
import { stockKey } from '../merchant/goods.ts';
import { REDEMPTIONS, type RedemptionRecord } from '../model.ts';
import { fromRedemptionRecord } from '../store/records.ts';
import { PARTNER_REDEMPTIONS, type PartnerRedemptionRecord } from './model.ts';

const PAGE = 500;

/**
 * What must hold of redemptions at merchants: each is the ledger's of the same id, in the same state and amount, and what
 * is off the shelf is what redemptions hold or have taken.
 */
export async function* checkPartner(
  host: Host,
  progress: (done: number, total: number) => void,
): AsyncIterable<Violation> {
  const own = collectionOf<PartnerRedemptionRecord>(host, PARTNER_REDEMPTIONS);
  const total = await own.countDocuments();
  const goods = new Set<string>();
  let done = 0;
  for (let last = ''; ;) {
    // Both sides as of one instant, since redemptions go on meanwhile.
    const { page, ledger } = await host.snapshot(async (session) => {
      const records = await own
        .find({ _id: { $gt: last } }, { session })
        .sort({ _id: 1 })
        .limit(PAGE)
        .toArray();
      const beside = await collectionOf<RedemptionRecord>(host, REDEMPTIONS)
        .find({ _id: { $in: records.map(({ _id }) => _id) } }, { session })
        .toArray();
      return { page: records, ledger: new Map(beside.map((record) => [record._id, record])) };
    });
    if (page.length === 0) break;
    for (const record of page) {
      yield* different(record, ledger.get(record._id));
      if (record.goods) goods.add(record.goods.productId);
    }
    done += page.length;
    progress(done, total);
    last = page.at(-1)!._id;
  }
  for (const productId of goods) yield* wrongStock(host, productId);
}

function* different(
  { _id, state, points, refunded, merchantCode, partyId }: PartnerRedemptionRecord,
  record: RedemptionRecord | undefined,
): Iterable<Violation> {
  const differs = (text: string): Violation => ({ code: 'PARTNER_REDEMPTION_DIFFERS', subject: _id, text });
  if (!record) {
    yield differs('The ledger has no redemption of this id.');
    return;
  }
  const ledger = fromRedemptionRecord(record);
  const sides = {
    state: [state, ledger.state],
    points: [points, ledger.points],
    refunded: [refunded, refundedOf(ledger)],
    merchant: [merchantCode, ledger.merchantId],
    client: [partyId, ledger.partyId],
  } as const;
  for (const [what, [ours, theirs]] of Object.entries(sides))
    if (ours !== theirs) yield differs(`Its ${what} is ${String(ours)}, in the ledger ${String(theirs)}.`);
}

/** What is off the shelf is what redemptions hold or have taken: read as of one instant. */
async function* wrongStock(host: Host, productId: string): AsyncIterable<Violation> {
  const { off, quantity } = await host.snapshot(async (session) => {
    const stock = await collectionOf<Quota & { _id: string }>(host, QUOTAS).findOne(
      { _id: stockKey(productId) },
      { session },
    );
    const redeemed = await collectionOf<PartnerRedemptionRecord>(host, PARTNER_REDEMPTIONS)
      .find(
        { 'goods.productId': productId, state: { $in: ['RESERVED', 'CONFIRMED', 'REFUNDED'] } } as never,
        { session },
      )
      .toArray();
    return {
      off: stock ? stock.capacity - stock.remaining : 0,
      quantity: redeemed.reduce((sum, { goods }) => sum + goods!.quantity, 0),
    };
  });
  if (off !== quantity)
    yield {
      code: 'GOODS_STOCK_DIFFERS',
      subject: productId,
      text: `${quantity} are redeemed and ${off} are off the shelf.`,
    };
}
