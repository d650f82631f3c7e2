import { GraphQLScalarType, type GraphQLScalarType as Scalar } from 'graphql';
import { DateTimeISOResolver, JSONResolver, SafeIntResolver } from 'graphql-scalars';

/** Implementations of the scalars that schemas/core/base.graphql declares. */
export const SCALARS: Readonly<Record<string, Scalar>> = {
  DateTime: renamed('DateTime', DateTimeISOResolver),
  SafeInt: SafeIntResolver,
  JSON: JSONResolver,
};

function renamed(name: string, scalar: Scalar): Scalar {
  return new GraphQLScalarType({ ...scalar.toConfig(), name });
}
