import { BusyError } from '../../errors.ts';
import type { Host } from '../../plugin/contract.ts';
import { serviceToken } from '../../plugin/service.ts';
import { kindInUse } from '../kinds.ts';
import { CHANNELS, type Channel, type KindRecord, type RiskLevel } from '../records.ts';
import { Dictionary } from '../snapshot/dictionary.ts';
import { orderByKeys, type Order, type SortKey } from '../snapshot/orders.ts';
import type { View } from '../snapshot/view.ts';
import { channelBit } from '../snapshot/standing.ts';
import { TextIndex } from '../snapshot/text-index.ts';
import { LIFECYCLES, lifecycleOf } from './lifecycle.ts';
import { changedProducts, loadDeskRows, type DeskRow } from './rows.ts';
import type { DeskFacts } from './selection.ts';

export const DESK_SORTS = ['CODE', 'NAME', 'CHANGED', 'RISK'] as const;
export type DeskSort = (typeof DESK_SORTS)[number];
type KeptSort = Exclude<DeskSort, 'RISK'>;

const REVIEWS = ['DRAFT', 'IN_REVIEW', 'APPROVED', 'REJECTED', 'WITHDRAWN'] as const;

/**
 * How far back each look for changes reaches behind the one before: a transaction may commit up to 60 s after it took
 * its time, and processes may be 2 s apart. What is found twice is told by its revision and read once.
 */
const OVERLAP_MS = 90_000;

/** The published catalogue of this process, as far as the desk reads it. */
export interface PublishedSource {
  view(at: Date): Pick<View<unknown>, 'snapshot' | 'columns'>;
  /** Resolves when publication `seq` has arrived; refuses with BUSY after a while. */
  atLeast(seq: number): Promise<void>;
}

/** All products as staff find them, as of one question. */
export interface DeskState {
  readonly facts: DeskFacts;
  readonly text: TextIndex;
  readonly kinds: Dictionary<string>;
  readonly categories: Dictionary<string>;
  readonly brands: Dictionary<string>;
  readonly snapshot: View<unknown>['snapshot'];
  rowAt(slot: number): DeskRow;
  /** In force, else drafted; undefined for an unrated or unknown product. */
  levelOf(productId: string): RiskLevel | undefined;
  /** Channels on which it is visible now. */
  visibleOn(productId: string): readonly Channel[];
  order(sort: DeskSort): Order;
}

/**
 * Every product of the house in memory, drafts included, for the staff's list. It is read from the database when it is
 * first asked for; each question then reads what was written since, so that whoever has just changed something finds
 * it changed.
 */
export class Desk {
  readonly #host: Host;
  readonly #published: () => PublishedSource;
  readonly #rows: DeskRow[] = [];
  readonly #slotById = new Map<string, number>();
  readonly #kinds = new Dictionary<string>();
  readonly #categories = new Dictionary<string>();
  readonly #brands = new Dictionary<string>();
  readonly #orders = new Map<KeptSort, { order: Order; changed: Set<number> }>();
  #text = new TextIndex(1024);
  #textSize = 1024;
  #askedAt: Date | undefined;
  #greatestSeq = 0;
  #refreshing: Promise<void> | undefined;
  #next: Promise<void> | undefined;
  #derived: { readonly view: unknown; readonly edition: number; readonly facts: DeskFacts } | undefined;
  #edition = 0;

  constructor(host: Host, published: () => PublishedSource) {
    this.#host = host;
    this.#published = published;
  }

  /** The state now: everything that was committed before the call is in it. */
  async state(at: Date): Promise<DeskState> {
    await this.#refresh();
    const published = this.#published();
    try {
      await published.atLeast(this.#greatestSeq);
    } catch (error) {
      // Channels and levels of the last publication then come with the next question; the list itself need not wait.
      if (!(error instanceof BusyError)) throw error;
    }
    const view = published.view(at);
    return {
      facts: this.#factsOf(view),
      text: this.#text,
      kinds: this.#kinds,
      categories: this.#categories,
      brands: this.#brands,
      snapshot: view.snapshot,
      rowAt: (slot) => this.#rows[slot]!,
      levelOf: (id) => levelAt(this.#factsOf(view).level[this.#slotById.get(id) ?? -1]),
      visibleOn: (id) => {
        const bits = this.#factsOf(view).channels[this.#slotById.get(id) ?? -1] ?? 0;
        return CHANNELS.filter((channel) => (bits & channelBit(channel)) !== 0);
      },
      order: (sort) => (sort === 'RISK' ? this.#byRisk(this.#factsOf(view)) : this.#kept(sort)),
    };
  }

  /** A look that is under way may have begun before the caller's change: the caller waits for the next one. */
  #refresh(): Promise<void> {
    if (!this.#refreshing) {
      this.#refreshing = this.#read().finally(() => (this.#refreshing = undefined));
      return this.#refreshing;
    }
    this.#next ??= this.#refreshing
      .catch(() => undefined)
      .then(() => {
        this.#next = undefined;
        return this.#refresh();
      });
    return this.#next;
  }

  async #read(): Promise<void> {
    const asked = this.#host.clock.now();
    const since = this.#askedAt && new Date(Math.min(this.#askedAt.getTime(), asked.getTime()) - OVERLAP_MS);
    const rows = await this.#host.snapshot(async (session) => {
      const products = await changedProducts(this.#host, session, since);
      const changed = products.filter(({ _id, revision }) => this.#revisionOf(_id) !== revision);
      return loadDeskRows(this.#host, session, changed);
    });
    for (const row of rows) this.#place(row);
    if (rows.length > 0) this.#edition++;
    this.#askedAt = asked;
  }

  #revisionOf(id: string): number | undefined {
    const slot = this.#slotById.get(id);
    return slot === undefined ? undefined : this.#rows[slot]!.product.revision;
  }

  #place(row: DeskRow): void {
    let slot = this.#slotById.get(row.product._id);
    if (slot === undefined) {
      slot = this.#rows.length;
      this.#slotById.set(row.product._id, slot);
    }
    this.#rows[slot] = row;
    if (slot >= this.#textSize) {
      this.#textSize *= 2;
      this.#text = new TextIndex(this.#textSize, this.#text);
    }
    this.#text.set(slot, row.text);
    for (const { changed } of this.#orders.values()) changed.add(slot);
    this.#greatestSeq = Math.max(this.#greatestSeq, row.product.seq);
  }

  /** What changes with publications and the clock is derived again for all: a few milliseconds for 100,000. */
  #factsOf(view: Pick<View<unknown>, 'snapshot' | 'columns'>): DeskFacts {
    if (this.#derived?.view === view && this.#derived.edition === this.#edition) return this.#derived.facts;
    const size = this.#rows.length;
    const facts = {
      size,
      kind: new Int32Array(size),
      lifecycle: new Uint8Array(size),
      review: new Uint8Array(size),
      channels: new Uint8Array(size),
      level: new Uint8Array(size),
      category: new Int32Array(size),
      brand: new Int32Array(size),
    };
    const { slotById, kinds } = view.snapshot;
    const records = new Map<string, KindRecord>([...kinds].map(([code, { record }]) => [code, record]));
    for (let slot = 0; slot < size; slot++) {
      const { product, categoryId, brandId, draftLevel } = this.#rows[slot]!;
      const published = slotById.get(product._id);
      // As `readSale`: what is listed and whose kind is gone reads as suspended.
      const sale =
        product.sale === 'LISTED' && !kindInUse(records, product.kind) ? 'SUSPENDED' : product.sale;
      facts.kind[slot] = this.#kinds.add(product.kind, product.kind);
      facts.lifecycle[slot] = LIFECYCLES.indexOf(lifecycleOf(sale, product.lastReview));
      facts.review[slot] = REVIEWS.indexOf(product.lastReview);
      facts.channels[slot] = published === undefined ? 0 : view.columns.visible[published]!;
      facts.level[slot] = (published === undefined ? 0 : view.columns.level[published]!) || draftLevel;
      facts.category[slot] = categoryId === undefined ? -1 : this.#categories.add(categoryId, categoryId);
      facts.brand[slot] = brandId === undefined ? -1 : this.#brands.add(brandId, brandId);
    }
    this.#derived = { view, edition: this.#edition, facts };
    return facts;
  }

  #kept(sort: KeptSort): Order {
    const known = this.#orders.get(sort);
    if (known && known.changed.size === 0) return known.order;
    const source = {
      size: this.#rows.length,
      codeAt: (slot: number) => this.#rows[slot]!.product.code,
      keyAt: KEYS[sort](this.#rows),
    };
    const order = orderByKeys(source, known);
    this.#orders.set(sort, { order, changed: new Set() });
    return order;
  }

  /** Levels change with publications and the clock, so that this order is cut from that of the codes when it is asked for. */
  #byRisk({ level, size }: DeskFacts): Order {
    const slots = new Int32Array(size);
    let place = 0;
    const { slots: byCode } = this.#kept('CODE');
    for (let wanted = 0; wanted <= 5; wanted++)
      for (const slot of byCode) if (level[slot] === wanted) slots[place++] = slot;
    return { slots, keyAt: (slot) => level[slot]! };
  }
}

export function levelAt(number: number | undefined): RiskLevel | undefined {
  return number ? (`R${number}` as RiskLevel) : undefined;
}

const KEYS: Readonly<Record<KeptSort, (rows: readonly DeskRow[]) => (slot: number) => SortKey>> = {
  CODE: () => () => 0,
  NAME: (rows) => (slot) => rows[slot]!.nameKey,
  CHANGED: (rows) => (slot) => (rows[slot]!.product.changedAt ?? rows[slot]!.product.createdAt).getTime(),
};

export const REVIEW_NUMBERS: readonly string[] = REVIEWS;

export const deskToken = serviceToken<Desk>('core', 'product-desk');
