import type { ClientSession } from 'mongoose';
import type { Actor } from '../access/actor.ts';
import type { CustomerFacts, StoredFacts } from './facts.ts';
import { storedFacts } from './facts.ts';
import type { CustomerRecord } from './records.ts';
import { CUSTOMER } from './records.ts';
import { maskName, maskPhone, normaliseName, normalisePhone } from './sealing/display.ts';
import type { CustomerStore } from './store.ts';

/** A client as people may see them without a reason: name and phone masked. */
export interface CustomerView extends CustomerFacts {
  readonly nameMasked: string;
  readonly phoneMasked: string;
}

export interface RevealedCustomer {
  readonly customerNo: string;
  readonly name: string;
  readonly phone: string;
  readonly birthDate?: string;
}

export interface CustomerSearch {
  /** A whole name, a whole phone number or the beginning of a client number; absent: everybody. */
  readonly text?: string;
  readonly first: number;
  /** Client number of the last one of the page before. */
  readonly after?: string;
}

export interface RecordPage {
  readonly records: readonly CustomerRecord[];
  readonly hasNextPage: boolean;
}

/** A page of clients by client number. Names and phones are found whole, by their keyed digest. */
export async function searchRecords(store: CustomerStore, search: CustomerSearch): Promise<RecordPage> {
  const after = search.after === undefined ? {} : { customerNo: { $gt: search.after } };
  const filters = searchFilters(store, search.text?.trim() ?? '');
  const found = new Map<string, CustomerRecord>();
  for (const filter of filters) {
    const part = await store.customers
      .find({ $and: [filter, after] })
      .sort({ customerNo: 1 })
      .limit(search.first + 1)
      .lean<CustomerRecord[]>();
    for (const record of part) found.set(record.customerNo, record);
  }
  const records = [...found.values()].sort((a, b) => (a.customerNo < b.customerNo ? -1 : 1));
  return { records: records.slice(0, search.first), hasNextPage: records.length > search.first };
}

type Filter = Readonly<Record<string, unknown>>;

function searchFilters(store: CustomerStore, text: string): Filter[] {
  if (text === '') return [{}];
  const filters: Filter[] = [{ nameIndex: { $in: store.sealer.blindIndexes('name', normaliseName(text)) } }];
  const phone = normalisePhone(text);
  if (/^\+?\d{7,}$/.test(phone))
    filters.push({ phoneIndex: { $in: store.sealer.blindIndexes('phone', phone) } });
  if (/^[A-Za-z]{0,4}\d*$/.test(text)) {
    const prefix = text.toUpperCase();
    filters.push({ customerNo: { $gte: prefix, $lt: `${prefix}\uffff` } });
  }
  return filters;
}

export async function recordsByNo(
  store: CustomerStore,
  customerNos: readonly string[],
  session?: ClientSession,
): Promise<CustomerRecord[]> {
  return store.customers
    .find({ customerNo: { $in: customerNos as string[] } }, null, session ? { session } : {})
    .lean<CustomerRecord[]>();
}

export async function recordOfParty(
  store: CustomerStore,
  partyId: string,
  session?: ClientSession,
): Promise<CustomerRecord | undefined> {
  const found = await store.customers
    .findOne({ _id: partyId }, null, session ? { session } : {})
    .lean<CustomerRecord>();
  return found ?? undefined;
}

/** Opens what a decision needs of a record: the birth date, for the age. */
export function openFacts(store: CustomerStore, record: CustomerRecord): StoredFacts {
  const opened = record.birthDate === undefined ? undefined : open(store, record).birthDate;
  return storedFacts(record, opened);
}

export function openMasked(
  store: CustomerStore,
  record: CustomerRecord,
): { nameMasked: string; phoneMasked: string } {
  if (!record.personKey) return { nameMasked: '', phoneMasked: '' };
  const { name, phone } = open(store, record);
  return { nameMasked: maskName(name), phoneMasked: maskPhone(phone) };
}

/** Name, phone and birth date in clear, for a stated reason that stays in the trace. */
export async function revealCustomer(
  store: CustomerStore,
  actor: Actor,
  customerNo: string,
  reason: string,
): Promise<RevealedCustomer | undefined> {
  return store.host.transact(actor, async (tx) => {
    const [record] = await recordsByNo(store, [customerNo], tx.session);
    tx.trace({
      action: 'customer.revealed',
      subject: { type: 'customer', id: record?._id ?? '*' },
      ...(record ? { partyId: record._id } : {}),
      reason,
      details: { found: record?.personKey !== undefined, fields: ['name', 'phone', 'birthDate'] },
    });
    return record?.personKey ? open(store, record) : undefined;
  });
}

function open(store: CustomerStore, record: CustomerRecord): RevealedCustomer {
  const person = store.sealer.forPerson(CUSTOMER.customers, record._id, record.personKey!);
  return {
    customerNo: record.customerNo,
    name: record.name === undefined ? '' : person.open('name', record.name),
    phone: record.phone === undefined ? '' : person.open('phone', record.phone),
    ...(record.birthDate === undefined ? {} : { birthDate: person.open('birthDate', record.birthDate) }),
  };
}
