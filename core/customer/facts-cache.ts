import type { Model } from 'mongoose';
import type { Clock } from '../time/clock.ts';
import { CompactFacts } from './compact-facts.ts';
import type { StoredFacts } from './facts.ts';
import type { CustomerRecord, CustomerSequence } from './records.ts';

export interface FactsSource {
  readonly customers: Model<CustomerRecord>;
  readonly sequence: Model<CustomerSequence>;
  readonly clock: Clock;
  /** Reads the facts of several clients; unknown numbers are absent. */
  readonly load: (customerNos: readonly string[]) => Promise<StoredFacts[]>;
  /** Tells of a change, before the cache trusts itself again. */
  readonly onChange?: () => Promise<void>;
}

interface Miss {
  readonly customerNo: string;
  readonly resolve: (facts: StoredFacts | undefined) => void;
  readonly reject: (error: unknown) => void;
}

/** Clients in memory at most; beyond it the oldest make room. */
const CAPACITY = 250_000;
/** Clients for whom what was made of their facts is kept. */
const MADE_MAX = 20_000;
/** Past so much the whole cache is dropped instead of entry by entry. */
const CHANGES_PER_POLL_MAX = 10_000;
const AGE_MAX_MS = 1000;
const LOAD_BATCH_MAX = 200;

/**
 * Client facts for lists, never older than a second: each poll reads the change counter and forgets who changed. Where
 * the last poll is further back, nothing is answered from memory. Orders read in their transaction, not here.
 */
export class FactsCache {
  readonly #source: FactsSource;
  readonly #facts: CompactFacts;
  readonly #made = new Map<string, { readonly basis: object; readonly made: object }>();
  #seenSeq = -1;
  #confirmedMs = -Infinity;
  #polling: Promise<void> | undefined;
  readonly #waiting = new Map<string, Promise<StoredFacts | undefined>>();
  readonly #queue: Miss[] = [];
  #loading = false;

  constructor(source: FactsSource, capacity = CAPACITY) {
    this.#source = source;
    this.#facts = new CompactFacts(capacity);
  }

  get size(): number {
    return this.#facts.size;
  }

  /** At once from memory, or `undefined` where it must be loaded first. */
  peek(customerNo: string): StoredFacts | undefined {
    return this.#isFresh() ? this.#facts.get(customerNo) : undefined;
  }

  /**
   * What `make` gives for a client's facts in memory: one object for as long as neither they nor `basis`, which is
   * whatever else it is made from, are replaced.
   */
  peekMade<Made extends object>(
    customerNo: string,
    basis: object,
    make: (facts: StoredFacts) => Made,
  ): Made | undefined {
    if (!this.#isFresh()) return undefined;
    const known = this.#made.get(customerNo);
    if (known?.basis === basis) return known.made as Made;
    const facts = this.#facts.get(customerNo);
    if (!facts) return undefined;
    const made = make(facts);
    if (this.#made.size >= MADE_MAX) this.#made.delete(this.#made.keys().next().value!);
    this.#made.set(customerNo, { basis, made });
    return made;
  }

  /** From memory or from the database; concurrent misses share one read. */
  get(customerNo: string): Promise<StoredFacts | undefined> {
    const known = this.peek(customerNo);
    if (known) return Promise.resolve(known);
    const waiting = this.#waiting.get(customerNo);
    if (waiting) return waiting;
    const loaded = new Promise<StoredFacts | undefined>((resolve, reject) =>
      this.#queue.push({ customerNo, resolve, reject }),
    );
    this.#waiting.set(customerNo, loaded);
    void this.#drain();
    return loaded;
  }

  /** Forgets a client that this process changed itself, without waiting for the poll. */
  forget(customerNo: string): void {
    this.#facts.delete(customerNo);
    this.#made.delete(customerNo);
  }

  /** Asks for changes since the last poll; run each 250 ms. Concurrent calls share one. */
  poll(): Promise<void> {
    this.#polling ??= this.#poll().finally(() => (this.#polling = undefined));
    return this.#polling;
  }

  async #poll(): Promise<void> {
    const { customers, sequence, clock, onChange } = this.#source;
    const beganMs = clock.now().getTime();
    const seq = (await sequence.findById('customer').lean())?.seq ?? 0;
    if (seq !== this.#seenSeq) {
      await onChange?.();
      const changed =
        this.#seenSeq < 0
          ? []
          : await customers
              .find({ seq: { $gt: this.#seenSeq } }, { customerNo: 1 })
              .limit(CHANGES_PER_POLL_MAX + 1)
              .lean();
      if (changed.length > CHANGES_PER_POLL_MAX) this.#forgetAll();
      else for (const { customerNo } of changed) this.forget(customerNo);
      this.#seenSeq = seq;
    }
    this.#confirmedMs = beganMs;
  }

  async #drain(): Promise<void> {
    if (this.#loading) return;
    this.#loading = true;
    while (this.#queue.length > 0) await this.#loadBatch(this.#queue.splice(0, LOAD_BATCH_MAX));
    this.#loading = false;
  }

  async #loadBatch(batch: readonly Miss[]): Promise<void> {
    for (const { customerNo } of batch) this.#waiting.delete(customerNo);
    const seqBefore = this.#seenSeq;
    try {
      const loaded = await this.#source.load(batch.map((one) => one.customerNo));
      const byNo = new Map(loaded.map((facts) => [facts.customerNo, facts]));
      // A change seen while this read was under way may be missing from it: then nothing of it is kept.
      const keep = this.#seenSeq === seqBefore && seqBefore >= 0;
      for (const { customerNo, resolve } of batch) {
        const facts = byNo.get(customerNo);
        if (facts && keep) {
          this.#facts.set(facts);
          this.#made.delete(customerNo);
        }
        resolve(facts);
      }
    } catch (error) {
      for (const { reject } of batch) reject(error);
    }
  }

  #forgetAll(): void {
    this.#facts.clear();
    this.#made.clear();
  }

  #isFresh(): boolean {
    return this.#source.clock.now().getTime() - this.#confirmedMs <= AGE_MAX_MS;
  }
}
