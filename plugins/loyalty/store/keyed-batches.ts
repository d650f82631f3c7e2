import { systemActor, type Actor } from '../../../core/access/actor.ts';
import { isDuplicateKey, type Tx } from '../../../core/db/database.ts';
import { BusyError, PlatformError } from '../../../core/errors.ts';
import { foreseen } from '../../../core/failure.ts';
import {
  answerTo,
  idempotencyService,
  type Idempotency,
  type KeyClaim,
  type RecordedAnswer,
} from '../../../core/idempotency/idempotency.ts';
import type { Host } from '../../../core/plugin/contract.ts';
import { BatchQueue, type Outcome } from './batch-queue.ts';

/** Something asked by itself, outside any transaction, with the key under which it is done once. */
export interface KeyedItem {
  /** On whose behalf. */
  readonly actor: Actor;
  /** Absent for what may be repeated as it is. */
  readonly claim?: KeyClaim;
}

/** What one transaction did with its items, in their order. */
export interface Committed<T> {
  /** An error is the item's own, is not recorded, and undoes nothing of the others. */
  readonly outcomes: readonly Outcome<T>[];
  /** Further keys that the same transaction occupies for good. */
  readonly keys?: readonly { readonly claim: KeyClaim; readonly result: unknown }[];
}

export interface KeyedBatchesOptions<I, T> {
  /** Who acts where a batch is on behalf of several. */
  readonly name: string;
  /** Decides and writes in a transaction that is open; on a conflict it is done anew for halves. */
  readonly work: (tx: Tx, items: readonly I[]) => Promise<Committed<T>>;
  /** Items that share one of these are never in one transaction: the later one sees what the earlier one did. */
  readonly apart?: (item: I) => readonly string[];
}

const BATCH_MAX = 128;
const WAITING_MAX = 4096;
/** How often the same requests are tried against other writers before they are told to come again. */
const TRIES_MAX = 14;
const BACKOFF_MS_MAX = 100;

/**
 * Does requests in batches: one transaction for up to 128 of them, in order, each with its own answer. A conflict with
 * another process does them anew in halves; answers that are on record are given again.
 */
export class KeyedBatches<I extends KeyedItem, T> {
  readonly #host: Host;
  readonly #options: KeyedBatchesOptions<I, T>;
  readonly #queue: BatchQueue<I, T>;

  constructor(host: Host, options: KeyedBatchesOptions<I, T>) {
    this.#host = host;
    this.#options = options;
    this.#queue = new BatchQueue((items) => this.#answer(items), {
      batchMax: BATCH_MAX,
      waitingMax: WAITING_MAX,
    });
  }

  /** @throws IDEMPOTENCY_KEY_REUSED (422), BUSY (503) */
  do(item: I): Promise<T> {
    return this.#queue.push(item);
  }

  /** Repeats within the batch follow the first of their key, as they would have one after the other. */
  async #answer(items: readonly I[]): Promise<Outcome<T>[]> {
    const firsts = new Map<string, I>();
    for (const item of items) if (item.claim && !firsts.has(item.claim.id)) firsts.set(item.claim.id, item);
    const leaders = items.filter((item) => !item.claim || firsts.get(item.claim.id) === item);
    const outcomes = new Map<I, Outcome<T>>();
    for (const round of this.#rounds(leaders))
      for (const [item, outcome] of await this.#tryAll(round, 1)) outcomes.set(item, outcome);
    return items.map((item) => {
      const own = outcomes.get(item);
      if (own) return own;
      const first = firsts.get(item.claim!.id)!;
      const outcome = outcomes.get(first)!;
      if ('error' in outcome) return outcome;
      const recorded = { bodyHash: first.claim!.bodyHash, result: JSON.stringify(outcome.value) };
      return answered<T>(item.claim!, recorded);
    });
  }

  #rounds(items: readonly I[]): readonly (readonly I[])[] {
    const { apart } = this.#options;
    if (!apart) return [items];
    const rounds: { readonly items: I[]; readonly taken: Set<string> }[] = [];
    for (const item of items) {
      const keys = apart(item);
      const last = rounds.findLastIndex(({ taken }) => keys.some((key) => taken.has(key)));
      if (last + 1 === rounds.length) rounds.push({ items: [], taken: new Set() });
      const round = rounds[last + 1]!;
      round.items.push(item);
      for (const key of keys) round.taken.add(key);
    }
    return rounds.map((round) => round.items);
  }

  async #tryAll(items: readonly I[], attempt: number): Promise<[I, Outcome<T>][]> {
    if (items.length === 0) return [];
    const claims = items.flatMap(({ claim }) => (claim ? [claim] : []));
    const recorded = await this.#idempotency.recorded(claims);
    const done: [I, Outcome<T>][] = [];
    const open: I[] = [];
    for (const item of items) {
      const before = item.claim && recorded.get(item.claim.id);
      if (before) done.push([item, answered<T>(item.claim, before)]);
      else open.push(item);
    }
    return open.length === 0 ? done : [...done, ...(await this.#tryOpen(open, attempt))];
  }

  async #tryOpen(open: readonly I[], attempt: number): Promise<[I, Outcome<T>][]> {
    try {
      const outcomes = await this.#commit(open);
      return open.map((item, index) => [item, outcomes[index]!]);
    } catch (error) {
      // A database that is away is so for all of them.
      const away = !(error instanceof PlatformError) && foreseen(error) !== undefined;
      if (away || attempt >= TRIES_MAX)
        return open.map((item) => [item, { error: conflicted(error) ? tooMany(error) : error }]);
      // An unforeseen failure is of one item: halving leaves it alone with it, and the others are done.
      if (!conflicted(error) && open.length === 1) return [[open[0]!, { error }]];
      if (conflicted(error)) await backOff(attempt);
      const half = Math.ceil(open.length / 2);
      return [
        ...(await this.#tryAll(open.slice(0, half), attempt + 1)),
        ...(await this.#tryAll(open.slice(half), attempt + 1)),
      ];
    }
  }

  #commit(open: readonly I[]): Promise<readonly Outcome<T>[]> {
    return this.#host.transact(
      this.#actorOf(open),
      async (tx) => {
        const { outcomes, keys = [] } = await this.#options.work(tx, open);
        const keyed = open.flatMap(({ claim }, index) => {
          const outcome = outcomes[index]!;
          return claim && 'value' in outcome ? [{ claim, result: outcome.value as unknown }] : [];
        });
        await this.#idempotency.record(tx, [...keyed, ...keys]);
        return outcomes;
      },
      // Not again as a whole: what is on record by then must be answered from there.
      { attemptsMax: 1 },
    );
  }

  /** On behalf of whoever asked, or of the batch's own name where several did; each record names its own. */
  #actorOf(items: readonly I[]): Actor {
    const [first] = items;
    return items.every(({ actor }) => actor === first!.actor)
      ? first!.actor
      : systemActor(this.#options.name);
  }

  get #idempotency(): Idempotency {
    return this.#host.service(idempotencyService);
  }
}

function answered<T>(claim: KeyClaim, recorded: RecordedAnswer): Outcome<T> {
  try {
    return { value: answerTo<T>(claim, recorded) };
  } catch (error) {
    return { error };
  }
}

function conflicted(error: unknown): boolean {
  return error instanceof BusyError || isDuplicateKey(error);
}

function tooMany(cause: unknown): BusyError {
  return new BusyError(
    'Too many others change the same records. Nothing was done; repeat the request with the same key.',
    1,
    cause,
  );
}

function backOff(attempt: number): Promise<void> {
  return new Promise((resolve) =>
    setTimeout(resolve, Math.random() * Math.min(BACKOFF_MS_MAX, 2 ** attempt)),
  );
}
