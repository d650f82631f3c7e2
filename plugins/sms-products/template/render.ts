import { Worker } from 'node:worker_threads';
import { PlatformError } from '../../../core/errors.ts';
import { fromRoot } from '../../../core/paths.ts';

/** How long a template may take. */
export const RENDER_LIMIT_MS = 20;
/**
 * A busy machine may keep a template of no cost waiting: it is refused only after it has also failed with ten times the
 * time. A template that never ends fails both.
 */
const SECOND_LIMIT_MS = 200;
const START_LIMIT_MS = 30_000;
const MEMORY_MB = 32;

type Answer = { readonly ready: true } | { readonly text: string } | { readonly failure: string };

/** Renders templates one after the other in a thread that is killed when one takes too long. */
export class TemplateRenderer {
  readonly #limitsMs: readonly number[];
  #worker: Worker | undefined;
  #queue: Promise<unknown> = Promise.resolve();

  constructor(limitsMs: readonly number[] = [RENDER_LIMIT_MS, SECOND_LIMIT_MS]) {
    this.#limitsMs = limitsMs;
  }

  /**
   * @param source a template in which `templateProblems` found nothing
   * @throws SMS_TEMPLATE_TOO_SLOW, SMS_TEMPLATE_FAILED
   */
  render(source: string, values: Readonly<Record<string, unknown>>): Promise<string> {
    const rendered = this.#queue.then(() => this.#render(source, values));
    this.#queue = rendered.catch(() => undefined);
    return rendered;
  }

  async stop(): Promise<void> {
    await this.#queue;
    await this.#kill();
  }

  async #render(source: string, values: Readonly<Record<string, unknown>>): Promise<string> {
    for (const limitMs of this.#limitsMs) {
      const worker = (this.#worker ??= await startWorker());
      const answer = ask(worker, limitMs);
      worker.postMessage({ source, values });
      const said = await answer;
      if (said && 'text' in said) return said.text;
      if (said && 'failure' in said)
        throw new PlatformError(
          'SMS_TEMPLATE_FAILED',
          `The template could not be filled in (${said.failure}). Check it with fewer blocks.`,
        );
      await this.#kill();
    }
    throw new PlatformError(
      'SMS_TEMPLATE_TOO_SLOW',
      `The template takes longer than ${RENDER_LIMIT_MS} ms. Use fewer and shorter lists.`,
    );
  }

  async #kill(): Promise<void> {
    const worker = this.#worker;
    this.#worker = undefined;
    await worker?.terminate();
  }
}

async function startWorker(): Promise<Worker> {
  const worker = new Worker(fromRoot('plugins', 'sms-products', 'template', 'render-worker.mjs'), {
    resourceLimits: { maxOldGenerationSizeMb: MEMORY_MB },
    env: {},
    execArgv: [],
  });
  // It must not keep a process up that has nothing else to do.
  worker.unref();
  if (await ask(worker, START_LIMIT_MS)) return worker;
  await worker.terminate();
  throw new PlatformError('SMS_TEMPLATE_FAILED', 'The thread for templates does not start. Try again.', {
    status: 503,
  });
}

/** The next thing that a thread says; undefined where it says nothing in time or ends. */
function ask(worker: Worker, limitMs: number): Promise<Answer | undefined> {
  return new Promise((resolve) => {
    const settle = (answer?: Answer) => {
      clearTimeout(timer);
      worker.off('message', settle).off('error', fail).off('exit', fail);
      resolve(answer);
    };
    const fail = () => settle();
    const timer = setTimeout(fail, limitMs);
    worker.on('message', settle).on('error', fail).on('exit', fail);
  });
}
