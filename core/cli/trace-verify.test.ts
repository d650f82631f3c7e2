import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { eventually } from '../../test/support/eventually.ts';
import { startTestHost, type TestHost } from '../../test/support/host.ts';
import { systemActor } from '../access/actor.ts';
import { collectionOf } from '../db/collection.ts';
import { fromRoot } from '../paths.ts';
import { TRACE_RECORDS, type TraceRecord } from '../trace/record.ts';
import { Sealer } from '../trace/sealer.ts';

describe('npm run trace:verify', () => {
  let host: TestHost;
  const folder = mkdtempSync(join(tmpdir(), 'tessera-verify-'));
  const anchorFile = join(folder, 'anchors.log');

  beforeAll(async () => {
    host = await startTestHost();
    const sealer = new Sealer({ ...host.parts, anchorFile });
    sealer.start();
    for (const id of ['a', 'b', 'c'])
      await host.core.transact(systemActor('test'), async (tx) =>
        tx.trace({ action: 'test.done', subject: { type: 'Thing', id } }),
      );
    const records = collectionOf<TraceRecord>(host.database, TRACE_RECORDS);
    await eventually('all are sealed', async () => (await records.countDocuments({ unsealed: true })) === 0);
    await sealer.stop();
  });

  afterAll(async () => {
    await host.close();
    rmSync(folder, { recursive: true, force: true });
  });

  function run(): Promise<{ code: number | null; said: string }> {
    const child = spawn(process.execPath, ['--import', 'tsx', fromRoot('core', 'cli', 'trace-verify.ts')], {
      cwd: fromRoot(),
      env: {
        ...process.env,
        NODE_OPTIONS: '',
        MONGODB_URI: host.uri,
        TESSERA_MODE: 'demo',
        TESSERA_DATA: folder,
        TESSERA_ANCHOR_FILE: anchorFile,
      },
    });
    let said = '';
    for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk) => (said += String(chunk)));
    return new Promise((resolve) => child.on('close', (code) => resolve({ code, said })));
  }

  it('says that the trace is whole, and exits with 1 and the first broken place once it is not', async () => {
    const whole = await run();
    expect(whole.said).toMatch(/The trace is whole: 3 records in \d seals?/);
    expect(whole.code).toBe(0);

    const records = collectionOf<TraceRecord>(host.database, TRACE_RECORDS);
    const victim = (await records.findOne({ subjectId: 'b' }))!;
    await records.updateOne({ _id: victim._id }, { $set: { action: 'test.undone' } });
    const broken = await run();
    expect(broken.said).toContain(`Record ${victim._id}`);
    expect(broken.said).toContain('RECORD_ALTERED');
    expect(broken.code).toBe(1);
  });
});
