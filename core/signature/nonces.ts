import { createHash } from 'node:crypto';
import { Schema } from 'mongoose';
import { collectionOf } from '../db/collection.ts';
import { isDuplicateKey } from '../db/database.ts';
import type { Host } from '../plugin/contract.ts';
import { CLOCK_TOLERANCE_S } from './verify.ts';

export const SIGNATURE_NONCES = 'signature_nonces';

interface NonceRecord {
  /** Hash of key id and nonce. */
  _id: string;
  expiresAt: Date;
}

export const nonceSchema = new Schema<NonceRecord>(
  {
    _id: { type: String, required: true },
    expiresAt: { type: Date, required: true },
  },
  { versionKey: false },
);
nonceSchema.index({ expiresAt: 1 }, { expireAfterSeconds: 0 });

/** After this long the signature's own time refuses it; a minute more for clocks that differ between processes. */
const KEPT_MS = (2 * CLOCK_TOLERANCE_S + 60) * 1000;

/** Records that a nonce was used; on disk before the request goes on, so that no restart forgets it. */
export class Nonces {
  readonly #host: Host;

  constructor(host: Host) {
    this.#host = host;
  }

  /** @returns false where this key's nonce was used before */
  async use(keyId: string, nonce: string, at: Date): Promise<boolean> {
    const _id = createHash('sha256')
      .update(JSON.stringify([keyId, nonce]))
      .digest('base64url');
    try {
      await collectionOf<NonceRecord>(this.#host, SIGNATURE_NONCES).insertOne(
        { _id, expiresAt: new Date(at.getTime() + KEPT_MS) },
        { writeConcern: { w: 'majority' } },
      );
      return true;
    } catch (error) {
      if (isDuplicateKey(error)) return false;
      throw error;
    }
  }
}
