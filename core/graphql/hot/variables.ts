import {
  isInputObjectType,
  isLeafType,
  isListType,
  isNonNullType,
  typeFromAST,
  valueFromAST,
  type GraphQLInputObjectType,
  type GraphQLInputType,
  type GraphQLSchema,
  type OperationDefinitionNode,
} from 'graphql';

/** The variables of a request as resolvers see them; undefined where graphql-js would refuse one and say why. */
export type VariableReader = (
  given: Readonly<Record<string, unknown>>,
) => Readonly<Record<string, unknown>> | undefined;

/**
 * What `getVariableValues` of graphql-js does, worked out once for an operation: there each request asks every type
 * again what it is. Variables come from JSON, so that a list is an array.
 */
export function variableReader(
  schema: GraphQLSchema,
  { variableDefinitions = [] }: OperationDefinitionNode,
): VariableReader {
  const coercers = new Coercers();
  const variables = variableDefinitions.map(({ variable, type: node, defaultValue }) => {
    const type = typeFromAST(schema, node as Parameters<typeof typeFromAST>[1]) as GraphQLInputType;
    return {
      name: variable.name.value,
      required: isNonNullType(type),
      byDefault: defaultValue && valueFromAST(defaultValue, type),
      coerce: coercers.of(type),
    };
  });
  return (given) => {
    const values: Record<string, unknown> = {};
    for (const { name, required, byDefault, coerce } of variables) {
      if (!Object.hasOwn(given, name)) {
        if (byDefault !== undefined) values[name] = byDefault;
        else if (required) return undefined;
        continue;
      }
      const value = coerce(given[name]);
      if (value === REFUSED) return undefined;
      values[name] = value;
    }
    return values;
  };
}

const REFUSED = Symbol('refused');
type Coerce = (value: unknown) => unknown;

class Coercers {
  readonly #known = new Map<GraphQLInputType, Coerce>();

  of(type: GraphQLInputType): Coerce {
    const known = this.#known.get(type);
    if (known) return known;
    // An input type may hold itself: while it is being made, it is reached through the map.
    this.#known.set(type, (value) => this.#known.get(type)!(value));
    const coerce = this.#make(type);
    this.#known.set(type, coerce);
    return coerce;
  }

  #make(type: GraphQLInputType): Coerce {
    if (isNonNullType(type)) {
      const inner = this.of(type.ofType);
      return (value) => (value === null || value === undefined ? REFUSED : inner(value));
    }
    const present = this.#present(type);
    return (value) => (value === null || value === undefined ? null : present(value));
  }

  #present(type: GraphQLInputType): Coerce {
    if (isListType(type)) {
      const item = this.of(type.ofType);
      return (value) => {
        const items = Array.isArray(value) ? value.map(item) : [item(value)];
        return items.includes(REFUSED) ? REFUSED : items;
      };
    }
    if (isInputObjectType(type)) return this.#object(type);
    if (!isLeafType(type)) throw new Error(`${String(type)} is no input type: validate the document first.`);
    return (value) => {
      try {
        return type.parseValue(value) ?? REFUSED;
      } catch {
        return REFUSED;
      }
    };
  }

  #object(type: GraphQLInputObjectType): Coerce {
    const fields = Object.values(type.getFields()).map((field) => ({
      name: field.name,
      required: isNonNullType(field.type),
      byDefault: field.defaultValue,
      coerce: this.of(field.type),
    }));
    const names = new Set(fields.map(({ name }) => name));
    return (value) => {
      if (typeof value !== 'object' || Array.isArray(value) || type.isOneOf) return REFUSED;
      const given = value as Readonly<Record<string, unknown>>;
      for (const name of Object.keys(given)) if (!names.has(name)) return REFUSED;
      const values: Record<string, unknown> = {};
      for (const { name, required, byDefault, coerce } of fields) {
        if (!Object.hasOwn(given, name)) {
          if (byDefault !== undefined) values[name] = byDefault;
          else if (required) return REFUSED;
          continue;
        }
        const coerced = coerce(given[name]);
        if (coerced === REFUSED) return REFUSED;
        values[name] = coerced;
      }
      return values;
    };
  }
}
