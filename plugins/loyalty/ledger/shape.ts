import type { Journal, JournalKind } from './journal.ts';
import type { Posting } from './posting.ts';

/** Which way each kind of entry may move points: `+AVAILABLE`, `-ISSUER`; every part named must be there, `?` may. */
const SHAPES: Readonly<Record<JournalKind, readonly (readonly string[])[]>> = {
  EARNED: [
    ['+AVAILABLE', '-ISSUER'],
    ['+PENDING', '-ISSUER'],
  ],
  MATURED: [['-PENDING', '+AVAILABLE']],
  EXPIRED: [['-AVAILABLE', '+EXPIRED']],
  REPAID: [['-AVAILABLE', '+OWED']],
  RESERVED: [['-AVAILABLE', '+RESERVED']],
  CONFIRMED: [
    ['-RESERVED', '+ISSUER'],
    ['-RESERVED', '+MERCHANT'],
  ],
  CANCELLED: [['-RESERVED', '+AVAILABLE']],
  TIMED_OUT: [['-RESERVED', '+AVAILABLE']],
  REFUNDED: [
    ['+AVAILABLE', '-ISSUER'],
    ['+AVAILABLE', '-MERCHANT'],
  ],
  REVERSED: [
    ['+ISSUER', '?-PENDING', '?-AVAILABLE', '?-OWED', '?-WRITTEN_OFF'],
    ['+AVAILABLE', '-ISSUER'],
  ],
  ADJUSTED: [
    ['+AVAILABLE', '-ISSUER'],
    ['-AVAILABLE', '+ISSUER'],
  ],
};

/** Whether an entry moves points only between what its kind is about, and only that way. */
export function isShaped({ kind, postings }: Pick<Journal, 'kind' | 'postings'>): boolean {
  const parts = new Set(postings.map(partOf));
  return SHAPES[kind].some((shape) => {
    const allowed = new Set(shape.map((part) => part.replace('?', '')));
    const needed = shape.filter((part) => !part.startsWith('?'));
    return [...parts].every((part) => allowed.has(part)) && needed.every((part) => parts.has(part));
  });
}

function partOf(posting: Posting): string {
  const where = posting.account === 'CLIENT' ? posting.bucket : posting.account.split(':')[0];
  return `${posting.points < 0 ? '-' : '+'}${where}`;
}
