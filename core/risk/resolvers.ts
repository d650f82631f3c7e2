import { toProposal, toRefusal } from '../catalog/graphql-answers.ts';
import { productId, reviewOfRow } from '../catalog/graphql-input.ts';
import { noProduct } from '../catalog/drafts.ts';
import { kindMissing } from '../catalog/kinds.ts';
import { below } from '../catalog/parts.ts';
import type { RiskLevel, RiskRatingRecord } from '../catalog/records.ts';
import { catalogService } from '../catalog/service.ts';
import { toGlobalId } from '../graphql/global-id.ts';
import type { RequestContext, Resolvers } from '../plugin/contract.ts';
import { ratingOfKind } from './derive.ts';
import { factorModels, type Nature } from './rule-data.ts';
import { toSheet, type SheetArg } from './graphql-input.ts';
import { riskService } from './token.ts';

export const riskResolvers: Resolvers = {
  Query: {
    riskRatings: (_: never, args: { productId: string }, context: RequestContext) =>
      context.service(riskService).ratingsOf([productId(args.productId)]),
    riskFactorModel: (_: never, { nature }: { nature: Nature }, context: RequestContext) =>
      context.service(factorModels).of(nature),
  },
  Mutation: {
    proposeRating,
    proposeRatingOverride: async (
      _: never,
      args: { productId: string; level: RiskLevel; reason: string },
      context: RequestContext,
    ) => {
      const change = { productId: productId(args.productId), level: args.level, reason: args.reason };
      return toProposal(await context.service(riskService).proposeOverride(context.actor, change));
    },
  },
  RiskRatingRow: {
    id: (row: RiskRatingRecord) => toGlobalId('RiskRating', row._id),
    signedBy: (row: RiskRatingRecord) => row.signedBy.name,
    review: reviewOfRow,
    approvalId: (row: RiskRatingRecord) => (row.approvalId ? toGlobalId('Approval', row.approvalId) : null),
  },
  RiskFactorModel: {
    version: ({ id, version }: { id: string; version: number }) => `${id}@${version}`,
    leverage: ({ leverage }: { leverage?: unknown }) => leverage !== undefined,
  },
};

async function proposeRating(
  _: never,
  args: { productId: string; sheet: SheetArg; reason: string },
  context: RequestContext,
) {
  const id = productId(args.productId);
  const catalog = context.service(catalogService);
  const product = (await catalog.productsById([id])).get(id);
  if (!product) return toRefusal({ refused: [noProduct()] });
  const kind = (await catalog.kinds()).find(({ _id }) => _id === product.kind);
  if (!kind) return toRefusal({ refused: [kindMissing(product.kind)] });
  const derived = ratingOfKind(
    kind,
    toSheet(args.sheet),
    context.service(factorModels).of(kind.nature),
    context.at,
  );
  if ('reasons' in derived) return toRefusal({ refused: below('sheet', derived.reasons) });
  const change = { productId: id, rating: derived.rating, reason: args.reason };
  return toProposal(await context.service(riskService).proposeRating(context.actor, change));
}
