import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { generateKeyPairSync, randomUUID } from 'node:crypto';
import type { PluginFactory } from '../../core/plugin/contract.ts';
import { signatureHeaders } from '../../core/signature/sign.ts';
import { installedPlugins } from '../../plugins/index.ts';
import { startPlatform, type TestPlatform } from '../support/platform.ts';

const { privateKey, publicKey } = generateKeyPairSync('ed25519');

const heard: unknown[] = [];
const partnered: PluginFactory = () => ({
  name: 'partnered',
  version: '1.0.0',
  requires: {},
  routes: [
    {
      method: 'post',
      path: '/partnered/orders',
      access: {
        signer: async (keyId) =>
          keyId === 'shop-1'
            ? {
                publicKey,
                actor: {
                  kind: 'merchant',
                  id: 'SHOP',
                  name: 'Shop',
                  roles: [],
                  permissions: new Set<string>(),
                },
              }
            : undefined,
      },
      handle: async (request, response, { actor }) => {
        heard.push(request.body);
        response.json({ merchant: actor.id });
      },
    },
  ],
});

let platform: TestPlatform;
let besides: TestPlatform;
beforeAll(async () => {
  const plugins = [...installedPlugins, partnered];
  platform = await startPlatform({ plugins });
  besides = await startPlatform({ plugins, beside: platform });
});
afterAll(async () => {
  await besides.stop();
  await platform.stop();
});

function sign(body: Buffer, keyId = 'shop-1'): Record<string, string> {
  const headers = { 'content-type': 'application/json', 'idempotency-key': randomUUID() };
  const authority = new URL(platform.url).host;
  const request = { method: 'POST', authority, target: '/partnered/orders', headers, body };
  return {
    ...headers,
    ...signatureHeaders(request, { keyId, privateKey, created: new Date(), nonce: randomUUID() }),
  };
}

async function send(body: Buffer, headers: Record<string, string>, at = platform) {
  const answer = await fetch(`${at.url}/partnered/orders`, { method: 'POST', headers, body });
  return { status: answer.status, body: (await answer.json()) as Record<string, unknown> };
}

test('a signed request reaches its route as who signed it, with its body parsed', async () => {
  const body = Buffer.from('{"title":"书"}');
  expect(await send(body, sign(body))).toEqual({ status: 200, body: { merchant: 'SHOP' } });
  expect(heard).toEqual([{ title: '书' }]);
});

test('the same request again is refused, and by another process for another host', async () => {
  const body = Buffer.from('{}');
  const headers = sign(body);
  expect((await send(body, headers)).status).toBe(200);
  const again = await send(body, headers);
  expect([again.status, again.body.code]).toEqual([401, 'SIGNATURE_REFUSED']);
  expect(again.body.detail).toContain('used before');
  expect((await send(body, headers, besides)).status).toBe(401);
});

test('another body, an unknown key, no signature or a body that is no JSON is refused before the route', async () => {
  const before = heard.length;
  const body = Buffer.from('{"points":800}');
  expect((await send(Buffer.from('{"points":801}'), sign(body))).body.detail).toContain('Content-Digest');
  expect((await send(body, sign(body, 'shop-9'))).body.detail).toContain('unknown');
  expect((await send(body, {})).status).toBe(401);
  const broken = Buffer.from('{"points":');
  expect((await send(broken, sign(broken))).body.code).toBe('BODY_INVALID');
  expect(heard).toHaveLength(before);
});
