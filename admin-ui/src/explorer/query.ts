import { Kind, parse, TokenKind, visit } from 'graphql';
import type { DocumentNode, OperationDefinitionNode } from 'graphql';
import type { LineRange } from '../editor/tint.ts';

/** The fields that decide what a client may be offered and for how much; tinted alike wherever they appear. */
export const decisionFields: ReadonlySet<string> = new Set(['price', 'suitability']);

export type DeclaredVariable = { name: string; required: boolean };

/** A query as far as the page needs to understand it; null while it does not parse. */
export function readQuery(text: string): DocumentNode | null {
  try {
    return parse(text);
  } catch {
    return null;
  }
}

/** The operation in which the offset lies; otherwise the first. */
export function operationAt(document: DocumentNode, offset: number): OperationDefinitionNode | null {
  const operations = document.definitions.filter(
    (definition) => definition.kind === Kind.OPERATION_DEFINITION,
  );
  const around = operations.find(({ loc }) => loc !== undefined && loc.start <= offset && offset <= loc.end);
  return around ?? operations[0] ?? null;
}

export function declaredVariables(operation: OperationDefinitionNode): DeclaredVariable[] {
  return (operation.variableDefinitions ?? []).map((definition) => ({
    name: definition.variable.name.value,
    required: definition.type.kind === Kind.NON_NULL_TYPE && definition.defaultValue === undefined,
  }));
}

/** The lines of every selection of price and suitability. */
export function decisionLines(document: DocumentNode): LineRange[] {
  const lines: LineRange[] = [];
  visit(document, {
    Field(field) {
      if (!decisionFields.has(field.name.value) || !field.loc) return undefined;
      lines.push({ from: field.loc.startToken.line, to: field.loc.endToken.line });
      return false;
    },
  });
  return lines;
}

/** The greatest page that the query asks for: `first` or `last`, written out or from a variable; null when it asks for none. */
export function pageSizeOf(
  operation: OperationDefinitionNode,
  variables: Record<string, unknown>,
): number | null {
  let greatest: number | null = null;
  visit(operation, {
    Argument(argument) {
      if (argument.name.value !== 'first' && argument.name.value !== 'last') return;
      const { value } = argument;
      const size =
        value.kind === Kind.INT
          ? Number(value.value)
          : value.kind === Kind.VARIABLE
            ? variables[value.name.value]
            : null;
      if (typeof size === 'number') greatest = Math.max(greatest ?? 0, size);
    },
  });
  return greatest;
}

/** How many tokens the query has, as the parser counts them against its limit: without comments and the end. */
export function tokensOf(document: DocumentNode): number {
  let count = 0;
  for (let token = document.loc?.startToken.next; token?.next; token = token.next) {
    if (token.kind !== TokenKind.COMMENT) count += 1;
  }
  return count;
}
