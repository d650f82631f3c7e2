import { linkSync, mkdirSync, readFileSync, renameSync, rmSync, unlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** Why an engine cannot start on a folder: another one holds it, or it cannot be written. */
export class DataFolderError extends Error {
  readonly code: 'DATA_FOLDER_UNWRITABLE' | 'DATA_FOLDER_IN_USE';

  constructor(code: 'DATA_FOLDER_UNWRITABLE' | 'DATA_FOLDER_IN_USE', message: string) {
    super(message);
    this.name = 'DataFolderError';
    this.code = code;
  }
}

/**
 * Takes the folder for this process. lmdb itself would let a second process in, and the locks of
 * transactions, which live in memory, would then not hold.
 */
export function lockFolder(folder: string): { release(): void } {
  const path = join(folder, 'engine.pid');
  try {
    mkdirSync(folder, { recursive: true });
    while (!create(path)) {
      const holder = readFileSync(path, 'utf8').trim();
      const pid = Number(holder.split(' ')[0]);
      if (pid !== process.pid && holder === identity(pid)) {
        throw new DataFolderError(
          'DATA_FOLDER_IN_USE',
          `the data folder ${folder} is in use by process ${pid}; stop that process or choose another folder`,
        );
      }
      takeAway(path, holder);
    }
  } catch (error) {
    if (error instanceof DataFolderError) throw error;
    throw new DataFolderError(
      'DATA_FOLDER_UNWRITABLE',
      `the data folder ${folder} cannot be written: ${(error as Error).message}`,
    );
  }
  return { release: () => rmSync(path, { force: true }) };
}

// Moved aside and looked at again: another starter may have put its own lock there meanwhile.
function takeAway(path: string, holder: string): void {
  const aside = `${path}.stale.${process.pid}`;
  try {
    renameSync(path, aside);
    if (readFileSync(aside, 'utf8').trim() !== holder) linkSync(aside, path);
  } catch (error) {
    if (!['ENOENT', 'EEXIST'].includes((error as NodeJS.ErrnoException).code ?? '')) throw error;
  } finally {
    rmSync(aside, { force: true });
  }
}

// Written aside and linked into place, so that nobody reads a lock that is half written.
function create(path: string): boolean {
  const draft = `${path}.${process.pid}`;
  writeFileSync(draft, `${identity(process.pid)}\n`);
  try {
    linkSync(draft, path);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
    throw error;
  } finally {
    unlinkSync(draft);
  }
}

/**
 * A running process as `pid` or, where /proc tells it, `pid start-time`: a number given again to another
 * process after a crash, as is usual in containers, must not keep the folder locked. Empty when not running.
 */
function identity(pid: number): string {
  if (!Number.isInteger(pid) || pid <= 0) return '';
  try {
    const fields = readFileSync(`/proc/${pid}/stat`, 'utf8')
      .replace(/^.*\) /s, '')
      .split(' ');
    return `${pid} ${fields[19]}`;
  } catch {
    return isRunning(pid) ? String(pid) : '';
  }
}

function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}
