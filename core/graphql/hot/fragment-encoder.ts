import {
  GraphQLObjectType,
  GraphQLSchema,
  Kind,
  OperationTypeNode,
  executeSync,
  type DocumentNode,
  type FragmentDefinitionNode,
  type GraphQLOutputType,
  type SelectionSetNode,
} from 'graphql';

/**
 * Encodes one part of an answer by itself: the JSON that graphql-js gives for this selection of a value of this type,
 * as UTF-8 bytes one per character. Since graphql-js itself executes the selection, aliases, fragments, unions,
 * scalars and null checks come out as they would in the whole answer. Throws where the selection reports an error.
 */
export function fragmentEncoder(
  type: GraphQLOutputType,
  selectionSet: SelectionSetNode | undefined,
  fragments: readonly FragmentDefinitionNode[],
): (value: unknown) => string {
  const schema = new GraphQLSchema({
    query: new GraphQLObjectType({ name: 'Fragment_', fields: { value: { type } } }),
    assumeValid: true,
  });
  const document: DocumentNode = {
    kind: Kind.DOCUMENT,
    definitions: [
      {
        kind: Kind.OPERATION_DEFINITION,
        operation: OperationTypeNode.QUERY,
        selectionSet: {
          kind: Kind.SELECTION_SET,
          selections: [
            {
              kind: Kind.FIELD,
              name: { kind: Kind.NAME, value: 'value' },
              ...(selectionSet ? { selectionSet } : {}),
            },
          ],
        },
      },
      ...fragments,
    ],
  };
  return (value) => {
    const { data, errors } = executeSync({ schema, document, rootValue: { value } });
    if (errors?.[0]) throw errors[0];
    return oneByte(JSON.stringify(data!.value));
  };
}

/** UTF-8 bytes of a text, one per character, flat: concatenated and written without being encoded again. */
export function oneByte(text: string): string {
  return Buffer.from(text, 'utf8').toString('latin1');
}

/** The same one-byte text in one piece, whatever it was joined from. */
export function flat(text: string): string {
  return Buffer.from(text, 'latin1').toString('latin1');
}
