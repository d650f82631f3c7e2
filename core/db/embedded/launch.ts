import { fork } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { fileURLToPath } from 'node:url';

export interface LaunchOptions {
  /** Made if it is not there. */
  dataFolder: string;
  /** 0, the default, takes any free port. */
  port?: number;
  /** Hears of an end that nobody asked for. */
  logger?: { error(fields: object, message: string): void };
  /** Further environment variables of the child. */
  env?: Record<string, string>;
}

export interface EmbeddedDatabase {
  /** Connection string without a database's name. */
  uri: string;
  pid: number;
  /** Settles when the process ends without having been asked to, with its exit code or signal. */
  ended: Promise<string>;
  /** The longest time, since it was last asked, that the engine's own work ran without letting others in between. */
  longestSliceMs(): Promise<number>;
  /** Lets running commands end, flushes and closes. */
  stop(): Promise<void>;
}

/**
 * Why the database did not start: DATA_FOLDER_UNWRITABLE, DATA_FOLDER_IN_USE (the message names the process
 * that holds it), EADDRINUSE, or DATABASE_FAILED.
 */
export class LaunchError extends Error {
  readonly code: string;

  constructor(code: string, message: string) {
    super(message);
    this.name = 'LaunchError';
    this.code = code;
  }
}

type Told = { uri: string } | { error: { code: string; message: string } };

/** Starts the embedded database in a child process, which ends by itself when this process does. */
export async function launchEmbedded(options: LaunchOptions): Promise<EmbeddedDatabase> {
  const fromSource = import.meta.url.endsWith('.ts');
  const main = fileURLToPath(new URL(fromSource ? './main.ts' : './main.js', import.meta.url));
  const child = fork(main, [options.dataFolder, String(options.port ?? 0)], {
    execArgv: fromSource ? ['--import', 'tsx'] : [],
    env: { ...process.env, ...options.env },
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
  });
  const exited = new Promise<string>((resolve) =>
    child.once('exit', (code, signal) => resolve(signal ?? `exit code ${code}`)),
  );
  const told = await firstWord(child, exited);
  if ('error' in told) throw new LaunchError(told.error.code, told.error.message);
  let stopping = false;
  const ended = new Promise<string>((resolve) => {
    void exited.then((how) => {
      if (stopping) return;
      options.logger?.error({ pid: child.pid, how }, 'the embedded database ended unasked');
      resolve(how);
    });
  });
  // Neither the child nor the channel keeps this process alive: when it ends, so does the child.
  child.unref();
  child.channel?.unref();
  return {
    uri: told.uri,
    pid: child.pid ?? 0,
    ended,
    async longestSliceMs() {
      const told = new Promise<number>((resolve) =>
        child.once('message', (message) => resolve((message as { longestMs: number }).longestMs)),
      );
      child.send('pace');
      return told;
    },
    async stop() {
      stopping = true;
      child.ref();
      if (child.connected) child.send('stop', () => undefined);
      await exited;
    },
  };
}

function firstWord(child: ChildProcess, exited: Promise<string>): Promise<Told> {
  return Promise.race([
    new Promise<Told>((resolve) => child.once('message', (message) => resolve(message as Told))),
    exited.then((how): Told => {
      return { error: { code: 'DATABASE_FAILED', message: `the embedded database ended at start (${how})` } };
    }),
    new Promise<Told>((_, reject) => child.once('error', reject)),
  ]);
}
