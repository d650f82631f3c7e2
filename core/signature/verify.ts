import { verify, type KeyObject } from 'node:crypto';
import { parseDictionary, type Dictionary, type InnerList } from 'structured-headers';
import {
  ComponentMissing,
  componentNames,
  contentDigest,
  signatureBase,
  type SignedMessage,
} from './base.ts';
import { READ_COMPONENTS, WRITE_COMPONENTS } from './sign.ts';

/** How far the signer's clock may be from ours, either way. */
export const CLOCK_TOLERANCE_S = 300;
const NONCE_PATTERN = /^[\x21-\x7e]{16,128}$/;

export interface MessageToVerify extends SignedMessage {
  /** The body's bytes as received; empty where there is none. */
  readonly body: Uint8Array;
  /** Whether the request changes anything: then its digest and its idempotency key must be covered. */
  readonly writes: boolean;
}

/** What a signature claims, read before its key is known. */
export interface Claim {
  readonly keyId: string;
  readonly created: number;
  readonly nonce: string;
  readonly covered: InnerList;
  readonly signature: Uint8Array;
}

export type SignatureProblem =
  'MISSING' | 'MALFORMED' | 'COMPONENTS' | 'TIME' | 'DIGEST' | 'KEY_UNKNOWN' | 'MISMATCH' | 'NONCE_USED';

export interface SignatureRefusal {
  readonly problem: SignatureProblem;
  readonly message: string;
}

/** Reads a request's signature and checks all that can be checked without its key: form, coverage, time, digest. */
export function readClaim(message: MessageToVerify, at: Date): Claim | SignatureRefusal {
  const input = message.headers['signature-input'];
  const signature = message.headers['signature'];
  if (input === undefined || signature === undefined)
    return problemOf('MISSING', 'The request is not signed. Send Signature-Input and Signature (RFC 9421).');
  const parsed = parse(input, signature);
  if (!parsed)
    return problemOf(
      'MALFORMED',
      'Signature-Input and Signature cannot be read: send one signature with created, nonce, keyid and alg="ed25519".',
    );
  return (
    checkCoverage(message, parsed.covered) ??
    checkTime(parsed.created, at) ??
    checkDigest(message, parsed.covered) ??
    parsed
  );
}

/** Whether the claim's signature is by this key over this message. */
export function checkSignature(
  message: MessageToVerify,
  claim: Claim,
  publicKey: KeyObject,
): SignatureRefusal | undefined {
  const base = Buffer.from(signatureBase(message, claim.covered), 'utf8');
  if (verify(null, base, publicKey, claim.signature)) return undefined;
  return problemOf(
    'MISMATCH',
    'The signature does not match what was received. Sign exactly what you send: method, host, path, query and headers.',
  );
}

export function isRefusal(claim: Claim | SignatureRefusal): claim is SignatureRefusal {
  return 'problem' in claim;
}

export function problemOf(problem: SignatureProblem, message: string): SignatureRefusal {
  return { problem, message };
}

function parse(inputHeader: string, signatureHeader: string): Claim | undefined {
  const inputs = dictionary(inputHeader);
  const signatures = dictionary(signatureHeader);
  // More than one signature would leave open which of them the request stands on.
  if (inputs?.size !== 1 || signatures?.size !== 1) return undefined;
  const [label, covered] = [...inputs][0]!;
  const value = signatures.get(label)?.[0];
  if (!Array.isArray(covered[0]) || !(value instanceof ArrayBuffer)) return undefined;
  const parameters = covered[1];
  const created = parameters.get('created');
  const nonce = parameters.get('nonce');
  const keyId = parameters.get('keyid');
  if (typeof created !== 'number' || !Number.isSafeInteger(created)) return undefined;
  if (typeof nonce !== 'string' || !NONCE_PATTERN.test(nonce)) return undefined;
  if (typeof keyId !== 'string' || keyId.length > 128) return undefined;
  if (parameters.get('alg') !== 'ed25519' || parameters.size !== 4) return undefined;
  return { keyId, created, nonce, covered: covered as InnerList, signature: new Uint8Array(value) };
}

function dictionary(text: string): Dictionary | undefined {
  try {
    return parseDictionary(text);
  } catch {
    return undefined;
  }
}

function checkCoverage(message: MessageToVerify, covered: InnerList): SignatureRefusal | undefined {
  const names = componentNames(covered);
  const required: readonly string[] = message.writes ? WRITE_COMPONENTS : READ_COMPONENTS;
  const missing = required.filter((name) => !names.includes(name));
  if (missing.length > 0 || new Set(names).size !== names.length)
    return problemOf('COMPONENTS', `The signature must cover each of these once: ${required.join(' ')}.`);
  try {
    signatureBase(message, covered);
    return undefined;
  } catch (error) {
    if (!(error instanceof ComponentMissing)) throw error;
    return problemOf(
      'COMPONENTS',
      `The signature covers "${error.component}", which the request does not have.`,
    );
  }
}

function checkTime(created: number, at: Date): SignatureRefusal | undefined {
  const seconds = at.getTime() / 1000;
  if (Math.abs(created - seconds) <= CLOCK_TOLERANCE_S) return undefined;
  return problemOf(
    'TIME',
    `"created" is ${created} and the time here is ${Math.floor(seconds)}: more than ${CLOCK_TOLERANCE_S} s apart. Set your clock, and sign each attempt anew.`,
  );
}

function checkDigest(message: MessageToVerify, covered: InnerList): SignatureRefusal | undefined {
  if (message.body.byteLength === 0 && !componentNames(covered).includes('content-digest')) return undefined;
  if (message.headers['content-digest'] === contentDigest(message.body)) return undefined;
  return problemOf('DIGEST', 'Content-Digest is not the sha-256 of the body as it arrived (RFC 9530).');
}
