import { printSchema, type GraphQLSchema } from 'graphql';
import type { AccessRules } from './access.ts';

/** The composed SDL with the permission of every field, so that a change of access shows in review. */
export function printComposedSchema(schema: GraphQLSchema, rules: AccessRules): string {
  let type = '';
  let field = '';
  return printSchema(schema)
    .split('\n')
    .map((line) => {
      type = /^(?:type|interface) (\w+)/.exec(line)?.[1] ?? (line === '}' ? '' : type);
      // A field with described arguments is printed over several lines and ends with `): Type`.
      field = /^ {2}(\w+)[(:]/.exec(line)?.[1] ?? field;
      const ends = /^ {2}(\w+(\(.*\))?|\)): /.test(line);
      const permission = type !== '' && ends ? rules.get(`${type}.${field}`) : undefined;
      return permission === undefined ? line : `${line} @access(permission: "${permission}")`;
    })
    .join('\n')
    .concat('\n');
}
