import { noAnswer } from '../http/request.ts';
import type { Problem } from '../http/request.ts';

/** What a query used of each limit, as the platform counts; present when the header `x-tessera-limits` was sent. */
export type LimitsUsed = { depth?: number; aliases?: number; cost?: number | null };

export type Verdict = 'ok' | 'partial' | 'refused';

export type RunAnswer = {
  verdict: Verdict;
  status: number;
  elapsedMs: number;
  sizeBytes: number;
  /** The parsed body; the text itself where it was not JSON. */
  body: unknown;
  data: unknown;
  limits: LimitsUsed | null;
};

export type RunResult =
  { state: 'answered'; answer: RunAnswer } | { state: 'failed'; problem: Problem } | { state: 'stopped' };

export type RunRequest = { body: string; headers: Record<string, string> };

/** The body as it will be sent; its size is one of the limits. */
export function bodyOf(
  query: string,
  variables: Record<string, unknown>,
  operationName: string | undefined,
): string {
  return JSON.stringify({ query, variables, operationName });
}

/** Sends a query and measures the answer. Never throws for what a server or a network may do. */
export async function run(request: RunRequest, signal: AbortSignal): Promise<RunResult> {
  const startedMs = performance.now();
  try {
    const response = await fetch('/graphql', {
      method: 'POST',
      headers: { 'content-type': 'application/json', accept: 'application/json', ...request.headers },
      body: request.body,
      signal,
    });
    const bytes = await response.arrayBuffer();
    const elapsedMs = performance.now() - startedMs;
    const text = new TextDecoder().decode(bytes);
    return { state: 'answered', answer: readAnswer(response.status, text, elapsedMs, bytes.byteLength) };
  } catch (error) {
    if (signal.aborted) return { state: 'stopped' };
    return { state: 'failed', problem: noAnswer(error) };
  }
}

/** Judges an answer: data without errors, data with errors, or a refusal. */
export function readAnswer(status: number, text: string, elapsedMs: number, sizeBytes: number): RunAnswer {
  let body: unknown = text;
  try {
    body = JSON.parse(text);
  } catch {
    // Not from GraphQL: shown as it came.
  }
  const parts = typeof body === 'object' && body !== null ? (body as Record<string, unknown>) : {};
  const data = parts['data'] ?? null;
  const failed = status >= 400 || Array.isArray(parts['errors']);
  const verdict: Verdict =
    data !== null && !failed ? 'ok' : data !== null && status < 400 ? 'partial' : 'refused';
  const extensions = parts['extensions'] as { limits?: LimitsUsed } | undefined;
  return { verdict, status, elapsedMs, sizeBytes, body, data, limits: extensions?.limits ?? null };
}

const tokenPlace = '${token}';

/** Puts the sender's token where the headers ask for it. */
export function fillToken(headers: Record<string, string>, token: string): Record<string, string> {
  return Object.fromEntries(
    Object.entries(headers).map(([name, text]) => [name, text.replaceAll(tokenPlace, token)]),
  );
}
