import { z } from 'zod';
import { REDEMPTION_STATES } from '../ledger/command.ts';
import { POINTS_MAX } from '../ledger/points.ts';
import type { PartnerRedemptionRecord } from './model.ts';

/*
 * What goes over /partner/v1, said once: requests are checked by these shapes, and the OpenAPI document is made of them.
 */

const points = z.int().min(1).max(POINTS_MAX);

export const reserveBody = z
  .strictObject({
    token: z.string().min(1).max(200).describe("The client's one-time token."),
    reference: z
      .string()
      .regex(/^[\x21-\x7e]{1,64}$/, '1 to 64 printable ASCII characters without spaces')
      .describe('Your own reference, never used twice.'),
    points: points.describe('How many points to hold; with goods: their price in points times the quantity.'),
    goods: z
      .strictObject({
        code: z.string().min(1).max(32).describe('Code of one of your goods in the catalogue.'),
        quantity: z.int().min(1).max(1000).describe('How many.'),
      })
      .optional()
      .describe('Absent where you sell something that is not in the catalogue.'),
  })
  .meta({ id: 'ReserveRequest', description: 'Asks to hold points of the client who gave the token.' });

export const refundBody = z
  .strictObject({
    points: points.optional().describe('How many come back; absent: all that did not yet.'),
  })
  .meta({ id: 'RefundRequest', description: 'Gives back points of a confirmed redemption.' });

export const emptyBody = z.strictObject({}).meta({ id: 'EmptyRequest', description: 'Nothing but {}.' });

export const sandboxTokenBody = z
  .strictObject({
    points: points.describe('Points of the invented client, and the most that the token allows.'),
  })
  .meta({ id: 'SandboxTokenRequest', description: 'Sandbox only: a token of an invented client.' });

export const listQuery = z.strictObject({
  first: z.coerce.number().int().min(1).max(100).default(20).describe('How many at most, 1 to 100.'),
  after: z.string().max(200).optional().describe('The `endCursor` of the page before.'),
});

export const reservationShape = z
  .object({
    id: z.string().describe('Ours; name it in confirm, cancel and refund.'),
    reference: z.string().describe('Yours.'),
    state: z.enum(REDEMPTION_STATES).describe('EXPIRED: not confirmed in time, so everything went back.'),
    points: z.int().describe('Points held or taken.'),
    refundedPoints: z.int().describe('How many of them came back after the confirmation.'),
    client: z
      .string()
      .describe('The client as you know them: the same at each visit, and another at other merchants.'),
    goods: z.object({ code: z.string(), quantity: z.int() }).optional(),
    reservedAt: z.iso.datetime(),
    expiresAt: z.iso.datetime().describe('Confirm before; from then on the hold may be released.'),
    changedAt: z.iso.datetime(),
    sandbox: z.boolean().describe('True: these points are worth nothing.'),
  })
  .meta({ id: 'Reservation', description: 'Points held or taken for you.' });

export const reservationPage = z
  .object({
    reservations: z.array(reservationShape).describe('Newest first.'),
    hasNextPage: z.boolean(),
    endCursor: z.string().nullable(),
  })
  .meta({ id: 'ReservationPage', description: 'A page of your reservations.' });

export const tokenShape = z
  .object({ token: z.string(), expiresAt: z.iso.datetime() })
  .meta({ id: 'RedemptionToken', description: 'A one-time token, good for ten minutes.' });

export const problemShape = z
  .object({
    type: z.string(),
    title: z.string(),
    status: z.int(),
    code: z.string().describe('Stable; act on this.'),
    detail: z.string().describe('For people.'),
    requestId: z.string().describe('Name it when you ask us.'),
  })
  .meta({ id: 'Problem', description: 'Why a request was not done (RFC 9457).' });

export type ReserveBody = z.infer<typeof reserveBody>;
export type RefundBody = z.infer<typeof refundBody>;
export type ReservationView = z.infer<typeof reservationShape>;

/** All that a merchant sees of a redemption; the client only by the merchant's own name for them. */
export function reservationView(record: PartnerRedemptionRecord): ReservationView {
  const { _id, reference, state, points, refunded, pseudonym, goods, sandbox } = record;
  return {
    id: _id,
    reference,
    state,
    points,
    refundedPoints: refunded,
    client: pseudonym,
    ...(goods ? { goods: { code: goods.code, quantity: goods.quantity } } : {}),
    reservedAt: record.reservedAt.toISOString(),
    expiresAt: record.expiresAt.toISOString(),
    changedAt: record.changedAt.toISOString(),
    sandbox,
  };
}
