import { collectionOf } from '../../../core/db/collection.ts';
import type { Tx } from '../../../core/db/database.ts';
import { BusyError } from '../../../core/errors.ts';
import type { Host } from '../../../core/plugin/contract.ts';
import { quotaService } from '../../../core/quota/quota.ts';
import { stockKey } from '../merchant/goods.ts';
import type { Outcome } from '../store/batch-queue.ts';
import type { Wanted } from './command.ts';
import { refused, type PartnerAnswer } from './decide.ts';
import { PARTNER_REDEMPTIONS, type PartnerRedemptionRecord } from './model.ts';

/** Redemptions by which a client has, or may yet have, what they asked for. */
const COUNTED = ['RESERVED', 'CONFIRMED'];

/**
 * Stock and the limit for each client, in one transaction. What an earlier request of the same transaction has taken may
 * come back when the ledger refuses it: whoever only that stands in the way of is told to repeat, not that there is none.
 */
export class Shelf {
  readonly #host: Host;
  readonly #tx: Tx;
  readonly #taken: PartnerRedemptionRecord[] = [];

  constructor(host: Host, tx: Tx) {
    this.#host = host;
    this.#tx = tx;
  }

  /** Takes what a reservation asks for; else what it is answered. */
  async take({ after, perClientMax }: Wanted): Promise<Outcome<PartnerAnswer> | undefined> {
    const { goods, partyId } = after;
    if (!goods) return undefined;
    const { code, quantity, productId } = goods;
    if (perClientMax !== undefined) {
      // Another reservation of this client conflicts on their account, so that one of the two counts the other.
      const had = await this.#hadBy(partyId, productId);
      const here = quantityOf(this.#taken, productId, partyId);
      if (had + quantity > perClientMax)
        return { value: refused('CLIENT_LIMIT_REACHED', `One client may have ${perClientMax} of ${code}.`) };
      if (had + here + quantity > perClientMax) return { error: undecided() };
    }
    const quotas = this.#host.service(quotaService);
    const stated = await quotas.find(stockKey(productId));
    const { taken, remaining } = stated
      ? await quotas.take(this.#tx, stockKey(productId), quantity)
      : { taken: false, remaining: 0 };
    if (!taken)
      return remaining + quantityOf(this.#taken, productId) < quantity
        ? { value: refused('OUT_OF_STOCK', `There are not ${quantity} of ${code} left.`) }
        : { error: undecided() };
    this.#taken.push(after);
    return undefined;
  }

  /** Puts back what a hold that is given up, or never came about, had taken. */
  async putBack({ goods }: PartnerRedemptionRecord): Promise<void> {
    if (!goods) return;
    await this.#host.service(quotaService).giveBack(this.#tx, stockKey(goods.productId), goods.quantity);
  }

  async #hadBy(partyId: string, productId: string): Promise<number> {
    const earlier = await collectionOf<PartnerRedemptionRecord>(this.#host, PARTNER_REDEMPTIONS)
      .find({ partyId, 'goods.productId': productId, state: { $in: COUNTED } } as never, {
        session: this.#tx.session,
      })
      .toArray();
    return quantityOf(earlier, productId);
  }
}

function quantityOf(
  redemptions: readonly PartnerRedemptionRecord[],
  productId: string,
  partyId?: string,
): number {
  return redemptions
    .filter((one) => one.goods?.productId === productId && (partyId ?? one.partyId) === one.partyId)
    .reduce((sum, { goods }) => sum + goods!.quantity, 0);
}

function undecided(): BusyError {
  return new BusyError(
    'Others ask for the last of these goods at this moment. Repeat the request with the same key.',
  );
}
