import type { Document } from 'bson';
import { Sorter, sortKeyOf } from '../aggregate/index.ts';
import { compileFilter } from '../match/index.ts';
import { choosePlan } from '../plan/choose.ts';
import type { Plan, Wanted } from '../plan/choose.ts';
import { Scan } from '../plan/scan.ts';
import { Found } from '../plan/scan.ts';
import type { Collection } from '../store/catalog.ts';
import type { Reader } from '../store/overlay.ts';
import type { Results } from './cursors.ts';
import type { Pacer } from './request.ts';

/** What a query asks of one collection: compiled and planned, ready to run. */
export interface Query {
  collection: Collection;
  wanted: Wanted;
  plan: Plan;
  matches(document: Document): boolean;
}

export function prepare(collection: Collection, wanted: Wanted): Query {
  const matches = compileFilter(wanted.filter);
  return { collection, wanted, plan: choosePlan(collection, wanted), matches };
}

/** How many documents a query passes over and gives at most. */
export interface Window {
  skip: number;
  limit: number;
}

/** Runs a query in batches; `shape` turns what was found into the bytes of the reply. */
export class QueryResults implements Results {
  readonly scan: Scan;
  readonly #query: Query;
  readonly #reader: () => Reader;
  readonly #shape: (found: Found) => Buffer;
  #skip: number;
  #left: number;
  #sorted: Found[] | undefined;

  constructor(query: Query, window: Window, reader: () => Reader, shape: (found: Found) => Buffer) {
    this.#query = query;
    this.#reader = reader;
    this.#shape = shape;
    this.#skip = window.skip;
    this.#left = window.limit;
    this.scan = new Scan(query.plan, query.matches);
  }

  async fill(take: (raw: Buffer) => boolean, pacer: Pacer): Promise<boolean> {
    if (this.#left <= 0) return true;
    if (!this.#query.plan.sorted) return this.#fillSorted(take, pacer);
    const done = await drain(this.scan, this.#reader, (found) => this.#pass(found, take), pacer);
    return done || this.#left <= 0;
  }

  #pass(found: Found, take: (raw: Buffer) => boolean): boolean {
    if (this.#skip > 0) {
      this.#skip--;
      return true;
    }
    this.#left--;
    return take(this.#shape(found)) && this.#left > 0;
  }

  async #fillSorted(take: (raw: Buffer) => boolean, pacer: Pacer): Promise<boolean> {
    this.#sorted ??= (await sortAll(this.#query, this.scan, this.#skip + this.#left, this.#reader, pacer))
      .slice(this.#skip)
      .reverse();
    for (let found = this.#sorted.pop(); found; found = this.#sorted.pop()) {
      if (!take(this.#shape(found))) break;
      await pacer.pauseIfOver();
    }
    return this.#sorted.length === 0;
  }
}

/** Runs a scan to its end, or until `accept` stops it, pausing for others; true when nothing is left. */
export async function drain(
  scan: Scan,
  reader: () => Reader,
  accept: (found: Found) => boolean,
  pacer: Pacer,
): Promise<boolean> {
  for (;;) {
    const state = scan.step(reader(), accept, pacer.until);
    if (state !== 'paused') return state === 'done';
    await pacer.pause();
  }
}

/** The ids of the first documents of a query, in its order; of all of them when the count is infinite. */
export async function findIdsOf(
  query: Query,
  count: number,
  reader: () => Reader,
  pacer: Pacer,
): Promise<Buffer[]> {
  const scan = new Scan(query.plan, query.matches);
  if (!query.plan.sorted) {
    return (await sortAll(query, scan, count, reader, pacer)).map(({ recordId }) => recordId);
  }
  const ids: Buffer[] = [];
  await drain(scan, reader, (found) => ids.push(found.recordId) < count, pacer);
  return ids;
}

/** The first documents at once, for use inside a write; undefined when that takes longer than others may wait. */
export function findFirstNow(
  query: Query,
  count: number,
  reader: Reader,
  until: number,
): Found[] | undefined {
  const scan = new Scan(query.plan, query.matches);
  const all: Found[] = [];
  const sort = query.plan.sorted ? undefined : sorting(query, count);
  const accept = sort?.accept ?? ((found: Found): boolean => all.push(found) < count);
  if (scan.step(reader, accept, until) === 'paused') return undefined;
  return sort?.sorter.first() ?? all;
}

async function sortAll(
  query: Query,
  scan: Scan,
  count: number,
  reader: () => Reader,
  pacer: Pacer,
): Promise<Found[]> {
  const { sorter, accept } = sorting(query, count);
  await drain(scan, reader, accept, pacer);
  return sorter.sorted(() => pacer.pauseIfOver());
}

/** Gathers what a scan finds for an order that no index gives. */
function sorting(query: Query, count: number): { sorter: Sorter<Found>; accept(found: Found): boolean } {
  const sort = query.wanted.sort ?? [];
  const keyOf = sortKeyOf(sort);
  const sorter = new Sorter<Found>(`sort by ${sort.map(([path]) => path).join(', ')}`, count);
  return {
    sorter,
    accept(found) {
      // Kept without its decoded form, which takes several times the memory.
      sorter.add(keyOf(found.document), new Found(found.recordId, found.raw), found.raw.length);
      return true;
    },
  };
}

/** All documents of a query, decoded one after another, for aggregation; empty ones where they are only counted. */
export async function* documentsOf(
  query: Query,
  reader: () => Reader,
  pacer: () => Pacer,
  countOnly = false,
): AsyncGenerator<Document> {
  const scan = new Scan(query.plan, query.matches, countOnly);
  if (!query.plan.sorted) {
    for (const found of await sortAll(query, scan, Infinity, reader, pacer())) yield found.document;
    return;
  }
  for (let done = false; !done;) {
    const some: Found[] = [];
    done = scan.step(reader(), (found) => some.push(found) < FOUND_AT_ONCE, pacer().until) === 'done';
    for (const found of some) yield countOnly ? UNSEEN : found.document;
    await pacer().pauseIfOver();
  }
}

const FOUND_AT_ONCE = 64;
/** Stands for a document that is counted only. */
const UNSEEN: Document = {};
