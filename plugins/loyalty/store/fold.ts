import { createHash } from 'node:crypto';
import type { Actor } from '../../../core/access/actor.ts';
import { collectionOf } from '../../../core/db/collection.ts';
import type { Tx } from '../../../core/db/database.ts';
import type { Host } from '../../../core/plugin/contract.ts';
import { canonicalJson } from '../../../core/trace/record.ts';
import { monthOf } from '../ledger/month.ts';
import { isCounter, type CounterAccount } from '../ledger/posting.ts';
import {
  FOLD_HEADS,
  FOLDS,
  JOURNALS,
  type FoldHeadRecord,
  type FoldRecord,
  type JournalRecord,
} from '../model.ts';

/** How many entries one fold takes at most. */
export const FOLD_MAX = 500;
const BATCH_COUNTER = 'batch';

/** The name by which an account that everyone posts to is folded. */
export function foldedAccount(account: CounterAccount, pointType: string): string {
  return `${account}/${pointType}`;
}

/** What one entry posts to each account that is folded. */
export function foldedPostings({ postings, pointType }: JournalRecord): Map<string, number> {
  const sums = new Map<string, number>();
  for (const posting of postings) {
    if (!isCounter(posting)) continue;
    const account = foldedAccount(posting.account, pointType);
    sums.set(account, (sums.get(account) ?? 0) + posting.points);
  }
  return sums;
}

/**
 * Takes up to {@link FOLD_MAX} marked entries into folds, one per account, and clears their marks in the same
 * transaction. It asks no clock: an entry that commits late is still marked and is taken by a later fold.
 * @returns how many entries it took
 */
export function fold(host: Host, actor: Actor): Promise<number> {
  return host.transact(
    actor,
    async (tx) => {
      const journals = await collectionOf<JournalRecord>(host, JOURNALS)
        .find({ unfolded: true }, { session: tx.session })
        .limit(FOLD_MAX)
        .toArray();
      if (journals.length > 0) await foldIn(host, tx, journals);
      return journals.length;
    },
    // Moves nobody's points: every entry that it adds up has a trace of its own.
    { bookkeeping: true },
  );
}

async function foldIn(host: Host, tx: Tx, journals: readonly JournalRecord[]): Promise<void> {
  const { session } = tx;
  const heads = collectionOf<FoldHeadRecord>(host, FOLD_HEADS);
  const byAccount = new Map<string, { journal: JournalRecord; points: number }[]>();
  for (const journal of journals)
    for (const [account, points] of foldedPostings(journal))
      byAccount.set(account, [...(byAccount.get(account) ?? []), { journal, points }]);
  const known = new Map(
    (await heads.find({ _id: { $in: [BATCH_COUNTER, ...byAccount.keys()] } }, { session }).toArray()).map(
      (head) => [head._id, head],
    ),
  );
  const batch = (known.get(BATCH_COUNTER)?.foldSeq ?? 0) + 1;
  const folds = [...byAccount].map(([account, parts]) =>
    makeFold(account, parts, known.get(account), batch, tx.at),
  );
  const { modifiedCount } = await collectionOf<JournalRecord>(host, JOURNALS).updateMany(
    { _id: { $in: journals.map(({ _id }) => _id) }, unfolded: true },
    { $unset: { unfolded: 1 }, $set: { foldBatch: batch } },
    { session },
  );
  if (modifiedCount !== journals.length)
    throw new Error('An entry was folded under the snapshot that it was read in.');
  await collectionOf<FoldRecord>(host, FOLDS).insertMany(folds, { session });
  const ends: FoldHeadRecord[] = [
    { _id: BATCH_COUNTER, foldSeq: batch, hash: '', balance: 0, period: '' },
    ...folds.map(({ account, foldSeq, hash, balance, period }) => ({
      _id: account,
      foldSeq,
      hash,
      balance,
      period,
    })),
  ];
  await heads.bulkWrite(
    ends.map((head) => ({ replaceOne: { filter: { _id: head._id }, replacement: head, upsert: true } })),
    { session },
  );
}

function makeFold(
  account: string,
  parts: readonly { readonly journal: JournalRecord; readonly points: number }[],
  head: FoldHeadRecord | undefined,
  batch: number,
  at: Date,
): FoldRecord {
  const foldSeq = (head?.foldSeq ?? 0) + 1;
  const sum = parts.reduce((total, { points }) => total + points, 0);
  const month = monthOf(at);
  const fold = {
    account,
    foldSeq,
    prevHash: head?.hash ?? '',
    batch,
    journalIds: parts.map(({ journal }) => journal._id),
    journalsDigest: digestOf(parts),
    sum,
    count: parts.length,
    balance: (head?.balance ?? 0) + sum,
    // Two processes' clocks differ: a period that was begun is not gone back behind.
    period: head && head.period > month ? head.period : month,
    at,
  };
  return { _id: `${account}:${foldSeq}`, ...fold, hash: foldHash(fold) };
}

export function digestOf(
  parts: readonly { readonly journal: Pick<JournalRecord, '_id' | 'hash'>; readonly points: number }[],
): string {
  const lines = parts.map(({ journal, points }) => `${journal._id} ${journal.hash} ${points}`);
  return createHash('sha256').update(lines.join('\n'), 'utf8').digest('hex');
}

export function foldHash(fold: Omit<FoldRecord, '_id' | 'hash'>): string {
  const { account, foldSeq, prevHash, batch, journalIds, journalsDigest, sum, count, balance, period, at } =
    fold;
  return createHash('sha256')
    .update(
      canonicalJson({
        account,
        foldSeq,
        prevHash,
        batch,
        journalIds,
        journalsDigest,
        sum,
        count,
        balance,
        period,
        at,
      }),
      'utf8',
    )
    .digest('hex');
}

/** The balance of an account that everyone posts to: its last fold and all marked entries, read in one snapshot. */
export function foldedBalance(host: Host, account: string): Promise<number> {
  return host.snapshot(async (session) => {
    const head = await collectionOf<FoldHeadRecord>(host, FOLD_HEADS).findOne({ _id: account }, { session });
    let balance = head?.balance ?? 0;
    for await (const journal of collectionOf<JournalRecord>(host, JOURNALS).find(
      { unfolded: true },
      { session },
    ))
      balance += foldedPostings(journal).get(account) ?? 0;
    return balance;
  });
}
