import { createHmac } from 'node:crypto';
import { newId } from '../../../core/ids.ts';
import type { PartnerRedemptionRecord, WebhookRecord, WebhookType } from './model.ts';
import { reservationView } from './shapes.ts';

const TYPE_OF = {
  RESERVED: 'redemption.reserved',
  CONFIRMED: 'redemption.confirmed',
  CANCELLED: 'redemption.cancelled',
  EXPIRED: 'redemption.expired',
  REFUNDED: 'redemption.refunded',
} as const;

/** What a merchant's system is told of a redemption that has just become what it is. */
export function webhookOf(
  redemption: PartnerRedemptionRecord,
  at: Date,
  type: WebhookType = TYPE_OF[redemption.state],
): WebhookRecord {
  return {
    _id: `msg_${newId()}`,
    merchantCode: redemption.merchantCode,
    redemptionId: redemption._id,
    type,
    body: JSON.stringify({ type, timestamp: at.toISOString(), data: reservationView(redemption) }),
    createdAt: at,
    attempts: 0,
  };
}

/**
 * The headers by which a receiver knows that a webhook is ours and new (Standard Webhooks 1.0, symmetric scheme).
 * @param secrets `whsec_…`, the newest first: one signature by each
 */
export function webhookHeaders(
  { _id, body }: Pick<WebhookRecord, '_id' | 'body'>,
  secrets: readonly string[],
  at: Date,
): Record<string, string> {
  const timestamp = String(Math.floor(at.getTime() / 1000));
  const signatures = secrets.map((secret) => {
    const key = Buffer.from(secret.replace(/^whsec_/, ''), 'base64');
    return `v1,${createHmac('sha256', key).update(`${_id}.${timestamp}.${body}`).digest('base64')}`;
  });
  return {
    'webhook-id': _id,
    'webhook-timestamp': timestamp,
    'webhook-signature': signatures.join(' '),
  };
}
