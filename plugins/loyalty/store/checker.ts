import { collectionOf } from '../../../core/db/collection.ts';
import type { Host, Violation } from '../../../core/plugin/contract.ts';
import { DocumentTotals, Replay, type Breach } from '../ledger/check.ts';
import {
  ACCOUNTS,
  FOLD_HEADS,
  FOLDS,
  JOURNALS,
  REDEMPTIONS,
  REVERSALS,
  type AccountRecord,
  type FoldHeadRecord,
  type FoldRecord,
  type JournalRecord,
  type RedemptionRecord,
  type ReversalRecord,
} from '../model.ts';
import { digestOf, foldedPostings, foldHash } from './fold.ts';
import { fromAccountRecord, fromJournalRecord, fromRedemptionRecord, fromReversalRecord } from './records.ts';

/**
 * Reads the whole ledger and says where it is not what it must be: every account from its first entry, its redemptions
 * and reversals, then every fold. May run beside a working platform; memory grows with the number of folds alone.
 */
export async function* checkLedger(
  host: Host,
  progress: (done: number, total: number) => void,
): AsyncGenerator<Violation> {
  const total = await collectionOf<JournalRecord>(host, JOURNALS).countDocuments({});
  // Batches up to this one were whole before anything was read; later ones are the next check's.
  const lastBatch = await batchesSoFar(host);
  const folded = new FoldedTotals(lastBatch);
  let done = 0;
  const step = () => {
    done++;
    if (done % PROGRESS_EVERY === 0) progress(done, total);
  };
  for await (const { _id } of collectionOf<AccountRecord>(host, ACCOUNTS)
    .find({}, { projection: { _id: 1 } })
    .sort({ _id: 1 })) {
    const breach = await checkAccount(host, _id, folded, step);
    if (breach) yield violation(breach);
  }
  yield* stray(host);
  for await (const breach of checkFolds(host, folded, lastBatch)) yield violation(breach);
  progress(done, Math.max(total, done));
}

const PROGRESS_EVERY = 1000;

function violation({ invariant, subject, text }: Breach): Violation {
  return { code: `LEDGER_${invariant}`, subject, text };
}

async function checkAccount(
  host: Host,
  id: string,
  folded: FoldedTotals,
  step: () => void,
): Promise<Breach | undefined> {
  const documents = new DocumentTotals();
  // What changes is read in one snapshot; entries never change, so those up to its number may be read after it.
  const account = await host.snapshot(async (session) => {
    const record = await collectionOf<AccountRecord>(host, ACCOUNTS).findOne({ _id: id }, { session });
    for await (const redemption of collectionOf<RedemptionRecord>(host, REDEMPTIONS).find(
      { accountId: id },
      { session },
    ))
      documents.addRedemption(fromRedemptionRecord(redemption));
    for await (const reversal of collectionOf<ReversalRecord>(host, REVERSALS).find(
      { accountId: id },
      { session },
    ))
      documents.addReversal(fromReversalRecord(reversal));
    return record && fromAccountRecord(record);
  });
  if (!account) return { invariant: 6, subject: id, text: 'the account was removed.' };
  const replay = new Replay(account.partyId, account.pointType);
  for await (const record of collectionOf<JournalRecord>(host, JOURNALS)
    .find({ accountId: id, seq: { $lte: account.seq } })
    .sort({ seq: 1 })) {
    const breach = replay.next(fromJournalRecord(record)) ?? folded.add(record);
    if (breach) return breach;
    step();
  }
  return replay.endAgainst(account, documents);
}

/** Entries that no account counts. */
async function* stray(host: Host): AsyncGenerator<Violation> {
  const { counted, written } = await host.snapshot(async (session) => {
    const [sum] = await collectionOf<AccountRecord>(host, ACCOUNTS)
      .aggregate<{ counted: number }>([{ $group: { _id: null, counted: { $sum: '$seq' } } }], { session })
      .toArray();
    const [count] = await collectionOf<JournalRecord>(host, JOURNALS)
      .aggregate<{ written: number }>([{ $group: { _id: null, written: { $sum: 1 } } }], { session })
      .toArray();
    return { counted: sum?.counted ?? 0, written: count?.written ?? 0 };
  });
  if (counted !== written)
    yield violation({
      invariant: 6,
      subject: 'entries',
      text: `accounts count ${counted} entries and ${written} are there.`,
    });
}

async function batchesSoFar(host: Host): Promise<number> {
  const counter = await collectionOf<FoldHeadRecord>(host, FOLD_HEADS).findOne({ _id: 'batch' });
  return counter?.foldSeq ?? 0;
}

/** What entries say was folded, by account and batch, to be held against the folds. */
class FoldedTotals {
  readonly #totals = new Map<string, { sum: number; count: number }>();
  readonly #lastBatch: number;

  constructor(lastBatch: number) {
    this.#lastBatch = lastBatch;
  }

  add(journal: JournalRecord): Breach | undefined {
    const postings = foldedPostings(journal);
    const marked = journal.unfolded === true;
    if (marked === (journal.foldBatch !== undefined) && postings.size > 0)
      return {
        invariant: 6,
        subject: journal._id,
        text: marked ? 'it is folded and still marked.' : 'it was never folded and has lost its mark.',
      };
    if (journal.foldBatch === undefined || journal.foldBatch > this.#lastBatch) return undefined;
    for (const [account, points] of postings) {
      const key = `${account} ${journal.foldBatch}`;
      const total = this.#totals.get(key) ?? { sum: 0, count: 0 };
      this.#totals.set(key, { sum: total.sum + points, count: total.count + 1 });
    }
    return undefined;
  }

  /** Takes what entries say of a fold; each is asked for once. */
  take(account: string, batch: number): { sum: number; count: number } {
    const key = `${account} ${batch}`;
    const total = this.#totals.get(key) ?? { sum: 0, count: 0 };
    this.#totals.delete(key);
    return total;
  }

  /** What no fold has taken. */
  rest(): string | undefined {
    return this.#totals.keys().next().value;
  }
}

async function* checkFolds(host: Host, folded: FoldedTotals, lastBatch: number): AsyncGenerator<Breach> {
  const heads = collectionOf<FoldHeadRecord>(host, FOLD_HEADS);
  const broken = new Set<string>();
  for await (const head of heads.find({ _id: { $ne: 'batch' } }).sort({ _id: 1 })) {
    const breach = await checkFoldChain(host, head, folded, lastBatch);
    if (!breach) continue;
    broken.add(head._id);
    yield breach;
  }
  const rest = folded.rest();
  if (rest !== undefined && broken.size === 0)
    yield {
      invariant: 6,
      subject: `fold of ${rest}`,
      text: 'entries say that they were folded; the fold is gone.',
    };
}

async function checkFoldChain(
  host: Host,
  head: FoldHeadRecord,
  folded: FoldedTotals,
  lastBatch: number,
): Promise<Breach | undefined> {
  let last = { foldSeq: 0, hash: '', balance: 0, period: '' };
  const breach = (subject: string, text: string): Breach => ({
    invariant: 6,
    subject: `fold ${subject}`,
    text,
  });
  for await (const fold of collectionOf<FoldRecord>(host, FOLDS)
    .find({ account: head._id, foldSeq: { $lte: head.foldSeq } })
    .sort({ foldSeq: 1 })) {
    const { _id, foldSeq, prevHash, hash, balance, sum, count, batch, period } = fold;
    if (foldSeq !== last.foldSeq + 1) return breach(_id, `it follows number ${last.foldSeq}.`);
    if (prevHash !== last.hash) return breach(_id, 'it is not chained to the fold before it.');
    if (hash !== foldHash(fold)) return breach(_id, 'it was changed after it was written.');
    if (balance !== last.balance + sum)
      return breach(_id, 'its balance does not follow from the one before.');
    if (period < last.period) return breach(_id, 'its period goes back.');
    const text = await journalsOf(host, fold);
    if (text) return breach(_id, text);
    if (batch <= lastBatch) {
      const told = folded.take(head._id, batch);
      if (told.sum !== sum || told.count !== count)
        return breach(_id, `it adds ${count} entries to ${sum}; entries say ${told.count} and ${told.sum}.`);
    }
    last = { foldSeq, hash, balance, period };
  }
  const same = last.foldSeq === head.foldSeq && last.hash === head.hash && last.balance === head.balance;
  return same ? undefined : breach(head._id, 'its folds do not end where its head says.');
}

async function journalsOf(
  host: Host,
  { account, batch, journalIds, journalsDigest, sum, count }: FoldRecord,
) {
  const found = await collectionOf<JournalRecord>(host, JOURNALS)
    .find({ _id: { $in: [...journalIds] } })
    .toArray();
  const byId = new Map(found.map((journal) => [journal._id, journal]));
  if (byId.size !== count || journalIds.length !== count)
    return 'it names an entry that is not there, or one twice.';
  const parts = journalIds.map((id) => {
    const journal = byId.get(id)!;
    return { journal, points: foldedPostings(journal).get(account) ?? 0 };
  });
  if (parts.some(({ journal }) => journal.foldBatch !== batch))
    return 'an entry of it says that it is of another.';
  if (digestOf(parts) !== journalsDigest) return 'its entries are not those that it was made of.';
  return parts.reduce((total, { points }) => total + points, 0) === sum
    ? undefined
    : 'its entries do not add up.';
}
