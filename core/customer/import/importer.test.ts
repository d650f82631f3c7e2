import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { startPlatform, type TestPlatform } from '../../../test/support/platform.ts';
import { systemActor } from '../../access/actor.ts';
import type { ImportReport } from '../../plugin/contract.ts';
import { CUSTOMER, type CustomerRecord } from '../records.ts';
import { customerService } from '../service.ts';
import { importCustomers } from './importer.ts';

const HEADER =
  '外部编号,客户号,姓名,手机号,营业部,客户分级,生命周期,Risk category,测评日期,测评有效期至,俱乐部';
let platform: TestPlatform;
let folder: string;
let files = 0;

beforeAll(async () => {
  platform = await startPlatform();
  folder = mkdtempSync(join(tmpdir(), 'tessera-import-'));
});
afterAll(async () => {
  rmSync(folder, { recursive: true });
  await platform.stop();
});
beforeEach(async () => {
  for (const name of [CUSTOMER.customers, CUSTOMER.keys, CUSTOMER.riskProfiles])
    await platform.app.database.model(name).deleteMany({});
});

function row(no: number, change = ''): string {
  return `ext-${no},CL${no},王小宁,154000${String(no).padStart(5, '0')},/east/lakeside,GOLD,MATURE,C2,2026-01-05,2028-01-04,${change}`;
}

function run(
  content: string | Buffer,
  dryRun = false,
  onProgress: (done: number, total: number) => void = () => {},
) {
  const file = join(folder, `${++files}.csv`);
  writeFileSync(file, content);
  return importFile(file, dryRun, onProgress);
}

function importFile(file: string, dryRun = false, onProgress = (_done: number, _total: number) => {}) {
  const host = platform.app.hosts.core;
  return importCustomers({ file, actor: systemActor('test'), dryRun, onProgress }, host);
}

const counts = ({ rows, created, changed, unchanged }: ImportReport) => [rows, created, changed, unchanged];
const clients = () => platform.app.database.model<CustomerRecord>(CUSTOMER.customers);

describe('importing clients', () => {
  test('a file is applied once; the same again changes nothing; one changed row changes one client', async () => {
    const rows = Array.from({ length: 603 }, (_, index) => row(index + 1));
    const progress: [number, number][] = [];
    const first = await run([HEADER, ...rows].join('\n'), false, (done, total) =>
      progress.push([done, total]),
    );
    expect(first.problems).toEqual([]);
    expect(counts(first)).toEqual([603, 603, 0, 0]);
    expect(progress).toEqual([
      [500, 603],
      [603, 603],
    ]);
    expect(counts(await run([HEADER, ...rows].join('\n')))).toEqual([603, 0, 0, 603]);
    const changed = rows.map((line, index) => (index === 570 ? line.replace('GOLD', 'DIAMOND') : line));
    expect(counts(await run([HEADER, ...changed].join('\r\n'), true))).toEqual([603, 0, 1, 602]);
    expect((await clients().findOne({ customerNo: 'CL571' }).lean())?.tier).toBe('GOLD');
    expect(counts(await run([HEADER, ...changed].join('\r\n')))).toEqual([603, 0, 1, 602]);
    expect((await clients().findOne({ customerNo: 'CL571' }).lean())?.tier).toBe('DIAMOND');
  });

  test('a dry run applies nothing', async () => {
    const report = await run([HEADER, row(1), row(2)].join('\n'), true);
    expect(counts(report)).toEqual([2, 2, 0, 0]);
    expect(await clients().countDocuments()).toBe(0);
  });

  test('one bad row applies none, and each problem names line, column and value', async () => {
    const lines = [HEADER, row(1), row(2).replace('GOLD', 'TIN').replace('C2', 'C9'), row(3, 'LAKE'), row(4)];
    const report = await run(lines.join('\n'));
    expect(counts(report)).toEqual([4, 0, 0, 0]);
    expect(report.problems.map(({ line, column, value }) => [line, column, value])).toEqual([
      [3, 'tier', 'TIN'],
      [3, 'riskLevel', 'C9'],
      [4, 'clubs', 'LAKE'],
    ]);
    expect(await clients().countDocuments()).toBe(0);
  });

  test('lines are counted as an editor counts them, across quoted line breaks and empty lines', async () => {
    const lines = [
      HEADER,
      row(1).replace('王小宁', '"王小宁\n"'),
      '',
      row(2).replace('GOLD', 'TIN'),
      row(3) + ',extra',
    ];
    const report = await run(lines.join('\n'));
    expect(report.problems.map(({ line, column }) => [line, column])).toEqual([
      [5, 'tier'],
      [6, ''],
    ]);
  });

  test('ids and numbers that stand twice or belong to others are refused', async () => {
    await run([HEADER, row(1), row(2)].join('\n'));
    const stolen = row(3).replace('CL3', 'CL1');
    const moved = row(2).replace('CL2', 'CL22');
    const report = await run([HEADER, row(5), row(5), stolen, moved].join('\n'));
    expect(report.problems.map(({ line, column, problem }) => [line, column, problem.en])).toEqual([
      [3, 'externalId', 'Line 2 has the same.'],
      [3, 'customerNo', 'Line 2 has the same.'],
      [4, 'customerNo', expect.stringContaining('ext-1')],
      [5, 'customerNo', expect.stringContaining('CL2')],
    ]);
  });

  test('an unknown branch is refused where the branches are known', async () => {
    const service = platform.app.hosts.core.service(customerService);
    const name = { zh: '竹溪巷', en: 'Bamboo Lane' };
    await service.upsertBranches(systemActor('test'), [
      { _id: '/east/bamboo-lane', code: 'B06', name, region: name },
    ]);
    const report = await run(
      [HEADER, row(1), row(2).replace('/east/lakeside', '/east/bamboo-lane')].join('\n'),
    );
    expect(report.problems.map(({ line, column, value }) => [line, column, value])).toEqual([
      [2, 'orgPath', '/east/lakeside'],
    ]);
    await platform.app.database.model(CUSTOMER.branches).deleteMany({});
  });

  test('a file that a Chinese spreadsheet saved in the national encoding is read', async () => {
    const utf8 = [HEADER, row(1)].join('\n');
    // 王小宁 and the header in GB18030: encoded here by searching the decoder, since nothing in Node encodes it.
    const report = await run(encodeGb18030(utf8));
    expect(report.problems).toEqual([]);
    const service = platform.app.hosts.core.service(customerService);
    const found = await service.search({ text: '王小宁', first: 5 }, new Date());
    expect(found.customers.map((client) => client.customerNo)).toEqual(['CL1']);
  });

  test.each([
    ['an empty file', '', /空的/],
    ['an unknown column', `${HEADER},工资\n`, /没有这一列/],
    ['a missing column', '客户号\n', /缺少必填列/],
    ['broken quoting', `${HEADER}\n${row(1)}\n"ext-2,CL2\n${row(3)}`, /引号/],
  ])('%s is told as a problem of the file', async (_, content, problem) => {
    const report = await run(content);
    expect(report.problems.map((one) => one.problem.zh).join(' ')).toMatch(problem);
    expect(await clients().countDocuments()).toBe(0);
  });

  test('a file beyond the limits, or none at all, is refused by name', async () => {
    await expect(run(Buffer.alloc(10 * 1024 * 1024 + 1, 'a'))).rejects.toMatchObject({
      code: 'IMPORT_FILE_TOO_LARGE',
    });
    const many = `${HEADER}\n${'x,,,,,,,,,,\n'.repeat(100_001)}`;
    await expect(run(many)).rejects.toMatchObject({ code: 'IMPORT_TOO_MANY_ROWS' });
    await expect(importFile(join(folder, 'none.csv'))).rejects.toMatchObject({ code: 'IMPORT_FILE_MISSING' });
  });
});

function encodeGb18030(text: string): Buffer {
  const decoder = new TextDecoder('gb18030');
  const table = new Map<string, [number, number]>();
  for (let lead = 0x81; lead <= 0xfe; lead++)
    for (let trail = 0x40; trail <= 0xfe; trail++)
      if (trail !== 0x7f) table.set(decoder.decode(Uint8Array.of(lead, trail)), [lead, trail]);
  return Buffer.from(
    [...text].flatMap((char) => (char < '\u0080' ? [char.charCodeAt(0)] : [...table.get(char)!])),
  );
}
