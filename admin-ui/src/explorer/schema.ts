import { buildClientSchema, getIntrospectionQuery } from 'graphql';
import type { GraphQLSchema, IntrospectionQuery } from 'graphql';
import { request } from '../http/request.ts';
import type { Answer } from '../http/request.ts';

/** Reads the interface's types from the platform itself, which tells them in demo mode only. */
export async function loadSchema(token: string): Promise<Answer<GraphQLSchema>> {
  const answer = await request<{ data?: IntrospectionQuery; errors?: { message: string }[] }>('/graphql', {
    method: 'POST',
    token,
    body: { query: introspection },
  });
  if (!answer.ok) return answer;
  if (!answer.data.data) {
    const detail = answer.data.errors?.map(({ message }) => message).join(' ') ?? '';
    return { ok: false, problem: { status: 200, code: 'INTROSPECTION', title: 'No schema', detail } };
  }
  return { ok: true, data: buildClientSchema(answer.data.data) };
}

/**
 * GraphQL's own question for a schema, which as it stands is deeper than the platform lets any query be. It asks for
 * types wrapped up to `[[T!]!]`, deeper than any that the platform's schema has.
 */
export const introspection = getIntrospectionQuery({
  typeDepth: 4,
  specifiedByUrl: true,
  directiveIsRepeatable: true,
});
