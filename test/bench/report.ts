import { writeFileSync } from 'node:fs';

/** One measured figure beside what it is compared with in the same run. */
export interface BenchRow {
  readonly what: string;
  readonly figure: string;
  readonly against: string;
  /** Null where the row is for information only. */
  readonly ratio: number | null;
  readonly goal: { readonly atLeast: number } | { readonly atMost: number } | null;
}

export interface BenchOptions {
  /** Shorter rounds and smaller data: the whole bench in under a minute. */
  readonly quick: boolean;
}

/** Prints rows as they come, with progress in between, and keeps them for a file. */
export class BenchReport {
  readonly #rows: BenchRow[] = [];
  readonly #tty = process.stdout.isTTY;

  progress(text: string): void {
    if (this.#tty) process.stdout.write(`\r\x1b[K  … ${text}`);
    else process.stderr.write(`  … ${text}\n`);
  }

  add(row: BenchRow): void {
    this.#rows.push(row);
    if (this.#tty) process.stdout.write('\r\x1b[K');
    const ratio = row.ratio === null ? '—' : row.ratio.toFixed(2);
    console.log(`${row.what}\n    ${row.figure}  against  ${row.against}`);
    console.log(`    ratio ${ratio}  goal ${goalText(row)}  ${verdict(row)}`);
  }

  /** Writes `[{what, figure, against, ratio, goal, holds}]`. */
  write(file: string): void {
    const rows = this.#rows.map((row) => ({ ...row, goal: goalText(row), holds: holds(row) }));
    writeFileSync(file, `${JSON.stringify(rows, null, 2)}\n`);
  }

  get fellShort(): number {
    return this.#rows.filter((row) => holds(row) === false).length;
  }
}

export function holds(row: BenchRow): boolean | null {
  if (row.goal === null || row.ratio === null) return null;
  return 'atLeast' in row.goal ? row.ratio >= row.goal.atLeast : row.ratio <= row.goal.atMost;
}

function goalText({ goal }: BenchRow): string {
  if (goal === null) return 'none (for information)';
  return 'atLeast' in goal ? `≥ ${goal.atLeast}` : `≤ ${goal.atMost}`;
}

function verdict(row: BenchRow): string {
  const held = holds(row);
  return held === null ? '' : held ? 'holds' : 'FALLS SHORT';
}

export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[middle]! : (sorted[middle - 1]! + sorted[middle]!) / 2;
}

/**
 * Measures two sides in turn, A B A B …, and returns the medians of their rates: a machine whose speed drifts treats
 * both alike.
 */
export async function interleaved(
  rounds: number,
  sides: readonly [() => Promise<number>, () => Promise<number>],
): Promise<readonly [number, number]> {
  const rates: [number[], number[]] = [[], []];
  for (let round = 0; round < rounds; round++) {
    rates[0].push(await sides[0]());
    rates[1].push(await sides[1]());
  }
  return [median(rates[0]), median(rates[1])];
}

/** Runs `work` from `clients` loops at once for `durationMs` and returns how many a second were done. */
export async function rate(
  clients: number,
  durationMs: number,
  work: (client: number) => Promise<unknown>,
): Promise<number> {
  let done = 0;
  const started = performance.now();
  const loop = async (client: number) => {
    while (performance.now() - started < durationMs) {
      await work(client);
      done++;
    }
  };
  await Promise.all(Array.from({ length: clients }, (_, client) => loop(client)));
  return done / ((performance.now() - started) / 1000);
}

export function perSecond(value: number): string {
  return `${Math.round(value).toLocaleString('en')}/s`;
}
