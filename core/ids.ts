import { randomBytes, randomFillSync } from 'node:crypto';

const ALPHABET = '0123456789abcdefghjkmnpqrstvwxyz';

/**
 * A new random identifier of 16 characters (80 bits), e.g. `7k2m9q4tzx0c8r5b`. It carries no time and no order:
 * nothing may be sorted or resumed by it.
 */
export function newId(): string {
  if (drawn === POOL.length) {
    randomFillSync(POOL);
    drawn = 0;
  }
  let id = '';
  for (const end = drawn + ID_LENGTH; drawn < end; drawn++) id += ALPHABET[POOL[drawn]! & 31];
  return id;
}

const ID_LENGTH = 16;
/** Random bytes are drawn for many ids at once, and each is used once: imports make ids by the ten thousand. */
const POOL = Buffer.alloc(256 * ID_LENGTH);
let drawn = POOL.length;

/** A secret of 160 bits, safe in a URL and in a header. */
export function newSecret(): string {
  return randomBytes(20).toString('base64url');
}
