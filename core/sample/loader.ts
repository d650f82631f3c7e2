import { systemActor } from '../access/actor.ts';
import type { Declared, Host, SampleDataDeclaration } from '../plugin/contract.ts';
import { asCoreHost, type CoreHost } from '../plugin/host.ts';
import { serviceToken } from '../plugin/service.ts';
import { businessDate } from '../time/business-day.ts';
import { SAMPLE_LOADS, type SampleLoad } from './records.ts';

/** How far the sample firm is loaded. */
export interface SampleProgress {
  readonly state: 'NOT_WANTED' | 'LOADING' | 'DONE' | 'FAILED';
  /** The part that is being loaded, where one is. */
  readonly part?: string;
  readonly done: number;
  readonly total: number;
  /** Parts that are done, of all. */
  readonly partsDone: number;
  readonly parts: number;
}

export const sampleService = serviceToken<SampleLoader>('core', 'sample');

const ACTOR = systemActor('core:sample');

class Stopped extends Error {}

/**
 * Loads what core and the plugins declare as sample data, part by part, once per installation, while the server already
 * answers. A part that was interrupted is loaded again from its beginning: each asks what is there already.
 */
export class SampleLoader {
  readonly #host: CoreHost;
  #progress: SampleProgress = { state: 'NOT_WANTED', done: 0, total: 0, partsDone: 0, parts: 0 };
  #running: Promise<void> = Promise.resolve();
  #stopping = false;

  constructor(host: Host) {
    this.#host = asCoreHost(host);
  }

  get progress(): SampleProgress {
    return this.#progress;
  }

  /** Begins in the background. What fails is logged and told by `progress`; the next start tries it again. */
  start(): void {
    this.#running = this.load().catch((error: unknown) => {
      if (error instanceof Stopped) return;
      this.#progress = { ...this.#progress, state: 'FAILED' };
      this.#host.logger.error({ err: error, part: this.#progress.part }, 'the sample firm was not loaded');
    });
  }

  async stop(): Promise<void> {
    this.#stopping = true;
    await this.#running;
  }

  /** Shanghai date to which the dates of a part are relative; kept when the part was begun. */
  async loadedOn(part: string): Promise<string> {
    const load = await this.#host.model<SampleLoad>(SAMPLE_LOADS).findById(part).lean<SampleLoad>();
    return load?.loadedOn ?? businessDate(this.#host.clock.now());
  }

  /** All parts in order, those that are done left out. */
  async load(): Promise<void> {
    const parts = [...this.#host.declared('sampleData')].sort((a, b) => a.order - b.order);
    let partsDone = 0;
    for (const part of parts) {
      this.#tell({ state: 'LOADING', part: part.name, done: 0, total: 0, partsDone, parts: parts.length });
      await this.#loadPart(part);
      partsDone++;
    }
    this.#tell({ state: 'DONE', done: 0, total: 0, partsDone, parts: parts.length });
  }

  async #loadPart(part: Declared<SampleDataDeclaration>): Promise<void> {
    const load = await this.#begin(part.name);
    if (load.doneAt) return;
    await part.load(this.#host.hostOf(part.owner), (done, total) =>
      this.#tell({ ...this.#progress, done, total }),
    );
    await this.#mark(part.name, 'sample.loaded', { $set: { doneAt: this.#host.clock.now() } });
  }

  async #begin(name: string): Promise<SampleLoad> {
    const loads = this.#host.model<SampleLoad>(SAMPLE_LOADS);
    const known = await loads.findById(name).lean<SampleLoad>();
    if (known) return known;
    const loadedOn = businessDate(this.#host.clock.now());
    await this.#mark(name, 'sample.begun', { $setOnInsert: { loadedOn } });
    return { _id: name, loadedOn };
  }

  #mark(name: string, action: string, update: Record<string, unknown>): Promise<void> {
    return this.#host.transact(ACTOR, async (tx) => {
      await this.#host
        .model<SampleLoad>(SAMPLE_LOADS)
        .collection.updateOne({ _id: name as never }, update, { session: tx.session, upsert: true });
      tx.trace({ action, subject: { type: 'sample', id: name } });
    });
  }

  /** Each report is a place to stop at, between two chunks. */
  #tell(progress: SampleProgress): void {
    this.#progress = progress;
    if (this.#stopping) throw new Stopped();
  }
}
