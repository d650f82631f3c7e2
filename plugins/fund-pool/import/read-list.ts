import { Readable } from 'node:stream';
import { CsvError, parse } from 'csv-parse';
import { PlatformError } from '../../../core/errors.ts';
import { FILE_ROWS_MAX, readTextFile, slices, tooManyRows } from '../../../core/import/text-file.ts';
import type { ImportProblem } from '../../../core/plugin/contract.ts';
import { FEE_COLUMNS, FUND_COLUMNS, readFundRow, type Fund } from './fund-row.ts';

/** A fund list as read: good rows with their lines, and everything that is wrong with the others. */
export interface FundList {
  readonly rows: number;
  readonly funds: readonly { readonly line: number; readonly fund: Fund }[];
  readonly problems: readonly ImportProblem[];
}

/**
 * Reads a list of funds: CSV whose header names the columns of a fund; others are passed over.
 * @throws PlatformError where the file cannot be read as such a list at all
 */
export async function readFundList(file: string): Promise<FundList> {
  const lines = new Map<string, number>();
  const funds: { line: number; fund: Fund }[] = [];
  const problems: ImportProblem[] = [];
  let rows = 0;
  for await (const { line, header, cells } of records(await readTextFile(file))) {
    if (++rows > FILE_ROWS_MAX) throw tooManyRows();
    if (cells.length !== header.length) {
      problems.push(wrongLength(line, cells.length, header.length));
      continue;
    }
    const row = Object.fromEntries(header.map((column, index) => [column, cells[index]!]));
    const read = readFundRow(row, line);
    if ('problems' in read) {
      problems.push(...read.problems);
      continue;
    }
    const earlier = lines.get(read.fund.code);
    if (earlier === undefined) {
      lines.set(read.fund.code, line);
      funds.push({ line, fund: read.fund });
    } else problems.push(repeated(line, read.fund.code, earlier));
  }
  return { rows, funds, problems };
}

async function* records(
  text: string,
): AsyncGenerator<{ readonly line: number; readonly header: readonly string[]; readonly cells: string[] }> {
  const parser = Readable.from(slices(text)).pipe(
    parse({ info: true, relax_column_count: true, max_record_size: 100_000 }),
  );
  let header: readonly string[] | undefined;
  let linesBefore = 0;
  try {
    for await (const { record, info } of parser as AsyncIterable<{
      record: string[];
      info: { lines: number };
    }>) {
      // A quoted cell may run over several lines: a row is told by the one that it begins on.
      const line = linesBefore + 1;
      linesBefore = info.lines;
      if (record.length === 1 && record[0]!.trim() === '') continue;
      if (header) yield { line, header, cells: record };
      else header = checkedHeader(record);
    }
  } catch (error) {
    if (!(error instanceof CsvError)) throw error;
    throw invalid(`${error.message}.`, error);
  }
  if (!header) throw invalid('The file is empty.');
}

function checkedHeader(cells: readonly string[]): readonly string[] {
  const header = cells.map((cell) => cell.trim());
  const missing = FUND_COLUMNS.filter((column) => !header.includes(column));
  if (missing.length > 0) {
    const fees = Object.keys(FEE_COLUMNS).join(', ');
    throw invalid(
      `Line 1 lacks the column(s) ${missing.join(', ')}. Needed: ${FUND_COLUMNS.join(', ')}; fees if known: ${fees}.`,
    );
  }
  const twice = header.find((column, index) => column !== '' && header.indexOf(column) !== index);
  if (twice !== undefined) throw invalid(`Line 1 names the column ${twice} twice.`);
  return header;
}

function invalid(what: string, cause?: unknown): PlatformError {
  return new PlatformError('IMPORT_FILE_INVALID', `${what} Nothing was imported.`, { cause });
}

function wrongLength(line: number, found: number, wanted: number): ImportProblem {
  return {
    line,
    column: '',
    value: String(found),
    problem: {
      zh: `应有 ${wanted} 列，此行有 ${found} 列。`,
      en: `This row has ${found} cells; the header has ${wanted}.`,
    },
  };
}

function repeated(line: number, code: string, earlier: number): ImportProblem {
  return {
    line,
    column: 'code',
    value: code,
    problem: { zh: `与第 ${earlier} 行重复。`, en: `Line ${earlier} has the same code.` },
  };
}
