/** Why a request was not answered as hoped: RFC 9457 problem details, or what stands for them. */
export type Problem = {
  /** HTTP status; 0 when no answer came at all. */
  status: number;
  /** Stable code from the platform's list of errors; `NETWORK` when no answer came, `HTTP_<status>` when it named none. */
  code: string;
  title: string;
  detail: string;
};

export type Answer<T> = { ok: true; data: T } | { ok: false; problem: Problem };

type Options = { method?: 'GET' | 'POST'; token?: string | undefined; body?: unknown };

/** Asks the platform on its own origin for JSON. Never throws for what a server or a network may do. */
export async function request<T>(path: string, options: Options = {}): Promise<Answer<T>> {
  const headers: Record<string, string> = { accept: 'application/json' };
  if (options.token !== undefined) headers['authorization'] = `Bearer ${options.token}`;
  if (options.body !== undefined) headers['content-type'] = 'application/json';
  try {
    const response = await fetch(path, {
      method: options.method ?? 'GET',
      headers,
      ...(options.body === undefined ? {} : { body: JSON.stringify(options.body) }),
    });
    const text = await response.text();
    if (!response.ok) return { ok: false, problem: problemOf(response.status, text) };
    return { ok: true, data: (text === '' ? null : JSON.parse(text)) as T };
  } catch (error) {
    return { ok: false, problem: noAnswer(error) };
  }
}

/** Reads problem details from an answer's text; an answer that has none still gets a code and its status. */
export function problemOf(status: number, text: string): Problem {
  const read = (value: unknown) => (typeof value === 'string' ? value : undefined);
  let found: Record<string, unknown> = {};
  try {
    const parsed: unknown = JSON.parse(text);
    if (typeof parsed === 'object' && parsed !== null) found = parsed as Record<string, unknown>;
  } catch {
    // A proxy's HTML page, say: the status has to speak for it.
  }
  const [refused] = Array.isArray(found['errors']) ? (found['errors'] as GraphqlError[]) : [];
  if (refused) return problemOfError(status, refused);
  return {
    status,
    code: read(found['code']) ?? `HTTP_${status}`,
    title: read(found['title']) ?? `HTTP ${status}`,
    detail: read(found['detail']) ?? '',
  };
}

/** An error as a GraphQL answer lists it. */
export type GraphqlError = { message: string; extensions?: { code?: string } };

export function problemOfError(status: number, { message, extensions }: GraphqlError): Problem {
  return { status, code: extensions?.code ?? 'GRAPHQL', title: message, detail: '' };
}

export function noAnswer(error: unknown): Problem {
  const detail = error instanceof Error ? error.message : String(error);
  return { status: 0, code: 'NETWORK', title: 'No answer', detail };
}
