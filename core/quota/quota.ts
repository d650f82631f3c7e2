import { Schema } from 'mongoose';
import { collectionOf, type ModelSource } from '../db/collection.ts';
import type { Tx } from '../db/database.ts';
import { PlatformError, notFound } from '../errors.ts';
import { serviceToken } from '../plugin/service.ts';

export const QUOTAS = 'quotas';

interface QuotaRecord {
  _id: string;
  capacity: number;
  /** What may still be taken: never below 0. */
  remaining: number;
}

export const quotaSchema = new Schema<QuotaRecord>(
  {
    _id: { type: String, required: true },
    capacity: { type: Number, required: true },
    remaining: { type: Number, required: true },
  },
  { versionKey: false },
);

export interface Quota {
  readonly key: string;
  readonly capacity: number;
  readonly remaining: number;
}

/** Taken, with what is left, or refused with what there was. */
export interface QuotaResult {
  readonly taken: boolean;
  readonly remaining: number;
}

/**
 * Stock, seats, budgets: a number that many want a part of. Every call is a conditional update inside the transaction
 * of the business it belongs to, so that what is taken and what it was taken for stand or fall together.
 */
export class Quotas {
  readonly #models: ModelSource;

  constructor(models: ModelSource) {
    this.#models = models;
  }

  /**
   * Sets how much there is in all. What is taken stays taken.
   * @throws QUOTA_BELOW_TAKEN where more than `capacity` is taken already
   */
  async define(tx: Tx, key: string, capacity: number): Promise<Quota> {
    refuseBadAmount(capacity, 0);
    const { session } = tx;
    const known = await this.#quotas.findOne({ _id: key }, { session });
    if (!known) {
      await this.#quotas.insertOne({ _id: key, capacity, remaining: capacity }, { session });
      return { key, capacity, remaining: capacity };
    }
    const taken = known.capacity - known.remaining;
    if (taken > capacity)
      throw new PlatformError(
        'QUOTA_BELOW_TAKEN',
        `Of "${key}" ${taken} are taken, so it cannot be cut to ${capacity}. Give some back first.`,
        { status: 409, details: { key, taken, capacity } },
      );
    const remaining = capacity - taken;
    await this.#quotas.updateOne({ _id: key }, { $set: { capacity, remaining } }, { session });
    return { key, capacity, remaining };
  }

  /**
   * The same for a number that is stated elsewhere and may be cut below what is taken: then nothing is left until enough
   * is given back. Writes only where something changes.
   */
  async ensure(tx: Tx, key: string, capacity: number): Promise<Quota> {
    refuseBadAmount(capacity, 0);
    const known = await this.#quotas.findOne({ _id: key }, { session: tx.session });
    const taken = known ? known.capacity - known.remaining : 0;
    const within = Math.max(capacity, taken);
    if (known?.capacity !== within) return this.define(tx, key, within);
    return { key, capacity: known.capacity, remaining: known.remaining };
  }

  /** @throws NOT_FOUND where the quota was never defined */
  async take(tx: Tx, key: string, amount: number): Promise<QuotaResult> {
    refuseBadAmount(amount, 1);
    const after = await this.#quotas.findOneAndUpdate(
      { _id: key, remaining: { $gte: amount } },
      { $inc: { remaining: -amount } },
      { session: tx.session, returnDocument: 'after' },
    );
    if (after) return { taken: true, remaining: after.remaining };
    const { remaining } = await this.#find(tx, key);
    return { taken: false, remaining };
  }

  /** @throws QUOTA_NOT_TAKEN where less than `amount` is taken: giving back twice must not make more */
  async giveBack(tx: Tx, key: string, amount: number): Promise<QuotaResult> {
    refuseBadAmount(amount, 1);
    const { capacity, remaining } = await this.#find(tx, key);
    if (remaining + amount > capacity)
      throw new PlatformError(
        'QUOTA_NOT_TAKEN',
        `Of "${key}" ${capacity - remaining} are taken, so ${amount} cannot be given back.`,
        { status: 409, details: { key, amount } },
      );
    await this.#quotas.updateOne({ _id: key }, { $inc: { remaining: amount } }, { session: tx.session });
    return { taken: false, remaining: remaining + amount };
  }

  async find(key: string): Promise<Quota | undefined> {
    const found = await this.#quotas.findOne({ _id: key });
    return found ? { key, capacity: found.capacity, remaining: found.remaining } : undefined;
  }

  async #find(tx: Tx, key: string): Promise<QuotaRecord> {
    const found = await this.#quotas.findOne({ _id: key }, { session: tx.session });
    if (!found) throw notFound('quota', key);
    return found;
  }

  get #quotas() {
    return collectionOf<QuotaRecord>(this.#models, QUOTAS);
  }
}

export const quotaService = serviceToken<Quotas>('core', 'quota');

function refuseBadAmount(amount: number, least: number): void {
  if (Number.isSafeInteger(amount) && amount >= least) return;
  throw new PlatformError('AMOUNT_INVALID', `${amount} is no whole number from ${least} to 2^53 − 1.`);
}
