import { collectionOf } from '../db/collection.ts';
import type { Database } from '../db/database.ts';
import { FencedError } from '../db/fence.ts';
import type { Leases } from '../db/leases.ts';
import { failureOf } from '../failure.ts';
import type { Logger } from '../log.ts';
import type { Declared, HandlerDeclaration, Host } from '../plugin/contract.ts';
import type { Clock } from '../time/clock.ts';
import { Loop, settledWithin } from '../time/loop.ts';
import { LANES, type LaneRecord } from './delivery.ts';
import { dispatchPending, type HandlersByEvent } from './dispatch.ts';
import { runLane } from './lane.ts';
import { pruneEvents } from './prune.ts';

export interface RelayTiming {
  /** How often the outbox is looked at when nobody wakes the relay. */
  readonly pollMs: number;
  /** After how many failures an event is poison. */
  readonly triesMax: number;
  /** How long a handler may take for one event; below the 60 s after which MongoDB ends a transaction. */
  readonly handlerTimeLimitMs: number;
  readonly retryBaseMs: number;
  /** How many keys of one handler this process works on at once. */
  readonly lanesPerHandler: number;
  readonly pruneEveryMs: number;
  /** How long an event that everybody has handled is kept. */
  readonly keepMs: number;
}

export const RELAY_TIMING: RelayTiming = {
  pollMs: 200,
  triesMax: 5,
  handlerTimeLimitMs: 20_000,
  retryBaseMs: 500,
  lanesPerHandler: 4,
  pruneEveryMs: 60_000,
  keepMs: 7 * 24 * 3_600_000,
};

export interface RelayOptions {
  readonly database: Database;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly leases: Leases;
  readonly handlers: readonly Declared<HandlerDeclaration>[];
  /** Names of the events that earning rules may speak of. */
  readonly occurrences: readonly string[];
  readonly hostOf: (owner: string) => Host;
  readonly timing?: Partial<RelayTiming>;
}

/** More than the free slots, so that processes do not all knock at the same lanes. */
const CANDIDATES_MAX = 32;

/** The name that a handler's delivery state is kept under. */
export function handlerId(handler: Declared<HandlerDeclaration>): string {
  return `${handler.owner}.${handler.name}`;
}

/**
 * Hands committed events to handlers: in order per key and handler, at least once, with duplicates absorbed. Each
 * handler has lanes of its own, so that one which fails or hangs holds up nobody else. Any number of processes may run
 * one.
 */
export class Relay {
  readonly #options: RelayOptions;
  readonly #timing: RelayTiming;
  readonly #handlers = new Map<string, Declared<HandlerDeclaration>>();
  readonly #byEvent: HandlersByEvent;
  readonly #running = new Map<string, Promise<void>>();
  readonly #loop: Loop;
  #pruneAt = 0;

  constructor(options: RelayOptions) {
    this.#options = options;
    this.#timing = { ...RELAY_TIMING, ...options.timing };
    const byEvent = new Map<string, string[]>();
    for (const handler of options.handlers) {
      this.#handlers.set(handlerId(handler), handler);
      for (const event of typeof handler.on === 'string' ? [handler.on] : options.occurrences)
        byEvent.set(event, [...(byEvent.get(event) ?? []), handlerId(handler)]);
    }
    this.#byEvent = byEvent;
    this.#loop = new Loop({
      name: 'relay',
      everyMs: this.#timing.pollMs,
      logger: options.logger,
      step: () => this.#round(),
    });
    options.database.onPublished(() => this.wake());
  }

  start(): void {
    this.#loop.start();
  }

  /** Looks for work at once; called after commits in this process. */
  wake(): void {
    this.#loop.wake();
  }

  /** Takes up nothing new and waits for handlers that run, at most `limitMs`. */
  async stop(limitMs = 5000): Promise<void> {
    await this.#loop.stop(limitMs);
    await settledWithin(Promise.all(this.#running.values()), limitMs);
  }

  async #round(): Promise<boolean> {
    const more = await dispatchPending(this.#options.database, this.#byEvent);
    await this.#startLanes();
    await this.#prune();
    return more;
  }

  async #startLanes(): Promise<void> {
    const due = { ready: true as const, dueAt: { $lte: this.#options.clock.now() } };
    const lanes = collectionOf<LaneRecord>(this.#options.database, LANES);
    if (!(await lanes.findOne(due, { projection: { _id: 1 } }))) return;
    for (const id of await lanes.distinct('handler', due)) {
      const handler = this.#handlers.get(id);
      if (!handler) continue;
      const running = this.#runningOf(id);
      const free = this.#timing.lanesPerHandler - running.length;
      if (free <= 0) continue;
      const found = await lanes
        .find({ ...due, handler: id, _id: { $nin: running } })
        .limit(CANDIDATES_MAX)
        .toArray();
      for (const lane of pick(found, free)) this.#startLane(lane, handler);
    }
  }

  #runningOf(handler: string): string[] {
    return [...this.#running.keys()].filter((lane) => lane.startsWith(`${handler}|`));
  }

  #startLane(lane: LaneRecord, handler: Declared<HandlerDeclaration>): void {
    const { database, clock, leases, logger, hostOf } = this.#options;
    const { triesMax, handlerTimeLimitMs: timeLimitMs, retryBaseMs } = this.#timing;
    const work = { database, clock, leases, triesMax, timeLimitMs, retryBaseMs };
    const running = runLane(work, lane, handler, hostOf(handler.owner))
      .then((worked) => {
        this.#running.delete(lane._id);
        // A lane that another process has is looked at again at the next poll, not at once.
        if (worked) this.wake();
      })
      .catch((error: unknown) => {
        this.#running.delete(lane._id);
        // Another process took over a lane that was thought dead: it goes on from here.
        if (error instanceof FencedError) logger.warn({ lane: lane._id }, 'a lane was taken over');
        else logger.error({ lane: lane._id, ...failureOf(error) }, 'a lane failed');
      });
    this.#running.set(lane._id, running);
  }

  async #prune(): Promise<void> {
    const now = this.#options.clock.now().getTime();
    if (now < this.#pruneAt) return;
    this.#pruneAt = now + this.#timing.pruneEveryMs;
    await pruneEvents(this.#options.database, new Date(now - this.#timing.keepMs));
  }
}

/** Some of the candidates, from a random one on. */
function pick<T>(candidates: readonly T[], count: number): T[] {
  const from = Math.floor(Math.random() * candidates.length);
  return [...candidates.slice(from), ...candidates.slice(0, from)].slice(0, count);
}
