import type { ClientSession } from 'mongoose';
import type { CustomerFacts } from './facts.ts';
import { factsAt } from './facts.ts';
import { openFacts, openMasked } from './read.ts';
import type { Consent, CustomerRecord, SchemeRecord } from './records.ts';
import { CUSTOMER } from './records.ts';
import { normalisePhone } from './sealing/display.ts';
import type { CustomerStore } from './store.ts';

/** How a client can be reached, and what they agreed to; for the part that sends, never for people. */
export interface ClientReach {
  readonly facts: CustomerFacts;
  /** Digits in clear; absent where there is none or the person was erased. */
  readonly phone?: string;
  readonly phoneMasked: string;
  /** As the system that clients are imported from states them. */
  readonly consents: readonly Consent[];
}

/** As many clients may share one number: a family's. */
const SAME_PHONE_MAX = 20;

/** Clients by party id; unknown ones are absent. */
export async function reachOf(
  store: CustomerStore,
  partyIds: readonly string[],
  scheme: SchemeRecord,
  at: Date,
  session?: ClientSession,
): Promise<ReadonlyMap<string, ClientReach>> {
  const records = await store.customers
    .find({ _id: { $in: [...partyIds] } }, null, session ? { session } : {})
    .lean<CustomerRecord[]>();
  return new Map(records.map((record) => [record._id, toReach(store, record, scheme, at)]));
}

/** Party ids of the clients with this number, in the order of their client numbers, found by its keyed digest. */
export async function partiesByPhone(
  store: CustomerStore,
  phone: string,
  session?: ClientSession,
): Promise<string[]> {
  const digits = normalisePhone(phone);
  if (!/^\+?\d{7,}$/.test(digits)) return [];
  const found = await store.customers
    .find({ phoneIndex: { $in: phoneIndexes(store, digits) } }, { _id: 1 }, session ? { session } : {})
    .sort({ customerNo: 1 })
    .limit(SAME_PHONE_MAX)
    .lean<{ _id: string }[]>();
  return found.map(({ _id }) => _id);
}

/** The keyed digests that a number may be stored under, the current key's first. */
export function phoneIndexes(store: CustomerStore, phone: string): string[] {
  return store.sealer.blindIndexes('phone', normalisePhone(phone));
}

function toReach(store: CustomerStore, record: CustomerRecord, scheme: SchemeRecord, at: Date): ClientReach {
  const facts = factsAt(openFacts(store, record), scheme, at);
  const { personKey, phone, consents } = record;
  if (!personKey || phone === undefined) return { facts, phoneMasked: '', consents };
  const digits = normalisePhone(
    store.sealer.forPerson(CUSTOMER.customers, record._id, personKey).open('phone', phone),
  );
  return {
    facts,
    ...(digits === '' ? {} : { phone: digits }),
    phoneMasked: openMasked(store, record).phoneMasked,
    consents,
  };
}
