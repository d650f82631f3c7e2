import { z } from 'zod';
import { systemActor, type Actor } from '../../../core/access/actor.ts';
import { collectionOf } from '../../../core/db/collection.ts';
import { notFound, PlatformError } from '../../../core/errors.ts';
import { jobQueue } from '../../../core/job/port.ts';
import type { Host, JobDeclaration, JobRun } from '../../../core/plugin/contract.ts';
import { merchantService } from '../merchant/service.ts';
import { WEBHOOKS, type WebhookRecord } from './model.ts';
import { sendWebhook, type WebhookOutcome } from './send-webhook.ts';
import { webhookHeaders } from './webhook.ts';

export const DELIVER_JOB = 'loyalty.deliver-webhook';

/** How long a merchant's system may take to answer. */
const TIME_LIMIT_MS = 5000;
const ACTOR = systemActor('webhooks');

/** Tells a merchant's system of one thing; the job's tries and pauses are the webhook's. */
export const deliverJob: JobDeclaration = {
  name: DELIVER_JOB,
  version: 1,
  payload: z.strictObject({ webhookId: z.string() }),
  attemptsMax: 12,
  timeLimitMs: 3 * TIME_LIMIT_MS,
  run: (payload, host, run) => deliver(host, (payload as { webhookId: string }).webhookId, run),
};

/** @throws WEBHOOK_UNDELIVERED, so that the job is tried again */
export async function deliver(host: Host, webhookId: string, { at }: Pick<JobRun, 'at'>): Promise<void> {
  const webhook = await collectionOf<WebhookRecord>(host, WEBHOOKS).findOne({ _id: webhookId });
  if (!webhook) throw notFound('webhook', webhookId);
  const merchants = host.service(merchantService);
  const merchant = await merchants.find(webhook.merchantCode);
  // Two people took the address away: there is nobody left to tell.
  if (merchant?.webhookUrl === undefined) return;
  const secrets = merchants.secretsOf(merchant);
  const outcome: WebhookOutcome =
    secrets.length === 0
      ? { failure: 'NO_SECRET' }
      : await sendWebhook({
          url: merchant.webhookUrl,
          headers: webhookHeaders(webhook, secrets, at),
          body: webhook.body,
          publicOnly: host.config.mode === 'production',
          timeLimitMs: TIME_LIMIT_MS,
        });
  const failure = failureOf(outcome);
  await record(host, webhook, failure);
  if (failure !== undefined)
    throw new PlatformError(
      'WEBHOOK_UNDELIVERED',
      `The system of merchant ${merchant._id} did not take a webhook: ${failure}. It is tried again.`,
      { status: 502 },
    );
}

/**
 * Has a webhook sent again, delivered or not: the same id and body, signed anew.
 * @throws NOT_FOUND
 */
export function replayWebhook(host: Host, actor: Actor, webhookId: string): Promise<WebhookRecord> {
  return host.transact(actor, async (tx) => {
    const webhook = await collectionOf<WebhookRecord>(host, WEBHOOKS).findOne(
      { _id: webhookId },
      { session: tx.session },
    );
    if (!webhook) throw notFound('webhook', webhookId);
    await host.service(jobQueue).enqueue(tx, DELIVER_JOB, { webhookId });
    tx.trace({
      action: 'webhook.replayed',
      subject: { type: 'Webhook', id: webhookId },
      details: { merchantCode: webhook.merchantCode, redemptionId: webhook.redemptionId },
    });
    return webhook;
  });
}

/** What a redemption's merchant was told of it, in the order of its making. */
export function webhooksOf(host: Host, redemptionId: string): Promise<WebhookRecord[]> {
  return collectionOf<WebhookRecord>(host, WEBHOOKS)
    .find({ redemptionId })
    .sort({ createdAt: 1, _id: 1 })
    .limit(100)
    .toArray();
}

function failureOf(outcome: WebhookOutcome): string | undefined {
  if ('failure' in outcome) return outcome.failure;
  return outcome.status >= 200 && outcome.status < 300 ? undefined : `status ${outcome.status}`;
}

async function record(host: Host, { _id }: WebhookRecord, failure: string | undefined): Promise<void> {
  await host.transact(
    ACTOR,
    async (tx) => {
      const change = failure === undefined ? { deliveredAt: tx.at } : { lastFailure: failure };
      await collectionOf<WebhookRecord>(host, WEBHOOKS).updateOne(
        { _id },
        {
          $inc: { attempts: 1 },
          $set: change,
          ...(failure === undefined ? { $unset: { lastFailure: 1 } } : {}),
        },
        { session: tx.session },
      );
    },
    { bookkeeping: true },
  );
}
