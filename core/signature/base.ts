import { createHash } from 'node:crypto';
import { serializeByteSequence, serializeInnerList, type InnerList, type Item } from 'structured-headers';

/** What of an HTTP request a signature speaks of. */
export interface SignedMessage {
  /** In upper case, e.g. `POST`. */
  readonly method: string;
  /** Host and, where it is not the scheme's default, port: what the client wrote in `Host`. */
  readonly authority: string;
  /** Path and query as sent, e.g. `/partner/v1/reservations?limit=20`. */
  readonly target: string;
  /** By lower-case name; several fields of one name already joined by `, `. */
  readonly headers: Readonly<Record<string, string | undefined>>;
}

/** Raised where a covered component is not in the message, or is none that this platform knows. */
export class ComponentMissing extends Error {
  readonly component: string;

  constructor(component: string) {
    super(`The message has no "${component}".`);
    this.component = component;
  }
}

/**
 * The text that is signed: a line for each covered component and the parameters as the last one (RFC 9421, 2.5).
 * @param covered the component names with the signature's parameters, in the order of `Signature-Input`
 * @throws ComponentMissing
 */
export function signatureBase(message: SignedMessage, covered: InnerList): string {
  const lines = covered[0].map((item) => `${identifierOf(item)}: ${valueOf(message, item)}`);
  return [...lines, `"@signature-params": ${serializeInnerList(covered)}`].join('\n');
}

/** The value of `Content-Digest` for a body (RFC 9530). */
export function contentDigest(body: Uint8Array): string {
  return `sha-256=${serializeByteSequence(createHash('sha256').update(body).digest())}`;
}

export function componentNames(covered: InnerList): readonly string[] {
  return covered[0].map(([name]) => String(name));
}

function identifierOf([name, parameters]: Item): string {
  // Parameters of a component (sf, key, req, tr) change what its value is; none is in use here, so none is guessed at.
  if (typeof name !== 'string' || parameters.size > 0) throw new ComponentMissing(String(name));
  return `"${name}"`;
}

function valueOf(message: SignedMessage, [name]: Item): string {
  const component = String(name);
  if (!component.startsWith('@')) return headerOf(message, component);
  const queryAt = message.target.indexOf('?');
  switch (component) {
    case '@method':
      return message.method;
    case '@authority':
      return message.authority.toLowerCase().replace(/:(80|443)$/, '');
    case '@path':
      return queryAt < 0 ? message.target : message.target.slice(0, queryAt);
    case '@query':
      // RFC 9421, 2.2.7: an absent query is the question mark alone.
      return queryAt < 0 ? '?' : message.target.slice(queryAt);
    default:
      throw new ComponentMissing(component);
  }
}

function headerOf(message: SignedMessage, name: string): string {
  const value = message.headers[name];
  if (value === undefined || name !== name.toLowerCase()) throw new ComponentMissing(name);
  return value.trim().replace(/\s*\r?\n\s*/g, ' ');
}
