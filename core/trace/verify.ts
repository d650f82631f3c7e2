import type { Anchor } from './anchor.ts';
import type { TraceRecord } from './record.ts';
import { FIRST_PREV_HASH, digestOf, sealHash, type SealRecord } from './seal.ts';

/** A seal's own fields; another one would be outside its hash. */
const SEAL_FIELDS = 6;

/** Where the verification reads from: the database, or a copy of it. */
export interface TraceSource {
  /** Seals from a number on, in the order of their numbers. */
  seals(fromNo: number): AsyncIterable<SealRecord>;
  /** Records that say they are in a seal. */
  recordsOf(sealNo: number): Promise<readonly TraceRecord[]>;
  /** The marks of all records, in any order. */
  marks(): AsyncIterable<Pick<TraceRecord, '_id' | 'unsealed' | 'sealNo'>>;
  anchors(): Promise<{ readonly anchors: readonly Anchor[]; readonly badLines: readonly number[] }>;
}

export type BreakKind =
  | 'SEAL_MISSING'
  | 'SEAL_ALTERED'
  | 'CHAIN_BROKEN'
  | 'RECORD_MISSING'
  | 'RECORD_ALTERED'
  | 'RECORD_INSERTED'
  | 'ANCHOR_MISMATCH'
  | 'TRUNCATED'
  | 'ANCHOR_UNREADABLE';

/** The first place where the trace is not what was sealed. */
export interface TraceBreak {
  readonly kind: BreakKind;
  /** Seal, or line of the anchor file. */
  readonly no?: number;
  readonly recordId?: string;
  readonly text: string;
}

export interface VerifyProgress {
  readonly seals: number;
  readonly records: number;
  /** Records younger than the last seal; nothing vouches for them yet. */
  readonly unsealed: number;
  readonly anchors: number;
  /** Present in the last item only, where something is broken. */
  readonly broken?: TraceBreak;
}

/**
 * Reads the whole trace and yields progress; ends at the first place where a record or seal was edited, deleted,
 * inserted or cut off. What was cut off after the last anchor cannot be known: the anchor is at most a minute old.
 */
export async function* verifyTrace(source: TraceSource): AsyncGenerator<VerifyProgress> {
  const state: State = { seals: 0, records: 0, unsealed: 0, anchors: 0, anchoredNo: 0, hashes: new Map() };
  const { anchors, badLines } = await source.anchors();
  for (const anchor of anchors) expect(state, anchor);
  if (badLines[0] !== undefined)
    return yield report(state, {
      kind: 'ANCHOR_UNREADABLE',
      no: badLines[0],
      text: `Line ${badLines[0]} of the anchor file is no anchor.`,
    });
  let head: SealRecord | undefined;
  const sealsOn = async function* (): AsyncGenerator<VerifyProgress> {
    for await (const seal of source.seals((head?._id ?? 0) + 1)) {
      const broken = checkSeal(seal, head) ?? checkAnchor(state, seal) ?? (await checkRecords(source, seal));
      if (broken) return yield report(state, broken);
      head = seal;
      state.seals++;
      state.records += seal.records.length;
      yield report(state);
    }
  };
  for await (const progress of sealsOn()) {
    yield progress;
    if (progress.broken) return;
  }
  const inserted = await checkMarks(source, state, () => head?._id ?? 0);
  if (inserted) return yield report(state, inserted);
  // Sealing went on while the marks were read; what it added is checked like the rest.
  for await (const progress of sealsOn()) {
    yield progress;
    if (progress.broken) return;
  }
  yield report(state, checkTail(state, head));
}

interface State {
  seals: number;
  records: number;
  unsealed: number;
  anchors: number;
  /** Hashes that anchors vouch for, by the number of the seal. */
  readonly hashes: Map<number, string>;
  /** The highest number that an anchor vouches for. */
  anchoredNo: number;
  /** A seal that two anchors tell differently. */
  conflicting?: number;
}

function expect(state: State, anchor: Anchor): void {
  const known = state.hashes.get(anchor.no);
  if (known !== undefined && known !== anchor.hash) state.conflicting ??= anchor.no;
  state.hashes.set(anchor.no, anchor.hash);
  state.anchoredNo = Math.max(state.anchoredNo, anchor.no);
}

function report(state: State, broken?: TraceBreak): VerifyProgress {
  const { seals, records, unsealed, anchors } = state;
  return { seals, records, unsealed, anchors, ...(broken === undefined ? {} : { broken }) };
}

function checkSeal(seal: SealRecord, previous: SealRecord | undefined): TraceBreak | undefined {
  const no = (previous?._id ?? 0) + 1;
  if (seal._id !== no) return { kind: 'SEAL_MISSING', no, text: `Seal ${no} is missing.` };
  const firstRecordNo = previous ? previous.firstRecordNo + previous.records.length : 1;
  if (seal.prevHash !== (previous?.hash ?? FIRST_PREV_HASH) || seal.firstRecordNo !== firstRecordNo)
    return { kind: 'CHAIN_BROKEN', no, text: `Seal ${no} does not follow the seal before it.` };
  if (seal.hash !== sealHash(seal) || Object.keys(seal).length !== SEAL_FIELDS)
    return { kind: 'SEAL_ALTERED', no, text: `Seal ${no} is not what its hash says.` };
  return undefined;
}

function checkAnchor(state: State, seal: SealRecord): TraceBreak | undefined {
  const anchored = state.hashes.get(seal._id);
  if (anchored === undefined) return undefined;
  if (anchored !== seal.hash || state.conflicting === seal._id)
    return {
      kind: 'ANCHOR_MISMATCH',
      no: seal._id,
      text: `Seal ${seal._id} is not the one that was anchored outside the database.`,
    };
  state.anchors++;
  return undefined;
}

async function checkRecords(source: TraceSource, seal: SealRecord): Promise<TraceBreak | undefined> {
  const found = new Map((await source.recordsOf(seal._id)).map((record) => [record._id, record]));
  for (const { id, digest } of seal.records) {
    const record = found.get(id);
    if (!record)
      return {
        kind: 'RECORD_MISSING',
        no: seal._id,
        recordId: id,
        text: `Record ${id} of seal ${seal._id} is missing.`,
      };
    if (digestOf(record) !== digest || record.unsealed !== undefined)
      return {
        kind: 'RECORD_ALTERED',
        no: seal._id,
        recordId: id,
        text: `Record ${id} of seal ${seal._id} was altered.`,
      };
    found.delete(id);
  }
  const [extra] = found.keys();
  return extra === undefined ? undefined : inserted(extra, seal._id);
}

/** Every record is in a seal that was checked, or waits for the next. */
async function checkMarks(
  source: TraceSource,
  state: State,
  headNo: () => number,
): Promise<TraceBreak | undefined> {
  for await (const { _id, unsealed, sealNo } of source.marks()) {
    if (unsealed === true && sealNo === undefined) {
      state.unsealed++;
      continue;
    }
    // A number beyond the head that was read is of a seal made since; one that no seal has is found in the end.
    if (!Number.isSafeInteger(sealNo) || sealNo! < 1) return inserted(_id);
    if (sealNo! > headNo() && !(await sealHolds(source, sealNo!, _id))) return inserted(_id, sealNo);
  }
  return undefined;
}

async function sealHolds(source: TraceSource, no: number, recordId: string): Promise<boolean> {
  for await (const seal of source.seals(no))
    return seal._id === no && seal.records.some((record) => record.id === recordId);
  return false;
}

function inserted(recordId: string, no?: number): TraceBreak {
  return {
    kind: 'RECORD_INSERTED',
    ...(no === undefined ? {} : { no }),
    recordId,
    text: `Record ${recordId} is in no seal: it was inserted, or its marks were altered.`,
  };
}

function checkTail(state: State, head: SealRecord | undefined): TraceBreak | undefined {
  const last = state.anchoredNo;
  if (last <= (head?._id ?? 0)) return undefined;
  const no = (head?._id ?? 0) + 1;
  return {
    kind: 'TRUNCATED',
    no,
    text: `Seals ${no} to ${last} were anchored outside the database and are gone.`,
  };
}
