import { generateKeyPairSync, randomUUID, type KeyObject } from 'node:crypto';
import type { Actor } from '../../core/access/actor.ts';
import { permissionsOf } from '../../core/access/roles.ts';
import { approvalService } from '../../core/approval/service.ts';
import type { Host } from '../../core/plugin/contract.ts';
import { signatureHeaders } from '../../core/signature/sign.ts';
import { keysOf, type MerchantTerms } from '../../plugins/loyalty/merchant/merchant.ts';
import { merchantService } from '../../plugins/loyalty/merchant/service.ts';

/** A merchant with the private half of its key. */
export interface TestMerchant {
  readonly code: string;
  readonly keyId: string;
  readonly privateKey: KeyObject;
}

export function staffOf(host: Host, id: string, roles: readonly string[]): Actor {
  const permissions = permissionsOf(roles, host.declared('permissions'));
  return { kind: 'staff', id, name: id, roles: [...roles], permissions };
}

/** Makes or changes a merchant as it is done in a house: by two people. */
export async function decideMerchant(
  host: Host,
  code: string,
  more: Partial<MerchantTerms> = {},
): Promise<TestMerchant> {
  const { privateKey, publicKey } = generateKeyPairSync('ed25519');
  const publicKeys = [publicKey.export({ format: 'jwk' }).x!];
  const terms: MerchantTerms = {
    code,
    name: { zh: `商户 ${code}`, en: `Merchant ${code}` },
    state: 'ACTIVE',
    sandbox: false,
    goodsClass: 'EDUCATION',
    publicKeys,
    pointsMax: 100_000,
    requestsPerMinute: 60_000,
    holdMinutes: 15,
    ...more,
  };
  const maker = staffOf(host, 'maker', ['product-manager']);
  const proposed = await host.service(merchantService).propose(maker, terms, 'a contract was signed');
  if (!('approvalId' in proposed)) throw new Error(JSON.stringify(proposed.problems));
  const checker = staffOf(host, 'checker', ['reviewer']);
  const outcome = await host
    .service(approvalService)
    .decide(checker, proposed.approvalId, { decision: 'APPROVE' });
  if (!outcome.ok) throw new Error(outcome.refusal.code);
  return { code, privateKey, keyId: keysOf(terms)[0]?.id ?? '' };
}

export interface PartnerReply {
  readonly status: number;
  readonly headers: Headers;
  readonly body: Record<string, unknown>;
}

/** Calls /partner/v1 as a merchant; every call is signed anew. */
export class PartnerClient {
  readonly #url: string;
  readonly #merchant: TestMerchant;

  constructor(url: string, merchant: TestMerchant) {
    this.#url = url;
    this.#merchant = merchant;
  }

  get(path: string): Promise<PartnerReply> {
    return this.#send('GET', path);
  }

  post(path: string, body: unknown = {}, key: string = randomUUID()): Promise<PartnerReply> {
    return this.#send('POST', path, body, key);
  }

  /** What a request would be sent as. */
  signed(method: string, path: string, body?: unknown, key?: string): { url: string; init: RequestInit } {
    const target = `/partner/v1${path}`;
    const bytes = body === undefined ? undefined : Buffer.from(JSON.stringify(body));
    const headers = bytes ? { 'content-type': 'application/json', 'idempotency-key': key! } : {};
    const authority = new URL(this.#url).host;
    const { keyId, privateKey } = this.#merchant;
    const request = { method, authority, target, headers, ...(bytes ? { body: bytes } : {}) };
    const signing = { keyId, privateKey, created: new Date(), nonce: randomUUID() };
    const all = { ...headers, ...signatureHeaders(request, signing) };
    return {
      url: `${this.#url}${target}`,
      init: { method, headers: all, ...(bytes ? { body: bytes } : {}) },
    };
  }

  async #send(method: string, path: string, body?: unknown, key?: string): Promise<PartnerReply> {
    const { url, init } = this.signed(method, path, body, key);
    const response = await fetch(url, init);
    const text = await response.text();
    return {
      status: response.status,
      headers: response.headers,
      body: JSON.parse(text) as Record<string, unknown>,
    };
  }
}
