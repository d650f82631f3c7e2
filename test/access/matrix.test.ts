import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, test, jest } from '@jest/globals';
import { buildSchema, isObjectType, parse, validate, type GraphQLFieldResolver } from 'graphql';
import { accessMatrix, printAccessMatrix, rolesOf, type AccessMatrix } from '../../core/access/matrix.ts';
import { compose } from '../../core/app.ts';
import { readAccessRules } from '../../core/graphql/access.ts';
import { fromRoot } from '../../core/paths.ts';
import { installedPlugins } from '../../plugins/index.ts';
import { startPlatform, type TestPlatform } from '../support/platform.ts';
import { documentsOfFields } from '../support/schema-documents.ts';

const { schema, declarations } = compose(installedPlugins);
const permissions = declarations.all('permissions');
const rules = readAccessRules(schema, new Set(permissions.map(({ code }) => code)));
const matrix: AccessMatrix = accessMatrix(rules, permissions);
const roles = rolesOf(permissions);
const documents = documentsOfFields(schema);

describe('the access matrix', () => {
  test('is the one that was reviewed', () => {
    const reviewed = readFileSync(fromRoot('schemas', 'generated', 'access-matrix.json'), 'utf8');
    const changed = printAccessMatrix(matrix)
      .split('\n')
      .filter((line) => !reviewed.includes(line));
    // Run npm run generate and let somebody see what changes.
    expect(changed).toEqual([]);
    expect(printAccessMatrix(matrix)).toBe(reviewed);
  });

  test('holds every field of every type', () => {
    const fields = Object.values(schema.getTypeMap())
      .filter((type) => isObjectType(type) && !type.name.startsWith('__'))
      .flatMap((type) =>
        Object.keys(isObjectType(type) ? type.getFields() : {}).map((f) => `${type.name}.${f}`),
      );
    expect(fields.filter((field) => !matrix.has(field))).toEqual([]);
    expect(documents.map(({ field }) => field).sort()).toEqual(fields.sort());
  });

  test('a field without a rule does not start', () => {
    const open = buildSchema(
      'directive @access(permission: String!) on FIELD_DEFINITION type Query { a: Int }',
    );
    expect(() => readAccessRules(open, new Set())).toThrow(/Query.a: has no @access rule/);
  });

  test('a query or mutation does not take its rule from its type', () => {
    const open = buildSchema(
      'directive @access(permission: String!) on FIELD_DEFINITION | OBJECT type Query @access(permission: "signed-in") { a: Int }',
    );
    expect(() => readAccessRules(open, new Set())).toThrow(/Query.a: has no @access rule/);
  });

  test('no mutation is open to every caller, except signing out', () => {
    const open = [...matrix].filter(
      ([field, cell]) => field.startsWith('Mutation.') && cell.permission === 'signed-in',
    );
    expect(open.map(([field]) => field)).toEqual(['Mutation.signOut']);
  });
});

/** There are as many questions as fields and roles: they are not asked one by one. */
const ASKERS = 8;
// They grow with the schema, and the machine may be shared.
jest.setTimeout(180_000);

describe('a caller without the permission of a field', () => {
  let platform: TestPlatform;
  const tokens = new Map<string, string>();
  let resolved = 0;

  beforeAll(async () => {
    platform = await startPlatform();
    countResolvers(platform, () => resolved++);
    for (const { role } of platform.signIns) tokens.set(role, await platform.signIn(role));
    tokens.set('touchpoint', platform.apiClients[0]!.token);
    const gateway = platform.apiClients.find(({ channel }) => channel === 'SMS');
    tokens.set('sms-gateway', gateway!.token);
  });
  afterAll(() => platform.stop());

  test('is of every role that the matrix knows', () => {
    expect([...tokens.keys()].sort()).toEqual(roles);
  });

  test('is refused each of them over HTTP before any resolver runs', async () => {
    const wrong: string[] = [];
    let refused = 0;
    const questions = documents.flatMap(({ field, query }) => {
      expect(validate(schema, parse(query))).toEqual([]);
      const { permission, roles: allowed } = matrix.get(field)!;
      if (permission === 'signed-in') return [];
      const root = /^(Query|Mutation)\./.test(field);
      const lacking = roles.filter((role) => !allowed.includes(role));
      return (root ? lacking : lacking.slice(0, 1)).map((role) => ({ field, query, role }));
    });
    const ask = async () => {
      for (let question = questions.pop(); question; question = questions.pop()) {
        const { field, query, role } = question;
        const answer = await platform.graphql(tokens.get(role)!, query);
        const { code } = answer.errors?.[0]?.extensions ?? {};
        if (answer.status !== 403 || code !== 'FORBIDDEN' || answer.data) wrong.push(`${field} as ${role}`);
        else refused++;
      }
    };
    await Promise.all(Array.from({ length: ASKERS }, ask));
    expect(wrong).toEqual([]);
    expect(resolved).toBe(0);
    expect(refused).toBeGreaterThan(100);
  });

  test('who holds the permission gets through to the resolver', async () => {
    await platform.graphql(tokens.get('auditor')!, '{ viewer { name } }');
    expect(resolved).toBeGreaterThan(0);
  });
});

function countResolvers(platform: TestPlatform, count: () => void): void {
  for (const type of Object.values(platform.app.schema.getTypeMap())) {
    if (!isObjectType(type) || type.name.startsWith('__')) continue;
    for (const field of Object.values(type.getFields())) {
      const resolve: GraphQLFieldResolver<unknown, unknown> | undefined = field.resolve;
      if (!resolve) continue;
      field.resolve = (...parameters) => {
        count();
        return resolve(...parameters);
      };
    }
  }
}
