import { Schema } from 'mongoose';
import { newId } from '../ids.ts';
import type { Logger } from '../log.ts';
import type { Clock } from '../time/clock.ts';
import { Loop } from '../time/loop.ts';
import { collectionOf } from './collection.ts';
import { isDuplicateKey, type Database, type Tx } from './database.ts';
import { FencedError } from './fence.ts';

export const LEASES = 'leases';
export const WORKERS = 'workers';

/** Who works on something that only one may work on at a time. */
interface LeaseRecord {
  _id: string;
  worker: string;
  /** Random and new with every holder: a late holder is known by its old one. */
  token: string;
  /** Counts the transactions that proved the lease; a write, so that each conflicts with a take-over. */
  proofs: number;
}

/** A process that is up. Its leases are free for others once it stops saying so. */
interface WorkerRecord {
  _id: string;
  until: Date;
}

export const leaseSchema = new Schema<LeaseRecord>(
  {
    _id: { type: String, required: true },
    worker: { type: String, required: true },
    token: { type: String, required: true },
    proofs: { type: Number, required: true },
  },
  { versionKey: false },
);

export const workerSchema = new Schema<WorkerRecord>(
  { _id: { type: String, required: true }, until: { type: Date, required: true } },
  { versionKey: false },
);

export interface Lease {
  readonly name: string;
  readonly token: string;
}

export interface LeasesOptions {
  readonly database: Database;
  readonly clock: Clock;
  readonly logger: Logger;
  /** How long a process counts as up after it last said so. */
  readonly aliveMs?: number;
  readonly beatMs?: number;
}

const ALIVE_MS = 6000;
const BEAT_MS = 1500;

/**
 * Leases of one process. One heartbeat per process keeps all of them; a lease is taken over when its holder's process
 * is silent. Clocks only decide when to take over, never who may write: that is the token, proved in each transaction.
 */
export class Leases {
  /** This process, or one of several apps inside it. */
  readonly worker = newId();
  readonly #options: LeasesOptions;
  readonly #heartbeat: Loop;

  constructor(options: LeasesOptions) {
    this.#options = options;
    this.#heartbeat = new Loop({
      name: 'heartbeat',
      everyMs: options.beatMs ?? BEAT_MS,
      logger: options.logger,
      step: async () => {
        await this.beat();
        return false;
      },
    });
  }

  /** Says that this process is up, and goes on saying so. */
  async start(): Promise<void> {
    await this.beat();
    this.#heartbeat.start();
  }

  /** Leaves at once: others need not wait for the silence. */
  async stop(): Promise<void> {
    await this.#heartbeat.stop();
    await this.#workers.deleteOne({ _id: this.worker });
  }

  async beat(): Promise<void> {
    const now = this.#options.clock.now().getTime();
    const until = new Date(now + (this.#options.aliveMs ?? ALIVE_MS));
    await this.#workers.updateOne({ _id: this.worker }, { $set: { until } }, { upsert: true });
  }

  /** Every process that is up now. */
  async aliveWorkers(): Promise<string[]> {
    const alive = await this.#workers.find({ until: { $gt: this.#options.clock.now() } }).toArray();
    return alive.map((worker) => worker._id);
  }

  /** The lease, or undefined while another process that is up holds it, or another part of this one. */
  async take(name: string): Promise<Lease | undefined> {
    const token = newId();
    const held = await this.#leases.findOne({ _id: name });
    if (!held) {
      try {
        await this.#leases.insertOne({ _id: name, worker: this.worker, token, proofs: 0 });
        return { name, token };
      } catch (error) {
        if (isDuplicateKey(error)) return undefined;
        throw error;
      }
    }
    const holder = await this.#workers.findOne({ _id: held.worker });
    if (holder && holder.until > this.#options.clock.now()) return undefined;
    const taken = await this.#leases.updateOne(
      { _id: name, token: held.token },
      { $set: { worker: this.worker, token } },
    );
    return taken.modifiedCount === 1 ? { name, token } : undefined;
  }

  /** Proves in a transaction that the lease is still held, by a write that conflicts with any take-over. */
  async prove(tx: Tx, lease: Lease): Promise<void> {
    const proved = await this.#leases.updateOne(
      { _id: lease.name, token: lease.token },
      { $inc: { proofs: 1 } },
      { session: tx.session },
    );
    if (proved.matchedCount === 0) throw new FencedError(`The lease "${lease.name}"`);
  }

  async release(lease: Lease): Promise<void> {
    await this.#leases.deleteOne({ _id: lease.name, token: lease.token });
  }

  get #leases() {
    return collectionOf<LeaseRecord>(this.#options.database, LEASES);
  }

  get #workers() {
    return collectionOf<WorkerRecord>(this.#options.database, WORKERS);
  }
}
