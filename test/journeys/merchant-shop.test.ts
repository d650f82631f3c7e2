import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, request as httpRequest, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { systemActor } from '../../core/access/actor.ts';
import { fromRoot } from '../../core/paths.ts';
import { merchantService } from '../../plugins/loyalty/merchant/service.ts';
import { House } from '../support/house.ts';
import { checkInvariants } from '../support/ledger-checker.ts';
import { decideMerchant } from '../support/partner.ts';

let house: House;
let folder: string;
let door: Server;
/** Where the shop listens; until it says so, its door answers 503 and webhooks come again. */
let shopPort: number | undefined;

beforeAll(async () => {
  house = await House.start();
  folder = mkdtempSync(join(tmpdir(), 'tessera-shop-'));
  door = createServer((incoming, answer) => {
    if (shopPort === undefined) return void answer.writeHead(503).end();
    const onward = httpRequest(
      { host: '127.0.0.1', port: shopPort, method: 'POST', headers: incoming.headers },
      (response) => answer.writeHead(response.statusCode!).end(),
    );
    onward.on('error', () => answer.writeHead(502).end());
    incoming.pipe(onward);
  });
  await new Promise<void>((resolve) => door.listen(0, '127.0.0.1', resolve));
});
afterAll(async () => {
  await new Promise((resolve) => door.close(resolve));
  rmSync(folder, { recursive: true, force: true });
  await house.stop();
});

test('the example shop redeems points and is told of it by webhooks that it has checked', async () => {
  const host = house.platform.app.hosts.of('loyalty');
  const webhookUrl = `http://127.0.0.1:${(door.address() as AddressInfo).port}/hooks`;
  const { keyId, privateKey } = await decideMerchant(host, 'SHOP', { sandbox: true, webhookUrl });
  const secret = await host.service(merchantService).newWebhookSecret(systemActor('test'), 'SHOP');
  const keyFile = join(folder, 'key.pem');
  writeFileSync(keyFile, privateKey.export({ type: 'pkcs8', format: 'pem' }), { mode: 0o600 });
  const shop = spawn(process.execPath, [fromRoot('examples', 'merchant', 'shop.mjs'), '800'], {
    env: {
      ...process.env,
      PLATFORM_URL: house.platform.url,
      KEY_ID: keyId,
      KEY_FILE: keyFile,
      WEBHOOK_SECRET: secret,
    },
  });
  const steps: Record<string, unknown>[] = [];
  let complaints = '';
  shop.stderr.on('data', (data: Buffer) => (complaints += data.toString()));
  for await (const line of createInterface({ input: shop.stdout })) {
    const step = JSON.parse(line) as Record<string, unknown>;
    if (step.step === 'listening') shopPort = step.port as number;
    steps.push(step);
  }
  expect(complaints).toBe('');
  const told = steps.filter(({ step }) => step === 'webhook').map(({ type }) => type);
  expect(told).toContain('redemption.confirmed');
  expect(steps.find(({ step }) => step === 'looked up')).toMatchObject({ state: 'CONFIRMED', points: 800 });
  await checkInvariants(house.platform.app.hosts);
});
