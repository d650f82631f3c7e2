import { readFile, stat } from 'node:fs/promises';
import { PlatformError } from '../errors.ts';

const FILE_BYTES_MAX = 10 * 1024 * 1024;
export const FILE_ROWS_MAX = 100_000;

/**
 * The whole text of a file to import, in UTF-8 (with or without byte order mark) or GB18030.
 * @throws PlatformError where there is no such file or it is beyond 10 MB
 */
export async function readTextFile(file: string): Promise<string> {
  const found = await stat(file).catch(() => undefined);
  if (!found?.isFile())
    throw new PlatformError('IMPORT_FILE_MISSING', `There is no file "${file}". Check the path.`);
  if (found.size > FILE_BYTES_MAX)
    throw new PlatformError(
      'IMPORT_FILE_TOO_LARGE',
      `The file has ${Math.ceil(found.size / 1024 / 1024)} MB; at most ${FILE_BYTES_MAX / 1024 / 1024} MB are read. Split it.`,
    );
  const bytes = await readFile(file);
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    // Spreadsheets of Chinese offices save CSV in the national encoding.
    return new TextDecoder('gb18030').decode(bytes);
  }
}

/** A text in slices, so that a parser works through it in turns. */
export function* slices(text: string): Generator<string> {
  const size = 64 * 1024;
  for (let from = 0; from < text.length; from += size) yield text.slice(from, from + size);
}

export function tooManyRows(): PlatformError {
  return new PlatformError(
    'IMPORT_TOO_MANY_ROWS',
    `The file has more than ${FILE_ROWS_MAX} rows. Split it; nothing was applied.`,
  );
}
