import { rmSync } from 'node:fs';

export default async function teardown() {
  if (!globalThis.tesseraTestDatabase) return;
  const { child, folder } = globalThis.tesseraTestDatabase;
  const exited = new Promise((resolve) => child.once('exit', resolve));
  child.send('stop');
  await exited;
  rmSync(folder, { recursive: true, force: true });
}
