import { afterEach, describe, expect, it } from '@jest/globals';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { eventually } from '../../test/support/eventually.ts';
import { startTestHost, type TestHost } from '../../test/support/host.ts';
import { systemActor } from '../access/actor.ts';
import { collectionOf } from '../db/collection.ts';
import { appendAnchor, readAnchors } from './anchor.ts';
import { TRACE_RECORDS, type TraceRecord } from './record.ts';
import { TRACE_SEALS, type SealRecord } from './seal.ts';
import { Sealer } from './sealer.ts';
import { databaseTraceSource } from './source.ts';
import { verifyTrace, type VerifyProgress } from './verify.ts';

const opened: (() => Promise<void>)[] = [];

afterEach(async () => {
  for (const close of opened.splice(0).reverse()) await close();
});

function anchorFile(): string {
  const folder = mkdtempSync(join(tmpdir(), 'tessera-anchor-'));
  opened.push(async () => rmSync(folder, { recursive: true, force: true }));
  return join(folder, 'anchors.log');
}

async function startHost(uri?: string): Promise<TestHost> {
  const host = await startTestHost(uri === undefined ? {} : { uri });
  opened.push(host.close);
  return host;
}

function startSealer(host: TestHost, file: string): Sealer {
  const sealer = new Sealer({ ...host.parts, anchorFile: file, timing: { everyMs: 10, anchorEveryMs: 0 } });
  sealer.start();
  opened.push(() => sealer.stop());
  return sealer;
}

async function write(host: TestHost, count: number, name = 'n'): Promise<void> {
  for (let no = 0; no < count; no++)
    await host.core.transact(systemActor('test'), async (tx) => {
      tx.trace({
        action: 'test.done',
        subject: { type: 'Thing', id: `${name}${no}` },
        details: { no, at: tx.at },
      });
    });
}

async function verdict(host: TestHost, file: string): Promise<VerifyProgress> {
  let last: VerifyProgress | undefined;
  for await (const progress of verifyTrace(databaseTraceSource(host.database, file))) last = progress;
  return last!;
}

const allSealed = (host: TestHost) => async () =>
  (await collectionOf<TraceRecord>(host.database, TRACE_RECORDS).countDocuments({ unsealed: true })) === 0;

describe('the sealer', () => {
  it('seals every record once, of several processes at once, and the whole is verified against its anchors', async () => {
    const file = anchorFile();
    const host = await startHost();
    const other = await startHost(host.uri);
    startSealer(host, file);
    startSealer(other, file);
    await Promise.all([write(host, 12, 'a'), write(other, 12, 'b')]);
    await eventually('all are sealed', allSealed(host));
    await eventually('the head is anchored', async () => (await verdict(host, file)).anchors > 0);
    expect(await verdict(host, file)).toMatchObject({ records: 24, unsealed: 0 });
    expect((await verdict(host, file)).broken).toBeUndefined();
  });

  it('leaves the sealing to another process when it stops', async () => {
    const file = anchorFile();
    const host = await startHost();
    const other = await startHost(host.uri);
    const first = startSealer(host, file);
    await write(host, 2, 'a');
    await eventually('they are sealed', allSealed(host));
    startSealer(other, file);
    await first.stop();
    await write(host, 2, 'b');
    await eventually('the other goes on', allSealed(host));
    expect((await verdict(host, file)).broken).toBeUndefined();
  });

  it('lets nothing be changed in the database unseen', async () => {
    const file = anchorFile();
    const host = await startHost();
    const sealer = startSealer(host, file);
    for (let batch = 0; batch < 3; batch++) {
      await write(host, 3, `b${batch}`);
      await eventually('they are sealed', allSealed(host));
    }
    await sealer.stop();
    const records = collectionOf<TraceRecord>(host.database, TRACE_RECORDS);
    const seals = collectionOf<SealRecord>(host.database, TRACE_SEALS);
    const victim = (await records.findOne({ subjectId: 'b11' }))!;
    const head = (await seals.find({}).sort({ _id: -1 }).limit(1).toArray())[0]!;

    await records.updateOne({ _id: victim._id }, { $set: { reason: 'edited' } });
    expect((await verdict(host, file)).broken).toMatchObject({
      kind: 'RECORD_ALTERED',
      recordId: victim._id,
    });
    await records.deleteOne({ _id: victim._id });
    expect((await verdict(host, file)).broken).toMatchObject({
      kind: 'RECORD_MISSING',
      recordId: victim._id,
    });
    await records.insertOne(victim);
    expect((await verdict(host, file)).broken).toBeUndefined();

    await records.insertOne({ ...victim, _id: 'inserted' });
    expect((await verdict(host, file)).broken).toMatchObject({
      kind: 'RECORD_INSERTED',
      recordId: 'inserted',
    });
    await records.deleteOne({ _id: 'inserted' });

    const { sealNo: _, ...unmarked } = victim;
    await records.insertOne({ ...unmarked, _id: 'unmarked' });
    expect((await verdict(host, file)).broken).toMatchObject({
      kind: 'RECORD_INSERTED',
      recordId: 'unmarked',
    });
    await records.deleteOne({ _id: 'unmarked' });

    await seals.deleteOne({ _id: head._id });
    await records.deleteMany({ sealNo: head._id });
    expect((await verdict(host, file)).broken).toMatchObject({ kind: 'TRUNCATED', no: head._id });
  });
});

describe('the anchor file', () => {
  const anchor = { at: '2026-11-23T00:00:00.000Z', no: 1, hash: 'a'.repeat(64) };

  it('keeps one line per anchor, also after a process died in the middle of one', async () => {
    const file = anchorFile();
    await appendAnchor(file, anchor);
    writeFileSync(file, `${readFileSync(file, 'utf8')}{"at":"2026`);
    await appendAnchor(file, { ...anchor, no: 2 });
    expect(await readAnchors(file)).toEqual({ anchors: [anchor, { ...anchor, no: 2 }], badLines: [2] });
  });

  it('that is not there holds no anchors', async () => {
    expect(await readAnchors(anchorFile())).toEqual({ anchors: [], badLines: [] });
  });
});
