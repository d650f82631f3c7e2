import { fork, type ChildProcess } from 'node:child_process';
import { fileURLToPath } from 'node:url';

/** The memory of a server as `npm start` and the container run it (core/cli/run.mjs, Dockerfile). */
const AS_IN_PRODUCTION = ['--max-semi-space-size=32'];

/** Starts another file of this folder in a process of its own, from source or built alike; it ends with this one. */
export function forkBench(name: string, args: readonly string[] = []): ChildProcess {
  const fromSource = import.meta.url.endsWith('.ts');
  const file = fileURLToPath(new URL(`./${name}.${fromSource ? 'ts' : 'js'}`, import.meta.url));
  return fork(file, args, { execArgv: [...AS_IN_PRODUCTION, ...(fromSource ? ['--import', 'tsx'] : [])] });
}
