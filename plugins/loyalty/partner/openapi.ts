import { z, type ZodType } from 'zod';
import type { ApiDocumentDeclaration } from '../../../core/plugin/contract.ts';
import {
  emptyBody,
  listQuery,
  problemShape,
  refundBody,
  reservationPage,
  reservationShape,
  reserveBody,
  sandboxTokenBody,
  tokenShape,
} from './shapes.ts';

/** What partners' engineers generate their clients from: made of the shapes by which requests are checked. */
export const partnerApi: ApiDocumentDeclaration = {
  name: 'partner',
  path: '/partner/v1/openapi.json',
  document: partnerDocument,
};

const SHAPES: Readonly<Record<string, ZodType>> = {
  ReserveRequest: reserveBody,
  RefundRequest: refundBody,
  EmptyRequest: emptyBody,
  SandboxTokenRequest: sandboxTokenBody,
  Reservation: reservationShape,
  ReservationPage: reservationPage,
  RedemptionToken: tokenShape,
  Problem: problemShape,
};

function partnerDocument(): Record<string, unknown> {
  return {
    openapi: '3.1.0',
    info: {
      title: 'Tessera partner API',
      version: '1.0.0',
      description:
        'For merchants at which clients redeem points. Every request is signed (RFC 9421, Ed25519) by one of your two keys, once: a retry is signed anew with a new nonce and the same Idempotency-Key. Amounts are whole points, times are UTC.',
    },
    servers: [{ url: '/partner/v1' }],
    security: [{ signature: [] }],
    paths: paths(),
    webhooks: webhooks(),
    components: {
      schemas: schemas(),
      securitySchemes: {
        signature: {
          type: 'apiKey',
          in: 'header',
          name: 'Signature',
          description:
            'RFC 9421 with Signature-Input: created, nonce, keyid and alg="ed25519" over "@method" "@authority" "@path" "@query", and on writes "content-digest" "idempotency-key" too. Accepted within 300 s, each nonce once.',
        },
      },
      parameters: {
        IdempotencyKey: {
          name: 'Idempotency-Key',
          in: 'header',
          required: true,
          description:
            'Yours, 1 to 255 characters, kept for good. The same key with the same body gives the first answer again, refusals included; with another body it is refused with 422.',
          schema: { type: 'string', minLength: 1, maxLength: 255 },
        },
      },
      headers: {
        RateLimit: { description: 'What is left of this minute.', schema: { type: 'string' } },
        'Retry-After': { description: 'Seconds to wait.', schema: { type: 'integer' } },
      },
    },
  };
}

function paths(): Record<string, unknown> {
  const id = pathParameter('id', 'Our id of the reservation.');
  return {
    '/reservations': {
      post: write('Hold points', 'ReserveRequest', { '201': answer('Reservation', 'The points are held.') }),
      get: {
        summary: 'List your reservations, newest first',
        parameters: Object.entries(listQuery.shape).map(([name, shape]) => ({
          name,
          in: 'query',
          schema: jsonSchema(shape),
        })),
        responses: { '200': answer('ReservationPage', 'A page.'), ...problems('400', '401', '429', '503') },
      },
    },
    '/reservations/by-reference/{reference}': {
      get: {
        summary: 'Look a reservation up by your own reference',
        parameters: [pathParameter('reference', 'Yours.')],
        responses: {
          '200': answer('Reservation', 'As it stands.'),
          ...problems('401', '404', '429', '503'),
        },
      },
    },
    '/reservations/{id}/confirm': {
      parameters: [id],
      post: write('Take the points that are held', 'EmptyRequest', CHANGED),
    },
    '/reservations/{id}/cancel': {
      parameters: [id],
      post: write('Give the hold up', 'EmptyRequest', CHANGED),
    },
    '/reservations/{id}/refund': {
      parameters: [id],
      post: write('Give points of a confirmed redemption back', 'RefundRequest', CHANGED),
    },
    '/sandbox/tokens': {
      post: write('Sandbox only: a token of an invented client', 'SandboxTokenRequest', {
        '201': answer('RedemptionToken', 'A token.'),
      }),
    },
  };
}

function webhooks(): Record<string, unknown> {
  return {
    redemption: {
      post: {
        summary: 'Sent to your address, signed as Standard Webhooks; answer 2xx within 5 s',
        requestBody: {
          content: {
            'application/json': {
              schema: {
                type: 'object',
                required: ['type', 'timestamp', 'data'],
                properties: {
                  type: {
                    enum: [
                      'redemption.reserved',
                      'redemption.confirmed',
                      'redemption.cancelled',
                      'redemption.expired',
                      'redemption.refunded',
                    ],
                  },
                  timestamp: { type: 'string', format: 'date-time' },
                  data: { $ref: '#/components/schemas/Reservation' },
                },
              },
            },
          },
        },
        responses: { '204': { description: 'Taken. Anything else is tried again.' } },
      },
    },
  };
}

function write(summary: string, body: string, responses: Record<string, unknown>): Record<string, unknown> {
  return {
    summary,
    parameters: [{ $ref: '#/components/parameters/IdempotencyKey' }],
    requestBody: { required: true, content: { 'application/json': { schema: ref(body) } } },
    responses: { ...responses, ...problems('400', '401', '404', '409', '422', '429', '503') },
  };
}

const PROBLEMS: Readonly<Record<string, string>> = {
  '400': 'The request cannot be read; `detail` names the place.',
  '401': 'The signature is refused; `detail` says why.',
  '404': 'There is none of yours.',
  '409': 'Refused for a reason of the business; act on `code`.',
  '422': 'The Idempotency-Key was used for another request.',
  '429': 'Too many requests this minute.',
  '503': 'Not now: too busy, or stopped by the firm. Nothing was done; repeat with the same key.',
};

function problems(...statuses: readonly string[]): Record<string, unknown> {
  return Object.fromEntries(
    statuses.map((status) => [
      status,
      {
        description: PROBLEMS[status],
        content: { 'application/problem+json': { schema: ref('Problem') } },
        ...(status === '429' || status === '503'
          ? { headers: { 'Retry-After': { $ref: '#/components/headers/Retry-After' } } }
          : {}),
      },
    ]),
  );
}

function answer(shape: string, description: string): Record<string, unknown> {
  return {
    description,
    headers: { RateLimit: { $ref: '#/components/headers/RateLimit' } },
    content: { 'application/json': { schema: ref(shape) } },
  };
}

function pathParameter(name: string, description: string): Record<string, unknown> {
  return { name, in: 'path', required: true, description, schema: { type: 'string' } };
}

function ref(shape: string): { readonly $ref: string } {
  return { $ref: `#/components/schemas/${shape}` };
}

function schemas(): Record<string, unknown> {
  return Object.fromEntries(Object.entries(SHAPES).map(([name, shape]) => [name, jsonSchema(shape)]));
}

/** Shapes with a name of their own are named, not repeated. */
function jsonSchema(shape: ZodType): Record<string, unknown> {
  const text = JSON.stringify(z.toJSONSchema(shape, { io: 'input' }));
  const { $schema, $defs, id, ...schema } = JSON.parse(
    text.replaceAll('"#/$defs/', '"#/components/schemas/'),
  ) as Record<string, unknown>;
  void [$schema, $defs, id];
  return schema;
}

const CHANGED = { '200': answer('Reservation', 'As it now stands.') };
