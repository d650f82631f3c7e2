import { systemActor, type Actor } from '../../../core/access/actor.ts';
import { isDuplicateKey } from '../../../core/db/database.ts';
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
import { postIn, type PointsAnswer, type PolicyOf, type PostingRequest } from './posting.ts';

/** A request by itself, outside any transaction, with the key under which it is done once. */
export interface KeyedPosting extends PostingRequest {
  /** Absent for what may be repeated as it is: settling, time-outs. */
  readonly claim?: KeyClaim;
}

const BATCH_MAX = 128;
const WAITING_MAX = 4096;
/** How often the same requests are tried against other writers before they are told to come again. */
const TRIES_MAX = 14;
const BACKOFF_MS_MAX = 100;

/**
 * Posts requests in batches: one transaction for up to 128 of them, in order, each with its own answer. A conflict with
 * another process decides them anew in halves; answers that are on record are given again.
 */
export class BatchPoster {
  readonly #host: Host;
  readonly #policyOf: PolicyOf;
  readonly #queue: BatchQueue<KeyedPosting, PointsAnswer>;

  constructor(host: Host, policyOf: PolicyOf) {
    this.#host = host;
    this.#policyOf = policyOf;
    this.#queue = new BatchQueue((items) => this.#answer(items), {
      batchMax: BATCH_MAX,
      waitingMax: WAITING_MAX,
    });
  }

  /** @throws IDEMPOTENCY_KEY_REUSED (422), BUSY (503) */
  post(posting: KeyedPosting): Promise<PointsAnswer> {
    return this.#queue.push(posting);
  }

  /** Repeats within the batch follow the first of their key, as they would have one after the other. */
  async #answer(items: readonly KeyedPosting[]): Promise<Outcome<PointsAnswer>[]> {
    const firsts = new Map<string, KeyedPosting>();
    for (const item of items) if (item.claim && !firsts.has(item.claim.id)) firsts.set(item.claim.id, item);
    const leaders = items.filter(({ claim }, index) => !claim || firsts.get(claim.id) === items[index]);
    const outcomes = new Map<KeyedPosting, Outcome<PointsAnswer>>();
    for (const [item, outcome] of await this.#tryAll(leaders, 1)) outcomes.set(item, outcome);
    return items.map((item) => {
      const own = outcomes.get(item);
      if (own) return own;
      const first = firsts.get(item.claim!.id)!;
      const outcome = outcomes.get(first)!;
      if ('error' in outcome) return outcome;
      return answered(item.claim!, {
        bodyHash: first.claim!.bodyHash,
        result: JSON.stringify(outcome.value),
      });
    });
  }

  async #tryAll(
    items: readonly KeyedPosting[],
    attempt: number,
  ): Promise<[KeyedPosting, Outcome<PointsAnswer>][]> {
    if (items.length === 0) return [];
    const recorded = await this.#idempotency.recorded(
      items.map(({ claim }) => claim).filter((claim) => claim !== undefined),
    );
    const done: [KeyedPosting, Outcome<PointsAnswer>][] = [];
    const open: KeyedPosting[] = [];
    for (const item of items) {
      const before = item.claim && recorded.get(item.claim.id);
      if (before) done.push([item, answered(item.claim, before)]);
      else open.push(item);
    }
    return open.length === 0 ? done : [...done, ...(await this.#tryOpen(open, attempt))];
  }

  async #tryOpen(
    open: readonly KeyedPosting[],
    attempt: number,
  ): Promise<[KeyedPosting, Outcome<PointsAnswer>][]> {
    try {
      const answers = await this.#commit(open);
      return open.map((item, index) => [item, { value: answers[index]! }]);
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

  #commit(open: readonly KeyedPosting[]): Promise<PointsAnswer[]> {
    return this.#host.transact(
      actorOf(open),
      async (tx) => {
        const answers = await postIn(this.#host, tx, open, this.#policyOf);
        const keyed = open.flatMap(({ claim }, index) => (claim ? [{ claim, result: answers[index]! }] : []));
        await this.#idempotency.record(tx, keyed);
        return answers;
      },
      // Not again as a whole: what is on record by then must be answered from there.
      { attemptsMax: 1 },
    );
  }

  get #idempotency(): Idempotency {
    return this.#host.service(idempotencyService);
  }
}

function answered(claim: KeyClaim, recorded: RecordedAnswer): Outcome<PointsAnswer> {
  try {
    return { value: answerTo<PointsAnswer>(claim, recorded) };
  } catch (error) {
    return { error };
  }
}

/** The transaction is on behalf of whoever asked, or of the ledger where several did; each entry names its own. */
function actorOf(items: readonly PostingRequest[]): Actor {
  const [first] = items;
  return items.every(({ actor }) => actor === first!.actor) ? first!.actor : systemActor('points-ledger');
}

function conflicted(error: unknown): boolean {
  return error instanceof BusyError || isDuplicateKey(error);
}

function tooMany(cause: unknown): BusyError {
  return new BusyError(
    'Too many others post to the same accounts. Nothing was posted; repeat the request with the same key.',
    1,
    cause,
  );
}

function backOff(attempt: number): Promise<void> {
  return new Promise((resolve) =>
    setTimeout(resolve, Math.random() * Math.min(BACKOFF_MS_MAX, 2 ** attempt)),
  );
}
