import {
  Kind,
  isNonNullType,
  valueFromAST,
  visit,
  type FieldNode,
  type GraphQLField,
  type SelectionSetNode,
  type ValueNode,
} from 'graphql';

/** Thrown where a document has a shape that is left to compiled execution. */
export class UnknownShape extends Error {}

/** The key that a field has in the answer. */
export function keyOf(node: FieldNode): string {
  return node.alias?.value ?? node.name.value;
}

/**
 * The arguments of a field as graphql-js reads them, with what is written in the document worked out once. Variables
 * were checked when they were coerced; undefined where one that is required is null.
 */
export function argumentReader(
  definition: GraphQLField<unknown, unknown>,
  node: FieldNode,
): (variables: Readonly<Record<string, unknown>>) => Readonly<Record<string, unknown>> | undefined {
  const written = new Map(node.arguments?.map((argument) => [argument.name.value, argument.value]));
  const byVariable: { readonly name: string; readonly variable: string; readonly required: boolean }[] = [];
  const constant: Record<string, unknown> = {};
  for (const argument of definition.args) {
    if (argument.defaultValue !== undefined) constant[argument.name] = argument.defaultValue;
    const value = written.get(argument.name);
    if (value === undefined) continue;
    if (value.kind === Kind.VARIABLE) {
      const required = isNonNullType(argument.type);
      byVariable.push({ name: argument.name, variable: value.name.value, required });
    } else {
      refuseVariables(value);
      constant[argument.name] = valueFromAST(value, argument.type);
    }
  }
  return (variables) => {
    const values = { ...constant };
    for (const { name, variable, required } of byVariable) {
      const value = variables[variable];
      if (value === null && required) return undefined;
      if (value !== undefined) values[name] = value;
    }
    return values;
  };
}

/** Fields without directives or fragments among them and no key twice: then graphql-js answers them in this order. */
export function plainFields(set: SelectionSetNode | undefined): FieldNode[] {
  const keys = new Set<string>();
  return (set?.selections ?? []).map((selection) => {
    if (selection.kind !== Kind.FIELD || selection.directives?.length || keys.has(keyOf(selection)))
      throw new UnknownShape();
    keys.add(keyOf(selection));
    return selection;
  });
}

/** What is encoded beforehand must not depend on a request. */
export function refuseVariables(part: SelectionSetNode | ValueNode | undefined): void {
  if (!part) return;
  visit(part, {
    Variable: () => {
      throw new UnknownShape();
    },
  });
}
