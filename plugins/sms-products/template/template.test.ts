import { afterAll, describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { DEPTH_MAX, TEMPLATE_BYTES_MAX, templateProblems } from './check.ts';
import { composeMessage } from './compose.ts';
import { TemplateRenderer } from './render.ts';
import { valuesOf, variableProblems, type Variable } from './variables.ts';

const variables: readonly Variable[] = [
  { name: 'title', type: 'TEXT', text: '早盘 <b>&"关注' },
  { name: 'urgent', type: 'FLAG', flag: true },
  { name: 'quiet', type: 'FLAG', flag: false },
  { name: 'points', type: 'LIST', list: ['沪指高开', '北向流入'] },
  { name: 'none', type: 'LIST', list: [] },
];
const frame = { signature: '【澄湖证券】', wayOut: ' 回TD101退订' };
const renderer = new TemplateRenderer();
afterAll(() => renderer.stop());

const codes = (source: string, of: readonly Variable[] = variables) =>
  templateProblems(source, of).map(({ code }) => code);

describe('a template of the house', () => {
  test.each([
    ['plain text', '今日休市', '今日休市'],
    ['a text, not escaped', '{{title}}', '早盘 <b>&"关注'],
    ['a condition', '{{#if urgent}}急{{else}}常{{/if}}', '急'],
    ['its opposite', '{{#unless quiet}}响{{/unless}}', '响'],
    ['an unset text is no condition', '{{#if quiet}}静{{/if}}好', '好'],
    ['a list', '{{#each points}}{{this}};{{/each}}', '沪指高开;北向流入;'],
    [
      'a list with places',
      '{{#each points}}{{#unless @first}},{{/unless}}{{@index}}{{this}}{{/each}}',
      '0沪指高开,1北向流入',
    ],
    ['an empty list', '{{#each none}}{{this}}{{else}}{{title}}{{/each}}', '早盘 <b>&"关注'],
    ['a comment', '{{! note }}好', '好'],
    ['another way to write else if', '{{#if quiet}}一{{else if urgent}}二{{/if}}', '二'],
    ['a list as a condition', '{{#if points}}有{{/if}}', '有'],
  ])('renders %s', async (_, source, text) => {
    expect(templateProblems(source, variables)).toEqual([]);
    expect(await renderer.render(source, valuesOf(variables))).toBe(text);
  });

  test('gets signature and the way out, and is refused whole when it is too long', async () => {
    expect(await composeMessage(renderer, '{{title}}', variables, frame)).toEqual({
      body: '【澄湖证券】早盘 <b>&"关注 回TD101退订',
    });
    const long = await composeMessage(renderer, '长'.repeat(490), variables, frame);
    expect(long).toMatchObject({ problems: [{ code: 'SMS_MESSAGE_TOO_LONG' }] });
    const empty = await composeMessage(renderer, '{{! nothing }}', variables, frame);
    expect(empty).toMatchObject({ problems: [{ code: 'SMS_MESSAGE_EMPTY' }] });
  });

  test('names an unknown variable, where it stands, also where Handlebars itself would be silent', () => {
    const [problem, ...more] = templateProblems('好\n{{#if missing}}x{{/if}}', variables);
    expect(more).toEqual([]);
    expect(problem).toMatchObject({ code: 'SMS_VARIABLE_UNKNOWN', path: 'template:2' });
    expect(problem!.text.en).toContain('"missing"');
    expect(problem!.text.zh).toContain('“missing”');
  });
});

const HOSTILE = [
  '{{log "x"}}',
  '{{log title}}',
  '{{lookup points 0}}',
  '{{lookup this "constructor"}}',
  '{{#with title}}{{this}}{{/with}}',
  '{{constructor}}',
  '{{constructor.name}}',
  '{{__proto__}}',
  '{{title.constructor}}',
  '{{title.length}}',
  '{{points.0}}',
  '{{points.length}}',
  '{{points}}',
  '{{urgent}}',
  '{{toString}}',
  '{{valueOf}}',
  '{{hasOwnProperty}}',
  '{{helperMissing}}',
  '{{blockHelperMissing}}',
  '{{#blockHelperMissing title}}{{/blockHelperMissing}}',
  '{{missing}}',
  '{{this}}',
  '{{.}}',
  '{{this.title}}',
  '{{./title}}',
  '{{../title}}',
  '{{../../title}}',
  '{{@root.title}}',
  '{{@root.constructor}}',
  '{{@index}}',
  '{{@key}}',
  '{{[constructor]}}',
  '{{"title"}}',
  '{{1}}',
  '{{true}}',
  '{{null}}',
  '{{undefined}}',
  '{{{title}}}',
  '{{&title}}',
  '{{> partial}}',
  '{{> (lookup . "x")}}',
  '{{#> layout}}{{/layout}}',
  '{{* decorator}}',
  '{{#*inline "x"}}{{/inline}}',
  '{{title title}}',
  '{{title key=title}}',
  '{{(lookup points 0)}}',
  '{{#if (lookup points 0)}}x{{/if}}',
  '{{#if}}x{{/if}}',
  '{{#if title urgent}}x{{/if}}',
  '{{#if title includeZero=true}}x{{/if}}',
  '{{#if 1}}x{{/if}}',
  '{{#if "a"}}x{{/if}}',
  '{{#if missing}}x{{/if}}',
  '{{#if this}}x{{/if}}',
  '{{#if @root}}x{{/if}}',
  '{{#unless missing}}x{{/unless}}',
  '{{#each missing}}x{{/each}}',
  '{{#each title}}x{{/each}}',
  '{{#each urgent}}x{{/each}}',
  '{{#each this}}x{{/each}}',
  '{{#each @root}}x{{/each}}',
  '{{#each points as |one|}}{{one}}{{/each}}',
  '{{#each points}}{{title}}{{/each}}',
  '{{#each points}}{{../title}}{{/each}}',
  '{{#each points}}{{this.constructor}}{{/each}}',
  '{{#each points}}{{@root.title}}{{/each}}',
  '{{#each points}}{{@../index}}{{/each}}',
  '{{#each points}}{{#each points}}{{this}}{{/each}}{{/each}}',
  '{{#each points}}{{#each this}}{{this}}{{/each}}{{/each}}',
  '{{#title}}x{{/title}}',
  '{{#points}}x{{/points}}',
  '{{^title}}x{{/title}}',
  '{{#constructor}}x{{/constructor}}',
  '{{#this}}x{{/this}}',
  '{{#if urgent}}{{#if urgent}}{{#if urgent}}{{#if urgent}}x{{/if}}{{/if}}{{/if}}{{/if}}',
  '{{#if urgent}}',
  '{{/if}}',
  '{{title',
  '{{#if urgent}}x{{/unless}}',
  '{{}}',
  '{{ }}',
  '{{else}}',
  '{{title}}'.repeat(600),
  '{{! }}'.repeat(900),
  '好'.repeat(2000),
];

describe('a hostile template', () => {
  test.each(HOSTILE.map((source) => [source.slice(0, 80), source]))('is refused: %s', (_, source) => {
    expect(codes(source)).not.toEqual([]);
  });

  test('is told by at least sixty of them, each its own', () => {
    expect(new Set(HOSTILE).size).toBe(HOSTILE.length);
    expect(HOSTILE.length).toBeGreaterThanOrEqual(60);
  });

  test('may be as large and as deep as allowed, and no more', () => {
    expect(codes('a'.repeat(TEMPLATE_BYTES_MAX))).toEqual([]);
    expect(codes('a'.repeat(TEMPLATE_BYTES_MAX + 1))).toEqual(['SMS_TEMPLATE_TOO_LARGE']);
    const nested = (depth: number) => `${'{{#if urgent}}'.repeat(depth)}x${'{{/if}}'.repeat(depth)}`;
    expect(codes(nested(DEPTH_MAX))).toEqual([]);
    expect(codes(nested(DEPTH_MAX + 1))).not.toEqual([]);
  });

  test('never throws while it is checked, whatever it holds', () => {
    const bits = fc.constantFrom(
      '{{',
      '}}',
      '{{{',
      '#if',
      '/if',
      'each',
      'title',
      '..',
      '@',
      '(',
      ')',
      ' ',
      '|',
      '"',
      'a',
      '\n',
    );
    fc.assert(
      fc.property(fc.array(bits, { maxLength: 30 }), (parts) => {
        expect(Array.isArray(templateProblems(parts.join(''), variables))).toBe(true);
      }),
    );
  });

  test('that passes the check renders within its limit and nothing but its own words', async () => {
    const statement = fc.constantFrom(
      '字',
      '{{title}}',
      '{{#if urgent}}甲{{/if}}',
      '{{#each points}}{{this}}{{/each}}',
      '{{missing}}',
      '{{log title}}',
      '{{#each points}}{{title}}{{/each}}',
    );
    await fc.assert(
      fc.asyncProperty(fc.array(statement, { maxLength: 8 }), async (statements) => {
        const source = statements.join('');
        const unsafe = /missing|log|\{\{#each points\}\}\{\{title/.test(source);
        expect(codes(source).length > 0).toBe(unsafe);
        if (!unsafe)
          expect(await renderer.render(source, valuesOf(variables))).not.toMatch(/\{\{|undefined|object/);
      }),
      { numRuns: 30 },
    );
  });
});

describe('the thread that renders', () => {
  test('is killed when a template does not end, and the next one is served', async () => {
    const own = new TemplateRenderer([1000, 1000]);
    // Nobody gets such a template past the check: this is the wall behind the wall.
    const nest = `${'{{#each @root.big}}'.repeat(6)}x${'{{/each}}'.repeat(6)}`;
    const values = { big: Array.from({ length: 60 }, () => '长') };
    await expect(own.render(nest, values)).rejects.toMatchObject({ code: 'SMS_TEMPLATE_TOO_SLOW' });
    expect(await own.render('好{{title}}', { title: '的' })).toBe('好的');
    await own.stop();
  });

  test('says so when a template cannot be filled in', async () => {
    const own = new TemplateRenderer([5000]);
    await expect(own.render('{{missing}}', {})).rejects.toMatchObject({ code: 'SMS_TEMPLATE_FAILED' });
    await expect(own.render('{{log "x"}}', {})).rejects.toMatchObject({ code: 'SMS_TEMPLATE_FAILED' });
    await own.stop();
  });
});

describe('variables', () => {
  test.each<[string, Variable]>([
    ['a reserved name', { name: 'each', type: 'TEXT', text: 'x' }],
    ['a name from the prototype', { name: 'constructor', type: 'TEXT', text: 'x' }],
    ['a name with a dot', { name: 'a.b', type: 'TEXT', text: 'x' }],
    ['a name in capitals', { name: 'Title', type: 'TEXT', text: 'x' }],
    ['no value', { name: 'title', type: 'TEXT' }],
    ['a value of another type', { name: 'title', type: 'TEXT', flag: true }],
    ['two values', { name: 'title', type: 'TEXT', text: 'x', flag: true }],
    ['a text that is too long', { name: 'title', type: 'TEXT', text: 'x'.repeat(301) }],
    ['control characters', { name: 'title', type: 'TEXT', text: 'a\u0000b' }],
    ['an override of direction', { name: 'title', type: 'TEXT', text: 'a\u202Eb' }],
    ['a list that is too long', { name: 'items', type: 'LIST', list: Array.from({ length: 21 }, () => 'x') }],
  ])('are refused with %s', (_, variable) => {
    expect(variableProblems([variable])).toMatchObject([{ code: 'SMS_VARIABLE_INVALID' }]);
  });

  test('are taken as they should be, and refused twice of a name', () => {
    expect(variableProblems(variables)).toEqual([]);
    expect(variableProblems([variables[0]!, variables[0]!])).toHaveLength(1);
  });
});
