import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { fundListCsv } from '../../../test/support/fund-list.ts';
import { House } from '../../../test/support/house.ts';
import { inventedFunds } from '../../../test/support/invented-funds.ts';

const HEADER = 'code,name,type,company,inception,mgmtFeePct';
let house: House;
let lastCode = 930_000;

beforeAll(async () => {
  house = await House.start();
});
afterAll(() => house.stop());

/** A good row of a fund that no other test names. */
function row(change: Readonly<Record<string, string>> = {}): { code: string; line: string } {
  const code = String(++lastCode);
  const cells = { code, name: `松石混合${code}`, type: '混合型-偏股', company: '松石基金', ...change };
  const all = { ...cells, inception: '2020-01-02', mgmtFeePct: '1.20', ...change };
  return {
    code,
    line: HEADER.split(',')
      .map((column) => all[column as 'code'])
      .join(','),
  };
}

const load = (lines: readonly string[], dryRun = false) =>
  house.importFile('funds', lines.join('\n'), { dryRun });

async function products(): Promise<number> {
  const query = '{ products(filter: { kind: "fund" }, first: 1) { totalCount } }';
  return (await house.ask<{ products: { totalCount: number } }>(house.as('auditor'), query)).products
    .totalCount;
}

describe('a list of funds', () => {
  test('is applied once; the same again, with or without a byte order mark, changes nothing', async () => {
    const csv = fundListCsv(inventedFunds({ seed: 5, count: 30, onDate: '2026-01-01' }));
    expect(await house.importFile('funds', csv)).toMatchObject({ rows: 30, created: 30, problems: [] });
    for (const same of [csv, `\uFEFF${csv}`, csv.replaceAll('\n', '\r\n')])
      expect(await house.importFile('funds', same)).toMatchObject({ created: 0, changed: 0, unchanged: 30 });
  });

  test('with a changed row makes the draft of a next version of that fund alone', async () => {
    const one = row();
    const other = row();
    await load([HEADER, one.line, other.line]);
    await house.approve((await house.submit({ ids: [(await house.product(one.code)).id] })).approvals);
    const report = await load([HEADER, one.line.replace('1.20', '0.80'), other.line]);
    expect(report).toMatchObject({ created: 0, changed: 1, unchanged: 1 });
    expect(await house.product(one.code)).toMatchObject({
      review: 'DRAFT',
      newestVersion: { no: 2, attributes: { managementFeePpm: 8_000 } },
    });
    expect((await house.product(other.code)).newestVersion.no).toBe(1);
  });

  test('tells in a dry run what it would do, and does nothing', async () => {
    const known = row();
    await load([HEADER, known.line]);
    const before = await products();
    const lines = [HEADER, known.line.replace('1.20', '0.90'), row().line, row({ type: 'QDII' }).line];
    const report = await load(lines, true);
    expect(report).toMatchObject({ rows: 3, created: 2, changed: 1, unchanged: 0, problems: [] });
    expect(report.facts).toEqual({
      rated: 2,
      unratedByType: { QDII: 1 },
      refusedRows: 0,
      dryRun: true,
    });
    expect(await products()).toBe(before);
    expect((await house.product(known.code)).newestVersion.attributes).toMatchObject({
      managementFeePpm: 12_000,
    });
  });

  test('with a bad row applies none, and says line and column of everything that is wrong', async () => {
    const good = row();
    const before = await products();
    const report = await load([
      HEADER,
      good.line,
      row({ code: '12', mgmtFeePct: '-1' }).line,
      '',
      `${row({ name: '"松石\n混合"' }).line}`,
      good.line,
      `${row().line},more`,
    ]);
    expect(report).toMatchObject({ rows: 5, created: 0, changed: 0, facts: { refusedRows: 3 } });
    expect(report.problems.map(({ line, column, value }) => [line, column, value])).toEqual([
      [3, 'code', '12'],
      [3, 'mgmtFeePct', '-1'],
      [7, 'code', good.code],
      [8, '', '7'],
    ]);
    expect(await products()).toBe(before);
  });

  test('in the national encoding of an office spreadsheet is read as it was written', async () => {
    const { code } = row();
    // "松石" in GB18030.
    const name = Buffer.from([0xcb, 0xc9, 0xca, 0xaf]);
    const type = Buffer.from([0xb9, 0xc9, 0xc6, 0xb1, 0xd0, 0xcd]);
    const file = Buffer.concat([
      Buffer.from(`${HEADER}\n${code},`),
      name,
      Buffer.from(','),
      type,
      Buffer.from(',,,\n'),
    ]);
    expect(await house.importFile('funds', file)).toMatchObject({ created: 1, facts: { rated: 1 } });
    expect((await house.product(code)).newestVersion.attributes).toMatchObject({ fundType: '股票型' });
  });

  test.each([
    ['empty', '', 'empty'],
    ['lacking columns', 'code,name\n000001,x', 'type, company, inception'],
    ['naming a column twice', `${HEADER},code\n`, 'code twice'],
    ['with broken quoting', `${HEADER}\n000001,"x,混合型,,,\n`, 'line 2'],
  ])('%s is refused as a whole, saying where', async (_what, content, place) => {
    const error = await house.importFile('funds', content).then(
      () => undefined,
      (thrown: { code: string; message: string }) => thrown,
    );
    expect(error).toMatchObject({ code: 'IMPORT_FILE_INVALID', message: expect.stringContaining(place) });
  });

  test('that is too large, too long or not there is refused', async () => {
    await expect(house.importFile('funds', Buffer.alloc(10 * 1024 * 1024 + 1))).rejects.toMatchObject({
      code: 'IMPORT_FILE_TOO_LARGE',
    });
    const many = `${HEADER}\n${'000001,x,y,,,\n'.repeat(100_001)}`;
    await expect(house.importFile('funds', many)).rejects.toMatchObject({ code: 'IMPORT_TOO_MANY_ROWS' });
    await expect(house.importPath('funds', '/nowhere/list.csv')).rejects.toMatchObject({
      code: 'IMPORT_FILE_MISSING',
    });
  });
});
