import { createPrivateKey, randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { receive } from './receive.mjs';
import { ask } from './sign.mjs';

/*
 * A shop that lets a client pay with points: reserves, confirms, and tells what the platform's webhooks say.
 *
 *   PLATFORM_URL=http://localhost:4000 KEY_ID=SANDBOX-SHOP.abc… KEY_FILE=key.pem node shop.mjs 800
 *
 * TOKEN: the client's one-time token; absent: a sandbox merchant makes one. GOODS: a code of the catalogue.
 * WEBHOOK_SECRET and WEBHOOK_PORT: listens until the redemption is told of as confirmed.
 */
const { PLATFORM_URL = 'http://localhost:4000', KEY_ID, KEY_FILE, TOKEN, GOODS } = process.env;
const { WEBHOOK_SECRET, WEBHOOK_PORT } = process.env;
const points = Number(process.argv[2] ?? 800);
if (!KEY_ID || !KEY_FILE) {
  console.error('Set KEY_ID and KEY_FILE: the id of your key and the file with its private half (PEM).');
  process.exit(2);
}
const platform = {
  url: PLATFORM_URL,
  keyId: KEY_ID,
  privateKey: createPrivateKey(readFileSync(KEY_FILE, 'utf8')),
};

let confirmed = () => {};
const told = new Promise((resolve) => (confirmed = resolve));
const server =
  WEBHOOK_SECRET &&
  (await receive({
    secret: () => WEBHOOK_SECRET,
    port: Number(WEBHOOK_PORT ?? 0),
    onWebhook: (event) => {
      say('webhook', { type: event.type, reference: event.data.reference });
      if (event.type === 'redemption.confirmed') confirmed();
    },
  }));

if (server) say('listening', { port: server.address().port });

const token = TOKEN ?? expect(201, await ask(platform, 'POST', '/sandbox/tokens', { points })).token;
const reservation = expect(
  201,
  await ask(platform, 'POST', '/reservations', {
    token,
    reference: `order-${randomUUID()}`,
    points,
    ...(GOODS ? { goods: { code: GOODS, quantity: 1 } } : {}),
  }),
);
say('reserved', reservation);
say('confirmed', expect(200, await ask(platform, 'POST', `/reservations/${reservation.id}/confirm`, {})));
say(
  'looked up',
  expect(200, await ask(platform, 'GET', `/reservations/by-reference/${reservation.reference}`)),
);
if (server) {
  await told;
  server.close();
}

/** One line a step, for people and programs. */
function say(step, facts) {
  console.log(JSON.stringify({ step, ...facts }));
}

function expect(status, answer) {
  if (answer.status === status) return answer.body;
  console.error(`${answer.status} ${answer.body.code}: ${answer.body.detail}`);
  process.exit(1);
}
