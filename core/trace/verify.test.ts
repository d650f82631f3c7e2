import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import type { Anchor } from './anchor.ts';
import type { TraceRecord } from './record.ts';
import { makeSeal, sealHash, type SealRecord } from './seal.ts';
import { verifyTrace, type TraceSource, type VerifyProgress } from './verify.ts';

interface Stored {
  seals: SealRecord[];
  records: TraceRecord[];
  anchors: Anchor[];
}

const START = Date.UTC(2026, 10, 23);

/** A trace of several seals, some records still unsealed, anchored at its last seal and once before. */
function sealedTrace(sizes: readonly number[], unsealedCount: number): Stored {
  const stored: Stored = { seals: [], records: [], anchors: [] };
  for (const size of sizes) {
    const batch = Array.from({ length: size }, () => record(stored.records.length));
    const seal = makeSeal(stored.seals.at(-1), batch, new Date(START + stored.seals.length * 1000));
    stored.seals.push(seal);
    for (const sealed of batch) {
      const { unsealed: _, ...rest } = sealed;
      stored.records.push({ ...rest, sealNo: seal._id, _id: sealed._id });
    }
  }
  for (let count = 0; count < unsealedCount; count++) stored.records.push(record(stored.records.length));
  for (const no of new Set([Math.ceil(sizes.length / 2), sizes.length]))
    stored.anchors.push(anchor(stored, no));
  return stored;

  function record(index: number): TraceRecord {
    const _id = `r${String(index + stored.records.length).padStart(6, '0')}${Math.abs(serial++)}`;
    return {
      _id,
      at: new Date(START + index),
      actor: { kind: 'staff', id: `s${index % 3}`, name: '王经理' },
      action: 'product.listed',
      subjectType: 'Product',
      subjectId: `p${index}`,
      reason: '上架',
      details: `{"before":${index},"after":${index + 1}}`,
      unsealed: true,
    };
  }
}

let serial = 0;

function anchor({ seals }: Stored, no: number): Anchor {
  return { at: new Date(START).toISOString(), no, hash: seals[no - 1]!.hash };
}

function sourceOf(stored: Stored): TraceSource {
  return {
    seals: async function* (fromNo) {
      yield* [...stored.seals].sort((a, b) => a._id - b._id).filter((seal) => seal._id >= fromNo);
    },
    recordsOf: async (sealNo) => stored.records.filter((record) => record.sealNo === sealNo),
    marks: async function* () {
      yield* stored.records;
    },
    anchors: async () => ({ anchors: stored.anchors, badLines: [] }),
  };
}

async function verdict(stored: Stored): Promise<VerifyProgress> {
  let last: VerifyProgress | undefined;
  for await (const progress of verifyTrace(sourceOf(stored))) last = progress;
  return last!;
}

/** Chains the seals from an index on anew, as somebody would who knows the algorithm. */
function rechain(stored: Stored, from: number): void {
  for (let index = from; index < stored.seals.length; index++) {
    const previous = stored.seals[index - 1];
    const { hash: _, ...body } = {
      ...stored.seals[index]!,
      _id: index + 1,
      firstRecordNo: previous ? previous.firstRecordNo + previous.records.length : 1,
      prevHash: previous?.hash ?? '0'.repeat(64),
    };
    stored.seals[index] = { ...body, hash: sealHash(body) };
  }
}

type Tampering = (stored: Stored, pick: (size: number) => number) => void;

const sealedRecords = (stored: Stored) => stored.records.filter((record) => record.sealNo !== undefined);

const TAMPERINGS: Readonly<Record<string, Tampering>> = {
  'a record is deleted': (stored, pick) => {
    const victim = sealedRecords(stored)[pick(sealedRecords(stored).length)]!;
    stored.records = stored.records.filter((record) => record !== victim);
  },
  'a field of a record is edited': (stored, pick) => {
    const victim = sealedRecords(stored)[pick(sealedRecords(stored).length)]!;
    const edits: ((record: TraceRecord) => void)[] = [
      (record) => (record.details += ' '),
      (record) => (record.at = new Date(record.at.getTime() + 1)),
      (record) => (record.actor = { ...record.actor, id: 'somebody-else' }),
      (record) => (record.reason = ''),
      (record) => delete record.reason,
      (record) => (record.partyId = 'added'),
      (record) => (record.subjectId += '0'),
      (record) => (record.action = 'product.delisted'),
    ];
    edits[pick(edits.length)]!(victim);
  },
  'a mark of a record is edited': (stored, pick) => {
    const victim = sealedRecords(stored)[pick(sealedRecords(stored).length)]!;
    const edits: ((record: TraceRecord) => void)[] = [
      (record) => (record.unsealed = true),
      (record) => delete record.sealNo,
      (record) => {
        delete record.sealNo;
        record.unsealed = true;
      },
      (record) => (record.sealNo = record.sealNo! + 1),
      (record) => (record.sealNo = 0.5),
    ];
    edits[pick(edits.length)]!(victim);
  },
  'a record is inserted': (stored, pick) => {
    const copied = { ...sealedRecords(stored)[pick(sealedRecords(stored).length)]!, _id: 'inserted' };
    const marks: Partial<TraceRecord>[] = [{}, { sealNo: stored.seals.length + 3 }, { sealNo: -1 }];
    const inserted = { ...copied, ...marks[pick(marks.length)]! };
    if (pick(4) === 0) delete inserted.sealNo;
    stored.records.push(inserted);
  },
  'a seal is deleted': (stored, pick) => {
    stored.seals.splice(pick(stored.seals.length), 1);
  },
  'a field of a seal is edited': (stored, pick) => {
    const index = pick(stored.seals.length);
    const seal = stored.seals[index]!;
    const edits: Partial<SealRecord>[] = [
      { sealedAt: new Date(seal.sealedAt.getTime() + 1) },
      { firstRecordNo: seal.firstRecordNo + 1 },
      { records: seal.records.slice(1) },
      { records: seal.records.map((one, at) => (at === 0 ? { ...one, digest: 'f'.repeat(64) } : one)) },
      { prevHash: 'f'.repeat(64) },
      { hash: 'f'.repeat(64) },
      { _id: seal._id + 1000 },
      { note: 'added' } as Partial<SealRecord>,
    ];
    stored.seals[index] = { ...seal, ...edits[pick(edits.length)]! };
  },
  'a record is edited and everything chained anew': (stored, pick) => {
    const victim = sealedRecords(stored)[pick(sealedRecords(stored).length)]!;
    victim.details = '{}';
    const index = victim.sealNo! - 1;
    const members = stored.seals[index]!.records.map(({ id }) =>
      stored.records.find((one) => one._id === id)!,
    );
    stored.seals[index] = {
      ...stored.seals[index]!,
      records: makeSeal(undefined, members, new Date()).records,
    };
    rechain(stored, index);
  },
  'a record is deleted and everything chained anew': (stored, pick) => {
    const victim = sealedRecords(stored)[pick(sealedRecords(stored).length)]!;
    stored.records = stored.records.filter((record) => record !== victim);
    const index = victim.sealNo! - 1;
    const seal = stored.seals[index]!;
    stored.seals[index] = { ...seal, records: seal.records.filter(({ id }) => id !== victim._id) };
    rechain(stored, index);
  },
  'the tail is cut off with its records': (stored, pick) => {
    const kept = pick(stored.seals.length);
    stored.seals = stored.seals.slice(0, kept);
    stored.records = stored.records.filter((record) => record.sealNo === undefined || record.sealNo <= kept);
  },
  'the tail is cut off and its records are given back as new': (stored, pick) => {
    const kept = pick(stored.seals.length);
    stored.seals = stored.seals.slice(0, kept);
    for (const record of stored.records)
      if (record.sealNo !== undefined && record.sealNo > kept) {
        delete record.sealNo;
        record.unsealed = true;
      }
  },
};

describe('the verification of the trace', () => {
  it('finds nothing in a trace that nobody touched', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.integer({ min: 1, max: 6 }), { minLength: 1, maxLength: 8 }),
        fc.nat(3),
        async (sizes, unsealed) => {
          const stored = sealedTrace(sizes, unsealed);
          const last = await verdict(stored);
          expect(last.broken).toBeUndefined();
          expect(last.records + last.unsealed).toBe(stored.records.length);
        },
      ),
      { numRuns: 50 },
    );
  });

  it.each(Object.entries(TAMPERINGS))('finds that %s, 150 times of 150', async (_name, tamper) => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.integer({ min: 2, max: 6 }), { minLength: 2, maxLength: 8 }),
        fc.nat(3),
        fc.array(fc.nat(), { minLength: 4, maxLength: 4 }),
        async (sizes, unsealed, choices) => {
          const stored = sealedTrace(sizes, unsealed);
          let used = 0;
          tamper(stored, (size) => choices[used++ % choices.length]! % size);
          expect((await verdict(stored)).broken).toBeDefined();
        },
      ),
      { numRuns: 150 },
    );
  });

  it('names the first broken place and stops there', async () => {
    const stored = sealedTrace([3, 3, 3, 3], 0);
    const victim = stored.records[4]!;
    victim.details = '{}';
    const last = await verdict(stored);
    expect(last.broken).toMatchObject({ kind: 'RECORD_ALTERED', no: 2, recordId: victim._id });
    expect(last.seals).toBe(1);
  });
});
