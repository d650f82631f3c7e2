import type { Document } from 'bson';
import { recordIdOfEntry, documentKey } from '../index/records.ts';
import { PRIMARY_INDEX, prefixOf, successor } from '../store/layout.ts';
import type { Reader } from '../store/overlay.ts';
import { decode } from '../wire/bson.ts';
import type { Plan } from './choose.ts';

/** A document that a scan found: its stored bytes, decoded only if somebody needs it. */
export class Found {
  readonly recordId: Buffer;
  readonly raw: Buffer;
  #document: Document | undefined;

  constructor(recordId: Buffer, raw: Buffer, document?: Document) {
    this.recordId = recordId;
    this.raw = raw;
    this.#document = document;
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
  readonly #prefix: Buffer;
  readonly #seen = new Set<string>();
  #interval = 0;
  #last: Buffer | undefined;

  /** `matches` is the compiled filter; it is left out where the plan's bounds are exact. */
  constructor(plan: Plan, matches: (document: Document) => boolean) {
    this.plan = plan;
    this.#matches = plan.exact ? undefined : matches;
    this.#prefix = prefixOf(plan.collection.id, plan.index.id);
  }

  /**
   * Gives documents to `accept` until it returns false ('stopped'), `until` has passed ('paused') or nothing
   * is left ('done'). Going on after a stop or a pause continues behind the last document.
   */
  step(reader: Reader, accept: (found: Found) => boolean, until: number): 'stopped' | 'paused' | 'done' {
    const { intervals, reverse } = this.plan;
    let looked = 0;
    while (this.#interval < intervals.length) {
      const [lower, upper] = this.#place();
      for (const { key, value } of lower.compare(upper) < 0 ? reader.range(lower, upper, reverse) : []) {
        this.#last = key;
        const found = this.#fetch(reader, key, value);
        if (found && !accept(found)) return 'stopped';
        if (++looked % ENTRIES_PER_LOOK === 0 && performance.now() > until) return 'paused';
      }
      this.#interval++;
      this.#last = undefined;
    }
    return 'done';
  }

  #place(): [lower: Buffer, upper: Buffer] {
    const { intervals, reverse } = this.plan;
    const interval = intervals[reverse ? intervals.length - 1 - this.#interval : this.#interval];
    const lower = Buffer.concat([this.#prefix, interval?.lower ?? Buffer.alloc(0)]);
    const upper = interval?.upper ? Buffer.concat([this.#prefix, interval.upper]) : successor(this.#prefix);
    if (!this.#last) return [lower, upper];
    return reverse ? [lower, this.#last] : [Buffer.concat([this.#last, Buffer.alloc(1)]), upper];
  }

  #fetch(reader: Reader, key: Buffer, value: Buffer): Found | undefined {
    const { plan } = this;
    this.keysExamined++;
    const recordId = recordIdOfEntry(plan.index, key, value);
    if (plan.dedupe) {
      const text = recordId.toString('latin1');
      if (this.#seen.has(text)) return undefined;
      this.#seen.add(text);
    }
    const raw = plan.index.id === PRIMARY_INDEX ? value : reader.get(documentKey(plan.collection, recordId));
    if (!raw) throw new Error(`index ${plan.index.name} of ${plan.collection.ns} names a missing document`);
    this.documentsExamined++;
    if (!this.#matches) return new Found(recordId, raw);
    const found = new Found(recordId, raw);
    return this.#matches(found.document) ? found : undefined;
  }
}
