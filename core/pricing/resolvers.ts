import { byTypename, toProposal } from '../catalog/graphql-answers.ts';
import { productId } from '../catalog/graphql-input.ts';
import { fromGlobalId } from '../graphql/global-id.ts';
import type { RequestContext, Resolvers } from '../plugin/contract.ts';
import { priceRowFields, toRowInput, type PriceRowArg } from './graphql-input.ts';
import { pricingService } from './token.ts';

export const pricingResolvers: Resolvers = {
  Query: {
    priceRows: (_: never, args: { productId: string }, context: RequestContext) =>
      context.service(pricingService).rowsOf([productId(args.productId)]),
  },
  Mutation: {
    proposePrices: async (
      _: never,
      args: {
        productId: string;
        rows: readonly PriceRowArg[];
        retract?: readonly string[] | null;
        reason: string;
      },
      context: RequestContext,
    ) =>
      toProposal(
        await context.service(pricingService).proposeRows(context.actor, {
          productId: productId(args.productId),
          rows: args.rows.map(toRowInput),
          retract: (args.retract ?? []).map((id) => fromGlobalId('PriceRow', id)),
          reason: args.reason,
        }),
      ),
  },
  PriceRow: priceRowFields,
  ProposalResult: byTypename,
};
