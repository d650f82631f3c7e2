import { readFileSync } from 'node:fs';
import {
  Kind,
  buildASTSchema,
  concatAST,
  isInterfaceType,
  isObjectType,
  isScalarType,
  parse,
  validateSchema,
  type DefinitionNode,
  type DocumentNode,
  type GraphQLFieldResolver,
  type GraphQLSchema,
} from 'graphql';
import { StartError } from '../errors.ts';
import { fromRoot } from '../paths.ts';
import type { FieldResolver, Plugin } from '../plugin/contract.ts';
import { fence } from './fence.ts';
import { SCALARS } from './scalars.ts';

/** A core feature's SDL, one file per feature. */
export function coreSdl(feature: string): string {
  return readFileSync(fromRoot('schemas', 'core', `${feature}.graphql`), 'utf8');
}

/**
 * Composes one schema from the SDL of core and every plugin, in one pass. A second definition of a type or field is
 * refused and never merged; a resolver must match a field of its own plugin's SDL.
 * @param resolverTimeLimitMs how long one resolver of a plugin may take
 */
export function composeSchema(plugins: readonly Plugin[], resolverTimeLimitMs?: number): GraphQLSchema {
  const documents = plugins.flatMap((plugin) =>
    plugin.schema ? [{ plugin, document: parseSdl(plugin.name, plugin.schema.typeDefs) }] : [],
  );
  refuseDuplicates(documents);
  const schema = build(documents.map(({ document }) => document));
  for (const [name, scalar] of Object.entries(SCALARS)) {
    const declared = schema.getType(name);
    if (isScalarType(declared))
      Object.assign(declared, {
        serialize: scalar.serialize,
        parseValue: scalar.parseValue,
        parseLiteral: scalar.parseLiteral,
      });
  }
  for (const { plugin, document } of documents)
    attachResolvers(schema, plugin, fieldsOf(document), resolverTimeLimitMs);
  return schema;
}

function parseSdl(owner: string, typeDefs: string): DocumentNode {
  try {
    return parse(typeDefs, { noLocation: true });
  } catch (error) {
    throw new StartError('SCHEMA_INVALID', `schema of "${owner}"`, (error as Error).message, error);
  }
}

function build(documents: readonly DocumentNode[]): GraphQLSchema {
  try {
    const schema = buildASTSchema(concatAST(documents));
    const errors = validateSchema(schema);
    if (errors.length > 0) throw new Error(errors.map((error) => error.message).join(' '));
    return schema;
  } catch (error) {
    throw new StartError('SCHEMA_INVALID', 'the composed schema', (error as Error).message, error);
  }
}

function refuseDuplicates(documents: readonly { plugin: Plugin; document: DocumentNode }[]): void {
  const owners = new Map<string, string>();
  const claim = (what: string, owner: string) => {
    const other = owners.get(what);
    if (other !== undefined)
      throw new StartError(
        'SCHEMA_CLASH',
        `schema of "${owner}"`,
        `defines ${what}, which "${other}" defines too.`,
      );
    owners.set(what, owner);
  };
  for (const { plugin, document } of documents)
    for (const definition of document.definitions) {
      if (isTypeDefinition(definition)) claim(`type ${definition.name.value}`, plugin.name);
      for (const field of fieldNames(definition)) claim(`field ${field}`, plugin.name);
    }
}

function isTypeDefinition(node: DefinitionNode): node is DefinitionNode & { name: { value: string } } {
  return node.kind.endsWith('TypeDefinition') || node.kind === Kind.DIRECTIVE_DEFINITION;
}

function fieldNames(definition: DefinitionNode): string[] {
  if (!('fields' in definition) || !('name' in definition) || !definition.name) return [];
  return (definition.fields ?? []).map((field) => `${definition.name!.value}.${field.name.value}`);
}

function fieldsOf(document: DocumentNode): ReadonlySet<string> {
  return new Set(document.definitions.flatMap(fieldNames));
}

function attachResolvers(
  schema: GraphQLSchema,
  plugin: Plugin,
  ownFields: ReadonlySet<string>,
  resolverTimeLimitMs?: number,
): void {
  for (const [typeName, fields] of Object.entries(plugin.schema!.resolvers)) {
    const type = schema.getType(typeName);
    for (const [fieldName, resolve] of Object.entries(fields)) {
      if (
        (isInterfaceType(type) || type?.astNode?.kind === Kind.UNION_TYPE_DEFINITION) &&
        fieldName === '__resolveType'
      ) {
        Object.assign(type as object, { resolveType: resolve });
        continue;
      }
      if (!isObjectType(type) || !ownFields.has(`${typeName}.${fieldName}`))
        throw new StartError(
          'RESOLVER_UNKNOWN',
          `plugin "${plugin.name}"`,
          `resolves ${typeName}.${fieldName}, which its own SDL does not define.`,
        );
      const guarded: FieldResolver =
        plugin.name === 'core' ? resolve : fence(plugin.name, resolve, resolverTimeLimitMs);
      type.getFields()[fieldName]!.resolve = guarded as GraphQLFieldResolver<unknown, unknown>;
    }
  }
}
