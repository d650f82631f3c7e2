import { BusyError } from '../../errors.ts';
import { failureOf, framesOf } from '../../failure.ts';
import type { Host } from '../../plugin/contract.ts';
import { loadRows, readSequence } from './load.ts';
import type { CatalogRows } from './product-rows.ts';
import { applyChanges, buildSnapshot } from './snapshot.ts';
import { viewOf } from './view.ts';
import type { View, ViewRules } from './view.ts';

/** How publications reach this process, and how long a reader waits for one. */
export interface FeedTiming {
  readonly pollMs: number;
  readonly waitMs: number;
}

const TIMING: FeedTiming = { pollMs: 250, waitMs: 1000 };

/** A process further off the database's time than this is not ready to serve. */
const CLOCK_STEP_MS = 2000;

/** The published catalogue of this process: one view, renewed by publications and by the clock. */
export class PublishedCatalog<Class> {
  readonly #rules: ViewRules<Class>;
  #view: View<Class>;

  constructor(rows: CatalogRows, rules: ViewRules<Class>, at: Date) {
    this.#rules = rules;
    this.#view = viewOf(buildSnapshot(rows), rules, at);
  }

  get seq(): number {
    return this.#view.snapshot.seq;
  }

  /**
   * The catalogue as it stands at `at`, which is now: evaluates again only what a window's edge has passed since the
   * last call. Other instants are questions to the database.
   */
  view(at: Date): View<Class> {
    const instant = at.getTime();
    if (instant >= this.#view.until) this.#view = this.#view.next(this.#rules, at);
    // A clock that is corrected by a moment must not make every request of that moment evaluate everything.
    else if (instant < this.#view.from - CLOCK_STEP_MS)
      this.#view = viewOf(this.#view.snapshot, this.#rules, at);
    return this.#view;
  }

  /** Sorts every product into its class again: the rules by which classes are told apart have changed. */
  reclassify(at: Date): void {
    this.#view = viewOf(this.#view.snapshot, this.#rules, at);
  }

  apply(rows: CatalogRows, at: Date): void {
    if (rows.seq <= this.seq) return;
    const change = applyChanges(this.#view.snapshot, rows);
    this.#view = this.#view.next(this.#rules, at, change);
  }
}

export interface CatalogFeedOptions<Class> {
  readonly host: Pick<Host, 'model' | 'snapshot' | 'clock' | 'logger'>;
  readonly rules: ViewRules<Class>;
  readonly timing?: Partial<FeedTiming>;
}

/** Keeps a `PublishedCatalog` up to date from the database. */
export interface CatalogFeed<Class> {
  readonly catalog: PublishedCatalog<Class>;
  /** The last instant at which this process knew itself to be up to date. */
  readonly confirmedAt: Date;
  /** Asks at once instead of at the next poll; for publications of this process. */
  wake(): void;
  /** Resolves when the catalogue holds publication `seq`; refuses with BUSY after the waiting time. */
  atLeast(seq: number): Promise<void>;
  stop(): Promise<void>;
}

/** Loads the whole catalogue, then follows it. */
export async function openCatalogFeed<Class>(
  options: CatalogFeedOptions<Class>,
): Promise<CatalogFeed<Class>> {
  const { host, rules } = options;
  const rows = await host.snapshot((session) => loadRows(host, session, 0));
  const catalog = new PublishedCatalog(rows, rules, host.clock.now());
  return new PollingFeed(catalog, options);
}

interface Waiter {
  readonly seq: number;
  readonly resolve: () => void;
}

class PollingFeed<Class> implements CatalogFeed<Class> {
  readonly catalog: PublishedCatalog<Class>;
  confirmedAt: Date;
  readonly #options: CatalogFeedOptions<Class>;
  readonly #timing: FeedTiming;
  readonly #waiters = new Set<Waiter>();
  #timer: NodeJS.Timeout | undefined;
  #polling: Promise<void> | undefined;
  #again = false;
  #stopped = false;

  constructor(catalog: PublishedCatalog<Class>, options: CatalogFeedOptions<Class>) {
    this.catalog = catalog;
    this.#options = options;
    this.#timing = { ...TIMING, ...options.timing };
    this.confirmedAt = options.host.clock.now();
    this.#schedule();
  }

  wake(): void {
    if (this.#stopped) return;
    if (this.#polling) this.#again = true;
    else this.#poll();
  }

  async atLeast(seq: number): Promise<void> {
    if (this.catalog.seq >= seq) return;
    const arrived = await new Promise<boolean>((resolve) => {
      const waiter: Waiter = { seq, resolve: () => finish(true) };
      const timer = setTimeout(() => finish(false), this.#timing.waitMs);
      const finish = (result: boolean) => {
        clearTimeout(timer);
        this.#waiters.delete(waiter);
        resolve(result);
      };
      this.#waiters.add(waiter);
      this.wake();
    });
    if (!arrived)
      throw new BusyError(
        `Publication ${seq} of the catalogue has not reached this server yet; it holds ${this.catalog.seq}. Repeat the request.`,
      );
  }

  async stop(): Promise<void> {
    this.#stopped = true;
    clearTimeout(this.#timer);
    await this.#polling;
  }

  #schedule(): void {
    if (this.#stopped) return;
    this.#timer = setTimeout(() => this.#poll(), this.#timing.pollMs);
    this.#timer.unref();
  }

  #poll(): void {
    clearTimeout(this.#timer);
    this.#again = false;
    this.#polling = this.#refresh()
      .catch((error: unknown) =>
        this.#options.host.logger.warn(
          { ...failureOf(error), frames: framesOf(error) },
          'The catalogue cannot be refreshed',
        ),
      )
      .finally(() => {
        this.#polling = undefined;
        if (this.#again && !this.#stopped) this.#poll();
        else this.#schedule();
      });
  }

  async #refresh(): Promise<void> {
    const { host } = this.#options;
    const asked = host.clock.now();
    if ((await readSequence(host)) > this.catalog.seq) {
      const known = this.catalog.seq;
      const rows = await host.snapshot((session) => loadRows(host, session, known));
      this.catalog.apply(rows, host.clock.now());
      for (const waiter of [...this.#waiters]) if (this.catalog.seq >= waiter.seq) waiter.resolve();
    }
    this.confirmedAt = asked;
  }
}
