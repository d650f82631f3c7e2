import { CommandError } from '../errors.ts';

/** What one stage may hold in memory, as in MongoDB. */
export const STAGE_MEMORY_MAX_BYTES = 100 * 1024 * 1024;

/** Counts what a stage holds and throws 292 once it is over the limit. */
export class StageMemory {
  private bytes = 0;
  private readonly stage: string;

  constructor(stage: string) {
    this.stage = stage;
  }

  hold(bytes: number): void {
    this.bytes += bytes;
    if (this.bytes > STAGE_MEMORY_MAX_BYTES) {
      throw new CommandError(
        292,
        'QueryExceededMemoryLimitNoDiskUseAllowed',
        `Exceeded memory limit for ${this.stage}, and the embedded database does not sort on disk. Narrow it by ` +
          'a $match, an index or a $limit.',
      );
    }
  }

  release(bytes: number): void {
    this.bytes -= bytes;
  }
}

/** About the bytes that a value would take as BSON. */
export function sizeOf(value: unknown): number {
  if (typeof value === 'string') return value.length + 6;
  if (typeof value !== 'object' || value === null) return 9;
  if (Array.isArray(value)) return value.reduce<number>((sum, element) => sum + 4 + sizeOf(element), 5);
  if (ArrayBuffer.isView(value)) return value.byteLength + 5;
  if (Object.getPrototypeOf(value) !== Object.prototype) return 16;
  let bytes = 5;
  for (const name of Object.keys(value))
    bytes += name.length + 2 + sizeOf((value as Record<string, unknown>)[name]);
  return bytes;
}
