import { isEnumType, isInputObjectType, isInterfaceType, isObjectType, isUnionType } from 'graphql';
import type { GraphQLNamedType, GraphQLSchema } from 'graphql';

/** One line of a type's description: a field, an input field, an enum value or a member of a union. */
export type DocsRow = {
  name: string;
  /** As SDL writes it; absent for values and members. */
  type?: string;
  /** The named type to open on a click. */
  opens?: string;
  description: string;
  deprecated?: string;
  args: { name: string; type: string; opens: string; description: string }[];
};

export type DocsKind = 'fields' | 'inputs' | 'values' | 'possible' | 'scalar';
export type DocsPage = { name: string; description: string; kind: DocsKind; rows: DocsRow[] };

export type DocsHit = { type: string; field?: string; description: string };

/** A type as the docs show it; null when the schema has none of this name. */
export function docsOf(schema: GraphQLSchema, typeName: string): DocsPage | null {
  const type = schema.getType(typeName);
  if (!type) return null;
  const description = type.description ?? '';
  const { kind, rows } = rowsOf(type);
  return { name: type.name, description, kind, rows };
}

/** Types and fields whose name or description has the text; names that begin with it come first. */
export function searchDocs(
  schema: GraphQLSchema,
  text: string,
  limit: number,
): { hits: DocsHit[]; more: number } {
  const wanted = text.trim().toLowerCase();
  if (wanted === '') return { hits: [], more: 0 };
  const ranked: { rank: number; hit: DocsHit }[] = [];
  const consider = (name: string, hit: DocsHit) => {
    const lower = name.toLowerCase();
    if (lower.startsWith(wanted)) ranked.push({ rank: hit.field === undefined ? 0 : 1, hit });
    else if (lower.includes(wanted)) ranked.push({ rank: 2, hit });
    else if (hit.description.toLowerCase().includes(wanted)) ranked.push({ rank: 3, hit });
  };
  for (const type of Object.values(schema.getTypeMap())) {
    if (type.name.startsWith('__')) continue;
    consider(type.name, { type: type.name, description: type.description ?? '' });
    for (const row of rowsOf(type).rows) {
      consider(row.name, { type: type.name, field: row.name, description: row.description });
    }
  }
  ranked.sort((a, b) => a.rank - b.rank);
  return { hits: ranked.slice(0, limit).map(({ hit }) => hit), more: Math.max(0, ranked.length - limit) };
}

/** The types to begin with, the last one open: the root, and what it is mostly asked for, the type with all these fields. */
export function firstTypes(schema: GraphQLSchema, fields: ReadonlySet<string>): string[] {
  const subject = Object.values(schema.getTypeMap()).find(
    (type) => isObjectType(type) && [...fields].every((field) => field in type.getFields()),
  );
  return [schema.getQueryType()?.name ?? 'Query', ...(subject ? [subject.name] : [])];
}

function rowsOf(type: GraphQLNamedType): { kind: DocsKind; rows: DocsRow[] } {
  if (isObjectType(type) || isInterfaceType(type)) {
    return {
      kind: 'fields',
      rows: Object.values(type.getFields()).map((field) => fieldRow(field, [...field.args])),
    };
  }
  if (isInputObjectType(type)) {
    return { kind: 'inputs', rows: Object.values(type.getFields()).map((field) => fieldRow(field, [])) };
  }
  if (isEnumType(type)) {
    const rows = type.getValues().map((value) => ({ name: value.name, ...wordsOf(value), args: [] }));
    return { kind: 'values', rows };
  }
  if (isUnionType(type)) {
    const rows = type.getTypes().map((member) => ({
      name: member.name,
      opens: member.name,
      description: member.description ?? '',
      args: [],
    }));
    return { kind: 'possible', rows };
  }
  return { kind: 'scalar', rows: [] };
}

type Described = { description?: string | null | undefined; deprecationReason?: string | null | undefined };
type Typed = Described & { name: string; type: { toString(): string } };

function fieldRow(field: Typed, args: Typed[]): DocsRow {
  return {
    name: field.name,
    ...typeOf(field),
    ...wordsOf(field),
    args: args.map((arg) => ({ name: arg.name, ...typeOf(arg), description: arg.description ?? '' })),
  };
}

function typeOf(field: Typed): { type: string; opens: string } {
  const type = String(field.type);
  return { type, opens: type.replace(/[[\]!]/g, '') };
}

function wordsOf(item: Described): { description: string; deprecated?: string } {
  const description = item.description ?? '';
  return item.deprecationReason == null
    ? { description }
    : { description, deprecated: item.deprecationReason };
}
