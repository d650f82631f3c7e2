import type { Resolvers } from './contract.ts';

/** The resolvers of several rooms of one owner as one. @throws where two of them resolve the same field */
export function mergeResolvers(rooms: readonly Resolvers[]): Resolvers {
  const merged: Record<string, Record<string, Resolvers[string][string]>> = {};
  for (const room of rooms)
    for (const [type, fields] of Object.entries(room))
      for (const [field, resolve] of Object.entries(fields)) {
        const ofType = (merged[type] ??= {});
        if (ofType[field]) throw new Error(`Two rooms resolve ${type}.${field}.`);
        ofType[field] = resolve;
      }
  return merged;
}
