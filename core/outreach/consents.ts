import { customerService } from '../customer/service.ts';
import { collectionOf } from '../db/collection.ts';
import type { Tx } from '../db/database.ts';
import { PlatformError } from '../errors.ts';
import type { Host } from '../plugin/contract.ts';
import { MARKETING_CONSENT } from './decide.ts';
import { OUTREACH, type ConsentHead, type ConsentRecord, type DoNotDisturbRecord } from './records.ts';

/** An act of a client: they agree, or no longer do. */
export interface ConsentAct {
  readonly partyId: string;
  readonly code: string;
  readonly given: boolean;
  readonly channel: string;
  readonly textVersion: string;
  readonly evidence: string;
}

const CODE = /^[A-Z][A-Z0-9_]{1,39}$/;
const WORDS_MAX = 200;
const HISTORY_MAX = 100;

/**
 * Appends an act to the ledger of consents. The head is advanced first: of two acts at once one transaction begins anew,
 * so that the numbers have no gap and the last act is the last.
 * @throws CONSENT_INVALID
 */
export async function recordConsent(host: Host, tx: Tx, act: ConsentAct): Promise<ConsentRecord> {
  refuseBadAct(act);
  const { partyId, code, given } = act;
  const head = await collectionOf<ConsentHead>(host, OUTREACH.consentHeads).findOneAndUpdate(
    { _id: `${partyId}:${code}` },
    { $inc: { no: 1 }, $set: { given, at: tx.at } },
    { session: tx.session, upsert: true, returnDocument: 'after' },
  );
  const { no } = head!;
  const record: ConsentRecord = {
    _id: `${partyId}:${code}:${no}`,
    ...act,
    no,
    at: tx.at,
    by: { id: tx.actor.id, name: tx.actor.name },
  };
  await collectionOf<ConsentRecord>(host, OUTREACH.consents).insertOne(record, { session: tx.session });
  const { channel, textVersion, evidence } = act;
  tx.trace({
    action: given ? 'consent.given' : 'consent.withdrawn',
    subject: { type: 'Consent', id: code },
    partyId,
    details: { no, channel, textVersion, evidence },
  });
  tx.publish({ name: 'consent.changed', key: partyId, payload: { partyId, code, no, given, channel } });
  return record;
}

/** Puts a number on the do-not-disturb list, whoever has it. Repeating it changes nothing. */
export async function doNotDisturb(host: Host, tx: Tx, phone: string, evidence: string): Promise<void> {
  const [index] = host.service(customerService).phoneIndexes(phone);
  await collectionOf<DoNotDisturbRecord>(host, OUTREACH.doNotDisturb).updateOne(
    { _id: index! },
    { $setOnInsert: { since: tx.at, evidence } },
    { session: tx.session, upsert: true },
  );
  tx.trace({
    action: 'outreach.do-not-disturb',
    subject: { type: 'Number', id: index! },
    details: { evidence },
  });
}

/** The acts of a client, newest first, at most 100. */
export function consentHistory(host: Host, partyId: string): Promise<ConsentRecord[]> {
  return collectionOf<ConsentRecord>(host, OUTREACH.consents)
    .find({ partyId })
    .sort({ code: 1, no: -1 })
    .limit(HISTORY_MAX)
    .toArray();
}

/** The latest act about marketing, by party id. */
export async function marketingHeads(
  host: Host,
  tx: Pick<Tx, 'session'>,
  partyIds: readonly string[],
): Promise<ReadonlyMap<string, ConsentHead>> {
  const found = await collectionOf<ConsentHead>(host, OUTREACH.consentHeads)
    .find(
      { _id: { $in: partyIds.map((partyId) => `${partyId}:${MARKETING_CONSENT}`) } },
      { session: tx.session },
    )
    .toArray();
  return new Map(found.map((head) => [head._id.slice(0, -MARKETING_CONSENT.length - 1), head]));
}

/** Which of these numbers want no marketing. */
export async function undisturbed(
  host: Host,
  tx: Pick<Tx, 'session'>,
  phones: readonly string[],
): Promise<ReadonlySet<string>> {
  const customers = host.service(customerService);
  const phoneOf = new Map(
    phones.flatMap((phone) => customers.phoneIndexes(phone).map((index) => [index, phone])),
  );
  const found = await collectionOf<DoNotDisturbRecord>(host, OUTREACH.doNotDisturb)
    .find({ _id: { $in: [...phoneOf.keys()] } }, { session: tx.session })
    .toArray();
  return new Set(found.map(({ _id }) => phoneOf.get(_id)!));
}

function refuseBadAct({ code, channel, textVersion, evidence }: ConsentAct): void {
  const wrong = !CODE.test(code)
    ? 'code: capitals and underscores, e.g. MARKETING_SMS'
    : [channel, textVersion, evidence].some((text) => text.trim() === '' || text.length > WORDS_MAX)
      ? `channel, textVersion and evidence: 1 to ${WORDS_MAX} characters each`
      : undefined;
  if (wrong !== undefined)
    throw new PlatformError('CONSENT_INVALID', `The consent was not recorded. Correct ${wrong}.`);
}
