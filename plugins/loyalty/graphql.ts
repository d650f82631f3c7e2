import { readFileSync } from 'node:fs';
import { fromRoot } from '../../core/paths.ts';
import type { Plugin, Resolvers } from '../../core/plugin/contract.ts';
import { accountResolvers } from './account/resolvers.ts';
import { partnerResolvers, partnerTypeDefs } from './partner/resolvers.ts';

const accountTypeDefs = readFileSync(fromRoot('plugins', 'loyalty', 'account', 'schema.graphql'), 'utf8');

/** The plugin's part of the schema, room by room. */
export const loyaltySchema: NonNullable<Plugin['schema']> = {
  typeDefs: [accountTypeDefs, partnerTypeDefs].join('\n'),
  resolvers: merged([accountResolvers, partnerResolvers]),
};

function merged(rooms: readonly Resolvers[]): Resolvers {
  const types: Record<string, Resolvers[string]> = {};
  for (const room of rooms)
    for (const [type, fields] of Object.entries(room)) types[type] = { ...types[type], ...fields };
  return types;
}
