import type { Host } from '../../../core/plugin/contract.ts';
import { KeyedBatches, type KeyedItem } from './keyed-batches.ts';
import { postIn, type PointsAnswer, type PolicyOf, type PostingRequest } from './posting.ts';

/** A request by itself, outside any transaction; settling and time-outs have no key. */
export interface KeyedPosting extends PostingRequest, KeyedItem {}

/** Posts requests in batches, each entry in the name of who asked for it. */
export class BatchPoster {
  readonly #batches: KeyedBatches<KeyedPosting, PointsAnswer>;

  constructor(host: Host, policyOf: PolicyOf) {
    this.#batches = new KeyedBatches(host, {
      name: 'points-ledger',
      work: async (tx, items) => ({
        outcomes: (await postIn(host, tx, items, policyOf)).map((value) => ({ value })),
      }),
    });
  }

  /** @throws IDEMPOTENCY_KEY_REUSED (422), BUSY (503) */
  post(posting: KeyedPosting): Promise<PointsAnswer> {
    return this.#batches.do(posting);
  }
}
