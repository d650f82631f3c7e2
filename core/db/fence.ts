import { AsyncLocalStorage } from 'node:async_hooks';
import type { Tx } from './database.ts';

/** Whoever wrote here no longer holds what it worked under; nothing of its transaction may be committed. */
export class FencedError extends Error {
  constructor(what: string) {
    super(`${what} is no longer held by this worker; its late work is dropped.`);
    this.name = 'FencedError';
  }
}

/** Proves inside a transaction, by a write, that a lease is still held; throws FencedError where it is not. */
export type Fence = (tx: Tx) => Promise<void>;

const current = new AsyncLocalStorage<Fence>();

/** Every transaction that `work` opens, directly or through services, commits only while `fence` holds. */
export function runFenced<T>(fence: Fence, work: () => Promise<T>): Promise<T> {
  return current.run(fence, work);
}

/** Called by `transact` as the last thing before the commit. */
export async function verifyFence(tx: Tx): Promise<void> {
  await current.getStore()?.(tx);
}

/**
 * A transaction that can be taken away from whom it was lent to. After `revoke()` every use throws, so that code that
 * did not settle in time cannot write through a session whose transaction is over.
 */
export function lendTx(tx: Tx, what: string): { readonly tx: Tx; revoke(): void } {
  let revoked = false;
  const use = (): Tx => {
    if (revoked) throw new FencedError(what);
    return tx;
  };
  return {
    tx: {
      get session() {
        return use().session;
      },
      get at() {
        return use().at;
      },
      get actor() {
        return use().actor;
      },
      trace: (entry) => use().trace(entry),
      publish: (event) => use().publish(event),
      afterCommit: (notify) => use().afterCommit(notify),
    },
    revoke: () => {
      revoked = true;
    },
  };
}
