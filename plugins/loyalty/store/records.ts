import { dueAt, type Account } from '../ledger/account.ts';
import type { Redemption, Reversal } from '../ledger/command.ts';
import type { Journal } from '../ledger/journal.ts';
import { isCounter } from '../ledger/posting.ts';
import type { AccountRecord, JournalRecord, RedemptionRecord, ReversalRecord } from '../model.ts';

export function toAccountRecord({ id, ...account }: Account): AccountRecord {
  const due = dueAt({ id, ...account });
  return { _id: id, ...account, ...(due === undefined ? {} : { dueAt: due }) };
}

export function fromAccountRecord({ _id, dueAt: _dueAt, ...account }: AccountRecord): Account {
  return { id: _id, ...account };
}

/** Marked where it posts to an account that folds add up. */
export function toJournalRecord({ id, ...journal }: Journal): JournalRecord {
  return { _id: id, ...journal, ...(journal.postings.some(isCounter) ? { unfolded: true } : {}) };
}

export function fromJournalRecord(record: JournalRecord): Journal {
  const { _id, unfolded: _unfolded, foldBatch: _foldBatch, ...journal } = record;
  return { id: _id, ...journal };
}

export function toRedemptionRecord({ id, ...redemption }: Redemption): RedemptionRecord {
  return { _id: id, ...redemption };
}

export function fromRedemptionRecord({ _id, ...redemption }: RedemptionRecord): Redemption {
  return { id: _id, ...redemption };
}

export function toReversalRecord({ journalId, ...reversal }: Reversal): ReversalRecord {
  return { _id: journalId, ...reversal };
}

export function fromReversalRecord({ _id, ...reversal }: ReversalRecord): Reversal {
  return { journalId: _id, ...reversal };
}
