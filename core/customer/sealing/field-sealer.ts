import { createCipheriv, createDecipheriv, createHmac, hkdfSync, randomBytes } from 'node:crypto';
import type { FieldKey } from './field-keys.ts';

/** A person's own key, itself sealed under the installation's. Removing it makes all that it sealed unreadable. */
export interface WrappedKey {
  readonly keyId: string;
  readonly wrapped: string;
}

/** AES-256-GCM as base64url of nonce, tag and cipher text. */
export type SealedText = string;

/** Seals the fields of one person. */
export interface PersonSealer {
  seal(field: string, plain: string): SealedText;
  /** @throws where the text was moved to another field or person, or altered */
  open(field: string, sealed: SealedText): string;
}

interface DerivedKeys {
  readonly wrapping: Buffer;
  readonly blinding: Buffer;
}

const CIPHER = 'aes-256-gcm';
const NONCE_BYTES = 12;
const TAG_BYTES = 16;
const BLIND_INDEX_BYTES = 16;

/**
 * Seals personal data per person: each has a random data key, wrapped under the installation's key, so that changing
 * the installation's key rewraps keys only, and erasing one person destroys one key. What was sealed is bound to its
 * collection, field and person.
 */
export class FieldSealer {
  readonly #keys: ReadonlyMap<string, DerivedKeys>;
  readonly #current: string;

  /** @param keys the first one seals; the others only open what was sealed before a rotation */
  constructor(keys: readonly FieldKey[]) {
    if (keys[0] === undefined) throw new Error('A field sealer needs at least one key.');
    this.#current = keys[0].id;
    this.#keys = new Map(keys.map((key) => [key.id, derive(key.bytes)]));
  }

  newPersonKey(partyId: string): WrappedKey {
    return this.#wrap(partyId, randomBytes(32));
  }

  /** The same person key under the current key, after a rotation. */
  rewrap(partyId: string, key: WrappedKey): WrappedKey {
    return key.keyId === this.#current ? key : this.#wrap(partyId, this.#unwrap(partyId, key));
  }

  forPerson(collection: string, partyId: string, key: WrappedKey): PersonSealer {
    const dataKey = this.#unwrap(partyId, key);
    const bound = (field: string) => `${collection}\0${field}\0${partyId}`;
    return {
      seal: (field, plain) => encrypt(dataKey, Buffer.from(plain, 'utf8'), bound(field)),
      open: (field, sealed) => decrypt(dataKey, sealed, bound(field)).toString('utf8'),
    };
  }

  /**
   * A keyed digest by which an exact value can be found without being stored.
   * @param value normalised, so that the ways of writing one value meet
   */
  blindIndex(field: string, value: string): string {
    return blind(this.#current, this.#keys.get(this.#current)!, field, value);
  }

  /** The digests of a value under every known key: what to search for while a rotation is under way. */
  blindIndexes(field: string, value: string): string[] {
    return [...this.#keys].map(([id, keys]) => blind(id, keys, field, value));
  }

  #wrap(partyId: string, dataKey: Buffer): WrappedKey {
    const { wrapping } = this.#keys.get(this.#current)!;
    return { keyId: this.#current, wrapped: encrypt(wrapping, dataKey, `person key\0${partyId}`) };
  }

  #unwrap(partyId: string, key: WrappedKey): Buffer {
    const keys = this.#keys.get(key.keyId);
    if (!keys)
      throw new Error(
        `Personal data of ${partyId} is sealed under key ${key.keyId}, which this installation does not have. Start it with the key that it was written with.`,
      );
    return decrypt(keys.wrapping, key.wrapped, `person key\0${partyId}`);
  }
}

function derive(bytes: Buffer): DerivedKeys {
  const part = (info: string) => Buffer.from(hkdfSync('sha256', bytes, '', info, 32));
  return { wrapping: part('tessera wrap person keys'), blinding: part('tessera blind index') };
}

function blind(id: string, keys: DerivedKeys, field: string, value: string): string {
  const digest = createHmac('sha256', keys.blinding).update(`${field}\0${value}`).digest();
  return `${id}.${digest.subarray(0, BLIND_INDEX_BYTES).toString('base64url')}`;
}

function encrypt(key: Buffer, plain: Buffer, bound: string): string {
  const nonce = randomBytes(NONCE_BYTES);
  const cipher = createCipheriv(CIPHER, key, nonce).setAAD(Buffer.from(bound, 'utf8'));
  const body = Buffer.concat([cipher.update(plain), cipher.final()]);
  return Buffer.concat([nonce, cipher.getAuthTag(), body]).toString('base64url');
}

function decrypt(key: Buffer, sealed: string, bound: string): Buffer {
  const bytes = Buffer.from(sealed, 'base64url');
  const decipher = createDecipheriv(CIPHER, key, bytes.subarray(0, NONCE_BYTES), {
    authTagLength: TAG_BYTES,
  });
  decipher.setAAD(Buffer.from(bound, 'utf8'));
  decipher.setAuthTag(bytes.subarray(NONCE_BYTES, NONCE_BYTES + TAG_BYTES));
  return Buffer.concat([decipher.update(bytes.subarray(NONCE_BYTES + TAG_BYTES)), decipher.final()]);
}
