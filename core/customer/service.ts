import { readFileSync } from 'node:fs';
import type { Actor } from '../access/actor.ts';
import { isDuplicateKey, type Tx } from '../db/database.ts';
import { failureOf, framesOf } from '../failure.ts';
import { fromRoot } from '../paths.ts';
import { serviceToken } from '../plugin/service.ts';
import type { CustomerInput } from './customer-input.ts';
import { decisionClient, type DecisionClient } from './decision-client.ts';
import { FactsCache } from './facts-cache.ts';
import { factsAt, type CustomerFacts } from './facts.ts';
import type { CustomerSearch, CustomerView, RevealedCustomer } from './read.ts';
import { partiesByPhone, phoneIndexes, reachOf, type ClientReach } from './reach.ts';
import { openFacts, openMasked, recordOfParty, recordsByNo, revealCustomer, searchRecords } from './read.ts';
import type { BranchRecord, CustomerRecord, SchemeRecord } from './records.ts';
import { customerStore, type CustomerHost, type CustomerStore } from './store.ts';
import { schemeAt } from './tiers.ts';
import type { NumberConflict, RecordRiskProfileResult, RiskProfileInput, UpsertCounts } from './write.ts';
import {
  compareCustomers,
  numberConflicts,
  recordRiskProfile,
  recordScheme,
  upsertBranches,
  upsertCustomers,
} from './write.ts';

export const customerService = serviceToken<CustomerService>('core', 'customer');

export interface CustomerPage {
  readonly customers: readonly CustomerView[];
  readonly hasNextPage: boolean;
}

const POLL_MS = 250;
const FAILED_POLLS_LOGGED_EVERY = 40;
const SCHEME_AT_START = new Date('2000-01-01T00:00:00Z');

/** Everything that the platform knows and does about clients; the one writer of their records. */
export class CustomerService {
  readonly #store: CustomerStore;
  readonly #cache: FactsCache;
  readonly #forget = (customerNos: readonly string[]) => customerNos.forEach((no) => this.#cache.forget(no));
  #schemes: readonly SchemeRecord[] = [];
  #timer: NodeJS.Timeout | undefined;
  #failedPolls = 0;

  constructor(host: CustomerHost) {
    this.#store = customerStore(host);
    this.#cache = new FactsCache({
      customers: this.#store.customers,
      sequence: this.#store.sequence,
      clock: host.clock,
      load: async (customerNos) =>
        (await recordsByNo(this.#store, customerNos)).map((record) => openFacts(this.#store, record)),
      onChange: () => this.#loadSchemes(),
    });
  }

  /** Records the default scheme in an empty installation and begins to follow changes of other processes. */
  async start(actor: Actor): Promise<void> {
    await this.#seedScheme(actor);
    await this.#loadSchemes();
    await this.#cache.poll();
    this.#timer = setInterval(() => void this.#pollSafely(), POLL_MS);
    this.#timer.unref();
  }

  stop(): void {
    clearInterval(this.#timer);
  }

  /** Looks for changes now instead of at the next poll. */
  refresh(): Promise<void> {
    return this.#cache.poll();
  }

  /**
   * The facts of one client from the database, for whatever is decided to last: orders pass their transaction.
   * @returns undefined where there is no such client
   */
  async factsOf(customerNo: string, at: Date, tx?: Tx): Promise<CustomerFacts | undefined> {
    const [record] = await recordsByNo(this.#store, [customerNo], tx?.session);
    return record && factsAt(openFacts(this.#store, record), await this.scheme(at, tx), at);
  }

  /** The same by the party id, by which journals and events know a client. */
  async factsOfParty(partyId: string, at: Date, tx?: Tx): Promise<CustomerFacts | undefined> {
    const record = await recordOfParty(this.#store, partyId, tx?.session);
    return record && factsAt(openFacts(this.#store, record), await this.scheme(at, tx), at);
  }

  /** The party id of each client number that there is. */
  async partyIds(customerNos: readonly string[]): Promise<ReadonlyMap<string, string>> {
    const records = await recordsByNo(this.#store, customerNos);
    return new Map(records.map(({ customerNo, _id }) => [customerNo, _id]));
  }

  /** How clients can be reached, by party id, for the one part that sends; unknown ones are absent. */
  async reachOf(partyIds: readonly string[], at: Date, tx?: Tx): Promise<ReadonlyMap<string, ClientReach>> {
    return reachOf(this.#store, partyIds, await this.scheme(at, tx), at, tx?.session);
  }

  /** Party ids of the clients with this number, in the order of their client numbers. */
  partiesByPhone(phone: string, tx?: Tx): Promise<string[]> {
    return partiesByPhone(this.#store, phone, tx?.session);
  }

  /** The keyed digests by which a number is known without being stored, the current key's first. */
  phoneIndexes(phone: string): readonly string[] {
    return phoneIndexes(this.#store, phone);
  }

  /** The same for lists: at most one second old, from memory where it can be. */
  async factsForList(customerNo: string, at: Date): Promise<CustomerFacts | undefined> {
    const stored = await this.#cache.get(customerNo);
    return stored && factsAt(stored, await this.scheme(at), at);
  }

  /**
   * A client for a list without waiting, the same object for as long as nothing of it changes; undefined where
   * {@link factsForList} must be awaited.
   */
  peekClient(customerNo: string, at: Date): DecisionClient | undefined {
    const scheme = schemeAt(this.#schemes, at);
    // Of all that is decided by, only the scheme in force and an age change with time; decisions see to the age.
    return (
      scheme &&
      this.#cache.peekMade(customerNo, scheme, (stored) => decisionClient(factsAt(stored, scheme, at)))
    );
  }

  async view(customerNo: string, at: Date): Promise<CustomerView | undefined> {
    const [record] = await recordsByNo(this.#store, [customerNo]);
    return record && this.#viewOf(record, await this.scheme(at), at);
  }

  async search(search: CustomerSearch, at: Date): Promise<CustomerPage> {
    const page = await searchRecords(this.#store, search);
    const scheme = await this.scheme(at);
    return {
      customers: page.records.map((record) => this.#viewOf(record, scheme, at)),
      hasNextPage: page.hasNextPage,
    };
  }

  reveal(actor: Actor, customerNo: string, reason: string): Promise<RevealedCustomer | undefined> {
    return revealCustomer(this.#store, actor, customerNo, reason);
  }

  recordRiskProfile(actor: Actor, input: RiskProfileInput): Promise<RecordRiskProfileResult> {
    return recordRiskProfile(this.#store, actor, input, this.#forget);
  }

  /** Creates or changes at most 500 clients by external id, in one transaction. */
  upsert(actor: Actor, inputs: readonly CustomerInput[]): Promise<UpsertCounts> {
    return upsertCustomers(this.#store, actor, inputs, this.#forget);
  }

  /** What {@link upsert} would do, without doing it. */
  compare(inputs: readonly CustomerInput[]): Promise<UpsertCounts> {
    return compareCustomers(this.#store, inputs);
  }

  /** Inputs whose client number or external id is already paired with another one. */
  numberConflicts(inputs: readonly CustomerInput[]): Promise<NumberConflict[]> {
    return numberConflicts(this.#store, inputs);
  }

  async recordScheme(actor: Actor, scheme: Parameters<typeof recordScheme>[2]): Promise<SchemeRecord> {
    const recorded = await recordScheme(this.#store, actor, scheme);
    await this.#loadSchemes();
    return recorded;
  }

  /** The tiers and clubs in force at an instant. */
  async scheme(at: Date, tx?: Tx): Promise<SchemeRecord> {
    if (tx || this.#schemes.length === 0) return this.#require(at, await this.#readSchemes(tx));
    return this.#require(at, this.#schemes);
  }

  upsertBranches(actor: Actor, branches: readonly BranchRecord[]): Promise<void> {
    return upsertBranches(this.#store, actor, branches);
  }

  async branches(): Promise<BranchRecord[]> {
    return this.#store.branches.find().sort({ _id: 1 }).lean<BranchRecord[]>();
  }

  count(): Promise<number> {
    return this.#store.customers.countDocuments();
  }

  #viewOf(record: CustomerRecord, scheme: SchemeRecord, at: Date): CustomerView {
    return { ...factsAt(openFacts(this.#store, record), scheme, at), ...openMasked(this.#store, record) };
  }

  #require(at: Date, schemes: readonly SchemeRecord[]): SchemeRecord {
    const scheme = schemeAt(schemes, at);
    if (!scheme) throw new Error(`No scheme of tiers and clubs is in force at ${at.toISOString()}.`);
    return scheme;
  }

  #readSchemes(tx?: Tx): Promise<SchemeRecord[]> {
    return this.#store.schemes.find({}, null, tx ? { session: tx.session } : {}).lean<SchemeRecord[]>();
  }

  async #loadSchemes(): Promise<void> {
    const schemes = await this.#readSchemes();
    // A recorded scheme never changes: while there is no other, what was made by it stays.
    const same = (scheme: SchemeRecord, index: number) => scheme._id === this.#schemes[index]?._id;
    if (schemes.length !== this.#schemes.length || !schemes.every(same)) this.#schemes = schemes;
  }

  async #seedScheme(actor: Actor): Promise<void> {
    if ((await this.#readSchemes()).length > 0) return;
    const file = fromRoot('core', 'customer', 'rules', 'customer-scheme@1.json');
    const rules = JSON.parse(readFileSync(file, 'utf8')) as Pick<
      SchemeRecord,
      'tiers' | 'clubs' | 'coreFromTier'
    >;
    try {
      await recordScheme(this.#store, actor, { ...rules, inForceFrom: SCHEME_AT_START });
    } catch (error) {
      // Another process that starts at the same time has recorded it.
      if (!isDuplicateKey(error)) throw error;
    }
  }

  async #pollSafely(): Promise<void> {
    try {
      await this.#cache.poll();
      this.#failedPolls = 0;
    } catch (error) {
      // Nothing is lost: without a confirmed poll lists read the database, where the same fault shows to the caller.
      if (this.#failedPolls++ % FAILED_POLLS_LOGGED_EVERY === 0)
        this.#store.host.logger.warn(
          { ...failureOf(error), frames: framesOf(error) },
          'changes to clients cannot be followed',
        );
    }
  }
}
