import { randomUUID } from 'node:crypto';

/** A connection string to the run's embedded database, naming a database that no other test uses. */
export function testDatabaseUri(): string {
  const given = process.env.TESSERA_TEST_DATABASE;
  if (!given) throw new Error('TESSERA_TEST_DATABASE is not set: run the tests through jest');
  const uri = new URL(given);
  uri.pathname = `/test-${randomUUID()}`;
  return uri.toString();
}
