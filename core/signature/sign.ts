import { sign, type KeyObject } from 'node:crypto';
import { serializeDictionary, type InnerList } from 'structured-headers';
import { contentDigest, signatureBase, type SignedMessage } from './base.ts';

export const SIGNATURE_LABEL = 'sig1';
/** What every signature covers; a request with a body covers its digest and its idempotency key too. */
export const READ_COMPONENTS = ['@method', '@authority', '@path', '@query'] as const;
export const WRITE_COMPONENTS = [...READ_COMPONENTS, 'content-digest', 'idempotency-key'] as const;

export interface RequestToSign extends SignedMessage {
  readonly body?: Uint8Array;
}

export interface Signing {
  readonly keyId: string;
  /** Ed25519. */
  readonly privateKey: KeyObject;
  readonly created: Date;
  /** Never used before with this key; 16 random bytes or more are enough. */
  readonly nonce: string;
}

/** The headers that a partner adds to a request, by RFC 9421: `signature-input`, `signature`, with a body `content-digest`. */
export function signatureHeaders(request: RequestToSign, signing: Signing): Record<string, string> {
  const digest = request.body ? { 'content-digest': contentDigest(request.body) } : {};
  const covered: InnerList = [
    (request.body ? WRITE_COMPONENTS : READ_COMPONENTS).map((name) => [name, new Map()]),
    new Map<string, string | number>([
      ['created', Math.floor(signing.created.getTime() / 1000)],
      ['nonce', signing.nonce],
      ['keyid', signing.keyId],
      ['alg', 'ed25519'],
    ]),
  ];
  const base = signatureBase({ ...request, headers: { ...request.headers, ...digest } }, covered);
  const signature = sign(null, Buffer.from(base, 'utf8'), signing.privateKey);
  return {
    ...digest,
    'signature-input': serializeDictionary(new Map([[SIGNATURE_LABEL, covered]])),
    signature: serializeDictionary(new Map([[SIGNATURE_LABEL, [signature, new Map()]]])),
  };
}
