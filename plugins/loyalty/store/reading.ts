import { collectionOf } from '../../../core/db/collection.ts';
import type { Tx } from '../../../core/db/database.ts';
import type { Host } from '../../../core/plugin/contract.ts';
import { accountId, openAccount, type Account } from '../ledger/account.ts';
import type { Redemption } from '../ledger/command.ts';
import type { Journal } from '../ledger/journal.ts';
import {
  ACCOUNTS,
  JOURNALS,
  REDEMPTIONS,
  type AccountRecord,
  type JournalRecord,
  type RedemptionRecord,
} from '../model.ts';
import { fromAccountRecord, fromJournalRecord, fromRedemptionRecord } from './records.ts';

export async function readAccount(host: Host, partyId: string, pointType: string, tx?: Tx): Promise<Account> {
  const found = await collectionOf<AccountRecord>(host, ACCOUNTS).findOne(
    { _id: accountId(partyId, pointType) },
    within(tx),
  );
  return found ? fromAccountRecord(found) : openAccount(partyId, pointType);
}

export async function readAccounts(host: Host, partyId: string): Promise<Account[]> {
  const found = await collectionOf<AccountRecord>(host, ACCOUNTS)
    .find({ partyId })
    .sort({ _id: 1 })
    .toArray();
  return found.map(fromAccountRecord);
}

export async function readStatement(
  host: Host,
  partyId: string,
  pointType: string,
  { first, before }: { readonly first: number; readonly before?: number },
): Promise<{ journals: Journal[]; hasNextPage: boolean }> {
  const found = await collectionOf<JournalRecord>(host, JOURNALS)
    .find({
      accountId: accountId(partyId, pointType),
      ...(before === undefined ? {} : { seq: { $lt: before } }),
    })
    .sort({ seq: -1 })
    .limit(first + 1)
    .toArray();
  return { journals: found.slice(0, first).map(fromJournalRecord), hasNextPage: found.length > first };
}

export async function readJournal(host: Host, journalId: string): Promise<Journal | undefined> {
  const found = await collectionOf<JournalRecord>(host, JOURNALS).findOne({ _id: journalId });
  return found ? fromJournalRecord(found) : undefined;
}

export async function readRedemption(host: Host, id: string, tx?: Tx): Promise<Redemption | undefined> {
  const found = await collectionOf<RedemptionRecord>(host, REDEMPTIONS).findOne({ _id: id }, within(tx));
  return found ? fromRedemptionRecord(found) : undefined;
}

function within(tx: Tx | undefined) {
  return tx ? { session: tx.session } : {};
}
