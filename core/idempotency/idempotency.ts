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
    if (request.key.length === 0 || request.key.length > KEY_LENGTH_MAX)
      throw new PlatformError(
        'IDEMPOTENCY_KEY_INVALID',
        `An idempotency key has 1 to ${KEY_LENGTH_MAX} characters, not ${request.key.length}.`,
      );
    const _id = sha256([actor.id, request.operation, request.key]);
    const bodyHash = sha256(request.body);
    const known = await this.#recorded<T>(_id, bodyHash);
    if (known) return known;
    try {
      return await this.#host.transact(actor, (tx) => this.#do(tx, _id, bodyHash, work));
    } catch (error) {
      // Somebody else may have come first with this key, which ended the whole transaction: then theirs is the answer.
      const first = error instanceof Overtaken || isDuplicateKey(error);
      const theirs = first ? await this.#recorded<T>(_id, bodyHash) : undefined;
      if (theirs) return theirs;
      throw error;
    }
  }

  async #do<T>(tx: Tx, _id: string, bodyHash: string, work: (tx: Tx) => Promise<T>): Promise<KeyedResult<T>> {
    // A new attempt after a conflict sees what the other one wrote.
    if (await this.#keys.findOne({ _id }, { session: tx.session })) throw new Overtaken();
    const result = await work(tx);
    const text = JSON.stringify(result ?? null);
    await this.#keys.insertOne({ _id, bodyHash, result: text, at: tx.at }, { session: tx.session });
    return { result, repeated: false };
  }

  async #recorded<T>(_id: string, bodyHash: string): Promise<KeyedResult<T> | undefined> {
    const found = await this.#keys.findOne({ _id });
    if (!found) return undefined;
    if (found.bodyHash !== bodyHash)
      throw new PlatformError(
        'IDEMPOTENCY_KEY_REUSED',
        'This idempotency key was used for a request with another body. Use a new key for a new request.',
        { status: 422 },
      );
    return { result: JSON.parse(found.result) as T, repeated: true };
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
