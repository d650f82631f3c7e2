import type { Feature } from '../features.ts';
import { SIGNATURE_NONCES, nonceSchema } from './nonces.ts';
import { Signatures, signatureService } from './service.ts';

/** Signed requests of partners (RFC 9421 with Ed25519). */
export function signatureFeature(): Feature {
  return {
    models: [
      {
        name: SIGNATURE_NONCES,
        schema: nonceSchema as never,
        shardKey: { _id: 'hashed' },
        retention: 'eleven minutes, as long as a signature could be sent again',
      },
    ],
    services: [{ token: signatureService, create: (host) => new Signatures(host) }],
  };
}
