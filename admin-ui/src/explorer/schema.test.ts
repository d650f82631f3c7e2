import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { buildClientSchema, buildSchema, graphqlSync, parse, printSchema } from 'graphql';
import type { IntrospectionQuery } from 'graphql';
import { LIMITS, measure } from '../../../core/graphql/limits.ts';
import { introspection } from './schema.ts';

const root = join(import.meta.dirname, '../../..');

describe('asking the platform for its schema', () => {
  const document = parse(introspection);

  test('keeps within the limits that hold for every query', () => {
    const [operation] = document.definitions;
    if (operation?.kind !== 'OperationDefinition') throw new Error('the operation has to come first');
    const usage = measure(document, operation);
    expect(usage.depth).toBeLessThanOrEqual(LIMITS.depth);
    expect(usage.selections).toBeLessThanOrEqual(LIMITS.selections);
    expect(usage.selectionRepeats).toBeLessThanOrEqual(LIMITS.selectionRepeats);
  });

  test('tells every type of the platform as it is written', () => {
    const sdl = readFileSync(join(root, 'schemas/generated/schema.graphql'), 'utf8');
    const schema = buildSchema(sdl);
    const answer = graphqlSync({ schema, source: introspection });
    const read = buildClientSchema(answer.data as unknown as IntrospectionQuery);
    // Directives that fields carry are not told by introspection; printSchema leaves them out on both sides.
    expect(printSchema(read)).toBe(printSchema(schema));
  });
});
