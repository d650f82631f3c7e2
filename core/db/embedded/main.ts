import { Pacer } from './command/request.ts';
import { DataFolderError } from './store/lock.ts';
import { startEngine } from './engine.ts';

/**
 * The engine's own process. Arguments: data folder, port. With an IPC channel it tells its parent where it
 * listens, or why it cannot, and ends when the parent does.
 */
const [dataFolder, port] = process.argv.slice(2);
if (!dataFolder || port === undefined) throw new Error('usage: main DATA_FOLDER PORT');

// A terminal's Ctrl-C and a service manager's SIGTERM reach parent and child alike: beneath a parent, the
// parent says when, for it may still have to write.
const beneathParent = process.send !== undefined;
if (beneathParent) for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, () => undefined);

try {
  const acknowledgeEarly = process.env.TESSERA_DB_ACKNOWLEDGE_EARLY === '1';
  const keepExpired = process.env.TESSERA_DB_KEEP_EXPIRED === '1';
  const engine = await startEngine({ dataFolder, port: Number(port), acknowledgeEarly, keepExpired });
  let stopping: Promise<void> | undefined;
  const stop = (): void => {
    stopping ??= engine.stop().then(() => process.exit(0));
  };
  if (!beneathParent) for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, stop);
  process.on('disconnect', stop);
  process.on('message', (told) => {
    if (told === 'pace') process.send?.({ longestMs: Pacer.takeLongestMs() });
    else stop();
  });
  if (beneathParent && !process.connected) stop();
  process.send?.({ uri: engine.uri });
} catch (error) {
  const { code, message } = error as NodeJS.ErrnoException;
  const told = { error: { code: code ?? 'DATABASE_FAILED', message } };
  if (!process.send) process.stderr.write(`${message}\n`);
  else await new Promise((resolve) => process.send?.(told, resolve));
  process.exit(error instanceof DataFolderError ? 2 : 1);
}
