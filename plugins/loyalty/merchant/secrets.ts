import { createCipheriv, createDecipheriv, hkdfSync, randomBytes } from 'node:crypto';
import type { Config } from '../../../core/config.ts';
import { loadFieldKeys, type FieldKey } from '../../../core/customer/sealing/field-keys.ts';

const CIPHER = 'aes-256-gcm';
const NONCE_BYTES = 12;
const TAG_BYTES = 16;
/** Standard Webhooks asks for 24 to 64 random bytes. */
const SECRET_BYTES = 32;

/** Secrets shared with merchants, kept sealed under the installation's key and bound to their merchant. */
export class SecretBox {
  readonly #config: Config;
  #keys: readonly FieldKey[] | undefined;

  constructor(config: Config) {
    this.#config = config;
  }

  /** A new secret as Standard Webhooks writes it: `whsec_` and base64. */
  draw(): string {
    return `whsec_${randomBytes(SECRET_BYTES).toString('base64')}`;
  }

  seal(merchantCode: string, secret: string): string {
    const [key] = this.#all();
    const nonce = randomBytes(NONCE_BYTES);
    const cipher = createCipheriv(CIPHER, derived(key!), nonce).setAAD(Buffer.from(merchantCode));
    const sealed = Buffer.concat([cipher.update(secret, 'utf8'), cipher.final()]);
    return `${key!.id}.${Buffer.concat([nonce, cipher.getAuthTag(), sealed]).toString('base64url')}`;
  }

  /** @throws where it is of another merchant or installation, or altered */
  open(merchantCode: string, text: string): string {
    const [id, body = ''] = text.split('.', 2);
    const key = this.#all().find((one) => one.id === id);
    if (!key) throw new Error(`A secret of merchant ${merchantCode} was sealed by a key that is not here.`);
    const bytes = Buffer.from(body, 'base64url');
    const decipher = createDecipheriv(CIPHER, derived(key), bytes.subarray(0, NONCE_BYTES))
      .setAAD(Buffer.from(merchantCode))
      .setAuthTag(bytes.subarray(NONCE_BYTES, NONCE_BYTES + TAG_BYTES));
    const plain = Buffer.concat([decipher.update(bytes.subarray(NONCE_BYTES + TAG_BYTES)), decipher.final()]);
    return plain.toString('utf8');
  }

  #all(): readonly FieldKey[] {
    return (this.#keys ??= loadFieldKeys(this.#config));
  }
}

function derived({ bytes }: FieldKey): Buffer {
  return Buffer.from(hkdfSync('sha256', bytes, '', 'merchant secrets', 32));
}
