import { Long } from 'bson';
import type { Document } from 'bson';
import { CommandError } from '../errors.ts';
import { RETRY_RECORDS, prefixOf, successor, systemKey } from '../store/layout.ts';
import type { Overlay, Reader } from '../store/overlay.ts';
import type { Store } from '../store/store.ts';
import { decode, encode } from '../wire/bson.ts';

/**
 * What a session's last retryable write did. It is written in the transaction of the write itself, so a
 * retry after a crash finds either both or neither.
 */
export interface RetryRecord {
  number: bigint;
  at: Date;
  /** How many statements of the command have run; a retry goes on with the next. */
  done: number;
  /** The reply as far as it goes. */
  reply: Document;
}

/** Sessions end after 30 minutes without use; their records go after an hour. */
const RECORD_LIFETIME_MS = 60 * 60_000;

export function loadRetry(reader: Reader, session: string): RetryRecord | undefined {
  const raw = reader.get(systemKey(RETRY_RECORDS, session));
  if (!raw) return undefined;
  const { number, at, done, reply } = decode(raw);
  return {
    number: (number as Long).toBigInt(),
    at: at as Date,
    done: Number(done),
    reply: reply as Document,
  };
}

/** The record of this very write, if it ran before; a number lower than the last is refused. */
export function findRetry(reader: Reader, session: string, number: bigint): RetryRecord | undefined {
  const record = loadRetry(reader, session);
  if (!record || record.number < number) return undefined;
  if (record.number === number) return record;
  throw new CommandError(
    225,
    'TransactionTooOld',
    `Retryable write ${number} is older than the session's last, ${record.number}`,
  );
}

export function saveRetry(writes: Overlay, session: string, record: RetryRecord): void {
  const { number, ...rest } = record;
  writes.put(systemKey(RETRY_RECORDS, session), encode({ ...rest, number: Long.fromBigInt(number) }));
}

export async function removeOldRetries(store: Store, now: number): Promise<void> {
  const prefix = prefixOf(0, RETRY_RECORDS);
  const isOld = (record: Buffer): boolean => now - (decode(record).at as Date).getTime() > RECORD_LIFETIME_MS;
  const old: Buffer[] = [];
  for (const { key, value } of store.latest().range(prefix, successor(prefix)))
    if (isOld(value)) old.push(key);
  if (old.length > 0) {
    await store.write((writes) => {
      for (const key of old) {
        const record = writes.get(key);
        if (record && isOld(record)) writes.remove(key);
      }
    });
  }
}
