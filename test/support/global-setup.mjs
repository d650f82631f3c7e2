import { spawn } from 'node:child_process';
import { mkdtempSync, statfsSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/**
 * One embedded database for the whole run, in a folder of its own; tests take a database name each.
 * TESSERA_TEST_SERVER names another server to use instead.
 */
export default async function setup() {
  if (process.env.TESSERA_TEST_SERVER) {
    process.env.TESSERA_TEST_DATABASE = process.env.TESSERA_TEST_SERVER;
    return;
  }
  const folder = mkdtempSync(join(scratch(), 'tessera-test-'));
  const main = join(import.meta.dirname, '../../core/db/embedded/main.ts');
  const child = spawn(process.execPath, ['--import', 'tsx', main, folder, '0'], {
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
    // Tests set clocks of their own: what is valid by them may have expired by this machine's.
    env: { ...process.env, TESSERA_DB_KEEP_EXPIRED: '1' },
  });
  const told = await new Promise((resolve, reject) => {
    child.once('message', resolve);
    child.once('exit', (code) => reject(new Error(`the test database ended with code ${code}`)));
  });
  if (told.error) throw new Error(told.error.message);
  process.env.TESSERA_TEST_DATABASE = told.uri;
  globalThis.tesseraTestDatabase = { child, folder };
}

const MEMORY_FREE_MIN = 4 * 1024 ** 3;

/**
 * Memory where the machine has a roomy file system there: thousands of tests each wait for the disk many times, and
 * none of those that share this database is about the disk. What is (crashes, flushes) has folders of its own on it.
 */
function scratch() {
  try {
    const { bavail, bsize } = statfsSync('/dev/shm');
    if (bavail * bsize >= MEMORY_FREE_MIN) return '/dev/shm';
  } catch {
    // No such file system here.
  }
  return tmpdir();
}
