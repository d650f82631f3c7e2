import {
  GraphQLError,
  Kind,
  getNamedType,
  getOperationAST,
  getVariableValues,
  isLeafType,
  type ASTVisitor,
  type DocumentNode,
  type FragmentDefinitionNode,
  type GraphQLSchema,
  type OperationDefinitionNode,
  type SelectionSetNode,
  type ValidationContext,
} from 'graphql';
import { getComplexity, type ComplexityEstimatorArgs } from 'graphql-query-complexity';

/** Bounds of one GraphQL request; each is refused before any resolver runs. */
export const LIMITS = {
  depth: 10,
  aliases: 15,
  directives: 5,
  tokens: 1000,
  /** How often one response key may stand in one selection set, fragments spread. */
  selectionRepeats: 3,
  /** Selections after all fragments are spread. */
  selections: 500,
  /** Objects that an answer can hold. */
  cost: 1000,
  pageMax: 100,
  bodyBytes: 100 * 1024,
} as const;

/** What a document uses of each limit that does not depend on variables. */
export interface Usage {
  depth: number;
  aliases: number;
  directives: number;
  selections: number;
  selectionRepeats: number;
}

/** A validation rule that refuses operations beyond the limits, naming the limit, what was found and what is allowed. */
export function limitsRule(context: ValidationContext): ASTVisitor {
  return {
    OperationDefinition(operation) {
      if (operation.operation === 'subscription')
        context.reportError(
          new GraphQLError('There are no subscriptions here. Ask again, or with minCatalogSeq.', {
            nodes: operation,
            extensions: { code: 'OPERATION_NOT_SUPPORTED' },
          }),
        );
      const usage = measure(context.getDocument(), operation);
      for (const [limit, found] of Object.entries(usage) as [keyof Usage, number][])
        if (found > LIMITS[limit])
          context.reportError(
            new GraphQLError(
              `This operation has ${limit} ${found}; at most ${LIMITS[limit]} are allowed. Split it or select less.`,
              {
                nodes: operation,
                extensions: { code: 'LIMIT_EXCEEDED', limit, found, allowed: LIMITS[limit] },
              },
            ),
          );
      return false;
    },
  };
}

/** Refuses introspection where it is switched off (production). */
export function noIntrospectionRule(context: ValidationContext): ASTVisitor {
  return {
    Field(node) {
      if (node.name.value === '__schema' || node.name.value === '__type')
        context.reportError(
          new GraphQLError('Introspection is off here. The schema is in schemas/generated/schema.graphql.', {
            nodes: node,
            extensions: { code: 'INTROSPECTION_OFF' },
          }),
        );
    },
  };
}

/** Counts what one operation uses, with its fragments spread; stops counting once far beyond every limit. */
export function measure(document: DocumentNode, operation: OperationDefinitionNode): Usage {
  const fragments = new Map<string, FragmentDefinitionNode>();
  for (const node of document.definitions)
    if (node.kind === Kind.FRAGMENT_DEFINITION) fragments.set(node.name.value, node);
  const usage: Usage = {
    depth: 0,
    aliases: 0,
    directives: operation.directives?.length ?? 0,
    selections: 0,
    selectionRepeats: 0,
  };
  new Measurement(fragments, usage).selections(operation.selectionSet, 1, '', new Map(), new Set());
  return usage;
}

class Measurement {
  readonly #fragments: ReadonlyMap<string, FragmentDefinitionNode>;
  readonly #usage: Usage;

  constructor(fragments: ReadonlyMap<string, FragmentDefinitionNode>, usage: Usage) {
    this.#fragments = fragments;
    this.#usage = usage;
  }

  /** `seen` counts fields of one selection set by type condition: the members of a union may each select `code`. */
  selections(
    set: SelectionSetNode,
    depth: number,
    condition: string,
    seen: Map<string, number>,
    path: ReadonlySet<string>,
  ): void {
    const usage = this.#usage;
    for (const selection of set.selections) {
      // Twice the limit is enough to refuse; a fragment bomb must not be counted to its end.
      if (++usage.selections > LIMITS.selections * 2) return;
      usage.directives += selection.directives?.length ?? 0;
      if (selection.kind === Kind.FIELD) {
        usage.depth = Math.max(usage.depth, depth);
        if (selection.alias) usage.aliases++;
        // By response key: aliases have a limit of their own.
        const key = `${condition}.${(selection.alias ?? selection.name).value}`;
        seen.set(key, (seen.get(key) ?? 0) + 1);
        usage.selectionRepeats = Math.max(usage.selectionRepeats, seen.get(key)!);
        if (selection.selectionSet) this.selections(selection.selectionSet, depth + 1, '', new Map(), path);
      } else if (selection.kind === Kind.INLINE_FRAGMENT) {
        const type = selection.typeCondition?.name.value ?? condition;
        this.selections(selection.selectionSet, depth, type, seen, path);
      } else {
        const name = selection.name.value;
        const fragment = this.#fragments.get(name);
        if (!fragment || path.has(name)) continue;
        const type = fragment.typeCondition.name.value;
        this.selections(fragment.selectionSet, depth, type, seen, new Set([...path, name]));
      }
    }
  }
}

/**
 * How many objects the answer can hold: each field that is not a leaf counts one, times the page size of the lists
 * above it. Throws a GraphQLError where a page size is out of bounds.
 */
export function costOf(
  schema: GraphQLSchema,
  document: DocumentNode,
  operationName: string | undefined,
  variables: Record<string, unknown>,
): number {
  const operation = getOperationAST(document, operationName);
  const { errors } = getVariableValues(schema, operation?.variableDefinitions ?? [], variables, {
    maxErrors: 5,
  });
  if (errors)
    throw new GraphQLError(errors[0]!.message, {
      extensions: { code: 'BAD_USER_INPUT', http: { status: 400 } },
    });
  return getComplexity({
    schema,
    query: document,
    variables,
    ...(operationName === undefined ? {} : { operationName }),
    estimators: [objectCost],
  });
}

function objectCost({ args, childComplexity, field }: ComplexityEstimatorArgs): number {
  const page: unknown = args.first;
  if (page === undefined) return isLeafType(getNamedType(field.type)) ? 0 : 1 + childComplexity;
  if (typeof page !== 'number' || page < 1 || page > LIMITS.pageMax)
    throw new GraphQLError(`"first" of ${field.name} is ${String(page)}; use 1 to ${LIMITS.pageMax}.`, {
      extensions: { code: 'PAGE_SIZE_INVALID', allowed: LIMITS.pageMax, http: { status: 400 } },
    });
  return 1 + page * Math.max(1, childComplexity);
}
