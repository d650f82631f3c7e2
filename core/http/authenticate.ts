import type { Request } from 'express';
import type { Actor } from '../access/actor.ts';
import type { AccessService } from '../access/service.ts';
import { PlatformError } from '../errors.ts';

/** The caller of a request by its bearer token. @throws UNAUTHENTICATED */
export async function authenticate(
  request: Request,
  access: AccessService,
  requestId: string,
): Promise<Actor> {
  const token = bearerToken(request.headers.authorization);
  const actor = token === undefined ? undefined : await access.actorOf(token);
  if (!actor)
    throw new PlatformError(
      'UNAUTHENTICATED',
      token === undefined
        ? 'This needs a token. Send it as "Authorization: Bearer …"; staff get one from POST /auth/sign-in.'
        : 'This token is unknown or has ended. Sign in again or ask for a new API-client token.',
      { status: 401 },
    );
  return { ...actor, requestId };
}

function bearerToken(header: string | undefined): string | undefined {
  return /^Bearer ([A-Za-z0-9._~+/-]+=*)$/i.exec(header ?? '')?.[1];
}
