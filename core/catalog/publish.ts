import type { Actor } from '../access/actor.ts';
import type { Tx } from '../db/database.ts';
import { BusyError } from '../errors.ts';
import type { Host } from '../plugin/contract.ts';
import { collection } from './collections.ts';
import { CATALOG, type CatalogSequence } from './records.ts';

/** Products that one publishing transaction touches at most. */
export const PUBLICATION_PRODUCTS_MAX = 500;
/** Publications that wait their turn in this process before a further one is refused. */
const WAITING_MAX = 1000;
/** Other processes publish too; one that loses a race starts again with the new number. */
const PUBLISH_ATTEMPTS_MAX = 16;

export interface Published<T> {
  /** The publication's number: a read that asks for at least it sees what was published. */
  readonly seq: number;
  readonly result: T;
}

/**
 * Publishes in a transaction of its own. The number is read first and set last on condition that it is still the same,
 * so that publications commit in the order of their numbers; whoever loses that race is repeated as a whole.
 * Publications of one process queue here, since they could only make each other fail.
 */
export async function publish<T>(
  host: Host,
  actor: Actor,
  work: (tx: Tx, seq: number) => Promise<T>,
): Promise<Published<T>> {
  return inTurn(sequenceOf(host), () =>
    host.transact(
      actor,
      async (tx) => {
        let published = 0;
        const result = await publishIn(tx, host, (seq) => {
          published = seq;
          return work(tx, seq);
        });
        return { seq: published, result };
      },
      { attemptsMax: PUBLISH_ATTEMPTS_MAX },
    ),
  );
}

/** Publishes inside a transaction that is already open, e.g. an approval's. A transaction has one number. */
export async function publishIn<T>(tx: Tx, host: Host, work: (seq: number) => Promise<T>): Promise<T> {
  const already = numbers.get(tx);
  if (already !== undefined) return work(already);
  const known = await lastPublished(host, tx);
  const seq = known + 1;
  numbers.set(tx, seq);
  const result = await work(seq);
  const { matchedCount } = await sequenceOf(host).updateOne(
    { _id: 'catalog', seq: known },
    { $set: { seq } },
    { session: tx.session },
  );
  // Under snapshot isolation a rival's number is a write conflict and never a miss; a miss means a lost counter.
  if (matchedCount !== 1)
    throw new Error('The catalogue counter changed inside the transaction that had just read it.');
  return result;
}

/** The number of the last publication that this transaction can see. */
export async function lastPublished(host: Host, tx: Pick<Tx, 'session'>): Promise<number> {
  const counter = await sequenceOf(host).findOne({ _id: 'catalog' }, { session: tx.session });
  if (counter === null)
    throw new Error('The catalogue has no counter yet: ensureSequence() runs when the catalogue starts.');
  return counter.seq;
}

/** Makes the counter where it is missing; safe to run on every start of every process. */
export async function ensureSequence(host: Host): Promise<void> {
  await sequenceOf(host).updateOne({ _id: 'catalog' }, { $setOnInsert: { seq: 0 } }, { upsert: true });
}

/** The number each transaction publishes under. */
const numbers = new WeakMap<Tx, number>();
/** Per counter of this process: the end of its queue and how many wait. */
const queues = new WeakMap<object, { tail: Promise<unknown>; waiting: number }>();

function sequenceOf(host: Host) {
  return collection<CatalogSequence>(host, CATALOG.sequence);
}

async function inTurn<T>(counter: object, run: () => Promise<T>): Promise<T> {
  const queue = queues.get(counter) ?? { tail: Promise.resolve(), waiting: 0 };
  queues.set(counter, queue);
  if (queue.waiting >= WAITING_MAX)
    throw new BusyError(
      'Too many changes to the catalogue are waiting. Nothing was changed; repeat the request.',
    );
  queue.waiting++;
  const turn = queue.tail.then(run).finally(() => queue.waiting--);
  queue.tail = turn.catch(() => undefined);
  return turn;
}
