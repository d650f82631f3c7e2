import { mkdir, open, readFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { z } from 'zod';

/** The head of the chain at an instant, kept outside the database: what was there then must be there for good. */
export interface Anchor {
  readonly at: string;
  readonly no: number;
  readonly hash: string;
}

const anchorShape = z.object({ at: z.iso.datetime(), no: z.int().positive(), hash: z.hex().length(64) });

/** Appends one line and has it on disk before it returns. */
export async function appendAnchor(file: string, anchor: Anchor): Promise<void> {
  await mkdir(dirname(file), { recursive: true });
  const handle = await open(file, 'a+');
  try {
    // A process that died in the middle of a line must not spoil the next one.
    const before = await endsInNewline(handle);
    await handle.appendFile(`${before ? '' : '\n'}${JSON.stringify(anchor)}\n`);
    await handle.sync();
  } finally {
    await handle.close();
  }
}

async function endsInNewline(handle: Awaited<ReturnType<typeof open>>): Promise<boolean> {
  const { size } = await handle.stat();
  if (size === 0) return true;
  const { buffer } = await handle.read(Buffer.alloc(1), 0, 1, size - 1);
  return buffer[0] === 0x0a;
}

/** All anchors of a file, oldest first, and the lines that are none; none of either where there is no file. */
export async function readAnchors(file: string): Promise<{ anchors: Anchor[]; badLines: number[] }> {
  const anchors: Anchor[] = [];
  const badLines: number[] = [];
  for (const [index, line] of (await textOf(file)).split('\n').entries()) {
    if (line === '') continue;
    const anchor = parseAnchor(line);
    if (anchor) anchors.push(anchor);
    else badLines.push(index + 1);
  }
  return { anchors, badLines };
}

function parseAnchor(line: string): Anchor | undefined {
  try {
    return anchorShape.parse(JSON.parse(line));
  } catch {
    return undefined;
  }
}

async function textOf(file: string): Promise<string> {
  try {
    return await readFile(file, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return '';
    throw error;
  }
}
