import { GraphQLError, GraphQLScalarType, type GraphQLScalarType as Scalar } from 'graphql';
import { DateTimeISOResolver, JSONResolver, SafeIntResolver } from 'graphql-scalars';

/** Implementations of the scalars that schemas/core/base.graphql declares. */
export const SCALARS: Readonly<Record<string, Scalar>> = {
  DateTime: renamed('DateTime', DateTimeISOResolver),
  SafeInt: SafeIntResolver,
  JSON: boundedJson(),
};

/** Far above what any schema of ours nests, far below what a stack or a database holds. */
const JSON_DEPTH_MAX = 32;

function boundedJson(): GraphQLScalarType {
  const { parseValue, parseLiteral, ...config } = JSONResolver.toConfig();
  return new GraphQLScalarType({
    ...config,
    parseValue: (value) => bounded(parseValue(value)),
    parseLiteral: (node, variables) => bounded(parseLiteral(node, variables)),
  });
}

/** Level by level, since a value made to break a recursion must not meet one here. */
function bounded(value: unknown): unknown {
  let level: unknown[] = [value];
  for (let depth = 0; level.length > 0; depth++) {
    if (depth > JSON_DEPTH_MAX)
      throw new GraphQLError(`JSON is nested at most ${JSON_DEPTH_MAX} levels deep here.`);
    level = level.flatMap((part) =>
      typeof part === 'object' && part !== null ? Object.values(part as object) : [],
    );
  }
  return value;
}

function renamed(name: string, scalar: Scalar): Scalar {
  return new GraphQLScalarType({ ...scalar.toConfig(), name });
}
