import type { JobWaker } from './wake.ts';

/** Wakes the workers of this process. */
export class InProcessWaker implements JobWaker {
  readonly #listeners = new Set<() => void>();

  async start(): Promise<void> {}

  async stop(): Promise<void> {
    this.#listeners.clear();
  }

  wake(): void {
    for (const listener of this.#listeners) listener();
  }

  onWake(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }
}
