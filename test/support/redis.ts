import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { program } from './needs.ts';

export const redisServer = program('redis-server');

/** A redis-server of a test's own, on a free port of loopback. */
export class TestRedis {
  readonly port: number;
  readonly #folder: string;
  #child: ChildProcess | undefined;

  constructor(port: number, folder: string) {
    this.port = port;
    this.#folder = folder;
  }

  get url(): string {
    return `redis://127.0.0.1:${this.port}`;
  }

  async start(): Promise<void> {
    const child = spawn(
      redisServer.path!,
      [
        '--port',
        String(this.port),
        '--bind',
        '127.0.0.1',
        '--save',
        '',
        '--appendonly',
        'no',
        '--dir',
        this.#folder,
      ],
      { stdio: ['ignore', 'pipe', 'inherit'] },
    );
    this.#child = child;
    let said = '';
    for await (const chunk of child.stdout!) {
      said += String(chunk);
      if (/Ready to accept connections/.test(said)) break;
    }
    if (child.exitCode !== null) throw new Error(`redis-server ended: ${said}`);
    child.stdout!.resume();
  }

  /** Ends the server without warning, as a crash would. */
  async kill(): Promise<void> {
    const child = this.#child;
    this.#child = undefined;
    if (!child || child.exitCode !== null) return;
    child.kill('SIGKILL');
    await once(child, 'exit');
  }

  async stop(): Promise<void> {
    await this.kill();
    rmSync(this.#folder, { recursive: true, force: true });
  }
}

export async function startRedis(): Promise<TestRedis> {
  const redis = new TestRedis(await freePort(), mkdtempSync(join(tmpdir(), 'tessera-redis-')));
  await redis.start();
  return redis;
}

/** redis-server cannot take port 0, so a port is taken and given back just before. */
async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  await new Promise((resolve) => server.close(resolve));
  if (address === null || typeof address === 'string') throw new Error('No port of loopback is free.');
  return address.port;
}
