import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';

/** A step that went otherwise than the story tells. */
export class DemoFailure extends Error {}

export function check(holds: boolean, what: string): void {
  if (!holds) throw new DemoFailure(what);
}

/** Prints the story: a numbered heading a step, and lines beneath it. */
export class Stage {
  #step = 0;

  step(title: string): void {
    console.log(`\n${++this.#step}. ${title}`);
  }

  tell(line: string): void {
    console.log(`   ${line}`);
  }

  table(rows: readonly (readonly string[])[]): void {
    const widths = rows.reduce<number[]>(
      (known, row) => row.map((cell, column) => Math.max(known[column] ?? 0, width(cell))),
      [],
    );
    for (const row of rows)
      this.tell(row.map((cell, column) => cell + ' '.repeat(widths[column]! - width(cell))).join('  '));
  }
}

/** A Chinese character takes two columns of a terminal. */
function width(text: string): number {
  return [...text].reduce((sum, character) => sum + (/[\u2e80-\uffef]/.test(character) ? 2 : 1), 0);
}

interface Answer<T> {
  readonly data?: T;
  readonly errors?: readonly { readonly message: string; readonly extensions: { readonly code: string } }[];
}

/** Asks one platform's HTTP API, as a touchpoint or a person of staff would. */
export class Caller {
  readonly #url: string;
  readonly #token: string;

  constructor(url: string, token: string) {
    this.#url = url;
    this.#token = token;
  }

  static async signIn(url: string, account: string, password: string): Promise<Caller> {
    const response = await fetch(`${url}/auth/sign-in`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ account, password }),
    });
    check(response.ok, `Signing in as ${account} answered ${response.status}.`);
    return new Caller(url, ((await response.json()) as { token: string }).token);
  }

  /** The data of an answer without errors. */
  async ask<T>(query: string, variables: object = {}): Promise<T> {
    const { data, errors } = await this.post<T>(query, variables);
    check(
      errors === undefined && data !== undefined,
      `The platform answered: ${errors?.map((error) => error.message).join(' ')}`,
    );
    return data!;
  }

  /** The code of the refusal that the story expects. */
  async refused(query: string, variables: object = {}): Promise<string> {
    const { errors } = await this.post(query, variables);
    check(errors !== undefined, 'This should have been refused.');
    return errors![0]!.extensions.code;
  }

  async post<T>(query: string, variables: object): Promise<Answer<T>> {
    const response = await fetch(`${this.#url}/graphql`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', authorization: `Bearer ${this.#token}` },
      body: JSON.stringify({ query, variables }),
    });
    return (await response.json()) as Answer<T>;
  }
}

/** Another command of the platform, in a process of its own, as a person would type it. */
export function runCommand(
  name: string,
  args: readonly string[],
  environment: Readonly<Record<string, string>>,
): Promise<{ readonly code: number | null; readonly lines: readonly string[] }> {
  const child = startCommand(name, args, environment);
  let output = '';
  child.stdout.on('data', (chunk: Buffer) => (output += chunk.toString()));
  child.stderr.on('data', (chunk: Buffer) => (output += chunk.toString()));
  return new Promise((resolve) =>
    child.on('close', (code) =>
      resolve({ code, lines: output.split('\n').filter((line) => line.trim() !== '') }),
    ),
  );
}

export function startCommand(
  name: string,
  args: readonly string[],
  environment: Readonly<Record<string, string>>,
) {
  const fromSource = import.meta.url.endsWith('.ts');
  const file = fileURLToPath(new URL(`../${name}.${fromSource ? 'ts' : 'js'}`, import.meta.url));
  return spawn(process.execPath, [...(fromSource ? ['--import', 'tsx'] : []), file, ...args], {
    env: { PATH: process.env.PATH, HOME: process.env.HOME, ...environment },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
}
