import { readFileSync } from 'node:fs';
import { fromRoot } from '../../core/paths.ts';
import type { Plugin } from '../../core/plugin/contract.ts';
import { mergeResolvers } from '../../core/plugin/resolvers.ts';
import { accountResolvers } from './account/resolvers.ts';
import { partnerResolvers, partnerTypeDefs } from './partner/resolvers.ts';

const accountTypeDefs = readFileSync(fromRoot('plugins', 'loyalty', 'account', 'schema.graphql'), 'utf8');

/** The plugin's part of the schema, room by room. */
export const loyaltySchema: NonNullable<Plugin['schema']> = {
  typeDefs: [accountTypeDefs, partnerTypeDefs].join('\n'),
  resolvers: mergeResolvers([accountResolvers, partnerResolvers]),
};
