import type { GraphQLSchema } from 'graphql';
import { useEffect, useState } from 'react';
import type { Problem } from '../http/request.ts';
import { loadSchema } from './schema.ts';

export type SchemaState = {
  state: 'loading' | 'ready' | 'failed';
  schema: GraphQLSchema | null;
  problem: Problem | null;
};

/** The interface's types, for completion, checking and docs; without them the page still runs queries. */
export function useSchema(token: string): SchemaState {
  const [schema, setSchema] = useState<SchemaState>({ state: 'loading', schema: null, problem: null });
  useEffect(() => {
    let current = true;
    void loadSchema(token).then((answer) => {
      if (!current) return;
      if (answer.ok) setSchema({ state: 'ready', schema: answer.data, problem: null });
      else setSchema({ state: 'failed', schema: null, problem: answer.problem });
    });
    return () => {
      current = false;
    };
  }, [token]);
  return schema;
}
