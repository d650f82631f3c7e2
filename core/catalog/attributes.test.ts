import { describe, expect, test } from '@jest/globals';
import { attributeErrors, attributesOf, missingToSubmit } from './attributes.ts';
import type { KindRecord, ProductContent } from './records.ts';

const kind: KindRecord = {
  _id: 'digest',
  owner: 'core',
  name: { zh: '资讯', en: 'Digest' },
  nature: 'SERVICE',
  version: 1,
  publicOffer: true,
  seq: 1,
  requiredToList: ['PRICE', 'RISK_RATING', 'CATEGORY', 'NAME_EN'],
  attributes: {
    type: 'object',
    additionalProperties: false,
    properties: {
      issueTime: {
        type: 'string',
        pattern: '^[0-2][0-9]:[0-5][0-9]$',
        'x-title': { zh: '发布时间', en: 'Issue time' },
        'x-required-to-list': true,
        'x-group': 'service',
      },
      pages: { type: 'integer', minimum: 1, 'x-unit': 'pages', 'x-filterable': true },
      author: { type: 'object', properties: { no: { type: 'string' } }, 'x-material': false },
    },
  },
};
const content: ProductContent = {
  name: { zh: '早盘晨报', en: 'Morning Note' },
  categoryId: 'c1',
  attributes: { issueTime: '08:50' },
  kindVersion: 1,
};
const has = { price: true, riskRating: true };

describe('attributes', () => {
  test('that fit the kind give no reason', () => {
    expect(attributeErrors(kind, { issueTime: '08:50', pages: 2, author: { no: 'S1' } })).toEqual([]);
  });

  test('that do not fit are named by their path, once each and innermost', () => {
    const paths = attributeErrors(kind, { issueTime: 8, pages: 0.5, author: { no: 7 }, colour: 'red' }).map(
      (reason) => reason.path,
    );
    expect(paths.sort()).toEqual([
      'attributes.author.no',
      'attributes.colour',
      'attributes.issueTime',
      'attributes.pages',
    ]);
  });

  test('say what the kind says of them', () => {
    expect(
      attributesOf(kind).map(({ name, requiredToList, filterable, material, unit, group }) => [
        name,
        requiredToList,
        filterable,
        material,
        unit,
        group,
      ]),
    ).toEqual([
      ['issueTime', true, false, true, undefined, 'service'],
      ['pages', false, true, true, 'pages', undefined],
      ['author', false, false, false, undefined, undefined],
    ]);
  });
});

describe('a product', () => {
  test('with all its parts may be submitted', () => {
    expect(missingToSubmit(kind, content, has)).toEqual([]);
  });

  test.each([
    ['attributes.issueTime', { ...content, attributes: {} }, has],
    ['attributes.issueTime', { ...content, attributes: { issueTime: ' ' } }, has],
    ['name.zh', { ...content, name: { zh: ' ', en: 'x' } }, has],
    ['name.en', { ...content, name: { zh: '早盘晨报' } }, has],
    ['prices', content, { ...has, price: false }],
    ['rating', content, { ...has, riskRating: false }],
    ['categoryId', { name: content.name, attributes: content.attributes, kindVersion: 1 }, has],
  ] satisfies [string, ProductContent, typeof has][])(
    'that lacks %s is told so',
    (path, incomplete, with_) => {
      expect(missingToSubmit(kind, incomplete, with_).map((reason) => reason.path)).toEqual([path]);
    },
  );

  test('is told of everything that it lacks at once', () => {
    const bare: ProductContent = { name: { zh: '' }, attributes: {}, kindVersion: 1 };
    expect(missingToSubmit(kind, bare, { price: false, riskRating: false })).toHaveLength(6);
  });

  test('is asked only for the parts that its kind requires', () => {
    const lenient = { ...kind, requiredToList: [] };
    const bare: ProductContent = { name: { zh: '晨报' }, attributes: { issueTime: '08:50' }, kindVersion: 1 };
    expect(missingToSubmit(lenient, bare, { price: false, riskRating: false })).toEqual([]);
  });
});
