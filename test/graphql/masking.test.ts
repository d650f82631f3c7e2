import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import {
  GraphQLError,
  Kind,
  getNamedType,
  getNullableType,
  isAbstractType,
  isEnumType,
  isListType,
  isObjectType,
  isScalarType,
  type GraphQLOutputType,
} from 'graphql';
import { pino } from 'pino';
import { compose } from '../../core/app.ts';
import { PlatformError } from '../../core/errors.ts';
import { readAccessRules } from '../../core/graphql/access.ts';
import { installedPlugins } from '../../plugins/index.ts';
import { serveSchema } from '../support/graphql-probe.ts';
import { documentsOfFields, type FieldDocument } from '../support/schema-documents.ts';

const CANARY = 'canary-13800138000';
const FAULTED_MIN = 1000;

/** What a faulty resolver may do: each throws, rejects or returns something that holds the canary. */
const FAULTS: Readonly<Record<string, () => unknown>> = {
  'throws an Error': () => {
    throw new Error(CANARY);
  },
  'throws an Error with extensions': () => {
    throw Object.assign(new Error(CANARY), { extensions: { code: 'BAD_USER_INPUT', secret: CANARY } });
  },
  'throws a GraphQLError with a code of wrong requests': () => {
    throw new GraphQLError(CANARY, { extensions: { code: 'BAD_USER_INPUT', secret: CANARY } });
  },
  'throws a GraphQLError that claims a place': () => {
    throw new GraphQLError(CANARY, {
      path: [CANARY],
      nodes: [{ kind: Kind.NAME, value: CANARY }],
      extensions: { code: 'FORBIDDEN', http: { status: 418 } },
    });
  },
  'throws what the database driver throws': () => {
    throw Object.assign(new Error(`E11000 duplicate key { phone: "${CANARY}" }`), {
      name: 'MongoServerError',
      code: 11000,
      keyValue: { phone: CANARY },
    });
  },
  'throws a text': () => {
    throw CANARY;
  },
  'throws an object': () => {
    throw { message: CANARY, stack: `${CANARY}\n at ${CANARY}`, code: CANARY, extensions: { code: CANARY } };
  },
  'rejects with an Error': () => Promise.reject(new TypeError(CANARY)),
  'rejects with a text': () => Promise.reject(CANARY as never),
  'rejects with several errors': () => Promise.reject(new AggregateError([new Error(CANARY)], CANARY)),
  'returns an Error': () => new Error(CANARY),
  'throws a foreseen failure whose cause is not for callers': () => {
    throw new PlatformError('NOT_FOUND', 'There is no such thing.', { cause: new Error(CANARY) });
  },
};

const { schema, declarations } = compose(installedPlugins);
const permissions = declarations.all('permissions').map(({ code }) => code);
const rules = readAccessRules(schema, new Set(permissions));
const documents = documentsOfFields(schema);
let asked: FieldDocument = documents[0]!;
let fault: () => unknown = () => null;
let logged = '';
let served: Awaited<ReturnType<typeof serveSchema>>;
let server: Server;
let url: string;

beforeAll(async () => {
  answerByFault();
  const logger = pino({ level: 'trace' }, { write: (line: string) => (logged += line) });
  served = await serveSchema({ schema, rules, open: false, logger, permissions, compiled: true });
  server = createServer(served.http);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/graphql`;
});
afterAll(async () => {
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
  await served.stop();
});

describe('a resolver that fails', () => {
  test('gives nothing of its failure to a caller or to the log, whatever field it is and however it fails', async () => {
    const kinds = Object.entries(FAULTS);
    const perField = Math.max(3, Math.ceil(FAULTED_MIN / documents.length));
    const wrong: string[] = [];
    let faulted = 0;
    for (const [index, document] of documents.entries())
      for (let turn = 0; turn < perField; turn++) {
        const [kind, make] = kinds[(index * perField + turn) % kinds.length]!;
        [asked, fault] = [document, make];
        const { status, text, errors } = await ask(document.query);
        const expected = make === FAULTS['throws a foreseen failure whose cause is not for callers'];
        const told =
          status === 200 &&
          errors.length > 0 &&
          errors.every(
            ({ extensions }) =>
              extensions.requestId === 'request-1' &&
              extensions.code === (expected ? 'NOT_FOUND' : 'INTERNAL') &&
              Object.keys(extensions).length === 2,
          );
        if (!told || leaks(text)) wrong.push(`${document.field} ${kind}: ${text.slice(0, 300)}`);
        faulted++;
      }
    expect(wrong).toEqual([]);
    expect(faulted).toBeGreaterThanOrEqual(FAULTED_MIN);
    expect(logged).not.toContain(CANARY);
    expect(logged).toContain('"requestId":"request-1"');
  });

  test('is looked for in a way that answers by compiled documents where nothing fails', async () => {
    [asked, fault] = [documents.find(({ field }) => field === 'Viewer.name')!, () => 'x'];
    const before = served.compiledAnswers.count;
    expect((await ask(asked.query)).text).toBe('{"data":{"viewer":{"name":"x"}}}\n');
    expect(served.compiledAnswers.count).toBe(before + 1);
  });

  test('gives nothing of a value that its type cannot show', async () => {
    const leaf = documents.filter(({ field }) => isScalarType(getNullableType(typeOf(field))));
    fault = () => ({ secret: CANARY });
    for (const document of leaf
      .filter(({ field }) => String(typeOf(field)).startsWith('String'))
      .slice(0, 50)) {
      asked = document;
      const { text, errors } = await ask(document.query);
      expect(errors[0]?.extensions.code).toBe('INTERNAL');
      expect(leaks(text)).toBe(false);
    }
  });
});

describe('in production', () => {
  test.each(['{ __schema { types { name } } }', '{ __type(name: "Query") { name } }'])(
    'introspection is off: %s',
    async (query) => {
      const { status, errors } = await ask(query);
      expect([status, errors[0]?.extensions.code]).toEqual([400, 'INTROSPECTION_OFF']);
    },
  );

  test('a misspelt field, argument or value is refused without a suggestion', async () => {
    for (const query of [
      '{ viewe { name } }',
      '{ viewer { nam } }',
      '{ approvals(fist: 1) { __typename } }',
    ]) {
      const { status, text } = await ask(query);
      expect(status).toBe(400);
      expect(text).not.toMatch(/did you mean/i);
    }
  });

  test('a batch is refused', async () => {
    const response = await post([{ query: '{ __typename }' }, { query: '{ __typename }' }]);
    expect(response.status).toBe(400);
    expect(await response.text()).not.toContain('"data"');
  });
});

interface Answer {
  readonly status: number;
  readonly text: string;
  readonly errors: readonly { message: string; extensions: Record<string, unknown> }[];
}

async function ask(query: string): Promise<Answer> {
  const response = await post({ query });
  const text = await response.text();
  return { status: response.status, text, errors: (JSON.parse(text) as Partial<Answer>).errors ?? [] };
}

function post(body: unknown): Promise<Response> {
  return fetch(url, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
  });
}

/** The canary, a frame of a stack, or the path of a file. */
function leaks(text: string): boolean {
  return text.includes('canary') || /stack|\.[cm]?[tj]s\b|node_modules|file:|\\n\s+at /i.test(text);
}

/** Every field answers what fits its type; the field that is asked for does what the fault says. */
function answerByFault(): void {
  for (const type of Object.values(schema.getTypeMap())) {
    if (isAbstractType(type)) type.resolveType = (value: { __typename: string }) => value.__typename;
    if (!isObjectType(type) || type.name.startsWith('__')) continue;
    for (const field of Object.values(type.getFields()))
      field.resolve = () => (asked.field === `${type.name}.${field.name}` ? fault() : fitting(field.type));
  }
}

function fitting(given: GraphQLOutputType): unknown {
  const type = getNullableType(given);
  if (isListType(type)) return [fitting(type.ofType)];
  if (isEnumType(type)) return type.getValues()[0]!.value;
  if (isScalarType(type))
    return { Int: 1, SafeInt: 1, Float: 1, Boolean: true, DateTime: new Date(0) }[type.name] ?? 'x';
  if (!isAbstractType(type)) return { __typename: getNamedType(type).name };
  const possible = schema.getPossibleTypes(type);
  return { __typename: (possible.find(({ name }) => asked.types.has(name)) ?? possible[0]!).name };
}

function typeOf(coordinate: string): GraphQLOutputType {
  const [type = '', field = ''] = coordinate.split('.');
  const found = schema.getType(type);
  if (!isObjectType(found)) throw new Error(`${type} is no object type.`);
  return found.getFields()[field]!.type;
}
