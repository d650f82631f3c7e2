import type { Actor } from '../access/actor.ts';
import type { Tx } from '../db/database.ts';
import { newId } from '../ids.ts';
import type { Reason } from '../plugin/contract.ts';
import { importDigests, recordFromInput, type CustomerInput } from './customer-input.ts';
import type {
  BranchRecord,
  CustomerRecord,
  RiskProfile,
  RiskProfileRecord,
  SchemeRecord,
} from './records.ts';
import { riskProfileProblems } from './risk-profile.ts';
import { advanceSeq, nextSeq } from './sequence.ts';
import type { CustomerStore } from './store.ts';
import { schemeProblems } from './tiers.ts';

/** Clients written in one transaction at most. */
export const UPSERT_MAX = 500;

export interface UpsertCounts {
  readonly created: number;
  readonly changed: number;
  readonly unchanged: number;
}

/**
 * Creates or changes clients by external id; the same input again changes nothing and leaves no trace.
 * @param inputs at most {@link UPSERT_MAX}, of different external ids
 */
export async function upsertCustomers(
  store: CustomerStore,
  actor: Actor,
  inputs: readonly CustomerInput[],
  changedNos: (customerNos: readonly string[]) => void,
): Promise<UpsertCounts> {
  if (inputs.length > UPSERT_MAX) throw new Error(`At most ${UPSERT_MAX} clients in one transaction.`);
  if ((await changesOf(store, inputs)).length === 0)
    return { created: 0, changed: 0, unchanged: inputs.length };
  return inTurn(store, actor, async (tx) => {
    const changes = await changesOf(store, inputs, tx);
    // Others may have written the same since the look before: then there is nothing to do on anybody's behalf.
    if (changes.length === 0) {
      tx.trace({ action: 'customer.import-repeated', subject: { type: 'customer', id: '*' } });
      return { created: 0, changed: 0, unchanged: inputs.length };
    }
    for (const { input, before } of changes)
      if (before && before.customerNo !== input.customerNo)
        throw new Error(`Client ${before._id} cannot change its number: check numberConflicts first.`);
    const seq = await nextSeq(store.sequence, tx);
    const records = changes.map(({ input, before }) =>
      recordFromInput(input, before, {
        partyId: before?._id ?? newId(),
        seq,
        at: tx.at,
        sealer: store.sealer,
      }),
    );
    await writeRecords(store, tx, records, changes);
    await writeProfiles(store, tx, records, changes);
    await advanceSeq(store.sequence, tx, seq);
    tx.afterCommit(() => changedNos(records.map((record) => record.customerNo)));
    const created = changes.filter((change) => !change.before).length;
    return { created, changed: changes.length - created, unchanged: inputs.length - changes.length };
  });
}

/** What {@link upsertCustomers} would do. */
export async function compareCustomers(
  store: CustomerStore,
  inputs: readonly CustomerInput[],
): Promise<UpsertCounts> {
  const changes = await changesOf(store, inputs);
  const created = changes.filter((change) => !change.before).length;
  return { created, changed: changes.length - created, unchanged: inputs.length - changes.length };
}

export interface NumberConflict {
  readonly input: CustomerInput;
  readonly holder: { readonly externalId: string; readonly customerNo: string };
}

/** A client number and an external id, once paired, stay so: caches and other systems know the client by either. */
export async function numberConflicts(
  store: CustomerStore,
  inputs: readonly CustomerInput[],
): Promise<NumberConflict[]> {
  const fields = { customerNo: 1, externalId: 1 } as const;
  const byNo = await store.customers
    .find({ customerNo: { $in: inputs.map((input) => input.customerNo) } }, fields)
    .lean();
  const byId = await store.customers
    .find({ externalId: { $in: inputs.map((input) => input.externalId) } }, fields)
    .lean();
  const holders = new Map<string, NumberConflict['holder']>();
  for (const holder of byNo) holders.set(`no ${holder.customerNo}`, holder);
  for (const holder of byId) holders.set(`id ${holder.externalId}`, holder);
  return inputs.flatMap((input) => {
    const holder = [holders.get(`no ${input.customerNo}`), holders.get(`id ${input.externalId}`)].find(
      (one) => one && (one.customerNo !== input.customerNo || one.externalId !== input.externalId),
    );
    return holder
      ? [{ input, holder: { externalId: holder.externalId, customerNo: holder.customerNo } }]
      : [];
  });
}

function inTurn<T>(store: CustomerStore, actor: Actor, work: (tx: Tx) => Promise<T>): Promise<T> {
  return store.turns.take(() => store.host.transact(actor, work));
}

interface Change {
  readonly input: CustomerInput;
  readonly before: CustomerRecord | undefined;
}

async function changesOf(store: CustomerStore, inputs: readonly CustomerInput[], tx?: Tx): Promise<Change[]> {
  const ids = inputs.map((input) => input.externalId);
  const known = await store.customers
    .find({ externalId: { $in: ids } }, null, tx ? { session: tx.session } : {})
    .lean<CustomerRecord[]>();
  const byId = new Map(known.map((record) => [record.externalId, record]));
  return inputs
    .map((input) => ({ input, before: byId.get(input.externalId) }))
    .filter(
      ({ input, before }) =>
        !before || !importDigests(input, store.sealer).includes(before.importDigest ?? ''),
    );
}

async function writeRecords(
  store: CustomerStore,
  tx: Tx,
  records: readonly CustomerRecord[],
  changes: readonly Change[],
): Promise<void> {
  const fresh = records.filter((_, index) => !changes[index]!.before);
  const changed = records.filter((_, index) => changes[index]!.before);
  const { collection } = store.customers;
  if (fresh.length > 0) {
    const keys = fresh.flatMap(({ _id: partyId, customerNo, externalId }) => [
      { _id: `no:${customerNo}`, partyId },
      { _id: `external:${externalId}`, partyId },
    ]);
    await store.keys.collection.insertMany(keys as never[], { session: tx.session });
    await collection.insertMany(fresh as never[], { session: tx.session });
  }
  if (changed.length > 0)
    await collection.bulkWrite(
      changed.map((record) => ({
        replaceOne: { filter: { _id: record._id as never }, replacement: record },
      })),
      { session: tx.session, ordered: true },
    );
  for (const [index, record] of records.entries())
    tx.trace({
      action: changes[index]!.before ? 'customer.changed-by-import' : 'customer.created-by-import',
      subject: { type: 'customer', id: record._id },
      partyId: record._id,
    });
}

async function writeProfiles(
  store: CustomerStore,
  tx: Tx,
  records: readonly CustomerRecord[],
  changes: readonly Change[],
): Promise<void> {
  const profiles = records.flatMap((record, index) =>
    record.riskProfile && record.riskProfile.no !== changes[index]!.before?.riskProfile?.no
      ? [profileRecord(record._id, record.riskProfile, tx, 'IMPORT')]
      : [],
  );
  if (profiles.length > 0)
    await store.riskProfiles.collection.insertMany(profiles as never[], { session: tx.session });
}

export interface RiskProfileInput {
  readonly customerNo: string;
  readonly profile: Omit<RiskProfile, 'no'>;
  readonly source: 'STAFF' | 'CLIENT';
}

export type RecordRiskProfileResult =
  | { readonly kind: 'RECORDED'; readonly partyId: string; readonly profile: RiskProfile }
  | { readonly kind: 'UNKNOWN_CUSTOMER'; readonly customerNo: string }
  | { readonly kind: 'REFUSED'; readonly reasons: readonly Reason[] };

/** Records an assessment as the one in force and keeps it as evidence for good. */
export async function recordRiskProfile(
  store: CustomerStore,
  actor: Actor,
  input: RiskProfileInput,
  changedNos: (customerNos: readonly string[]) => void,
): Promise<RecordRiskProfileResult> {
  return inTurn(store, actor, async (tx) => {
    const current = await store.customers
      .findOne({ customerNo: input.customerNo }, null, { session: tx.session })
      .lean<CustomerRecord>();
    if (!current) return refused(tx, { kind: 'UNKNOWN_CUSTOMER', customerNo: input.customerNo });
    const reasons = riskProfileProblems(input.profile, current.riskProfile, tx.at);
    if (reasons.length > 0) return refused(tx, { kind: 'REFUSED', reasons }, current._id);
    const seq = await nextSeq(store.sequence, tx);
    const riskProfile = { ...input.profile, no: (current.riskProfile?.no ?? 0) + 1 };
    await store.riskProfiles.collection.insertOne(
      profileRecord(current._id, riskProfile, tx, input.source) as never,
      { session: tx.session },
    );
    await store.customers.collection.updateOne(
      { _id: current._id as never },
      { $set: { riskProfile, seq, changedAt: tx.at } },
      { session: tx.session },
    );
    traceProfile(tx, current._id, riskProfile, current.riskProfile);
    await advanceSeq(store.sequence, tx, seq);
    tx.afterCommit(() => changedNos([current.customerNo]));
    return { kind: 'RECORDED', partyId: current._id, profile: riskProfile };
  });
}

function refused(tx: Tx, result: RecordRiskProfileResult, partyId?: string): RecordRiskProfileResult {
  const codes = result.kind === 'REFUSED' ? result.reasons.map((reason) => reason.code) : [result.kind];
  tx.trace({
    action: 'customer.risk-profile-refused',
    subject: { type: 'customer', id: partyId ?? '*' },
    ...(partyId === undefined ? {} : { partyId }),
    details: { codes },
  });
  return result;
}

function traceProfile(tx: Tx, partyId: string, after: RiskProfile, before: RiskProfile | undefined): void {
  tx.trace({
    action: 'customer.risk-profile-recorded',
    subject: { type: 'customer', id: partyId },
    partyId,
    details: { before, after, evidenceId: `${partyId}:${after.no}` },
  });
  tx.publish({
    name: 'customer.risk-profile-recorded',
    key: partyId,
    payload: {
      partyId,
      no: after.no,
      level: after.level,
      lowestCategory: after.lowestCategory,
      assessedAt: after.assessedAt.toISOString(),
      validUntil: after.validUntil.toISOString(),
    },
  });
}

function profileRecord(
  partyId: string,
  profile: RiskProfile,
  tx: Tx,
  source: RiskProfileRecord['source'],
): RiskProfileRecord {
  const recordedBy = { id: tx.actor.id, name: tx.actor.name };
  return { _id: `${partyId}:${profile.no}`, partyId, ...profile, recordedAt: tx.at, recordedBy, source };
}

/**
 * Records tiers and clubs as the next version of the scheme; a version that says the same is not recorded again.
 * @throws where the scheme contradicts itself
 */
export async function recordScheme(
  store: CustomerStore,
  actor: Actor,
  scheme: Pick<SchemeRecord, 'tiers' | 'clubs' | 'coreFromTier' | 'inForceFrom'>,
): Promise<SchemeRecord> {
  const problems = schemeProblems(scheme);
  if (problems.length > 0)
    throw new Error(`This scheme of tiers and clubs cannot be recorded. ${problems.join(' ')}`);
  return inTurn(store, actor, async (tx) => {
    const newest = await store.schemes
      .findOne({}, null, { session: tx.session })
      .sort({ version: -1 })
      .lean<SchemeRecord>();
    const version = (newest?.version ?? 0) + 1;
    const seq = await nextSeq(store.sequence, tx);
    const { tiers, clubs, coreFromTier, inForceFrom } = scheme;
    const record = {
      _id: `customer-scheme@${version}`,
      version,
      inForceFrom,
      tiers,
      clubs,
      coreFromTier,
      seq,
    };
    await store.schemes.collection.insertOne(record as never, { session: tx.session });
    tx.trace({
      action: 'customer.scheme-recorded',
      subject: { type: 'customer-scheme', id: record._id },
      details: { tiers: tiers.length, clubs: clubs.length, coreFromTier, inForceFrom },
    });
    await advanceSeq(store.sequence, tx, seq);
    return record;
  });
}

/** Creates or changes branches by path. */
export async function upsertBranches(
  store: CustomerStore,
  actor: Actor,
  branches: readonly BranchRecord[],
): Promise<void> {
  await store.host.transact(actor, async (tx) => {
    await store.branches.collection.bulkWrite(
      branches.map((branch) => ({
        replaceOne: { filter: { _id: branch._id as never }, replacement: branch, upsert: true },
      })),
      { session: tx.session, ordered: true },
    );
    tx.trace({
      action: 'customer.branches-recorded',
      subject: { type: 'customer-branch', id: '*' },
      details: { codes: branches.map((branch) => branch.code) },
    });
  });
}
