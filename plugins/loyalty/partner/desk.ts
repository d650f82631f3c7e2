import { collectionOf } from '../../../core/db/collection.ts';
import type { Tx } from '../../../core/db/database.ts';
import { jobQueue } from '../../../core/job/port.ts';
import type { Host } from '../../../core/plugin/contract.ts';
import { PointTypes } from '../policy.ts';
import type { Outcome } from '../store/batch-queue.ts';
import { KeyedBatches, type Committed } from '../store/keyed-batches.ts';
import { postIn } from '../store/posting.ts';
import { isWanted, type PartnerItem, type Plan, type Wanted } from './command.ts';
import { ledgerRefusal, type PartnerAnswer, type PartnerRefusal } from './decide.ts';
import { DELIVER_JOB } from './deliver.ts';
import {
  PARTNER_REDEMPTIONS,
  REDEMPTION_TOKENS,
  WEBHOOKS,
  type PartnerRedemptionRecord,
  type RedemptionTokenRecord,
  type WebhookRecord,
} from './model.ts';
import { planOf } from './plan.ts';
import { loadScene } from './scene.ts';
import { reservationView } from './shapes.ts';
import { Shelf } from './shelf.ts';
import { webhookOf } from './webhook.ts';

/**
 * Redemptions at merchants, many in one transaction: token, reference, stock, points, the record and what the merchant is
 * told stand or fall together, and each request has an answer of its own.
 */
export class PartnerDesk {
  readonly #host: Host;
  readonly #types: PointTypes;
  readonly #batches: KeyedBatches<PartnerItem, PartnerAnswer>;

  constructor(host: Host) {
    this.#host = host;
    this.#types = new PointTypes(host);
    this.#batches = new KeyedBatches(host, {
      name: 'partner-desk',
      work: (tx, items) => this.#work(tx, items),
      apart: keptApart,
    });
  }

  /** @throws NOT_FOUND, SWITCHED_OFF and SWITCHES_UNCONFIRMED (503), BUSY (503), IDEMPOTENCY_KEY_REUSED (422) */
  do(item: PartnerItem): Promise<PartnerAnswer> {
    return this.#batches.do(item);
  }

  async #work(tx: Tx, items: readonly PartnerItem[]): Promise<Committed<PartnerAnswer>> {
    const scene = await loadScene(this.#host, tx, items);
    const plans: Plan[] = [];
    const shelf = new Shelf(this.#host, tx);
    for (const item of items) {
      const plan = await planOf(this.#host, tx, item, scene);
      const outcome = isWanted(plan) && !plan.before ? await shelf.take(plan) : undefined;
      plans.push(outcome ? { outcome } : plan);
    }
    const refusals = await this.#post(tx, plans.filter(isWanted), shelf);
    const outcomes = plans.map((plan): Outcome<PartnerAnswer> => {
      if (!isWanted(plan)) return plan.outcome;
      return { value: refusals.get(plan) ?? { ok: true, reservation: reservationView(plan.after) } };
    });
    trace(tx, items, plans, outcomes);
    const keys = plans.flatMap((plan, index) => {
      const { command } = items[index]!;
      return command.type === 'reserve' && isWanted(plan) && !refusals.has(plan)
        ? [{ claim: command.referenceClaim, result: plan.after._id }]
        : [];
    });
    return { outcomes, keys };
  }

  /** Asks the ledger for all at once and writes what follows from what it granted. */
  async #post(tx: Tx, wanted: readonly Wanted[], shelf: Shelf): Promise<ReadonlyMap<Wanted, PartnerRefusal>> {
    const refusals = new Map<Wanted, PartnerRefusal>();
    if (wanted.length === 0) return refusals;
    const answers = await postIn(
      this.#host,
      tx,
      wanted.map(({ request }) => request),
      (pointType) => this.#types.get(pointType),
    );
    for (const [index, answer] of answers.entries())
      if (!answer.posted) refusals.set(wanted[index]!, ledgerRefusal(answer.refusal));
    const granted = wanted.filter((plan) => !refusals.has(plan));
    for (const plan of wanted) {
      const givenUp = plan.before && ['CANCELLED', 'EXPIRED'].includes(plan.after.state);
      // Of what was refused, only a reservation had taken anything.
      if (refusals.has(plan) ? !plan.before : givenUp) await shelf.putBack(plan.after);
    }
    await this.#writeRedemptions(tx, granted);
    await this.#useTokens(tx, granted);
    await this.#tellMerchants(tx, granted);
    return refusals;
  }

  async #writeRedemptions(tx: Tx, granted: readonly Wanted[]): Promise<void> {
    const { session } = tx;
    const redemptions = collectionOf<PartnerRedemptionRecord>(this.#host, PARTNER_REDEMPTIONS);
    const made = granted.filter(({ before }) => !before).map(({ after }) => after);
    if (made.length > 0) await redemptions.insertMany(made, { session });
    const changed = granted.filter(({ before }) => before);
    if (changed.length === 0) return;
    const { matchedCount } = await redemptions.bulkWrite(
      changed.map(({ before, after: { _id, partyId, state, refunded, changedAt } }) => ({
        updateOne: {
          filter: { _id, partyId, state: before!.state },
          update: { $set: { state, refunded, changedAt } },
        },
      })),
      { session },
    );
    if (matchedCount !== changed.length)
      throw new Error('A redemption changed under the snapshot that it was read in.');
  }

  async #useTokens(tx: Tx, granted: readonly Wanted[]): Promise<void> {
    const ids = granted.flatMap(({ token }) => (token ? [token._id] : []));
    if (ids.length === 0) return;
    const { matchedCount } = await collectionOf<RedemptionTokenRecord>(
      this.#host,
      REDEMPTION_TOKENS,
    ).updateMany(
      { _id: { $in: ids }, usedAt: { $exists: false } } as never,
      { $set: { usedAt: tx.at } },
      { session: tx.session },
    );
    if (matchedCount !== ids.length)
      throw new Error('A token was used under the snapshot that it was read in.');
  }

  async #tellMerchants(tx: Tx, granted: readonly Wanted[]): Promise<void> {
    const told = granted
      .filter(({ merchant }) => merchant.webhookUrl !== undefined)
      .map(({ after, request }) =>
        request.command.type === 'refund'
          ? webhookOf(after, tx.at, 'redemption.refunded')
          : webhookOf(after, tx.at),
      );
    if (told.length === 0) return;
    await collectionOf<WebhookRecord>(this.#host, WEBHOOKS).insertMany(told, { session: tx.session });
    await this.#host.service(jobQueue).enqueueMany(
      tx,
      DELIVER_JOB,
      told.map(({ _id }) => ({ webhookId: _id })),
    );
  }
}

/** What two items of one transaction must not share, so that the later one sees what the earlier one did. */
function keptApart({ command }: PartnerItem): readonly string[] {
  if (command.type !== 'reserve') return [command.id];
  return [command.tokenId, command.referenceClaim.id];
}

/** One record for all, as for the entries of the ledger; see docs/decisions/0051. */
function trace(
  tx: Tx,
  items: readonly PartnerItem[],
  plans: readonly Plan[],
  outcomes: readonly Outcome<PartnerAnswer>[],
): void {
  const done = outcomes.map((outcome, index) => {
    const { command, merchantCode = 'platform' } = items[index]!;
    const plan = plans[index]!;
    const about = isWanted(plan) ? plan.after._id : command.type === 'reserve' ? '-' : command.id;
    const what = 'error' in outcome ? 'FAILED' : outcome.value.ok ? 'DONE' : outcome.value.code;
    return `${merchantCode} ${command.type} ${about} ${what}`;
  });
  const parties = new Set(plans.filter(isWanted).map(({ after }) => after.partyId));
  tx.trace({
    action: 'redemption.at-merchant',
    subject: { type: 'PartnerRedemption', id: done.length === 1 ? done[0]!.split(' ')[2]! : 'batch' },
    ...(parties.size === 1 ? { partyId: [...parties][0]! } : {}),
    details: { done },
  });
}
