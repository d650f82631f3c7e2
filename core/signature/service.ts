import type { KeyObject } from 'node:crypto';
import { PlatformError } from '../errors.ts';
import type { Host } from '../plugin/contract.ts';
import { serviceToken } from '../plugin/service.ts';
import { Nonces } from './nonces.ts';
import {
  checkSignature,
  isRefusal,
  readClaim,
  problemOf,
  type MessageToVerify,
  type SignatureRefusal,
} from './verify.ts';

/** Finds what belongs to a key id: the public key to verify with and whoever signs with its private half. */
export type KeyLookUp<T extends SigningKey> = (keyId: string) => Promise<T | undefined>;

export interface SigningKey {
  /** Ed25519. The private half never leaves the partner. */
  readonly publicKey: KeyObject;
}

/** Who sent a signed request, proved by RFC 9421: each request is good once, within five minutes, as it was signed. */
export class Signatures {
  readonly #nonces: Nonces;

  constructor(host: Host) {
    this.#nonces = new Nonces(host);
  }

  /**
   * @returns what `keyOf` gave for the key that signed
   * @throws SIGNATURE_REFUSED (401) with the problem in its details
   */
  async signerOf<T extends SigningKey>(message: MessageToVerify, keyOf: KeyLookUp<T>, at: Date): Promise<T> {
    const claim = readClaim(message, at);
    if (isRefusal(claim)) throw refused(claim);
    const key = await keyOf(claim.keyId);
    if (!key) throw refused(problemOf('KEY_UNKNOWN', 'This key id is unknown or has been withdrawn.'));
    const mismatch = checkSignature(message, claim, key.publicKey);
    if (mismatch) throw refused(mismatch);
    // Last, so that only who holds the key can use its nonces up.
    if (!(await this.#nonces.use(claim.keyId, claim.nonce, at)))
      throw refused(
        problemOf('NONCE_USED', 'This signature was used before. Sign each attempt anew, with a new nonce.'),
      );
    return key;
  }
}

export const signatureService = serviceToken<Signatures>('core', 'signature');

function refused({ problem, message }: SignatureRefusal): PlatformError {
  return new PlatformError('SIGNATURE_REFUSED', message, { status: 401, details: { problem } });
}
