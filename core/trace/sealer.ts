import { systemActor } from '../access/actor.ts';
import { collectionOf } from '../db/collection.ts';
import type { Database, Tx } from '../db/database.ts';
import type { Lease, Leases } from '../db/leases.ts';
import type { Logger } from '../log.ts';
import type { Clock } from '../time/clock.ts';
import { Loop } from '../time/loop.ts';
import { appendAnchor } from './anchor.ts';
import { TRACE_RECORDS, type TraceRecord } from './record.ts';
import { SEAL_SIZE_MAX, TRACE_SEALS, makeSeal, type SealRecord } from './seal.ts';

export interface SealerTiming {
  readonly everyMs: number;
  readonly anchorEveryMs: number;
}

export const SEALER_TIMING: SealerTiming = { everyMs: 500, anchorEveryMs: 60_000 };

export interface SealerOptions {
  readonly database: Database;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly leases: Leases;
  /** Appended to; best on another machine's disk. */
  readonly anchorFile: string;
  readonly timing?: Partial<SealerTiming>;
}

const LEASE = 'trace-sealer';

/** Chains trace records within a second of their commit, so that requests need not queue for the head of a chain. */
export class Sealer {
  readonly #options: SealerOptions;
  readonly #timing: SealerTiming;
  readonly #loop: Loop;
  #lease: Lease | undefined;
  #anchorAt = 0;
  #anchoredNo = 0;

  constructor(options: SealerOptions) {
    this.#options = options;
    this.#timing = { ...SEALER_TIMING, ...options.timing };
    this.#loop = new Loop({
      name: 'sealer',
      everyMs: this.#timing.everyMs,
      logger: options.logger,
      step: () => this.#round(),
    });
  }

  start(): void {
    this.#loop.start();
  }

  /** Anchors the head once more, then leaves the sealing to others. */
  async stop(limitMs = 5000): Promise<void> {
    await this.#loop.stop(limitMs);
    if (!this.#lease) return;
    await this.#anchor();
    await this.#options.leases.release(this.#lease);
    this.#lease = undefined;
  }

  async #round(): Promise<boolean> {
    this.#lease ??= await this.#options.leases.take(LEASE);
    if (!this.#lease) return false;
    try {
      const sealed = await this.#seal(this.#lease);
      const now = this.#options.clock.now().getTime();
      if (now >= this.#anchorAt) {
        this.#anchorAt = now + this.#timing.anchorEveryMs;
        await this.#anchor();
      }
      return sealed === SEAL_SIZE_MAX;
    } catch (error) {
      // Whether the lease is still held is found out anew.
      await this.#options.leases.release(this.#lease);
      this.#lease = undefined;
      throw error;
    }
  }

  async #seal(lease: Lease): Promise<number> {
    const { database } = this.#options;
    const records = collectionOf<TraceRecord>(database, TRACE_RECORDS);
    if (!(await records.findOne({ unsealed: true }, { projection: { _id: 1 } }))) return 0;
    return database.transact(
      systemActor('sealer'),
      async (tx) => {
        const { session } = tx;
        const unsealed = await records.find({ unsealed: true }, { session }).limit(SEAL_SIZE_MAX).toArray();
        if (unsealed.length === 0) return 0;
        await this.#write(tx, unsealed);
        await this.#options.leases.prove(tx, lease);
        return unsealed.length;
      },
      { bookkeeping: true },
    );
  }

  async #write(tx: Tx, unsealed: readonly TraceRecord[]): Promise<void> {
    const { database } = this.#options;
    const seal = makeSeal(await headSeal(database, tx), unsealed, tx.at);
    await collectionOf<SealRecord>(database, TRACE_SEALS).insertOne(seal, { session: tx.session });
    const marked = await collectionOf<TraceRecord>(database, TRACE_RECORDS).updateMany(
      { _id: { $in: unsealed.map((record) => record._id) }, unsealed: true },
      { $unset: { unsealed: 1 }, $set: { sealNo: seal._id } },
      { session: tx.session },
    );
    if (marked.modifiedCount !== unsealed.length)
      throw new Error(`Of ${unsealed.length} trace records only ${marked.modifiedCount} could be sealed.`);
  }

  /** The head as it is committed, so that a seal which never came to be is not anchored. */
  async #anchor(): Promise<void> {
    const head = await headSeal(this.#options.database);
    if (!head || head._id === this.#anchoredNo) return;
    const at = this.#options.clock.now().toISOString();
    await appendAnchor(this.#options.anchorFile, { at, no: head._id, hash: head.hash });
    this.#anchoredNo = head._id;
  }
}

async function headSeal(database: Database, tx?: Tx): Promise<SealRecord | undefined> {
  const [head] = await collectionOf<SealRecord>(database, TRACE_SEALS)
    .find({}, tx ? { session: tx.session } : {})
    .sort({ _id: -1 })
    .limit(1)
    .toArray();
  return head;
}
