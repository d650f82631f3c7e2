import { createHmac, timingSafeEqual } from 'node:crypto';
import { createServer } from 'node:http';

const TOLERANCE_S = 300;

/**
 * Whether a webhook is the platform's and new, by Standard Webhooks: the signature is over id, time and the body's very
 * bytes. Remember the ids that you have acted on: one webhook may come more than once, and not in order.
 *
 * @param {import('node:http').IncomingHttpHeaders} headers
 * @param {Buffer} body
 * @param {string} secret `whsec_…`
 */
export function isGenuine(headers, body, secret) {
  const id = String(headers['webhook-id']);
  const timestamp = String(headers['webhook-timestamp']);
  if (!(Math.abs(Date.now() / 1000 - Number(timestamp)) <= TOLERANCE_S)) return false;
  const key = Buffer.from(secret.replace(/^whsec_/, ''), 'base64');
  const expected = createHmac('sha256', key).update(`${id}.${timestamp}.`).update(body).digest();
  return String(headers['webhook-signature'])
    .split(' ')
    .map((part) => part.split(','))
    .some(([version, value = '']) => {
      const given = Buffer.from(value, 'base64');
      return version === 'v1' && given.length === expected.length && timingSafeEqual(given, expected);
    });
}

/**
 * Listens for webhooks on loopback and hands each genuine one on, once.
 *
 * @param {{ secret: () => string, port?: number, onWebhook: (event: any) => void }} options
 * @returns {Promise<import('node:http').Server>}
 */
export function receive({ secret, port = 0, onWebhook }) {
  const seen = new Set();
  const server = createServer((request, response) => {
    const chunks = [];
    request.on('data', (chunk) => chunks.push(chunk));
    request.on('end', () => {
      const body = Buffer.concat(chunks);
      const genuine = isGenuine(request.headers, body, secret());
      response.writeHead(genuine ? 204 : 401).end();
      if (!genuine || seen.has(request.headers['webhook-id'])) return;
      seen.add(request.headers['webhook-id']);
      onWebhook(JSON.parse(body.toString('utf8')));
    });
  });
  return new Promise((resolve) => server.listen(port, '127.0.0.1', () => resolve(server)));
}
