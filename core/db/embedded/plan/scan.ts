import type { Document } from 'bson';
import { recordIdOfEntry, documentKey } from '../index/records.ts';
import { PRIMARY_INDEX, prefixOf, successor } from '../store/layout.ts';
import type { Reader } from '../store/overlay.ts';
import { decode } from '../wire/bson.ts';
import type { Index } from '../store/catalog.ts';
import type { IndexRead, Plan } from './choose.ts';

/** A document that a scan found: its stored bytes, decoded only if somebody needs it. */
export class Found {
  readonly recordId: Buffer;
  readonly raw: Buffer;
  #document: Document | undefined;

  constructor(recordId: Buffer, raw: Buffer) {
    this.recordId = recordId;
    this.raw = raw;
  }

  get document(): Document {
    return (this.#document ??= decode(this.raw));
  }
}

/** How many entries are read between two looks at the clock. */
const ENTRIES_PER_LOOK = 16;

/**
 * Reads a plan's documents in steps: each step reads from whatever state it is given and remembers the last
 * key, so that nothing stays open between steps and others run meanwhile.
 */
export class Scan {
  keysExamined = 0;
  documentsExamined = 0;
  readonly plan: Plan;
  readonly #matches: ((document: Document) => boolean) | undefined;
  readonly #keysOnly: boolean;
  readonly #seen = new Set<string>();
  #read = 0;
  #interval = 0;
  #last: Buffer | undefined;

  /**
   * `matches` is the compiled filter; it is not asked where the plan's bounds are exact. With `keysOnly` the
   * documents themselves are read only where the filter must see them.
   */
  constructor(plan: Plan, matches: (document: Document) => boolean, keysOnly = false) {
    this.plan = plan;
    this.#matches = plan.exact ? undefined : matches;
    this.#keysOnly = keysOnly && plan.exact;
  }

  /**
   * Gives documents to `accept` until it returns false ('stopped'), `until` has passed ('paused') or nothing
   * is left ('done'). Going on after a stop or a pause continues behind the last document.
   */
  step(reader: Reader, accept: (found: Found) => boolean, until: number): 'stopped' | 'paused' | 'done' {
    let looked = 0;
    for (; this.#read < this.plan.reads.length; this.#read++) {
      const read = this.plan.reads[this.#read]!;
      for (; this.#interval < read.intervals.length; this.#interval++) {
        const [lower, upper] = this.#place(read);
        for (const { key, value } of lower.compare(upper) < 0
          ? reader.range(lower, upper, read.reverse)
          : []) {
          this.#last = key;
          const found = this.#fetch(read.index, reader, key, value);
          if (found && !accept(found)) return 'stopped';
          if (++looked % ENTRIES_PER_LOOK === 0 && performance.now() > until) return 'paused';
        }
        this.#last = undefined;
      }
      this.#interval = 0;
    }
    return 'done';
  }

  #place({ index, intervals, reverse }: IndexRead): [lower: Buffer, upper: Buffer] {
    const prefix = prefixOf(this.plan.collection.id, index.id);
    const interval = intervals[reverse ? intervals.length - 1 - this.#interval : this.#interval];
    const lower = Buffer.concat([prefix, interval?.lower ?? Buffer.alloc(0)]);
    const upper = interval?.upper ? Buffer.concat([prefix, interval.upper]) : successor(prefix);
    if (!this.#last) return [lower, upper];
    return reverse ? [lower, this.#last] : [Buffer.concat([this.#last, Buffer.alloc(1)]), upper];
  }

  #fetch(index: Index, reader: Reader, key: Buffer, value: Buffer): Found | undefined {
    const { collection, dedupe } = this.plan;
    this.keysExamined++;
    const recordId = recordIdOfEntry(index, key, value);
    if (dedupe) {
      const text = recordId.toString('latin1');
      if (this.#seen.has(text)) return undefined;
      this.#seen.add(text);
    }
    if (this.#keysOnly) return new Found(recordId, NOT_READ);
    const raw = index.id === PRIMARY_INDEX ? value : reader.get(documentKey(collection, recordId));
    if (!raw) throw new Error(`index ${index.name} of ${collection.ns} names a missing document`);
    this.documentsExamined++;
    const found = new Found(recordId, raw);
    return this.#matches?.(found.document) === false ? undefined : found;
  }
}

const NOT_READ = Buffer.alloc(0);
