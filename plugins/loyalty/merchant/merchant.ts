import { createHash, createPublicKey, type KeyObject } from 'node:crypto';
import { z } from 'zod';
import { GOODS_CLASSES } from '../../../core/earning/policy.ts';
import { schemaProblems, type RuleProblem } from '../../../core/explain/rule-data.ts';
import { POINTS_MAX } from '../ledger/points.ts';

/** How many public keys of a merchant are good at a time: the one in use and, while it is rotated, the next. */
export const KEYS_MAX = 2;
const KEY_BYTES = 32;

const name = z.strictObject({ zh: z.string().min(1).max(60), en: z.string().min(1).max(60) });

/** What two people decide about a merchant (合作商户), whole: a change states all of it again. */
export const merchantShape = z.strictObject({
  code: z.string().regex(/^[A-Z][A-Z0-9-]{1,19}$/, 'capitals, digits and -, 2 to 20, a letter first'),
  name,
  /** CLOSED: reserves nothing more; what was reserved is confirmed, cancelled and refunded as ever. */
  state: z.enum(['ACTIVE', 'CLOSED']),
  /** Works with points that are worth nothing, so that a partner can try everything; never changes. */
  sandbox: z.boolean(),
  /** How the law looks at what it sells without naming goods of the catalogue. */
  goodsClass: z.enum(GOODS_CLASSES),
  /** Ed25519: PEM (SPKI), or the 32 bytes in base64url as in a JWK's `x`. */
  publicKeys: z.array(z.string().min(1).max(500)).max(KEYS_MAX),
  webhookUrl: z.string().max(500).optional(),
  /** The most that one redemption takes. */
  pointsMax: z.int().min(1).max(POINTS_MAX),
  requestsPerMinute: z.int().min(1).max(60_000),
  /** How long reserved points wait for a confirmation. */
  holdMinutes: z.int().min(1).max(1440),
});

export type MerchantTerms = z.infer<typeof merchantShape>;

export interface MerchantKey {
  /** `CODE.FINGERPRINT`: what a signature names as `keyid`. */
  readonly id: string;
  /** The public key's 32 bytes in base64url. */
  readonly x: string;
}

/**
 * Everything that is wrong with a merchant's terms; empty where they can be proposed.
 * @param before the merchant as it is, where there is one
 */
export function merchantProblems(
  data: unknown,
  before: { readonly sandbox: boolean } | undefined,
  urlProblem: (url: string) => string | undefined,
): readonly RuleProblem[] {
  const parsed = merchantShape.safeParse(data);
  if (!parsed.success) return schemaProblems(parsed.error);
  const { publicKeys, sandbox, webhookUrl } = parsed.data;
  const keys = publicKeys.map(readPublicKey);
  const wrongUrl = webhookUrl === undefined ? undefined : urlProblem(webhookUrl);
  return [
    ...keys.flatMap((key, index) =>
      key ? [] : [{ path: `publicKeys.${index}`, message: 'is no Ed25519 public key (PEM or JWK x)' }],
    ),
    ...(new Set(keys).size === keys.length
      ? []
      : [{ path: 'publicKeys', message: 'the same key stands twice' }]),
    ...(before && before.sandbox !== sandbox
      ? [{ path: 'sandbox', message: 'never changes: make another merchant' }]
      : []),
    ...(wrongUrl === undefined ? [] : [{ path: 'webhookUrl', message: wrongUrl }]),
  ];
}

/** @param publicKeys of terms without problems */
export function keysOf({
  code,
  publicKeys,
}: Pick<MerchantTerms, 'code' | 'publicKeys'>): readonly MerchantKey[] {
  return publicKeys.map((text) => {
    const x = readPublicKey(text)!;
    const fingerprint = createHash('sha256').update(Buffer.from(x, 'base64url')).digest('base64url');
    return { id: `${code}.${fingerprint.slice(0, 16)}`, x };
  });
}

/** The merchant that a key id is of, by its form. */
export function merchantOfKey(keyId: string): string {
  return keyId.slice(0, Math.max(keyId.indexOf('.'), 0));
}

export function publicKeyOf({ x }: MerchantKey): KeyObject {
  return createPublicKey({ key: { kty: 'OKP', crv: 'Ed25519', x }, format: 'jwk' });
}

function readPublicKey(text: string): string | undefined {
  const bytes = Buffer.from(text, 'base64url');
  if (/^[\w-]{43}$/.test(text) && bytes.length === KEY_BYTES) return bytes.toString('base64url');
  try {
    const key = createPublicKey(text);
    return key.asymmetricKeyType === 'ed25519' ? key.export({ format: 'jwk' }).x : undefined;
  } catch {
    return undefined;
  }
}
