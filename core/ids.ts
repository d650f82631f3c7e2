import { randomBytes } from 'node:crypto';

const ALPHABET = '0123456789abcdefghjkmnpqrstvwxyz';

/**
 * A new random identifier of 16 characters (80 bits), e.g. `7k2m9q4tzx0c8r5b`. It carries no time and no order:
 * nothing may be sorted or resumed by it.
 */
export function newId(): string {
  const bytes = randomBytes(16);
  let id = '';
  for (const byte of bytes) id += ALPHABET[byte & 31];
  return id;
}

/** A secret of 160 bits, safe in a URL and in a header. */
export function newSecret(): string {
  return randomBytes(20).toString('base64url');
}
