import { Readable } from 'node:stream';
import { CsvError, parse } from 'csv-parse';
import { FILE_ROWS_MAX, readTextFile, slices, tooManyRows } from '../../import/text-file.ts';
import type { ImportProblem } from '../../plugin/contract.ts';
import { readHeader, type CustomerColumn, type CustomerRow } from './columns.ts';

const CELL_CHARS_MAX = 2000;

/** A row with the line it begins on, or what is wrong with the file there. */
export type ReadRow =
  | { readonly line: number; readonly row: CustomerRow; readonly problem?: never }
  | { readonly problem: ImportProblem; readonly row?: never };

/**
 * Reads a client file row by row: CSV in UTF-8 or GB18030, with a header in Chinese or English. A wrong header or
 * broken quoting ends the reading, since nothing after it can be trusted.
 * @throws PlatformError where there is no such file or it is beyond the limits
 */
export async function* readCustomerFile(file: string): AsyncGenerator<ReadRow> {
  const text = await readTextFile(file);
  const parser = Readable.from(slices(text)).pipe(
    parse({ info: true, relax_column_count: true, max_record_size: 100_000 }),
  );
  let columns: readonly CustomerColumn[] | undefined;
  let linesBefore = 0;
  let rows = 0;
  try {
    for await (const { record, info } of parser as AsyncIterable<{
      record: string[];
      info: { lines: number };
    }>) {
      const line = linesBefore + 1;
      linesBefore = info.lines;
      if (record.length === 1 && record[0]!.trim() === '') continue;
      if (!columns) {
        const header = readHeader(record);
        if (header.problems.length > 0) return yield* headerProblems(header.problems);
        columns = header.columns;
        continue;
      }
      if (++rows > FILE_ROWS_MAX) throw tooManyRows();
      yield toRow(line, record, columns);
    }
  } catch (error) {
    if (!(error instanceof CsvError)) throw error;
    yield { problem: brokenCsv(linesBefore + 1, error) };
    return;
  }
  if (!columns)
    yield* headerProblems([{ column: '', problem: { zh: '文件是空的。', en: 'The file is empty.' } }]);
}

function toRow(line: number, record: readonly string[], columns: readonly CustomerColumn[]): ReadRow {
  if (record.length !== columns.length)
    return {
      problem: {
        line,
        column: '',
        value: String(record.length),
        problem: {
          zh: `应有 ${columns.length} 列，此行有 ${record.length} 列。`,
          en: `This row has ${record.length} cells; the header has ${columns.length}.`,
        },
      },
    };
  const long = record.findIndex((cell) => cell.length > CELL_CHARS_MAX);
  if (long >= 0)
    return {
      problem: {
        line,
        column: columns[long]!,
        value: '',
        problem: { zh: `最多 ${CELL_CHARS_MAX} 个字。`, en: `At most ${CELL_CHARS_MAX} characters.` },
      },
    };
  return { line, row: Object.fromEntries(columns.map((column, index) => [column, record[index]!])) };
}

function* headerProblems(problems: readonly Omit<ImportProblem, 'line' | 'value'>[]): Generator<ReadRow> {
  for (const problem of problems) yield { problem: { line: 1, value: problem.column, ...problem } };
}

function brokenCsv(line: number, error: CsvError): ImportProblem {
  return {
    line,
    column: '',
    value: error.code,
    problem: {
      zh: '从此行起引号不成对或格式有误，后面的内容无法读取。',
      en: 'From this line on the quoting is broken; what follows cannot be read.',
    },
  };
}
