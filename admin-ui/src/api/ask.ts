import { problemOfError, request } from '../http/request.ts';
import type { Answer, GraphqlError } from '../http/request.ts';

/** Asks the platform's GraphQL interface. An answer with errors is a problem, even where it has data in part. */
export async function ask<T>(token: string, query: string, variables: object = {}): Promise<Answer<T>> {
  const answer = await request<{ data?: T; errors?: GraphqlError[] }>('/graphql', {
    method: 'POST',
    token,
    body: { query, variables },
  });
  if (!answer.ok) return answer;
  const [error] = answer.data.errors ?? [];
  if (error) return { ok: false, problem: problemOfError(200, error) };
  return { ok: true, data: answer.data.data as T };
}

const changes = new EventTarget();

/** Something was changed by this person: what is on the screen is asked for again. */
export function announceChange(): void {
  changes.dispatchEvent(new Event('change'));
}

/** Calls back at every change until the returned function is called. */
export function onChange(listener: () => void): () => void {
  changes.addEventListener('change', listener);
  return () => changes.removeEventListener('change', listener);
}
