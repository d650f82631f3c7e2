import {
  getNamedType,
  getNullableType,
  isAbstractType,
  isCompositeType,
  isEnumType,
  isInputObjectType,
  isListType,
  isNonNullType,
  isObjectType,
  type GraphQLField,
  type GraphQLInputType,
  type GraphQLSchema,
} from 'graphql';

/** A way from a root to an object type: the fields to select, and on which types. */
interface Way {
  readonly operation: 'query' | 'mutation';
  readonly steps: readonly { readonly type: string; readonly field: GraphQLField<unknown, unknown> }[];
}

/** An operation that selects one field with the fewest arguments, and the types that it passes. */
export interface FieldDocument {
  readonly field: string;
  readonly query: string;
  readonly types: ReadonlySet<string>;
}

/** One document for every field of every object type that can be reached, by the shortest way. */
export function documentsOfFields(schema: GraphQLSchema): FieldDocument[] {
  const ways = waysTo(schema);
  const documents: FieldDocument[] = [];
  for (const [name, { operation, steps }] of ways) {
    const type = schema.getType(name);
    if (!isObjectType(type)) continue;
    for (const field of Object.values(type.getFields())) {
      const all = [...steps, { type: name, field }];
      documents.push({
        field: `${name}.${field.name}`,
        query: `${operation} { ${select(schema, all)} }`,
        types: new Set(all.map((step) => step.type)),
      });
    }
  }
  return documents;
}

function waysTo(schema: GraphQLSchema): ReadonlyMap<string, Way> {
  const ways = new Map<string, Way>();
  ways.set(schema.getQueryType()!.name, { operation: 'query', steps: [] });
  const mutation = schema.getMutationType();
  if (mutation) ways.set(mutation.name, { operation: 'mutation', steps: [] });
  // A map is walked in the order of insertion, and what is put into it meanwhile is walked, too: breadth first.
  for (const [name, { operation, steps }] of ways) {
    const type = schema.getType(name);
    if (!isObjectType(type)) continue;
    for (const field of Object.values(type.getFields())) {
      const result = getNamedType(field.type);
      if (!isCompositeType(result)) continue;
      for (const next of isAbstractType(result) ? schema.getPossibleTypes(result) : [result])
        if (!ways.has(next.name))
          ways.set(next.name, { operation, steps: [...steps, { type: name, field }] });
    }
  }
  return ways;
}

function select(schema: GraphQLSchema, steps: Way['steps']): string {
  const [{ type, field }, ...rest] = steps as [Way['steps'][number], ...Way['steps']];
  const own = `${field.name}${argumentsOf(field)}`;
  const result = getNamedType(field.type);
  const inner = !isCompositeType(result)
    ? own
    : `${own} { ${rest.length === 0 ? '__typename' : select(schema, rest)} }`;
  return type === schema.getQueryType()!.name || type === schema.getMutationType()?.name
    ? inner
    : `... on ${type} { ${inner} }`;
}

function argumentsOf(field: GraphQLField<unknown, unknown>): string {
  const given = field.args
    .filter((arg) => arg.name === 'first' || (isNonNullType(arg.type) && arg.defaultValue === undefined))
    .map((arg) => `${arg.name}: ${arg.name === 'first' ? 1 : literal(arg.type)}`);
  return given.length === 0 ? '' : `(${given.join(', ')})`;
}

function literal(given: GraphQLInputType): string {
  const type = getNullableType(given);
  if (isListType(type)) return '[]';
  if (isEnumType(type)) return type.getValues()[0]!.name;
  if (isInputObjectType(type)) {
    const fields = Object.values(type.getFields());
    const needed = fields.filter((field) => isNonNullType(field.type) && field.defaultValue === undefined);
    return `{ ${needed.map((field) => `${field.name}: ${literal(field.type)}`).join(', ')} }`;
  }
  return LITERALS[type.name] ?? '"x"';
}

const LITERALS: Readonly<Record<string, string>> = {
  Int: '1',
  Float: '1',
  SafeInt: '1',
  Boolean: 'true',
  DateTime: '"2026-01-05T00:00:00.000Z"',
  JSON: '{}',
};
