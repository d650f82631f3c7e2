import { createHash } from 'node:crypto';
import { Schema } from 'mongoose';
import type { Actor } from '../access/actor.ts';
import { collectionOf } from '../db/collection.ts';
import { isDuplicateKey, type Tx } from '../db/database.ts';
import { PlatformError } from '../errors.ts';
import type { Host } from '../plugin/contract.ts';
import { serviceToken } from '../plugin/service.ts';
import { canonicalJson } from '../trace/record.ts';

export const IDEMPOTENCY_KEYS = 'idempotency_keys';

interface KeyRecord {
  /** Hash of caller, operation and key. */
  _id: string;
  bodyHash: string;
  /** As JSON, so that the answer to a repeat is the same byte for byte. */
  result: string;
  at: Date;
}

export const keySchema = new Schema<KeyRecord>(
  {
    _id: { type: String, required: true },
    bodyHash: { type: String, required: true },
    result: { type: String, required: true },
    at: { type: Date, required: true },
  },
  { versionKey: false },
);

export interface KeyedRequest {
  /** Dotted name of what is asked for; the same key may be used for two operations. */
  readonly operation: string;
  /** Chosen by the caller, 1 to 255 characters. */
  readonly key: string;
  /** Everything that the request asks for, as plain data. */
  readonly body: unknown;
}

/** Whether the work was done now or at an earlier request of the same key. */
export interface KeyedResult<T> {
  readonly result: T;
  readonly repeated: boolean;
}

/** A key with what was asked under it. */
export interface KeyClaim {
  /** Hash of caller, operation and key. */
  readonly id: string;
  readonly bodyHash: string;
}

export interface RecordedAnswer {
  readonly bodyHash: string;
  /** JSON. */
  readonly result: string;
}

/**
 * The recorded answer as that to this claim.
 * @throws IDEMPOTENCY_KEY_REUSED (422) where the key came with another body before
 */
export function answerTo<T>(claim: KeyClaim, recorded: RecordedAnswer): T {
  if (recorded.bodyHash !== claim.bodyHash) throw keyReused();
  return JSON.parse(recorded.result) as T;
}

export function keyReused(): PlatformError {
  return new PlatformError(
    'IDEMPOTENCY_KEY_REUSED',
    'This idempotency key was used for a request with another body. Use a new key for a new request.',
    { status: 422 },
  );
}

const KEY_LENGTH_MAX = 255;

/** Does what a request asks for once, however often the request comes; keys are kept for good. */
export class Idempotency {
  readonly #host: Host;

  constructor(host: Host) {
    this.#host = host;
  }

  /**
   * Runs `work` in a transaction that also records its result under the caller's key. A repeat gets the recorded
   * result; refusals that `work` returns are results too. What `work` throws is not recorded, and may be repeated.
   * @param work its result must be plain JSON data
   * @throws IDEMPOTENCY_KEY_REUSED (422) where the key came with another body before; IDEMPOTENCY_KEY_INVALID
   */
  async once<T>(actor: Actor, request: KeyedRequest, work: (tx: Tx) => Promise<T>): Promise<KeyedResult<T>> {
    const claim = this.claim(actor, request);
    const known = await this.#first<T>(claim);
    if (known) return known;
    try {
      return await this.#host.transact(actor, async (tx) => {
        // A new attempt after a conflict sees what the other one wrote.
        if (await this.#keys.findOne({ _id: claim.id }, { session: tx.session })) throw new Overtaken();
        const result = await work(tx);
        await this.record(tx, [{ claim, result }]);
        return { result, repeated: false };
      });
    } catch (error) {
      // Somebody else may have come first with this key, which ended the whole transaction: then theirs is the answer.
      const first = error instanceof Overtaken || isDuplicateKey(error);
      const theirs = first ? await this.#first<T>(claim) : undefined;
      if (theirs) return theirs;
      throw error;
    }
  }

  /**
   * A request's place among all that ever came, for work that does many requests in one transaction: look all of them up
   * with {@link recorded}, do the others, and {@link record} each in that transaction.
   * @throws IDEMPOTENCY_KEY_INVALID
   */
  claim(actor: Actor, request: KeyedRequest): KeyClaim {
    if (request.key.length === 0 || request.key.length > KEY_LENGTH_MAX)
      throw new PlatformError(
        'IDEMPOTENCY_KEY_INVALID',
        `An idempotency key has 1 to ${KEY_LENGTH_MAX} characters, not ${request.key.length}.`,
      );
    return { id: sha256([actor.id, request.operation, request.key]), bodyHash: sha256(request.body) };
  }

  /** What was answered to those of the claims that came before, by their id, in one look. */
  async recorded(claims: readonly KeyClaim[]): Promise<ReadonlyMap<string, RecordedAnswer>> {
    const found = await this.#keys.find({ _id: { $in: claims.map(({ id }) => id) } }).toArray();
    return new Map(found.map(({ _id, bodyHash, result }) => [_id, { bodyHash, result }]));
  }

  /**
   * Records answers for good, in the transaction of their effects. A key that somebody else recorded in the meantime ends
   * the whole transaction with a duplicate key (`isDuplicateKey`): look up again and answer what is recorded.
   */
  async record(
    tx: Tx,
    answers: readonly { readonly claim: KeyClaim; readonly result: unknown }[],
  ): Promise<void> {
    if (answers.length === 0) return;
    const records = answers.map(({ claim, result }): KeyRecord => ({
      _id: claim.id,
      bodyHash: claim.bodyHash,
      result: JSON.stringify(result ?? null),
      at: tx.at,
    }));
    await this.#keys.insertMany(records, { session: tx.session });
  }

  async #first<T>(claim: KeyClaim): Promise<KeyedResult<T> | undefined> {
    const found = (await this.recorded([claim])).get(claim.id);
    return found && { result: answerTo<T>(claim, found), repeated: true };
  }

  get #keys() {
    return collectionOf<KeyRecord>(this.#host, IDEMPOTENCY_KEYS);
  }
}

/** The key was recorded by another request between the first look and this attempt. */
class Overtaken extends Error {}

export const idempotencyService = serviceToken<Idempotency>('core', 'idempotency');

function sha256(value: unknown): string {
  return createHash('sha256')
    .update(canonicalJson(value) ?? 'null', 'utf8')
    .digest('hex');
}
