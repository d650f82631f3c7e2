import { afterEach, describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { createPrivateKey, createPublicKey, generateKeyPairSync, sign, verify } from 'node:crypto';
import { startTestHost, type TestHost } from '../../test/support/host.ts';
import { signatureBase, type SignedMessage } from './base.ts';
import { signatureService } from './service.ts';
import { signatureHeaders } from './sign.ts';
import { checkSignature, isRefusal, readClaim, type MessageToVerify } from './verify.ts';

const AT = new Date('2026-11-25T03:00:00Z');
const { privateKey, publicKey } = generateKeyPairSync('ed25519');
const BODY = Buffer.from('{"goods":"BOOK-1","points":800}');

function signed(overrides: Partial<Parameters<typeof signatureHeaders>[1]> = {}): MessageToVerify {
  const message: SignedMessage = {
    method: 'POST',
    authority: 'points.example:4000',
    target: '/partner/v1/reservations?dryRun=false',
    headers: { 'content-type': 'application/json', 'idempotency-key': 'order-77' },
  };
  const signing = { keyId: 'qinghe-1', privateKey, created: AT, nonce: 'n'.repeat(22), ...overrides };
  const headers = signatureHeaders({ ...message, body: BODY }, signing);
  return { ...message, headers: { ...message.headers, ...headers }, body: BODY, writes: true };
}

function problemOf(message: MessageToVerify, at = AT): string {
  const claim = readClaim(message, at);
  if (isRefusal(claim)) return claim.problem;
  return checkSignature(message, claim, publicKey)?.problem ?? 'NONE';
}

describe('the signature base', () => {
  // RFC 9421, appendix B.2.6, with the key of appendix B.1.4.
  it('is that of the standard: its Ed25519 example is made and verified byte for byte', () => {
    const rfcKey = createPrivateKey(
      '-----BEGIN PRIVATE KEY-----\nMC4CAQAwBQYDK2VwBCIEIJ+DYvh6SEqVTm50DFtMDoQikTmiCqirVv9mWG9qfSnF\n-----END PRIVATE KEY-----',
    );
    const message: SignedMessage = {
      method: 'POST',
      authority: 'example.com',
      target: '/foo?param=Value&Pet=dog',
      headers: {
        date: 'Tue, 20 Apr 2021 02:07:55 GMT',
        'content-type': 'application/json',
        'content-length': '18',
      },
    };
    const base = Buffer.from(
      signatureBase(message, [
        ['date', '@method', '@path', '@authority', 'content-type', 'content-length'].map((name) => [
          name,
          new Map(),
        ]),
        new Map<string, string | number>([
          ['created', 1618884473],
          ['keyid', 'test-key-ed25519'],
        ]),
      ]),
    );
    const expected =
      'wqcAqbmYJ2ji2glfAMaRy4gruYYnx2nEFN2HN6jrnDnQCK1u02Gb04v9EDgwUPiu4A0w6vuQv5lIp5WPpBKRCw==';
    expect(sign(null, base, rfcKey).toString('base64')).toBe(expected);
    expect(verify(null, base, createPublicKey(rfcKey), Buffer.from(expected, 'base64'))).toBe(true);
  });

  it('knows an absent query from an empty one, and a default port from another', () => {
    const covered = (names: string[]) =>
      [names.map((name) => [name, new Map()]), new Map()] as Parameters<typeof signatureBase>[1];
    const of = (target: string, authority: string) =>
      signatureBase({ method: 'GET', authority, target, headers: {} }, covered(['@query', '@authority']));
    expect(of('/a', 'Shop.Example:443')).toContain('"@query": ?\n"@authority": shop.example\n');
    expect(of('/a?b=1', 'shop.example:8443')).toContain('"@query": ?b=1\n"@authority": shop.example:8443\n');
  });
});

describe('a signed request', () => {
  it('as it was signed is taken', () => {
    expect(problemOf(signed())).toBe('NONE');
  });

  it.each([
    ['300 s early', -300, 'NONE'],
    ['300 s late', 300, 'NONE'],
    ['301 s early', -301, 'TIME'],
    ['301 s late', 301, 'TIME'],
  ])('%s', (_when, seconds, problem) => {
    expect(problemOf(signed(), new Date(AT.getTime() + seconds * 1000))).toBe(problem);
  });

  it('that does not cover everything it must is refused', () => {
    const message = signed();
    const input = message.headers['signature-input']!;
    for (const name of ['@method', '@authority', '@path', '@query', 'content-digest', 'idempotency-key']) {
      const fewer = input.replace(`"${name}" `, '').replace(` "${name}"`, '');
      expect(fewer).not.toBe(input);
      const headers = { ...message.headers, 'signature-input': fewer };
      expect(problemOf({ ...message, headers })).toBe('COMPONENTS');
    }
  });

  it('with two signatures, none, or parameters missing or added is refused', () => {
    const message = signed();
    const { 'signature-input': input, signature } = message.headers as Record<string, string>;
    const broken: Record<string, string | undefined>[] = [
      { 'signature-input': `${input}, other=()`, signature },
      { 'signature-input': input, signature: undefined },
      { 'signature-input': input!.replace(/;nonce="[^"]*"/, ''), signature },
      { 'signature-input': input!.replace('alg="ed25519"', 'alg="none"'), signature },
      { 'signature-input': `${input};tag="x"`, signature },
      { 'signature-input': input, signature: 'sig1="text"' },
      { 'signature-input': input, signature: signature!.replace('sig1', 'sig2') },
      { 'signature-input': '!', signature: '!' },
    ];
    for (const headers of broken)
      expect(['MISSING', 'MALFORMED']).toContain(
        problemOf({ ...message, headers: { ...message.headers, ...headers } }),
      );
  });

  it('with any one part changed is refused: 1,000 generated changes', () => {
    const message = signed();
    const character = fc.integer({ min: 0x21, max: 0x7e }).map((code) => String.fromCharCode(code));
    /** Puts another character in at a place of a text. */
    const edit = (text: string, place: number, put: string) => {
      const at = place % text.length;
      return text.slice(0, at) + put + text.slice(at + 1);
    };
    const fields = [
      'method',
      'authority',
      'target',
      'body',
      'idempotency-key',
      'content-digest',
      'signature-input',
      'signature',
    ] as const;
    const change = fc.record({ field: fc.constantFrom(...fields), place: fc.nat(500), put: character });
    fc.assert(
      fc.property(change, ({ field, place, put }) => {
        let changed: MessageToVerify;
        if (field === 'body')
          changed = { ...message, body: Buffer.from(edit(BODY.toString('latin1'), place, put), 'latin1') };
        else if (field === 'method' || field === 'authority' || field === 'target')
          changed = { ...message, [field]: edit(message[field], place, put) };
        else
          changed = {
            ...message,
            headers: { ...message.headers, [field]: edit(message.headers[field]!, place, put) },
          };
        // A host's name has no case, and base64 has spare bits: what says the same is the same.
        fc.pre(!saysTheSame(message, changed));
        expect(problemOf(changed)).not.toBe('NONE');
      }),
      { numRuns: 1000 },
    );
  });
});

/** Whether both requests mean the same although their bytes may differ. */
function saysTheSame(a: MessageToVerify, b: MessageToVerify): boolean {
  const meaning = (message: MessageToVerify) => {
    const claim = readClaim(message, AT);
    if (isRefusal(claim)) return claim;
    return [
      signatureBase(message, claim.covered),
      Buffer.from(claim.signature).toString('hex'),
      Buffer.from(message.body).toString('hex'),
    ];
  };
  return JSON.stringify(meaning(a)) === JSON.stringify(meaning(b));
}

describe('the signer of a request', () => {
  let host: TestHost | undefined;

  afterEach(() => host?.close());

  const keyOf = async (keyId: string) =>
    keyId === 'qinghe-1' ? { publicKey, merchant: 'QINGHE' } : undefined;

  it('is who holds the key; the same signature is good once, also for another process', async () => {
    host = await startTestHost();
    const message = signed();
    const signatures = host.core.service(signatureService);
    expect(await signatures.signerOf(message, keyOf, AT)).toMatchObject({ merchant: 'QINGHE' });
    await expect(signatures.signerOf(message, keyOf, AT)).rejects.toMatchObject({
      code: 'SIGNATURE_REFUSED',
      status: 401,
      details: { problem: 'NONCE_USED' },
    });
    const again = signed({ nonce: 'm'.repeat(22) });
    expect(await signatures.signerOf(again, keyOf, AT)).toMatchObject({ merchant: 'QINGHE' });
  });

  it('is nobody where the key is unknown', async () => {
    host = await startTestHost();
    const signatures = host.core.service(signatureService);
    await expect(signatures.signerOf(signed({ keyId: 'nobody' }), keyOf, AT)).rejects.toMatchObject({
      details: { problem: 'KEY_UNKNOWN' },
    });
  });
});
