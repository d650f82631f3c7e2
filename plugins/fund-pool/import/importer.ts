import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import { parse, CsvError } from 'csv-parse';
import { catalogService } from '../../../core/catalog/service.ts';
import { PlatformError } from '../../../core/errors.ts';
import type { Host, ImportInput, ImportProblem, ImportReport } from '../../../core/plugin/contract.ts';
import { FEE_COLUMNS, FUND_COLUMNS, readFundRow, type FundRow } from './fund-row.ts';
import { fundProduct } from '../fund-product.ts';
import { fundTypeTable } from '../fund-types.ts';
import type { TypeTable } from '../../../core/risk/type-table.ts';

const FILE_BYTES_MAX = 10 * 1024 * 1024;
const ROWS_MAX = 100_000;
const PROBLEMS_MAX = 1000;

/**
 * `npm run import -- funds FILE`. Each good row becomes a fund product as a draft, with a zero-priced row and, where
 * the table of types knows its type, a rating; rows that are wrong are refused one by one and told with line and
 * column. The same file again changes nothing.
 */
export async function importFunds(input: ImportInput, host: Host): Promise<ImportReport> {
  const at = host.clock.now();
  const { products, unrated, problems, rows } = await readFile(input.file, fundTypeTable(host), at);
  const facts = {
    rated: products.length - sum(unrated),
    unratedByType: Object.fromEntries([...unrated].sort(([, a], [, b]) => b - a)),
  };
  const kept = problems.slice(0, PROBLEMS_MAX);
  if (input.dryRun)
    return {
      rows,
      created: 0,
      changed: 0,
      unchanged: 0,
      problems: kept,
      facts: { ...facts, dryRun: true, good: products.length },
    };
  const done = await host.service(catalogService).importProducts(
    input.actor,
    products.map(({ product }) => product),
    { onProgress: input.onProgress },
  );
  for (const { index, reasons } of done.refused) {
    const { line, product } = products[index]!;
    for (const { path = '', text } of reasons)
      problems.push({ line, column: path, value: product.code, problem: text });
  }
  return {
    rows,
    created: done.created,
    changed: done.changed,
    unchanged: done.unchanged,
    problems: problems.slice(0, PROBLEMS_MAX),
    facts: { ...facts, refusedRows: new Set(problems.map(({ line }) => line)).size },
  };
}

interface FundFile {
  readonly products: { line: number; product: ReturnType<typeof fundProduct>['product'] }[];
  /** How many funds of each type could not be rated. */
  readonly unrated: Map<string, number>;
  readonly problems: ImportProblem[];
  rows: number;
}

async function readFile(file: string, typeTable: TypeTable, at: Date): Promise<FundFile> {
  const { size } = await stat(file).catch((error: unknown) => {
    throw new PlatformError('IMPORT_FILE_UNREADABLE', `${file} cannot be read. Check the path.`, {
      cause: error,
    });
  });
  if (size > FILE_BYTES_MAX)
    throw new PlatformError(
      'IMPORT_FILE_TOO_LARGE',
      `The file has ${size} bytes; at most ${FILE_BYTES_MAX} are read. Split it.`,
    );
  const result: FundFile = { products: [], unrated: new Map(), problems: [], rows: 0 };
  const parser = createReadStream(file).pipe(
    parse({ bom: true, columns: checkHeader, info: true, relax_column_count: false, skip_empty_lines: true }),
  );
  try {
    for await (const { record, info } of parser as AsyncIterable<{
      record: FundRow;
      info: { lines: number };
    }>) {
      if (++result.rows > ROWS_MAX)
        throw new PlatformError(
          'IMPORT_FILE_TOO_LARGE',
          `The file has more than ${ROWS_MAX} rows. Split it.`,
        );
      take(result, record, info.lines, typeTable, at);
    }
  } catch (error) {
    if (!(error instanceof CsvError)) throw error;
    throw new PlatformError('IMPORT_FILE_INVALID', `${error.message}. Nothing was imported.`, {
      cause: error,
    });
  }
  return result;
}

function take(result: FundFile, record: FundRow, line: number, typeTable: TypeTable, at: Date): void {
  const read = readFundRow(record, line);
  if ('problems' in read) {
    result.problems.push(...read.problems);
    return;
  }
  const { product, rated } = fundProduct(read.fund, typeTable, at);
  if (!rated) result.unrated.set(read.fund.type, (result.unrated.get(read.fund.type) ?? 0) + 1);
  result.products.push({ line, product });
}

function checkHeader(header: string[]): string[] {
  const missing = FUND_COLUMNS.filter((column) => !header.includes(column));
  if (missing.length > 0)
    throw new PlatformError(
      'IMPORT_FILE_INVALID',
      `Line 1 lacks the column(s) ${missing.join(', ')}. Needed: ${FUND_COLUMNS.join(', ')}; fees if known: ${Object.keys(FEE_COLUMNS).join(', ')}.`,
    );
  return header;
}

function sum(counts: ReadonlyMap<string, number>): number {
  return [...counts.values()].reduce((total, count) => total + count, 0);
}
