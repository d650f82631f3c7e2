import { fork, type ChildProcess } from 'node:child_process';
import { fileURLToPath } from 'node:url';

/** Starts another file of this folder in a process of its own, from source or built alike; it ends with this one. */
export function forkBench(name: string, args: readonly string[] = []): ChildProcess {
  const fromSource = import.meta.url.endsWith('.ts');
  const file = fileURLToPath(new URL(`./${name}.${fromSource ? 'ts' : 'js'}`, import.meta.url));
  return fork(file, args, { execArgv: fromSource ? ['--import', 'tsx'] : [] });
}
