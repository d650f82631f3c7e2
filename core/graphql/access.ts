import {
  Kind,
  TypeInfo,
  isInterfaceType,
  isObjectType,
  visit,
  visitWithTypeInfo,
  type ASTNode,
  type ConstDirectiveNode,
  type DocumentNode,
  type GraphQLField,
  type GraphQLInterfaceType,
  type GraphQLObjectType,
  type GraphQLSchema,
} from 'graphql';
import { StartError } from '../errors.ts';

/** Held by every caller with a valid token. */
export const SIGNED_IN = 'signed-in';

/** The permission that each field needs: `Type.field` → permission. */
export type AccessRules = ReadonlyMap<string, string>;

/**
 * Reads `@access` off the composed schema. A field without a rule, a Query or Mutation field without a rule of its
 * own, and a permission that nobody declares refuse the start.
 */
export function readAccessRules(
  schema: GraphQLSchema,
  declaredPermissions: ReadonlySet<string>,
): AccessRules {
  const roots = new Set([schema.getQueryType()?.name, schema.getMutationType()?.name]);
  const rules = new Map<string, string>();
  for (const type of Object.values(schema.getTypeMap())) {
    if (type.name.startsWith('__') || !(isObjectType(type) || isInterfaceType(type))) continue;
    const ofType = permissionIn([type.astNode, ...type.extensionASTNodes]);
    for (const field of Object.values(type.getFields())) {
      const own = permissionOf(field);
      const inherited = interfaceRule(type, field.name);
      if (own !== undefined && inherited !== undefined && own !== inherited)
        throw new StartError(
          'ACCESS_RULE_CONFLICT',
          `${type.name}.${field.name}`,
          `needs "${own}", but the interface that it implements lets it be asked for with "${inherited}". State the same.`,
        );
      const permission = own ?? inherited ?? (roots.has(type.name) ? undefined : ofType);
      if (permission === undefined)
        throw new StartError(
          'ACCESS_RULE_MISSING',
          `${type.name}.${field.name}`,
          'has no @access rule. State the permission on the field or on its type.',
        );
      if (permission !== SIGNED_IN && !declaredPermissions.has(permission))
        throw new StartError(
          'ACCESS_PERMISSION_UNKNOWN',
          `${type.name}.${field.name}`,
          `needs permission "${permission}", which nobody declares.`,
        );
      rules.set(`${type.name}.${field.name}`, permission);
    }
  }
  return rules;
}

/** Every permission that a document asks for, once per document: the caller must hold all of them. */
export function permissionsNeeded(
  schema: GraphQLSchema,
  rules: AccessRules,
  document: DocumentNode,
): ReadonlySet<string> {
  const needed = new Set<string>();
  const typeInfo = new TypeInfo(schema);
  visit(
    document,
    visitWithTypeInfo(typeInfo, {
      Field: () => {
        const parent = typeInfo.getParentType();
        const field = typeInfo.getFieldDef();
        if (!parent || !field || field.name.startsWith('__')) return;
        const permission = rules.get(`${parent.name}.${field.name}`);
        if (permission !== undefined && permission !== SIGNED_IN) needed.add(permission);
      },
    }),
  );
  return needed;
}

/** Who asks by the interface is answered by any of its types: a field has its interface's rule, whatever the type's. */
function interfaceRule(
  type: GraphQLObjectType | GraphQLInterfaceType,
  fieldName: string,
): string | undefined {
  for (const parent of type.getInterfaces()) {
    const field = parent.getFields()[fieldName];
    if (field) return permissionOf(field) ?? permissionIn([parent.astNode, ...parent.extensionASTNodes]);
  }
  return undefined;
}

function permissionOf(field: GraphQLField<unknown, unknown>): string | undefined {
  return permissionIn([field.astNode]);
}

function permissionIn(nodes: readonly (ASTNode | null | undefined)[]): string | undefined {
  for (const node of nodes) {
    const directives: readonly ConstDirectiveNode[] =
      (node && 'directives' in node && (node.directives as readonly ConstDirectiveNode[])) || [];
    for (const directive of directives) {
      if (directive.name.value !== 'access') continue;
      const value = directive.arguments?.find((argument) => argument.name.value === 'permission')?.value;
      if (value?.kind === Kind.STRING) return value.value;
    }
  }
  return undefined;
}
