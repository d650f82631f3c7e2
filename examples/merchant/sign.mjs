import { createHash, randomUUID, sign } from 'node:crypto';

const READ = ['@method', '@authority', '@path', '@query'];
const WRITE = [...READ, 'content-digest', 'idempotency-key'];

/**
 * The headers that prove who sends a request: RFC 9421 over method, host, path and query, and on writes over the body's
 * digest (RFC 9530) and the Idempotency-Key too. Each signature is good once and for five minutes, so a retry is signed
 * anew, with the same Idempotency-Key.
 *
 * @param {{ method: string, url: string, body?: string, idempotencyKey?: string }} request
 * @param {{ keyId: string, privateKey: import('node:crypto').KeyObject }} key Ed25519
 * @returns {Record<string, string>}
 */
export function signedHeaders({ method, url, body, idempotencyKey }, { keyId, privateKey }) {
  const { host, pathname, search } = new URL(url);
  const headers =
    body === undefined
      ? {}
      : {
          'content-type': 'application/json',
          'content-digest': `sha-256=:${createHash('sha256').update(body).digest('base64')}:`,
          'idempotency-key': idempotencyKey,
        };
  const values = {
    '@method': method,
    '@authority': host,
    '@path': pathname,
    '@query': search || '?',
    ...headers,
  };
  const names = body === undefined ? READ : WRITE;
  const created = Math.floor(Date.now() / 1000);
  const parameters = `(${names.map((name) => `"${name}"`).join(' ')});created=${created};nonce="${randomUUID()}";keyid="${keyId}";alg="ed25519"`;
  const base = [...names.map((name) => `"${name}": ${values[name]}`), `"@signature-params": ${parameters}`];
  const signature = sign(null, Buffer.from(base.join('\n')), privateKey).toString('base64');
  return { ...headers, 'signature-input': `sig1=${parameters}`, signature: `sig1=:${signature}:` };
}

/**
 * Sends a request and, where no answer comes or the platform is busy, sends it again with the same key: the platform
 * does it once and gives the first answer again.
 *
 * @param {{ url: string, keyId: string, privateKey: import('node:crypto').KeyObject }} platform
 * @param {string} method
 * @param {string} path
 * @param {object} [content]
 * @returns {Promise<{ status: number, body: any }>}
 */
export async function ask(platform, method, path, content) {
  const url = `${platform.url}/partner/v1${path}`;
  const body = content === undefined ? undefined : JSON.stringify(content);
  const idempotencyKey = randomUUID();
  for (let attempt = 1; ; attempt++) {
    const headers = signedHeaders({ method, url, body, idempotencyKey }, platform);
    try {
      const response = await fetch(url, { method, headers, body });
      if ((response.status !== 503 && response.status !== 429) || attempt === 5)
        return { status: response.status, body: await response.json() };
      await pause(1000 * Number(response.headers.get('retry-after') ?? 1));
    } catch (error) {
      if (attempt === 5) throw error;
      await pause(200 * attempt);
    }
  }
}

/** @param {number} ms */
function pause(ms) {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
