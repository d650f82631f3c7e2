import { lookup } from 'node:dns';
import { request as httpRequest } from 'node:http';
import { request as httpsRequest } from 'node:https';
import { isIP, type LookupFunction } from 'node:net';
import { isPublicAddress } from '../merchant/address.ts';

/** What came of one try: the status, or in a word why there is none. */
export type WebhookOutcome =
  | { readonly status: number }
  | { readonly failure: 'ADDRESS_INSIDE' | 'NO_ANSWER' | 'TOO_LATE' | 'NO_SECRET' };

export interface WebhookToSend {
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
  /** Production: addresses inside the firm are refused, whatever name leads there. */
  readonly publicOnly: boolean;
  readonly timeLimitMs: number;
}

/**
 * Sends one webhook. The address that a name leads to is checked as the connection is made, so that no later answer of a
 * name server leads elsewhere; redirects are not followed and the answer's body is not read.
 */
export function sendWebhook({
  url,
  headers,
  body,
  publicOnly,
  timeLimitMs,
}: WebhookToSend): Promise<WebhookOutcome> {
  const target = new URL(url);
  const host = target.hostname.replace(/^\[|\]$/g, '');
  if (publicOnly && isIP(host) && !isPublicAddress(host))
    return Promise.resolve({ failure: 'ADDRESS_INSIDE' });
  const send = target.protocol === 'https:' ? httpsRequest : httpRequest;
  return new Promise((resolve) => {
    const request = send(target, {
      method: 'POST',
      headers: { ...headers, 'content-type': 'application/json', 'content-length': Buffer.byteLength(body) },
      signal: AbortSignal.timeout(timeLimitMs),
      // A connection of its own, so that every one is looked up and checked.
      agent: false,
      ...(publicOnly ? { lookup: publicLookup } : {}),
    });
    request.on('response', (response) => {
      response.destroy();
      resolve({ status: response.statusCode ?? 0 });
    });
    request.on('error', (error: NodeJS.ErrnoException) =>
      resolve({
        failure:
          error.code === ADDRESS_INSIDE
            ? 'ADDRESS_INSIDE'
            : error.name === 'AbortError' || error.name === 'TimeoutError'
              ? 'TOO_LATE'
              : 'NO_ANSWER',
      }),
    );
    request.end(body);
  });
}

const ADDRESS_INSIDE = 'ADDRESS_INSIDE';

/** Leads to public addresses only; one inside among several refuses the whole name. */
const publicLookup: LookupFunction = (hostname, options, callback) => {
  lookup(hostname, { ...options, all: true }, (error, addresses) => {
    if (error) return callback(error, '', 4);
    const inside = addresses.length === 0 || addresses.some(({ address }) => !isPublicAddress(address));
    if (inside) return callback(Object.assign(new Error(ADDRESS_INSIDE), { code: ADDRESS_INSIDE }), '', 4);
    if (options.all) return callback(null, addresses);
    callback(null, addresses[0]!.address, addresses[0]!.family);
  });
};
