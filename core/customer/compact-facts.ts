import { canonicalJson } from '../trace/record.ts';
import type { Segment, StoredFacts } from './facts.ts';
import { RISK_CATEGORIES } from '../risk/levels.ts';

/**
 * The facts of many clients in little memory: what is each client's own stands in columns of numbers, what many share
 * is kept once. About 150 bytes a client, against about a kilobyte as objects. Bounded: the oldest entry makes room.
 */
export class CompactFacts {
  readonly #capacity: number;
  readonly #rows = new Map<string, number>();
  readonly #free: number[] = [];
  readonly #segments = new SegmentPool();
  #partyIds: string[] = [];
  #columns: Columns;

  constructor(capacity: number) {
    this.#capacity = capacity;
    this.#columns = columnsOf(Math.min(capacity, 1024));
  }

  get size(): number {
    return this.#rows.size;
  }

  get(customerNo: string): StoredFacts | undefined {
    const row = this.#rows.get(customerNo);
    return row === undefined ? undefined : this.#read(customerNo, row);
  }

  set(facts: StoredFacts): void {
    this.delete(facts.customerNo);
    if (this.#rows.size >= this.#capacity) this.delete(this.#rows.keys().next().value!);
    const row = this.#free.pop() ?? this.#rows.size;
    if (row >= this.#columns.level.length) this.#columns = grown(this.#columns, this.#capacity);
    this.#rows.set(facts.customerNo, row);
    this.#write(facts, row);
  }

  delete(customerNo: string): void {
    const row = this.#rows.get(customerNo);
    if (row === undefined) return;
    this.#rows.delete(customerNo);
    this.#segments.release(this.#columns.segment[row]!);
    this.#free.push(row);
  }

  clear(): void {
    this.#rows.clear();
    this.#free.length = 0;
    this.#partyIds = [];
    this.#segments.clear();
    this.#columns = columnsOf(Math.min(this.#capacity, 1024));
  }

  #write(facts: StoredFacts, row: number): void {
    const { riskProfile: profile } = facts;
    this.#partyIds[row] = facts.partyId;
    this.#columns.segment[row] = this.#segments.keep(facts.segment);
    this.#columns.birthDay[row] = facts.birthDay ?? NO_DAY;
    this.#columns.level[row] = profile === undefined ? 0 : RISK_CATEGORIES.indexOf(profile.level) + 1;
    if (profile === undefined) return;
    if (profile.lowestCategory) this.#columns.level[row]! |= LOWEST;
    this.#columns.profileNo[row] = profile.no;
    this.#columns.assessedAt[row] = profile.assessedAt.getTime();
    this.#columns.validUntil[row] = profile.validUntil.getTime();
  }

  #read(customerNo: string, row: number): StoredFacts {
    const { segment, birthDay, level, profileNo, assessedAt, validUntil } = this.#columns;
    const packed = level[row]!;
    return {
      partyId: this.#partyIds[row]!,
      customerNo,
      segment: this.#segments.at(segment[row]!),
      ...(birthDay[row] === NO_DAY ? {} : { birthDay: birthDay[row]! }),
      ...(packed === 0
        ? {}
        : {
            riskProfile: {
              no: profileNo[row]!,
              level: RISK_CATEGORIES[(packed & ~LOWEST) - 1]!,
              lowestCategory: (packed & LOWEST) !== 0,
              assessedAt: new Date(assessedAt[row]!),
              validUntil: new Date(validUntil[row]!),
            },
          }),
    };
  }
}

const NO_DAY = -2_147_483_648;
const LOWEST = 0x80;

interface Columns {
  readonly segment: Uint32Array;
  readonly birthDay: Int32Array;
  readonly level: Uint8Array;
  readonly profileNo: Uint32Array;
  readonly assessedAt: Float64Array;
  readonly validUntil: Float64Array;
}

function columnsOf(rows: number): Columns {
  return {
    segment: new Uint32Array(rows),
    birthDay: new Int32Array(rows),
    level: new Uint8Array(rows),
    profileNo: new Uint32Array(rows),
    assessedAt: new Float64Array(rows),
    validUntil: new Float64Array(rows),
  };
}

function grown(old: Columns, capacity: number): Columns {
  const columns = columnsOf(Math.min(capacity, old.level.length * 2));
  for (const name of Object.keys(old) as (keyof Columns)[]) columns[name].set(old[name]);
  return columns;
}

/** Segments by content, counted, so that one that no client has any more goes. */
class SegmentPool {
  readonly #numbers = new Map<string, number>();
  readonly #kept: ({ segment: Segment; key: string; uses: number } | undefined)[] = [];
  readonly #free: number[] = [];

  at(number: number): Segment {
    return this.#kept[number]!.segment;
  }

  keep(segment: Segment): number {
    const key = canonicalJson(segment);
    const known = this.#numbers.get(key);
    if (known !== undefined) {
      this.#kept[known]!.uses++;
      return known;
    }
    const number = this.#free.pop() ?? this.#kept.length;
    this.#kept[number] = { segment, key, uses: 1 };
    this.#numbers.set(key, number);
    return number;
  }

  release(number: number): void {
    const entry = this.#kept[number]!;
    if (--entry.uses > 0) return;
    this.#numbers.delete(entry.key);
    this.#kept[number] = undefined;
    this.#free.push(number);
  }

  clear(): void {
    this.#numbers.clear();
    this.#kept.length = 0;
    this.#free.length = 0;
  }
}
