import { describe, expect, test } from '@jest/globals';
import { buildSchema, parse, validate } from 'graphql';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { COMMANDS, documentOf, fits } from './commands.ts';
import { PRODUCTS, VIEW_COUNTS } from '../list/question.ts';

const root = join(import.meta.dirname, '../../../..');
const schema = buildSchema(readFileSync(join(root, 'schemas/generated/schema.graphql'), 'utf8'));

describe('what the pages of products ask', () => {
  test.each([
    ...COMMANDS.map((command) => [command, documentOf(command)]),
    ['the list', PRODUCTS],
    ['the views', VIEW_COUNTS],
  ])('%s is understood by the platform', (_name, document) => {
    expect(validate(schema, parse(document as string)).map(({ message }) => message)).toEqual([]);
  });
});

test('each standing offers what the lifecycle allows', () => {
  const offered = (lifecycle: string, review: string) =>
    COMMANDS.filter((command) => fits(command, { lifecycle: lifecycle as never, review: review as never }));
  expect(offered('DRAFT', 'DRAFT')).toEqual(['submit', 'archive']);
  expect(offered('IN_REVIEW', 'IN_REVIEW')).toEqual(['withdraw', 'archive']);
  expect(offered('APPROVED', 'APPROVED')).toEqual(['list', 'archive']);
  expect(offered('LISTED', 'APPROVED')).toEqual(['list', 'suspend', 'delist']);
  expect(offered('LISTED', 'DRAFT')).toEqual(['submit', 'suspend', 'delist']);
  expect(offered('SUSPENDED', 'APPROVED')).toEqual(['list', 'resume', 'delist']);
  expect(offered('DELISTED', 'APPROVED')).toEqual(['list', 'archive']);
  expect(offered('ARCHIVED', 'APPROVED')).toEqual([]);
});
