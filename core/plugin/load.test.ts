import { describe, expect, test } from '@jest/globals';
import { z } from 'zod';
import { composeSchema } from '../graphql/compose.ts';
import { readAccessRules } from '../graphql/access.ts';
import { corePlugin } from '../features.ts';
import type { Plugin } from './contract.ts';
import { collectDeclarations } from './declarations.ts';
import { loadPlugins } from './load.ts';
import type { PaymentMethodDeclaration } from './sale.ts';
import { serviceToken } from './service.ts';

function plugin(name: string, more: Partial<Plugin> = {}): Plugin {
  return { name, version: '1.0.0', requires: { core: '^0.1.0' }, ...more };
}

function boot(...plugins: Plugin[]): readonly Plugin[] {
  const loaded = loadPlugins(
    corePlugin(),
    plugins.map((one) => () => one),
  );
  const declarations = collectDeclarations(loaded);
  readAccessRules(composeSchema(loaded), new Set(declarations.all('permissions').map(({ code }) => code)));
  return loaded;
}

const schema = (typeDefs: string, resolvers = {}) => ({ schema: { typeDefs, resolvers } });
const event = { name: 'a.happened', version: 1, shape: z.object({}), description: 'It happened.' };
const job = {
  name: 'a.job',
  version: 1,
  payload: z.object({}),
  attemptsMax: 1,
  timeLimitMs: 1000,
  run: () => Promise.resolve(),
};
const subject = {
  type: 'a.change',
  title: { zh: '甲', en: 'A' },
  apply: () => Promise.resolve(),
  diff: () => Promise.resolve([]),
};

const paymentMethod = (code: string): PaymentMethodDeclaration => ({
  code,
  title: { zh: '券', en: 'Coupon' },
  currencies: ['CNY'],
  external: true,
  capture: () => Promise.resolve('OK'),
  refund: () => Promise.resolve('OK'),
  lookup: () => Promise.resolve('NONE'),
});

describe('loading plugins', () => {
  test('each comes after what it requires, whatever the order they are written in', () => {
    const c = plugin('c', { requires: { b: '^1.0.0' } });
    const b = plugin('b', { requires: { a: '1.x' } });
    expect(boot(c, b, plugin('a')).map(({ name }) => name)).toEqual(['core', 'a', 'b', 'c']);
  });

  const refused: [title: string, plugins: Plugin[], code: string, sides: string[]][] = [
    ['a missing requirement', [plugin('a', { requires: { b: '*' } })], 'PLUGIN_MISSING', ['a', 'b']],
    [
      'a wrong version',
      [plugin('a', { requires: { b: '^2.0.0' } }), plugin('b')],
      'PLUGIN_VERSION_MISMATCH',
      ['a', 'b', '1.0.0'],
    ],
    [
      'another core',
      [plugin('a', { requires: { core: '^9.0.0' } })],
      'PLUGIN_VERSION_MISMATCH',
      ['a', 'core'],
    ],
    [
      'a cycle',
      [plugin('a', { requires: { b: '*' } }), plugin('b', { requires: { a: '*' } })],
      'PLUGIN_CYCLE',
      ['a', 'b'],
    ],
    ['the same plugin twice', [plugin('a'), plugin('a')], 'PLUGIN_DUPLICATE', ['a']],
    ['a name that is no name', [plugin('A b')], 'PLUGIN_NAME_INVALID', ['A b']],
    ['a version that is none', [plugin('a', { version: 'one' })], 'PLUGIN_VERSION_INVALID', ['a', 'one']],
    [
      'two plugins with one event',
      [plugin('a', { events: [event] }), plugin('b', { events: [event] })],
      'PLUGIN_CLASH',
      ['a', 'b', 'a.happened'],
    ],
    [
      'two plugins with one job',
      [plugin('a', { jobs: [job] }), plugin('b', { jobs: [job] })],
      'PLUGIN_CLASH',
      ['a', 'b', 'a.job'],
    ],
    [
      'a handler of an unknown event',
      [
        plugin('a', {
          handlers: [{ name: 'h', on: 'b.happened', onPoison: 'skip', run: () => Promise.resolve() }],
        }),
      ],
      'PLUGIN_LOOSE_END',
      ['a', 'b.happened'],
    ],
    [
      'two plugins with one payment method',
      [
        plugin('a', { paymentMethods: [paymentMethod('COUPON')] }),
        plugin('b', { paymentMethods: [paymentMethod('COUPON')] }),
      ],
      'PLUGIN_CLASH',
      ['a', 'b', 'COUPON'],
    ],
    [
      'a payment method by the name of none',
      [plugin('a', { paymentMethods: [paymentMethod('FREE')] })],
      'PLUGIN_LOOSE_END',
      ['a', 'FREE'],
    ],
    [
      'the delivery of an unknown kind',
      [plugin('a', { fulfilment: [{ kind: 'b-things', entitlement: () => [] }] })],
      'PLUGIN_LOOSE_END',
      ['a', 'b-things'],
    ],
    [
      'two plugins with one switch',
      [
        plugin('a', { killSwitches: [{ code: 'a-sales', title: { zh: '甲', en: 'A' } }] }),
        plugin('b', { killSwitches: [{ code: 'a-sales', title: { zh: '乙', en: 'B' } }] }),
      ],
      'PLUGIN_CLASH',
      ['a', 'b', 'a-sales'],
    ],
    [
      'a schedule of an unknown job',
      [plugin('a', { schedules: [{ cron: '* * * * *', job: 'b.job', missed: 'skip' }] })],
      'PLUGIN_LOOSE_END',
      ['a', 'b.job'],
    ],
    [
      'an approval subject with an undeclared permission',
      [
        plugin('a', {
          approvalSubjects: [{ ...subject, permissions: { propose: 'a.propose', decide: 'a.decide' } }],
        }),
      ],
      'PLUGIN_LOOSE_END',
      ['a', 'a.propose'],
    ],
    [
      'personal data that no model holds',
      [
        plugin('a', {
          personalData: [{ model: 'a_people', field: 'name', purpose: 'to write', retention: 'a year' }],
        }),
      ],
      'PLUGIN_LOOSE_END',
      ['a', 'a_people.name'],
    ],
    [
      "a service in another's name",
      [plugin('a', { services: [{ token: serviceToken('b', 's'), create: () => ({}) }] }), plugin('b')],
      'PLUGIN_LOOSE_END',
      ['a', 'b'],
    ],
    ['SDL that does not parse', [plugin('a', schema('type {'))], 'SCHEMA_INVALID', ['a']],
    [
      'a type of core defined again',
      [plugin('a', schema('type Viewer { x: Int }'))],
      'SCHEMA_CLASH',
      ['a', 'core', 'Viewer'],
    ],
    [
      'a field that two plugins add',
      [
        plugin('a', schema('extend type Query { x: Int @access(permission: "signed-in") }')),
        plugin('b', schema('extend type Query { x: Int @access(permission: "signed-in") }')),
      ],
      'SCHEMA_CLASH',
      ['a', 'b', 'Query.x'],
    ],
    [
      'a resolver of a foreign field',
      [plugin('a', schema('scalar A', { Query: { viewer: () => null } }))],
      'RESOLVER_UNKNOWN',
      ['a', 'Query.viewer'],
    ],
    [
      'a resolver of no field',
      [plugin('a', schema('scalar A', { Query: { nothing: () => null } }))],
      'RESOLVER_UNKNOWN',
      ['a', 'Query.nothing'],
    ],
    [
      'a query without an access rule',
      [plugin('a', schema('extend type Query { x: Int }'))],
      'ACCESS_RULE_MISSING',
      ['Query.x'],
    ],
    [
      'a type without an access rule',
      [plugin('a', schema('type A { x: Int }'))],
      'ACCESS_RULE_MISSING',
      ['A.x'],
    ],
    [
      'a refusal that is harder to read than refusals are',
      [
        plugin(
          'a',
          schema(
            'type A implements Refusal @access(permission: "signed-in") { code: String! @access(permission: "a.read") message: LocalizedText! }',
          ),
        ),
      ],
      'ACCESS_RULE_CONFLICT',
      ['A.code', 'a.read', 'signed-in'],
    ],
    [
      'a rule with an undeclared permission',
      [plugin('a', schema('type A @access(permission: "a.read") { x: Int }'))],
      'ACCESS_PERMISSION_UNKNOWN',
      ['A.x', 'a.read'],
    ],
    [
      'SDL that names an unknown type',
      [plugin('a', schema('type A @access(permission: "signed-in") { x: Nowhere }'))],
      'SCHEMA_INVALID',
      ['Nowhere'],
    ],
  ];

  test.each(refused)(
    '%s refuses the start with its code and names the sides',
    (_title, plugins, code, sides) => {
      let error: unknown;
      try {
        boot(...plugins);
      } catch (thrown) {
        error = thrown;
      }
      expect(error).toMatchObject({ code });
      for (const side of sides) expect((error as Error).message).toContain(side);
    },
  );
});
