import type { Request } from 'express';
import type { Actor } from '../access/actor.ts';
import { PlatformError } from '../errors.ts';
import type { Host, SignedAccess } from '../plugin/contract.ts';
import { asCoreHost } from '../plugin/host.ts';
import { signatureService } from '../signature/service.ts';
import type { MessageToVerify } from '../signature/verify.ts';

/**
 * Who signed a request to a route of `owner`. On the way the raw body becomes the parsed JSON that handlers expect.
 * @throws SIGNATURE_REFUSED, BODY_INVALID
 */
export function signedCaller(
  access: SignedAccess,
  owner: string,
  host: Host,
): (request: Request, requestId: string) => Promise<Actor> {
  const signatures = host.service(signatureService);
  const ownHost = asCoreHost(host).hostOf(owner);
  return async (request, requestId) => {
    const message = messageOf(request);
    const { actor } = await signatures.signerOf(
      message,
      (keyId) => access.signer(keyId, ownHost),
      host.clock.now(),
    );
    request.body = parseJson(message.body);
    return { ...actor, requestId };
  };
}

function messageOf(request: Request): MessageToVerify {
  const headers: Record<string, string | undefined> = {};
  for (const [name, value] of Object.entries(request.headers))
    headers[name] = Array.isArray(value) ? value.join(', ') : value;
  return {
    method: request.method,
    authority: request.headers.host ?? '',
    target: request.originalUrl,
    headers,
    // Where there is no body the parser leaves none.
    body: Buffer.isBuffer(request.body) ? request.body : Buffer.alloc(0),
    writes: request.method !== 'GET' && request.method !== 'HEAD',
  };
}

function parseJson(body: Uint8Array): unknown {
  if (body.byteLength === 0) return undefined;
  try {
    return JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(body));
  } catch (error) {
    throw new PlatformError(
      'BODY_INVALID',
      'The body is not valid JSON. Check quotes, commas and the encoding (UTF-8).',
      { cause: error },
    );
  }
}
