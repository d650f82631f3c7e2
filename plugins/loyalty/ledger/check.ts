import { createHash } from 'node:crypto';
import { businessDate } from '../../../core/time/business-day.ts';
import { canonicalJson } from '../../../core/trace/record.ts';
import { applyPostings, balanceOf, openAccount, type Account } from './account.ts';
import type { Redemption, Reversal } from './command.ts';
import { refundedOf } from './hold.ts';
import { hashOf, type Journal } from './journal.ts';
import { takeEarliest } from './lots.ts';
import { monthOf, type Month } from './month.ts';
import { isCounter, sumOf, type ClientPosting, type Lot } from './posting.ts';
import { isShaped } from './shape.ts';

/** A place where the ledger is not what it must be; `invariant` is its number in docs/points.md. */
export interface Breach {
  readonly invariant: 1 | 2 | 3 | 4 | 5 | 6 | 7;
  readonly subject: string;
  readonly text: string;
}

/**
 * Reads one account's entries in order, from nothing, and says where they stop to add up. Knows the entries alone, and
 * nothing of the code that decided them; memory does not grow with the number of entries.
 */
export class Replay {
  #account: Account;
  readonly #heldByMonth = new Map<Month, number>();
  readonly #fromJournals = new Weights();

  constructor(partyId: string, pointType: string) {
    this.#account = openAccount(partyId, pointType);
  }

  /** Number of the last entry that was read. */
  get seq(): number {
    return this.#account.seq;
  }

  next(journal: Journal): Breach | undefined {
    const before = this.#account;
    return (
      chainBreach(journal, before) ??
      causeBreach(journal) ??
      this.#postingsBreach(journal, before) ??
      orderBreach(journal, before)
    );
  }

  /** Holds what was read against the account as it is stored, and against its redemptions and reversals. */
  end(
    account: Account,
    redemptions: Iterable<Redemption>,
    reversals: Iterable<Reversal>,
  ): Breach | undefined {
    return this.endAgainst(account, documentsOf(redemptions, reversals));
  }

  endAgainst(account: Account, documents: Documents): Breach | undefined {
    const mine = this.#account;
    for (const field of STORED)
      if (canonicalJson(mine[field]) !== canonicalJson(account[field]))
        return {
          invariant: field === 'seq' || field === 'head' ? 6 : 2,
          subject: account.id,
          text: `its ${field} is ${JSON.stringify(account[field])}; its entries give ${JSON.stringify(mine[field])}.`,
        };
    if (sumOf(account.lots) !== account.available || sumOf(account.maturing) !== account.pending)
      return { invariant: 5, subject: account.id, text: 'its lots do not sum to its balance.' };
    if (account.owed > 0 && account.available > 0)
      return { invariant: 2, subject: account.id, text: 'it owes points beside available ones.' };
    const against = documents.breach ?? this.#fromJournals.differenceTo(documents.weights);
    if (against) return { ...against, subject: `${account.id} ${against.subject}` };
    const held = (months: ReadonlyMap<Month, number>) =>
      JSON.stringify([...months].filter(([, points]) => points !== 0).sort());
    if (held(this.#heldByMonth) !== held(documents.heldByMonth))
      return {
        invariant: 5,
        subject: account.id,
        text: `its redemptions hold ${held(documents.heldByMonth)}; its entries give ${held(this.#heldByMonth)}.`,
      };
    return undefined;
  }

  #postingsBreach(journal: Journal, before: Account): Breach | undefined {
    const { id, postings, seq, hash, at, after } = journal;
    if (sumOf(postings) !== 0)
      return { invariant: 1, subject: id, text: `its postings sum to ${sumOf(postings)}.` };
    if (!postings.every(({ points }) => Number.isSafeInteger(points) && points !== 0))
      return { invariant: 1, subject: id, text: 'a posting is no whole number of points.' };
    if (!isShaped(journal))
      return { invariant: 1, subject: id, text: `its postings are not those of ${journal.kind}.` };
    try {
      this.#account = { ...applyPostings(before, postings), seq, head: hash, lastAt: at };
    } catch (error) {
      return { invariant: 2, subject: id, text: error instanceof Error ? error.message : String(error) };
    }
    const balance = balanceOf(this.#account);
    if (canonicalJson(balance) !== canonicalJson(after))
      return {
        invariant: 2,
        subject: id,
        text: `it says ${JSON.stringify(after)} after it; it is ${JSON.stringify(balance)}.`,
      };
    for (const posting of postings) this.#note(journal, posting as ClientPosting);
    this.#fromJournals.addJournal(journal);
    return undefined;
  }

  #note({ id }: Journal, { account, bucket, expiryMonth, points }: ClientPosting): Breach | undefined {
    if (account !== 'CLIENT' || bucket !== 'RESERVED') return undefined;
    if (expiryMonth === undefined) return { invariant: 5, subject: id, text: 'it holds points of no month.' };
    this.#heldByMonth.set(expiryMonth, (this.#heldByMonth.get(expiryMonth) ?? 0) + points);
    return undefined;
  }
}

const STORED = [
  'seq',
  'head',
  'lastAt',
  'available',
  'reserved',
  'pending',
  'owed',
  'lots',
  'maturing',
] as const;

function chainBreach(journal: Journal, before: Account): Breach | undefined {
  const { id, seq, prevHash, hash, accountId, at } = journal;
  const breach = (text: string): Breach => ({ invariant: 6, subject: id, text });
  if (seq !== before.seq + 1)
    return breach(`it follows number ${before.seq}: an entry is missing or doubled.`);
  if (accountId !== before.id || id !== `${accountId}:${seq}`) return breach('its id is not its own.');
  if (prevHash !== before.head) return breach('it is not chained to the entry before it.');
  if (hash !== hashOf(journal)) return breach('it was changed after it was written.');
  if (at.getTime() < before.lastAt.getTime()) return breach('it is older than the entry before it.');
  return undefined;
}

function causeBreach({ id, kind, cause, by }: Journal): Breach | undefined {
  const missing =
    (!cause.type && 'type') ||
    (!cause.id && 'id') ||
    (!by.id && 'poster') ||
    (kind === 'EARNED' && !(cause.ruleId && cause.ruleVersion) && 'rule and its version') ||
    (kind === 'ADJUSTED' && !cause.approvalId && 'approval') ||
    (kind === 'REVERSED' && !cause.reversesJournalId && 'entry that it reverses') ||
    (HOLDS.has(kind) && !cause.redemptionId && 'redemption');
  if (!missing) return undefined;
  const invariant = kind === 'REVERSED' ? 3 : 7;
  return { invariant, subject: id, text: `its cause names no ${missing}.` };
}

const HOLDS: ReadonlySet<string> = new Set(['RESERVED', 'CONFIRMED', 'CANCELLED', 'TIMED_OUT', 'REFUNDED']);
const BY_TIME: ReadonlySet<string> = new Set(['MATURED', 'REPAID', 'EXPIRED']);

/** Invariant 5: what expires first is spent first, nothing outlives its month or expires before it. */
function orderBreach({ id, kind, at, postings }: Journal, before: Account): Breach | undefined {
  const breach = (text: string): Breach => ({ invariant: 5, subject: id, text });
  const clients = postings.filter((posting): posting is ClientPosting => !isCounter(posting));
  const taken = mergedByMonth(clients.filter(({ bucket, points }) => bucket === 'AVAILABLE' && points < 0));
  if (kind === 'RESERVED' || kind === 'ADJUSTED') {
    const earliest = takeEarliest(before.lots, sumOf(taken));
    if (JSON.stringify(earliest) !== JSON.stringify(taken))
      return breach('it did not take the lots that expire first.');
  }
  if (kind === 'EXPIRED' && taken.some(({ expiryMonth }) => expiryMonth >= monthOf(at)))
    return breach('it lets points expire whose month is not over.');
  if (kind === 'MATURED' && clients.some(({ releaseDay }) => (releaseDay ?? '') > businessDate(at)))
    return breach('it makes points available before their day.');
  if (BY_TIME.has(kind)) return undefined;
  if (before.lots.some(({ expiryMonth }) => expiryMonth < monthOf(at)))
    return breach('points whose month is over were still there.');
  if (before.maturing.some(({ releaseDay }) => releaseDay <= businessDate(at)))
    return breach('points whose day had come were not available.');
  if (before.owed > 0 && before.available > 0)
    return { invariant: 2, subject: id, text: 'a debt stood beside available points.' };
  return undefined;
}

function mergedByMonth(postings: readonly ClientPosting[]): Lot[] {
  const months = new Map<Month, number>();
  for (const { expiryMonth, points } of postings)
    months.set(expiryMonth ?? '', (months.get(expiryMonth ?? '') ?? 0) - points);
  return [...months].sort().map(([expiryMonth, points]) => ({ expiryMonth, points }));
}

/** What the redemptions and reversals of one account say, added up while they stream by. */
export interface Documents {
  readonly heldByMonth: ReadonlyMap<Month, number>;
  readonly weights: Weights;
  readonly breach: Breach | undefined;
}

export class DocumentTotals implements Documents {
  readonly heldByMonth = new Map<Month, number>();
  readonly weights = new Weights();
  breach: Breach | undefined;

  addRedemption(redemption: Redemption): void {
    const { id, state, points, slices } = redemption;
    const refunded = refundedOf(redemption);
    const whole =
      sumOf(slices) === points &&
      slices.every((slice) => slice.points > 0 && slice.refunded >= 0 && slice.refunded <= slice.points) &&
      (state === 'REFUNDED') === (refunded === points) &&
      (refunded === 0 || state === 'CONFIRMED' || state === 'REFUNDED');
    if (!whole)
      this.breach ??= { invariant: 5, subject: `redemption ${id}`, text: 'its slices do not add up.' };
    if (state === 'RESERVED')
      for (const slice of slices)
        this.heldByMonth.set(
          slice.expiryMonth,
          (this.heldByMonth.get(slice.expiryMonth) ?? 0) + slice.points,
        );
    this.weights.add('RESERVED', id, points);
    if (state === 'CONFIRMED' || state === 'REFUNDED') this.weights.add('CONFIRMED', id, points);
    if (state === 'CANCELLED') this.weights.add('CANCELLED', id, points);
    if (state === 'EXPIRED') this.weights.add('TIMED_OUT', id, points);
    this.weights.add('REFUNDED', id, refunded);
  }

  addReversal({ journalId, points, taken }: Reversal): void {
    if (taken < 1 || taken > points)
      this.breach ??= {
        invariant: 3,
        subject: `reversal of ${journalId}`,
        text: `it took ${taken} of ${points}.`,
      };
    this.weights.add('REVERSED', journalId, taken);
  }
}

function documentsOf(redemptions: Iterable<Redemption>, reversals: Iterable<Reversal>): Documents {
  const totals = new DocumentTotals();
  for (const redemption of redemptions) totals.addRedemption(redemption);
  for (const reversal of reversals) totals.addReversal(reversal);
  return totals;
}

type Weighed = 'RESERVED' | 'CONFIRMED' | 'CANCELLED' | 'TIMED_OUT' | 'REFUNDED' | 'REVERSED';

/**
 * Sums of points per thing, each thing weighed by a hash of its id: two sets of many things are compared in constant
 * memory, and a swap between two of them shows.
 */
class Weights {
  readonly #sums = new Map<Weighed, bigint>();

  add(what: Weighed, id: string, points: number): void {
    if (points !== 0) this.#sums.set(what, (this.#sums.get(what) ?? 0n) + weightOf(id) * BigInt(points));
  }

  addJournal({ kind, cause, postings }: Journal): void {
    const { redemptionId = '', reversesJournalId = '' } = cause;
    const moved = postings.reduce((sum, { points }) => sum + Math.max(points, 0), 0);
    if (kind === 'REVERSED') this.add(kind, reversesJournalId, moved);
    else if (HOLDS.has(kind)) this.add(kind as Weighed, redemptionId, moved);
  }

  differenceTo(documents: Weights): Breach | undefined {
    for (const what of ['RESERVED', 'CONFIRMED', 'CANCELLED', 'TIMED_OUT', 'REFUNDED', 'REVERSED'] as const)
      if ((this.#sums.get(what) ?? 0n) !== (documents.#sums.get(what) ?? 0n))
        return {
          invariant: what === 'REVERSED' ? 3 : 5,
          subject: what,
          text: `entries and ${what === 'REVERSED' ? 'reversals' : 'redemptions'} do not say the same.`,
        };
    return undefined;
  }
}

function weightOf(id: string): bigint {
  return createHash('sha256').update(id, 'utf8').digest().readBigUInt64BE(0);
}
